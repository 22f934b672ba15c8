"""What a verdict on each candidate would teach the next run: the order in which a curator is asked."""

from __future__ import annotations

import numpy as np
from sqlalchemy.orm import Session

from core.alignment.teaching import SURE, Numbers, gains, neighbourhood
from core.store import arrays, runs
from core.store.candidate_columns import CandidateColumns
from core.store.candidates import pair_keys


def candidate_gains(session: Session, run_id: int, columns: CandidateColumns) -> Numbers:
    """The gain of each candidate of a run, 0 for one that nobody is to be asked about. Shape: ``(n,)``.

    That of the best candidate of an entity is what :func:`core.alignment.teaching.gains` says of the entity;
    one that takes its place, once it was rejected, has as much less as it is less likely. Where the run has
    no calibrated probabilities its scores take their place.
    """
    ids = arrays.entity_ids(session, "left")
    triples = np.searchsorted(ids, arrays.relation_triples(session, "left"))
    verdicts = arrays.verdicts_in_force(session)
    known = np.zeros(len(ids), dtype=bool)
    for pairs in (runs.run_pairs(session, run_id, "seed"), verdicts.accepted):
        known[np.searchsorted(ids, pairs[:, 0])] = True
    likely = columns.score if np.isnan(columns.probability).all() else columns.probability
    chance = np.nan_to_num(likely.astype(np.float64)).clip(0, 1)
    chance[np.isin(pair_keys(columns.left_id, columns.right_id), pair_keys(*verdicts.rejected.T))] = 0
    entity = np.searchsorted(ids, columns.left_id)
    best = np.zeros(len(ids))
    np.maximum.at(best, entity, chance)
    best[np.searchsorted(ids, verdicts.alone)] = 0
    share = np.divide(chance, best[entity], out=np.zeros_like(chance), where=best[entity] > 0)
    gain: Numbers = gains(neighbourhood(triples, len(ids)), known, best)[entity] * share**SURE
    return gain
