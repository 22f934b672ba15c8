"""The `links` sub-command: known links added to a project after its graphs."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from core.store.project_file import ProjectFile


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """The options of `links`."""
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="N-Triples, Turtle, TSV, CSV, SSSOM or Alignment RDF"
    )
    parser.add_argument(
        "--as",
        dest="role",
        required=True,
        choices=("seeds", "reference"),
        help="to train on, or only to measure against",
    )


def links(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Add the links of a file."""
    from core.store.links import import_links

    project = ProjectFile.open(options.project)
    try:
        report = import_links(project, options.path, options.role)
    finally:
        project.close()
    print("\n".join(report.lines()))
