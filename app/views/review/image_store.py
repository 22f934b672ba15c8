"""Pictures decoded off the GUI thread and kept, up to a bound in bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.tasks import Tasks
from core.review.pictures import PictureError, load_picture
from core.store.entities import IMAGE_PROBLEMS, ImageRef

FULL = 2600  # what somebody looks at closely
LARGE = 900
CARD = 320
THUMBNAIL = 80  # enough for 36 pixels on a screen of 200 %
_MOST_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, or in words why there is none."""

    image: QImage | None
    problem: str = ""

    @property
    def size(self) -> int:
        """What it takes in memory."""
        return self.image.sizeInBytes() if self.image is not None else 256


Key = tuple[str, int]


class ImageStore(QObject):
    """Asks for each picture once; ``loaded`` says which (path, edge) has arrived."""

    loaded = Signal(str, int)

    def __init__(self, tasks: Tasks, parent: QObject | None = None, *, most_bytes: int = _MOST_BYTES) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._most_bytes = most_bytes
        self._pictures: OrderedDict[Key, Picture] = OrderedDict()
        self._bytes = 0
        self._pending: set[Key] = set()

    @property
    def bytes(self) -> int:
        """What all kept pictures take."""
        return self._bytes

    def get(self, reference: ImageRef, edge: int) -> Picture | None:
        """The picture fitted into a square of ``edge`` pixels, if it is here; else it is asked for.

        One that a symbolic link leads out of its folder for was not opened by the import, nor is it here.
        """
        if reference.status == "outside":
            return Picture(None, IMAGE_PROBLEMS["outside"])
        key = (reference.path, edge)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if key not in self._pending:
            self._pending.add(key)
            self._tasks.read(
                self,
                partial(decode, reference.path, edge),
                partial(self._add, key),
                partial(self._failed, key),
            )
        return None

    def held(self, reference: ImageRef, edge: int) -> Picture | None:
        """The picture if it is here; it is not asked for."""
        return self._pictures.get((reference.path, edge))

    def clear(self) -> None:
        """Forget everything: another project was opened."""
        self._pictures.clear()
        self._bytes = 0

    def _add(self, key: Key, picture: Picture) -> None:
        self._pending.discard(key)
        self._pictures[key] = picture
        self._bytes += picture.size
        while self._bytes > self._most_bytes and len(self._pictures) > 1:
            _, dropped = self._pictures.popitem(last=False)
            self._bytes -= dropped.size
        self.loaded.emit(*key)

    def _failed(self, key: Key, error: str) -> None:
        self._add(key, Picture(None, error))


def decode(path: str, edge: int) -> Picture:
    """Read the picture at ``path``, no larger than ``edge``; runs in a pool, so it makes no QPixmap.

    Not by QImageReader: in a Python thread it holds the interpreter's lock while it waits for one of Qt's,
    which the GUI thread may hold while it waits for the interpreter's.
    """
    try:
        pixels = load_picture(path, edge)
    except PictureError as problem:
        return Picture(None, str(problem))
    stride = 4 * pixels.width
    image = QImage(pixels.rgba, pixels.width, pixels.height, stride, QImage.Format.Format_RGBA8888)
    return Picture(image.copy())  # the copy owns its pixels, `rgba` may go
