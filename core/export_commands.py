"""The sub-commands for links on their way out, and their options: export, diff."""

from __future__ import annotations

import argparse
import json
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

from core.store.project_file import ProjectFile
from core.words import counted

# Those of core.export.links.FORMATS, which is slower to import than `--help` may be.
_FORMATS = ("nt", "ttl", "sssom", "alignment", "csv", "openea")
_SHOWN = 10


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``export``."""
    parser.add_argument("--format", required=True, choices=_FORMATS)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--force", action="store_true", help="replace FILE where it exists")
    parser.add_argument(
        "--with-rejected", action="store_true", help="rejected pairs and entities without counterpart too"
    )
    parser.add_argument(
        "--with-unsure", action="store_true", help="pairs left unsure, into NAME.unsure.SUFFIX"
    )
    parser.add_argument("--author", metavar="NAME", help="what this person decided")
    parser.add_argument("--run", type=int, metavar="ID", help="decided on what this run proposed")
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="decided on this day or later"
    )
    parser.add_argument(
        "--base-iri",
        default="",
        metavar="IRI",
        help="put before ids that are no IRIs; or `freebase`",
    )
    parser.add_argument("--license", default="", metavar="IRI", help="licence of the links")
    parser.add_argument("--exporter", default="", metavar="NAME", help="who makes the file")
    parser.add_argument("--orcid", default="", metavar="ID", help="the ORCID iD of that person")


def add_diff_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``diff``."""
    parser.add_argument("old", type=Path, metavar="A", help="a file of links, in any format read or written")
    parser.add_argument("new", type=Path, metavar="B", help="the file to compare with it")
    parser.add_argument("--reference", type=Path, metavar="R", help="true links, to measure both against")
    parser.add_argument("--list", action="store_true", help="print every pair, not the first ten of a kind")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def export(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Write the links that were accepted."""
    from core.export.iri import BASES
    from core.export.links import write_links
    from core.export.options import ExportOptions, checked_orcid

    wanted = ExportOptions(
        rejected=options.with_rejected,
        unsure=options.with_unsure,
        author=options.author,
        run_id=options.run,
        since=options.since,
        base_iri=BASES.get(options.base_iri, options.base_iri),
        license=options.license,
        exporter=options.exporter,
        orcid=checked_orcid(options.orcid),
        replace=options.force,
    )
    with closing(ProjectFile.open(options.project)) as project:
        written = write_links(project, options.out, options.format, wanted)
    print(f"Wrote {counted(written.links, 'link')} to {written.files[0]}")
    for path in written.files[1:]:
        print(f"  and {path}")


def diff(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Compare two files of links."""
    from core.export.diff import compare, read_links, score

    old, new = read_links(options.old), read_links(options.new)
    changes = compare(old, new)
    scores = {}
    if options.reference is not None:
        reference = read_links(options.reference)
        scores = {"A": score(old, reference), "B": score(new, reference)}
    if options.json:
        told = {name: [list(pair) for pair in pairs] for name, pairs in changes.by_kind().items()}
        measured = {"reference": {which: found.as_dict() for which, found in scores.items()}}
        print(json.dumps({"common": changes.common} | told | (measured if scores else {})))
        return
    print(f"{counted(changes.common, 'link')} in both")
    for name, pairs in changes.by_kind().items():
        print(f"{len(pairs):,} {name}")
        for left, right in pairs if options.list else pairs[:_SHOWN]:
            print(f"  {left}\t{right}")
        if len(pairs) > _SHOWN and not options.list:
            print("  …")
    for which, found in scores.items():
        print(f"{which}: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f}")
