"""The `reimport` sub-command: one graph of a project replaced by another version of it."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import closing
from pathlib import Path

from core.errors import Cancelled, MimeaError
from core.store.project_file import ProjectFile
from core.terminal import progress_bar


def add_reimport_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reimport`."""
    parser.add_argument("--side", required=True, choices=("left", "right"), help="the graph to replace")
    parser.add_argument(
        "--source",
        type=Path,
        required=True,
        metavar="PATH",
        help="file or folder of its new version, or a folder that holds both graphs",
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="its images")
    parser.add_argument(
        "--format", default="auto", choices=("auto", "mmkb", "dbp15k", "openea", "rdf", "csv")
    )
    parser.add_argument("--columns", metavar="WHAT=NAME,...", help="columns of a table, as for import")
    parser.add_argument("--yes", action="store_true", help="don't ask before replacing")


def reimport(options: argparse.Namespace, stop: threading.Event) -> None:
    """Replace a graph, after a question that says what hangs on it."""
    from core.kg.csv_graph import CsvMapping
    from core.kg.dataset import open_side
    from core.store.reimport import prepare_reimport

    source = open_side(
        options.source,
        options.side,
        images=options.images,
        format=options.format,
        mapping=CsvMapping.parse(options.columns) if options.columns else None,
    )
    print(f"{source.name}: {source.format} ({source.reason})")
    with closing(ProjectFile.open(options.project)) as project:
        with progress_bar() as show:
            prepared = prepare_reimport(
                project, options.side, source, lambda p: show(p.stage, p.done, p.total), stop
            )
        with closing(prepared):
            print("\n".join(prepared.plan.lines()), flush=True)
            if not options.yes:
                _ask()
            with progress_bar() as show:
                prepared.apply(lambda p: show(p.stage, p.done, p.total), stop)
    print(f"Replaced the {options.side} graph")


def _ask() -> None:
    """Go on only with a yes.

    Raises:
        MimeaError: there is nobody to ask.
        Cancelled: the answer was no.
    """
    if not sys.stdin.isatty():
        raise MimeaError("there is no terminal to ask on; with --yes the graph is replaced without asking")
    if input("Replace it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Cancelled("the project is as it was")
