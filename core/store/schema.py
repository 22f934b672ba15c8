"""The tables of a project (DESIGN section 3), as typed SQLAlchemy mappings.

Rows never leave :mod:`core.store` and :mod:`core.review`: callers get plain frozen dataclasses.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

APPLICATION_ID = 0x4D494D45  # "MIME", shown by file(1) and checked on opening
SCHEMA_VERSION = 5  # a change of this needs a function in core.store.migrations


class Base(DeclarativeBase):
    """Base of all tables."""


class Graph(Base):
    """One of the two graphs; ``side`` is ``left`` or ``right``."""

    __tablename__ = "graph"
    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(5), unique=True)
    name: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    license: Mapped[str] = mapped_column(default="")
    report_json: Mapped[str] = mapped_column(default="{}")
    __table_args__ = (CheckConstraint("side IN ('left', 'right')", name="side"),)


class Entity(Base):
    """A thing in one graph; ``uri`` is its identifier as the source wrote it."""

    __tablename__ = "entity"
    id: Mapped[int] = mapped_column(primary_key=True)
    graph_id: Mapped[int] = mapped_column(ForeignKey("graph.id"))
    uri: Mapped[str]
    label: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    __table_args__ = (UniqueConstraint("graph_id", "uri"),)


class Relation(Base):
    """A relation type of one graph."""

    __tablename__ = "relation"
    id: Mapped[int] = mapped_column(primary_key=True)
    graph_id: Mapped[int] = mapped_column(ForeignKey("graph.id"))
    uri: Mapped[str]
    label: Mapped[str]
    __table_args__ = (UniqueConstraint("graph_id", "uri"),)


class RelationTriple(Base):
    """(head, relation, tail) between two entities of the same graph.

    The key's columns come first: integrity_check of SQLite 3.40 misreads a WITHOUT ROWID table otherwise.
    """

    __tablename__ = "relation_triple"
    head_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    relation_id: Mapped[int] = mapped_column(ForeignKey("relation.id"), primary_key=True)
    tail_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    graph_id: Mapped[int] = mapped_column(ForeignKey("graph.id"))
    __table_args__ = (Index("relation_triple_tail", "tail_id"), {"sqlite_with_rowid": False})


class Attribute(Base):
    """An attribute type of one graph."""

    __tablename__ = "attribute"
    id: Mapped[int] = mapped_column(primary_key=True)
    graph_id: Mapped[int] = mapped_column(ForeignKey("graph.id"))
    uri: Mapped[str]
    label: Mapped[str]
    __table_args__ = (UniqueConstraint("graph_id", "uri"),)


class AttributeTriple(Base):
    """(entity, attribute, value); ``datatype`` is an IRI or empty, ``language`` a BCP 47 tag or empty."""

    __tablename__ = "attribute_triple"
    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    attribute_id: Mapped[int] = mapped_column(ForeignKey("attribute.id"))
    value: Mapped[str]
    datatype: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("attribute_triple_entity", "entity_id"),)


class Image(Base):
    """A picture of an entity; ``path`` is absolute, ``status`` is ok | missing | unreadable | outside.

    Outside is what a symbolic link would lead out of its folder to: it is never opened.
    """

    __tablename__ = "image"
    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    path: Mapped[str]
    sha256: Mapped[str] = mapped_column(default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="ok")
    __table_args__ = (Index("image_entity", "entity_id"),)


class Link(Base):
    """A known sameAs link; runs split these into seeds, validation and test."""

    __tablename__ = "link"
    left_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    right_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    source: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("link_right", "right_id"), {"sqlite_with_rowid": False})


class Run(Base):
    """A training run; ``status`` is queued | running | done | stopped | failed, times are ISO 8601, UTC."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    config_json: Mapped[str]
    status: Mapped[str] = mapped_column(default="running")
    device: Mapped[str] = mapped_column(default="")
    started_at: Mapped[str]
    finished_at: Mapped[str | None]
    error: Mapped[str | None]
    best_epoch: Mapped[int | None]
    metrics_json: Mapped[str | None]  # what `evaluate` prints, as of the kept state
    modalities: Mapped[str] = mapped_column(default="")  # comma-separated, those that took part
    newest_verdict: Mapped[int | None]  # when it began; null where it learns from none
    started_from: Mapped[int | None]  # the run with whose model it began
    tag: Mapped[str | None]  # people's own word for the run
    note: Mapped[str | None]


class RunSeed(Base):
    """A pair as a run used it; ``role`` is seed | validation | test | accepted | rejected | pseudo."""

    __tablename__ = "run_seed"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    left_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    right_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    pseudo_epoch: Mapped[int | None]
    __table_args__ = ({"sqlite_with_rowid": False},)


class Epoch(Base):
    """Losses of an epoch, and metrics where it was evaluated."""

    __tablename__ = "epoch"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[float]
    loss_joint: Mapped[float | None]
    loss_structure: Mapped[float | None]
    loss_relation: Mapped[float | None]
    loss_attribute: Mapped[float | None]
    loss_visual: Mapped[float | None]
    loss_name: Mapped[float | None]
    mrr: Mapped[float | None]
    hits1: Mapped[float | None]
    hits10: Mapped[float | None]
    detail_json: Mapped[str | None]  # what else its curves show: core.store.epochs


class Candidate(Base):
    """A proposed pair; ``rank`` counts from 1 among the left entity's, ``mutual``: each is the other's best.

    ``score_structure`` and so on are the similarities within that modality, null where either side lacks it.
    ``margin`` to ``missing`` are what :class:`core.store.candidate_facts.CandidateFacts` says.
    """

    __tablename__ = "candidate"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    left_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    right_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    rank: Mapped[int]
    score: Mapped[float]
    score_structure: Mapped[float | None]
    score_relation: Mapped[float | None]
    score_attribute: Mapped[float | None]
    score_visual: Mapped[float | None]
    score_name: Mapped[float | None]
    score_support: Mapped[float | None]  # of neighbours that are matched, null where the run asked for none
    probability: Mapped[float | None]  # that the pair is right, where validation links calibrated it
    mutual: Mapped[bool] = mapped_column(default=False)
    margin: Mapped[float | None]
    entropy: Mapped[float | None]
    dissent: Mapped[float | None]
    claims: Mapped[int | None]
    missing: Mapped[bool | None]
    __table_args__ = (
        Index("candidate_left", "run_id", "left_id", "rank"),
        Index("candidate_right", "run_id", "right_id", "score"),
        # All that the queues ask of the best candidates, so that no other row is looked at.
        Index(
            "candidate_best",
            *("run_id", "left_id", "right_id", "probability", "mutual", "margin", "dissent", "claims"),
            "missing",
            sqlite_where=text("rank = 1"),
            postgresql_where=text("rank = 1"),
        ),
    )


class CandidateColumn(Base):
    """A column of a run's candidates, packed (:mod:`core.store.candidate_columns`)."""

    __tablename__ = "candidate_column"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class SavedFilter(Base):
    """A filter of the review list that people gave a name; ``filter_json`` has no run in it."""

    __tablename__ = "saved_filter"
    name: Mapped[str] = mapped_column(primary_key=True)
    filter_json: Mapped[str]


class ModalityWeight(Base):
    """The fusion weights of an entity (eq. 6), null for a modality that it lacks; they sum to 1."""

    __tablename__ = "modality_weight"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True)
    structure: Mapped[float | None]
    relation: Mapped[float | None]
    attribute: Mapped[float | None]
    visual: Mapped[float | None]
    name: Mapped[float | None]
    __table_args__ = ({"sqlite_with_rowid": False},)


class Verdict(Base):
    """The append-only journal of decisions; undo sets ``undone_at``, redo clears it, nothing is ever deleted.

    Rows of one user action share ``step``, so that a bulk action is undone as one. No foreign key to
    ``candidate``: a verdict outlives the run that proposed it.
    """

    __tablename__ = "verdict"
    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int]
    left_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    right_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"))
    kind: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    score_shown: Mapped[float | None]
    decided_at: Mapped[str]
    undone_at: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('accepted', 'rejected', 'unsure', 'no_counterpart')", name="kind"),
        CheckConstraint("(kind = 'no_counterpart') = (right_id IS NULL)", name="counterpart"),
        Index("verdict_pair", "left_id", "right_id"),
        Index("verdict_right", "right_id"),
        Index("verdict_step", "step"),
    )


class Recheck(Base):
    """What somebody answered who judged an accepted pair again, blind; the verdict itself stays as it is."""

    __tablename__ = "recheck"
    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"))
    kind: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[str]
    __table_args__ = (
        CheckConstraint("kind IN ('accepted', 'rejected', 'unsure')", name="answer"),
        Index("recheck_verdict", "verdict_id"),
    )
