"""The pickle of image features that published sets of the DBP15K layout come with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from core.kg.pickled import read_vectors
from core.kg.records import Batch, Note
from core.kg.source import Part
from core.kg.text import changed, size
from core.words import counted

_ENDING = "_id_img_feature_dict.pkl"


def vectors_file(folder: Path) -> Path | None:
    """The pickle, such as ``zh_en_GA_id_img_feature_dict.pkl``, in the folder, in ``pkls`` or in one above.

    Above, the folder's name is that of the pair, or where it is a split such as ``norm`` its parent's.
    """
    for place in (folder, folder / "pkls"):
        if found := sorted(place.glob(f"*{_ENDING}")):
            return next((path for path in found if path.name.startswith(folder.name)), found[0])
    for place in (folder.parent / "pkls", folder.parent.parent / "pkls"):
        found = sorted(place.glob(f"*{_ENDING}"))
        for name in (folder.name, folder.parent.name):
            for path in found:
                if path.name.startswith(f"{name}_"):
                    return path
    return None


def vectors_part(title: str, path: Path, uris: Callable[[], dict[str, str]]) -> Part:
    """Says for how many of the entities that ``uris`` (number -> URI) knows there is a vector.

    The vectors stay where they are: a run takes them from there.
    """
    return Part(title, size(path), partial(_read, path, uris))


def _read(path: Path, make_uris: Callable[[], dict[str, str]]) -> Iterator[Batch]:
    numbers, uris = _numbers(path, size(path), changed(path)), make_uris()
    known = sum(1 for number in numbers if str(number) in uris)
    yield Note(f"{path.name} holds image features of {known:,} of {counted(len(uris), 'entity')}", size(path))


@lru_cache(maxsize=1)
def _numbers(path: Path, _size: int, _changed: int) -> frozenset[int]:
    """For which numbers there is a vector: both graphs ask, and loading takes room for all vectors."""
    return frozenset(read_vectors(path))
