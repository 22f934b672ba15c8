from __future__ import annotations

import pytest

from core.review.journal import BULK_NOTE, Decision, decide
from core.store.project_file import ProjectFile

ACCEPTED = {(f"http://example.org/1/{i:04x}", f"http://example.org/2/{i:04x}") for i in (1, 2, 6)}
REJECTED = {("http://example.org/1/0003", "http://example.org/2/0003")}
UNSURE = {("http://example.org/1/0005", "http://example.org/2/0005")}


@pytest.fixture
def decided(project: ProjectFile) -> ProjectFile:
    """Verdicts of every kind: by two authors, on a proposed pair, a searched one, and in bulk."""
    decide(project, [Decision(1, 41, "accepted", 0.9712, 1, "ada", 'so "clear", yes')])
    decide(project, [Decision(2, 42, "accepted", None, None, "grace")])
    decide(project, [Decision(3, 43, "rejected", 0.4, 1, "ada", "another place")])
    decide(project, [Decision(4, None, "no_counterpart", author="ada")])
    decide(project, [Decision(5, 45, "unsure", 0.96, 1, "ada")])
    decide(project, [Decision(6, 46, "accepted", 0.956, 1, "ada", BULK_NOTE)])
    return project
