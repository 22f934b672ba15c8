"""Filters of the review list that people gave a name, kept in the project for everybody."""

from __future__ import annotations

import json
from typing import Any, get_args

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter, FacetName, QueueName, QueueOrder
from core.store.schema import SavedFilter


def saved_filters(session: Session) -> dict[str, CandidateFilter]:
    """All of them by name, in its order, of no run; one of a version with other queues is left out."""
    rows = session.execute(select(SavedFilter.name, SavedFilter.filter_json).order_by(SavedFilter.name))
    found = {row.name: _read(json.loads(row.filter_json)) for row in rows}
    return {name: wanted for name, wanted in found.items() if wanted is not None}


def save_filter(project: ProjectFile, name: str, wanted: CandidateFilter) -> None:
    """Keep a filter, in place of any of that name. Whose verdicts are meant by "mine" is not kept."""
    told = {
        "text": wanted.text,
        "queue": wanted.queue,
        "best_only": wanted.best_only,
        "order": wanted.order,
        "facets": [list(chosen) for chosen in wanted.facets],
    }
    with project.write() as session:
        session.merge(SavedFilter(name=name, filter_json=json.dumps(told, ensure_ascii=False)))


def forget_filter(project: ProjectFile, name: str) -> None:
    """Remove a filter; nothing happens if there is none of that name."""
    with project.write() as session:
        session.execute(delete(SavedFilter).where(SavedFilter.name == name))


def _read(told: dict[str, Any]) -> CandidateFilter | None:
    facets = tuple((name, label) for name, label in told["facets"])
    known = (
        told["queue"] in get_args(QueueName)
        and told["order"] in (None, *get_args(QueueOrder))
        and all(name in get_args(FacetName) for name, _ in facets)
    )
    if not known:
        return None
    return CandidateFilter(0, told["text"], told["queue"], told["best_only"], told["order"], facets)
