"""The `links` sub-command: links added to a project after its graphs, as known ones or as verdicts."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from core.store.project_file import ProjectFile
from core.terminal import login_name


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """The options of `links`."""
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="N-Triples, Turtle, TSV, CSV, SSSOM or Alignment RDF"
    )
    parser.add_argument(
        "--as",
        dest="role",
        required=True,
        choices=("seeds", "reference", "verdicts"),
        help="to train on, only to measure against, or as decisions that one undo takes back",
    )


def links(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Add the links of a file."""
    from core.review.imported import import_verdicts
    from core.store.links import import_links

    project = ProjectFile.open(options.project)
    try:
        if options.role == "verdicts":
            lines = import_verdicts(project, options.path, login_name()).lines()
        else:
            lines = import_links(project, options.path, options.role).lines()
    finally:
        project.close()
    print("\n".join(lines))
