"""The views of a project: they hold no data, and each may use those before it."""

from __future__ import annotations

# The verdicts in force: the last one of each pair that is not undone. "Accepted" and "no counterpart" of the
# same left entity exclude each other, so of these the later holds. No null-safe equality here: every database
# and version spells that otherwise.
CURRENT_VERDICT_VIEW = """
CREATE VIEW current_verdict AS
SELECT v.* FROM verdict v
WHERE v.undone_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM verdict w
    WHERE w.left_id = v.left_id AND w.id > v.id AND w.undone_at IS NULL
      AND (w.right_id = v.right_id
           OR (w.right_id IS NULL AND v.right_id IS NULL)
           OR (v.kind = 'accepted' AND w.kind = 'no_counterpart')
           OR (v.kind = 'no_counterpart' AND w.kind = 'accepted')))
"""

# What each author holds: as above, but nobody overrides anybody else.
AUTHOR_VERDICT_VIEW = """
CREATE VIEW author_verdict AS
SELECT v.* FROM verdict v
WHERE v.undone_at IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM verdict w
    WHERE w.left_id = v.left_id AND w.author = v.author AND w.id > v.id AND w.undone_at IS NULL
      AND (w.right_id = v.right_id
           OR (w.right_id IS NULL AND v.right_id IS NULL)
           OR (v.kind = 'accepted' AND w.kind = 'no_counterpart')
           OR (v.kind = 'no_counterpart' AND w.kind = 'accepted')))
"""

# Verdicts that another author contradicts: another kind on the same pair, or one accepted a counterpart for
# an entity of which the other says that it has none.
VERDICT_DISAGREEMENT_VIEW = """
CREATE VIEW verdict_disagreement AS
SELECT v.* FROM author_verdict v
WHERE EXISTS (
    SELECT 1 FROM author_verdict w
    WHERE w.left_id = v.left_id AND w.author <> v.author AND w.kind <> v.kind
      AND (w.right_id = v.right_id
           OR (v.kind = 'accepted' AND w.kind = 'no_counterpart')
           OR (v.kind = 'no_counterpart' AND w.kind = 'accepted')))
"""

VIEW_NAMES = ("current_verdict", "author_verdict", "verdict_disagreement")
VIEWS = (CURRENT_VERDICT_VIEW, AUTHOR_VERDICT_VIEW, VERDICT_DISAGREEMENT_VIEW)
