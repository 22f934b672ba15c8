"""What a run does where memory runs out: once, the same in smaller blocks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

import torch

from core.training.embeddings import Embeddings
from core.training.events import Event, Notice
from core.training.failures import out_of_memory
from core.training.trainer import Trainer

T = TypeVar("T")


class WithinMemory:
    """The work of one run's trainer."""

    def __init__(self, trainer: Trainer, run_id: int) -> None:
        self.trainer = trainer
        self.run_id = run_id
        self.shrunk = False  # memory ran out before

    def work(self, work: Callable[[], T]) -> Generator[Event, None, T]:
        """``work()``; where memory runs out, once in a run, again in smaller blocks and as randomly."""
        random = self.trainer.generator.get_state()
        try:
            return work()
        except Exception as error:
            if self.shrunk or not out_of_memory(error):
                raise
        # Out of the handler, so that the exception no longer holds the tensors that filled the memory.
        self.shrunk = True
        self.trainer.shrink()
        self.trainer.generator.set_state(random)
        size = self.trainer.batch_size
        yield Notice(self.run_id, f"Memory ran out; the run goes on in batches of {size:,} seed pairs")
        return work()

    def embed(self) -> Embeddings:
        """The state as of now, in main memory once a GPU's was too small."""
        embeddings = self.trainer.embed()
        return embeddings.on(torch.device("cpu")) if self.shrunk else embeddings
