"""What may be asked of a run while it goes, from any thread: pause, go on, stop, discard."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator

from core.errors import Cancelled, Discarded, TrainingError
from core.store.project_file import ProjectFile
from core.store.run_edits import delete_run
from core.training.events import Continued, Event, Paused

Start = Callable[[threading.Event], Generator[Event, None, None]]


class RunControl:
    """Switches of one run; each takes effect at its next event, a stop between two batches."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self.stop_event = stop or threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._discarding = False

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to end."""
        return self.stop_event.is_set()

    @property
    def discarding(self) -> bool:
        """Whether nothing of it is to be kept."""
        return self._discarding

    @property
    def paused(self) -> bool:
        """Whether it was asked to wait."""
        return not self._go.is_set()

    def pause(self) -> None:
        """Wait after the epoch that is going; memory stays taken."""
        self._go.clear()

    def go_on(self) -> None:
        """End a pause."""
        self._go.set()

    def stop(self) -> None:
        """End with what was learned."""
        self.stop_event.set()
        self._go.set()

    def discard(self) -> None:
        """End and keep nothing."""
        self._discarding = True
        self.stop()

    def wait(self) -> None:
        """Block while paused."""
        self._go.wait()


def controlled(project: ProjectFile, start: Start, control: RunControl, run_id: int = 0) -> Iterator[Event]:
    """The events of a run that does as ``control`` says.

    Args:
        project: where the run is.
        start: gives the run's generator, as :func:`core.training.run.train` and ``resume`` do.
        control: of this run alone.
        run_id: of a run that is in the store already; 0 for a new one.

    Raises:
        Discarded: nothing of the run is left.
        MimeaError: as the run does.
    """
    events = start(control.stop_event)
    try:
        for event in events:
            run_id = getattr(event, "run_id", run_id)
            if not control.discarding:  # or it would tell of a result that nobody will find
                yield event
            if control.paused:
                yield Paused(run_id)
                control.wait()
                yield Continued(run_id)
            if control.discarding:
                # It may be about to fail by itself: that is all the same now.
                with contextlib.suppress(Cancelled, TrainingError):
                    events.throw(Discarded("the run was discarded"))
                break
    except (Cancelled, TrainingError):
        if not control.discarding:
            raise
    if control.discarding:
        events.close()
        if run_id:
            delete_run(project, run_id)
        raise Discarded("the run was discarded; nothing of it is kept")
