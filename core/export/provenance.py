"""Where an exported file comes from: program, project, runs, people and dates."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import __version__
from core.config import RunConfig
from core.errors import ConfigError
from core.export.options import ExportOptions
from core.export.verdicts import ExportedVerdict
from core.store.runs import RunInfo, get_run, run_pairs
from core.store.schema import Graph

PROGRAM = "MIMEA Explorer"


@dataclass(frozen=True, slots=True)
class GraphOrigin:
    """A graph as its import described it."""

    name: str
    source: str
    license: str

    @property
    def address(self) -> str:
        """Where others find it; empty where it is a file on somebody's disk."""
        return self.source if self.source.startswith(("http://", "https://")) else ""


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """A run that proposed pairs: when it ended, its settings (a hash), seeds, accepted pairs among them."""

    id: int
    ended: str
    config_sha256: str
    seeds: int
    random_seed: int | None

    def __str__(self) -> str:
        drawn = "" if self.random_seed is None else f", random seed {self.random_seed}"
        told = f"run {self.id} of {self.ended}, {self.seeds} seeds{drawn}"
        return f"{told}, configuration sha256:{self.config_sha256}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a file can tell of its making; times are ISO 8601 in UTC."""

    project: str
    left: GraphOrigin
    right: GraphOrigin
    runs: tuple[RunOrigin, ...]
    exporter: str
    orcid: str
    exported_at: str
    version: str = __version__

    @property
    def identifier(self) -> str:
        """A URI that is the same for every export of links between these two graphs in this project."""
        parts = (self.project, self.left.name, self.left.source, self.right.name, self.right.source)
        return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(("mimea-explorer", *parts))).urn

    def facts(self) -> list[tuple[str, str]]:
        """(what, text) in a fixed order, what is not known left out; for formats with room for remarks."""
        facts = [
            ("program", f"{PROGRAM} {self.version}"),
            ("project", self.project),
            ("left", _named(self.left)),
            ("right", _named(self.right)),
            *(("run", str(run)) for run in self.runs),
            ("exporter", self.exporter),
            ("orcid", f"https://orcid.org/{self.orcid}" if self.orcid else ""),
            ("exported", self.exported_at),
        ]
        return [(what, " ".join(text.split())) for what, text in facts if text]


def provenance_of(
    session: Session, project: str, verdicts: Iterable[ExportedVerdict], options: ExportOptions
) -> Provenance:
    """Look up what stands behind ``verdicts``."""
    graphs = {graph.side: GraphOrigin(graph.name, graph.source, graph.license)
              for graph in session.scalars(select(Graph))}  # fmt: skip
    used = sorted({verdict.run_id for verdict in verdicts if verdict.run_id is not None})
    runs = [run for run in (get_run(session, run_id) for run_id in used) if run is not None]
    nothing = GraphOrigin("", "", "")
    return Provenance(
        project=project,
        left=graphs.get("left", nothing),
        right=graphs.get("right", nothing),
        runs=tuple(_origin(session, run) for run in runs),
        exporter=options.exporter,
        orcid=options.orcid,
        exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _origin(session: Session, run: RunInfo) -> RunOrigin:
    try:
        random_seed = RunConfig.from_json(run.config_json).training.random_seed
    except ConfigError:  # of a version with other settings: the hash still says which
        random_seed = None
    return RunOrigin(
        id=run.id,
        ended=run.finished_at or run.started_at,
        config_sha256=hashlib.sha256(run.config_json.encode()).hexdigest(),
        seeds=sum(len(run_pairs(session, run.id, role)) for role in ("seed", "accepted")),
        random_seed=random_seed,
    )


def _named(graph: GraphOrigin) -> str:
    source = graph.address or Path(graph.source).name  # where it lay on somebody's disk concerns nobody else
    told = [graph.name, f"from {source}" if source else "", graph.license]
    return ", ".join(part for part in told if part)
