"""From a neighbour to the pair that it is in."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.candidates import KNOWN


def pair_of(
    session: Session, run_id: int, side: Literal["left", "right"], entity_id: int
) -> tuple[int, int] | None:
    """(left id, right id) of an entity and its counterpart; None where it has none.

    That is one that was accepted, else a seed of the run, else the best candidate that was not rejected.
    """
    own, order = (
        ("left_id", "c.rank") if side == "left" else ("right_id", "c.mutual DESC, c.score DESC, c.id")
    )
    values = {"run": run_id, "id": entity_id}
    for statement in (
        f"SELECT left_id, right_id FROM current_verdict WHERE {own} = :id AND kind = 'accepted'"
        " ORDER BY id DESC LIMIT 1",
        f"SELECT left_id, right_id FROM ({KNOWN}) AS known WHERE {own} = :id LIMIT 1",
        f"SELECT c.left_id, c.right_id FROM candidate c WHERE c.run_id = :run AND c.{own} = :id"
        " AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.left_id = c.left_id"
        f" AND v.right_id = c.right_id AND v.kind = 'rejected') ORDER BY {order} LIMIT 1",
    ):
        row = session.execute(text(statement), values).first()
        if row is not None:
            return row.left_id, row.right_id
    return None
