"""Bringing a project of an earlier format up to the present one.

One function a format, in order, each in a transaction of its own with the new number. Views hold no data:
they are dropped before and made anew after, so a format that only changes these has an empty function.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, Double, Engine, Integer, String, select, update
from sqlalchemy.orm import Session

from core.store.candidate_columns import renew_facts
from core.store.engines import WRITING
from core.store.schema import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Base,
    Run,
)
from core.store.views import VIEW_NAMES, VIEWS

Migration = Callable[[Connection], None]
_COMMENT = "MIMEA Explorer project, format "
_MIGRATIONS: dict[int, Migration] = {}


def migration(version: int) -> Callable[[Migration], Migration]:
    """Register a function that turns format ``version - 1`` into ``version``."""

    def register(function: Migration) -> Migration:
        _MIGRATIONS[version] = function
        return function

    return register


@migration(2)
def _views_of_authors(connection: Connection) -> None:
    """What each author holds, and where authors disagree: views only."""


@migration(3)
def _name_modality(connection: Connection) -> None:
    """A fifth modality, and a candidate's support by matched neighbours and calibrated probability."""
    number = Double().compile(connection.dialect)
    for table, column in (
        ("epoch", "loss_name"),
        ("candidate", "score_name"),
        ("candidate", "score_support"),
        ("candidate", "probability"),
        ("modality_weight", "name"),
    ):
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {number}")
    _set_training(connection, "support_weight", 0.0)


@migration(4)
def _review_and_training(connection: Connection) -> None:
    """What the workbench's queues and the training room keep."""
    words = String().compile(connection.dialect)
    for column in ("tag", "note"):
        connection.exec_driver_sql(f"ALTER TABLE run ADD COLUMN {column} {words}")
    Base.metadata.tables["recheck"].create(connection)
    connection.exec_driver_sql(f"ALTER TABLE epoch ADD COLUMN detail_json {words}")
    _set_training(connection, "use_verdicts", False)
    whole = Integer().compile(connection.dialect)
    for column in ("newest_verdict", "started_from"):
        connection.exec_driver_sql(f"ALTER TABLE run ADD COLUMN {column} {whole}")
    _queues(connection)


@migration(5)
def _verdict_indexes(connection: Connection) -> None:
    """The verdicts on a right entity, and those of a step, without a look at all others."""
    for index in Base.metadata.tables["verdict"].indexes:
        index.create(connection, checkfirst=True)


def _set_training(connection: Connection, name: str, value: object) -> None:
    """Say in the settings of all runs what they did without: it would be taken for today's default."""
    for run_id, config in connection.execute(select(Run.id, Run.config_json)).all():
        settings = json.loads(config)
        settings.setdefault("training", {})[name] = value
        changed = update(Run).where(Run.id == run_id).values(config_json=json.dumps(settings, sort_keys=True))
        connection.execute(changed)


def _queues(connection: Connection) -> None:
    """What queues and facets ask of candidates, and filters with a name."""
    for name in ("margin", "entropy", "dissent", "claims", "missing"):
        kind = Base.metadata.tables["candidate"].c[name].type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE candidate ADD COLUMN {name} {kind}")
    tables = Base.metadata.tables
    connection.exec_driver_sql("DROP INDEX IF EXISTS candidate_score")  # lists are sorted in memory
    index = next(each for each in tables["candidate"].indexes if each.name == "candidate_best")
    for part in (index, tables["candidate_column"], tables["saved_filter"]):
        part.create(connection)
    with Session(connection) as session:
        for run_id in session.scalars(select(Run.id)).all():
            renew_facts(session, run_id)
        session.commit()  # of its part: the transaction is the caller's


def create_schema(connection: Connection) -> None:
    """Make all tables and views in an empty database."""
    Base.metadata.create_all(connection)
    for view in VIEWS:
        connection.exec_driver_sql(view)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    _set_version(connection, SCHEMA_VERSION)


def drop_schema(connection: Connection) -> None:
    """Remove all tables and views."""
    for name in reversed(VIEW_NAMES):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    Base.metadata.drop_all(connection)


def schema_version(connection: Connection) -> int | None:
    """The format of the project in this database; None where it holds none."""
    if connection.dialect.name == "sqlite":
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            return None
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    comment = connection.exec_driver_sql("SELECT obj_description(to_regclass('graph'), 'pg_class')").scalar()
    return int(comment.removeprefix(_COMMENT)) if comment and comment.startswith(_COMMENT) else None


def upgrade(engine: Engine) -> None:
    """Run what is missing. A process that is killed meanwhile leaves a format from which this goes on."""
    with engine.connect().execution_options(**WRITING[engine.dialect.name]) as connection:
        for version in range(2, SCHEMA_VERSION + 1):
            with connection.begin():
                # Read within the transaction: another process may have done this step in the meantime.
                if schema_version(connection) != version - 1:
                    continue
                for name in reversed(VIEW_NAMES):
                    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
                _MIGRATIONS[version](connection)
                if version == SCHEMA_VERSION:
                    for view in VIEWS:
                        connection.exec_driver_sql(view)
                _set_version(connection, version)


def _set_version(connection: Connection, version: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    else:
        connection.exec_driver_sql(f"COMMENT ON TABLE graph IS '{_COMMENT}{version}'")
