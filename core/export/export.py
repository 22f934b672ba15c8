"""What a format's writer gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.export.iri import absolute_iri
from core.export.options import ExportOptions
from core.export.provenance import Provenance
from core.export.verdicts import ExportedVerdict


@dataclass(frozen=True, slots=True)
class Export:
    """The contents of one file."""

    verdicts: Sequence[ExportedVerdict]
    provenance: Provenance
    options: ExportOptions

    def pairs(self) -> Iterator[tuple[str, str, ExportedVerdict]]:
        """(left IRI, right IRI, verdict) of every verdict on a pair.

        Raises:
            NoIRIError: an identifier is no IRI and there is no base to make it one.
        """
        base = self.options.base_iri
        for verdict in self.verdicts:
            if verdict.right_uri:
                left, right = absolute_iri(verdict.left_uri, base), absolute_iri(verdict.right_uri, base)
                yield left, right, verdict
