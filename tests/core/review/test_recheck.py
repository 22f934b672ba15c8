from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.review.imported import import_verdicts
from core.review.journal import BULK_NOTE, BULK_REJECTED_NOTE, Decision, decide, undo
from core.review.recheck import Precision, accepted_precision, recheck_sample, record_recheck
from core.review.session import session_facts
from core.store.candidate_columns import columns_from_rows, pack_candidates
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, Verdict

LONG_AGO, TODAY = "2026-01-01T00:00:00.000000+00:00", "2026-06-01T00:00:00.000000+00:00"


def sample(project: ProjectFile, size: int, seed: int = 0) -> list[int]:
    with project.read() as session:
        return [pair.left_id for pair in recheck_sample(session, size, random.Random(seed))]


def at(project: ProjectFile, *seconds: float) -> None:
    """Let the verdicts have been given so many seconds after the beginning of the day."""
    with project.write() as session:
        for number, second in enumerate(seconds, start=1):
            time = datetime.fromisoformat(TODAY) + timedelta(seconds=second)
            session.execute(
                update(Verdict)
                .where(Verdict.id == number)
                .values(decided_at=time.isoformat(timespec="microseconds"))
            )


def facts(project: ProjectFile, author: str = "ada", since: str = TODAY):  # type: ignore[no-untyped-def]
    with project.read() as session:
        return session_facts(session, author, since)


def test_the_sample_is_of_accepted_pairs_in_force_that_were_not_judged_again(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in range(1, 9)])
    decide(project, [Decision(1, 41, "rejected")])
    decide(project, [Decision(20, 60, "accepted")])
    undo(project)
    assert sorted(sample(project, 50)) == list(range(2, 9))
    assert sample(project, 3) != sample(project, 3, seed=1)
    with project.read() as session:
        chosen = recheck_sample(session, 2, random.Random(3))
    for pair in chosen:
        record_recheck(project, pair.verdict_id, "accepted", "ada")
    assert sorted(sample(project, 50)) == sorted(set(range(2, 9)) - {pair.left_id for pair in chosen})
    with pytest.raises(ValueError, match="no_counterpart"):
        record_recheck(project, 2, "no_counterpart", "ada")  # type: ignore[arg-type]


def test_the_precision_is_the_share_confirmed_with_its_interval(project: ProjectFile) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in range(1, 13)])
    with project.read() as session:
        assert accepted_precision(session) == Precision(0, 0, 0)
    for verdict in range(1, 13):
        kind = "rejected" if verdict == 5 else "unsure" if verdict == 6 else "accepted"
        record_recheck(project, verdict, kind, "ada")  # type: ignore[arg-type]
    with project.read() as session:
        found = accepted_precision(session)
    assert found == Precision(confirmed=10, refused=1, unsure=1)
    assert found.share == pytest.approx(10 / 11)
    # R: binom::binom.confint(10, 11, methods = "wilson")
    assert found.interval == pytest.approx((0.6226, 0.9838), abs=2e-3)
    assert Precision(0, 0, 3).interval is None
    low, high = Precision(20, 0, 0).interval or (0, 0)
    assert low == pytest.approx(20 / (20 + 1.959964**2)) and high == 1


def test_rechecks_leave_the_verdicts_alone(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    before = facts(project, since=LONG_AGO)
    record_recheck(project, 1, "rejected", "bob")
    after = facts(project, since=LONG_AGO)
    assert (before.decided, after.decided) == (1, 1)
    assert after.precision.refused == 1


def test_the_pace_leaves_pauses_out(project: ProjectFile) -> None:
    for i in range(1, 7):
        decide(project, [Decision(i, 40 + i, "accepted", author="ada")])
    assert facts(project, since=datetime.now(UTC).isoformat()).pace is None
    at(project, 0, 10, 20, 4_000, 4_020, 4_040)
    found = facts(project)
    assert found.decided == 6
    assert found.pace == pytest.approx(3600 * 4 / 60)  # four gaps of 10, 10, 20 and 20 seconds


def test_what_counts_is_the_authors_own_of_today_and_not_undone(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(2, 42, "accepted", author="bob")])
    decide(project, [Decision(i, 40 + i, "accepted", author="ada", note=BULK_NOTE) for i in (3, 4)])
    decide(project, [Decision(5, 45, "accepted", author="ada")])
    undo(project)
    at(project, -90_000, 1, 2, 2, 3)
    found = facts(project)
    assert (found.decided, found.in_bulk) == (0, 2)
    assert facts(project, since=LONG_AGO).decided == 1


def test_what_was_rejected_in_bulk_or_read_from_a_file_was_not_judged_one_by_one(
    project: ProjectFile, tmp_path: Path
) -> None:
    decide(project, [Decision(i, 46, "rejected", 0.4, 1, "ada", BULK_REJECTED_NOTE) for i in (1, 2)])
    (tmp_path / "links.tsv").write_text("http://example.org/1/0003\thttp://example.org/2/0003\n")
    import_verdicts(project, tmp_path / "links.tsv", "ada")
    decide(project, [Decision(4, 44, "accepted", 0.9, 1, "ada", "from what I know")])
    found = facts(project, since=LONG_AGO)
    assert (found.decided, found.in_bulk) == (1, 3)
    assert (found.agreed, found.compared) == (1, 1)


def test_agreement_compares_with_the_first_candidate(project: ProjectFile) -> None:
    # In the small project the first candidate of left 7 is wrong: its counterpart 47 ranks second.
    assert facts(project).agreement is None
    decide(project, [Decision(1, 41, "accepted", run_id=1, author="ada")])  # as the model
    decide(project, [Decision(7, 47, "accepted", run_id=1, author="ada")])  # not the first
    decide(project, [Decision(2, 42, "unsure", run_id=1, author="ada")])  # says neither
    decide(project, [Decision(3, None, "no_counterpart", run_id=1, author="ada")])  # the model has one
    decide(project, [Decision(4, 44, "accepted", run_id=1, author="ada", note=BULK_NOTE)])  # nobody looked
    found = facts(project)
    assert (found.agreed, found.compared) == (1, 3)
    assert found.agreement == pytest.approx(1 / 3)


def test_what_is_left_is_known_where_the_run_has_probabilities(project: ProjectFile) -> None:
    assert facts(project).left is None
    with project.write() as session:
        session.execute(update(Candidate).where(Candidate.rank == 1).values(probability=0.5))
        pack_candidates(session, 1, columns_from_rows(session, 1))
    left = facts(project).left
    assert left is not None and 0 < left.expected < 40
