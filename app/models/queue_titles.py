"""What the queues and their facets are called in the window."""

from __future__ import annotations

from core.store.queues import HUB, QueueName

# In the order of the chooser; None is a line between groups.
QUEUE_TITLES: dict[QueueName, str] = {
    "teach": "Undecided, teaching most",
    "undecided": "Undecided, best first",
    "uncertain": "Undecided, least certain",
    "dissent": "Modalities disagree",
    "mutual": "Each other's best",
    "conflict": "Conflicts",
    "hub": "Hubs",
    "weak": "No good candidate",
    "missing": "Modality missing",
    "changed": "Changed since the last run",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "unsure": "Unsure",
    "no_counterpart": "No counterpart",
    "mine": "Decided by me",
    "others": "Decided by others",
    "disagreement": "Disagreements",
    "all": "All",
}
BLIND_TITLE = "Undecided, by name"
GROUP_ENDS: tuple[QueueName, ...] = ("changed", "disagreement")
BLIND_TIP = "What waits for a verdict, in the order of names"
QUEUE_TIPS: dict[QueueName, str] = {
    "teach": "What waits for a verdict, that first whose answer teaches the next run most",
    "undecided": "What waits for a verdict, the most likely pair first",
    "uncertain": "What waits, the entity first whose right candidate is the hardest to tell",
    "dissent": "More than half of the modalities find another candidate of the entity more similar",
    "mutual": "Each of the two is the best candidate of the other",
    "conflict": "Two accepted for one entity, and proposals of an entity that is taken",
    "hub": f"A right entity that is the best candidate of {HUB} or more",
    "weak": "Less than 25 % likely; without probabilities, hardly ahead of the next and not mutual",
    "missing": "One of the two lacks an image, attributes or another modality of the run",
    "changed": "The run before had another best candidate",
    "mine": "Verdicts in force that you gave",
    "others": "Verdicts in force that others gave",
    "disagreement": "People have decided differently and nobody settled it",
}
