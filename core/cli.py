"""The sub-commands: everything the window does, for servers and benchmarks without a display.

Results go to standard output, progress to standard error and only when that is a terminal. Exit status:
0 done, 1 a one-line error, 2 wrong usage, 130 interrupted with everything saved.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core import (
    __version__,
    ablate_commands,
    commands,
    export_commands,
    link_commands,
    reimport_commands,
    simulate_commands,
    store_commands,
)
from core.ablate_commands import add_ablate_options
from core.errors import Cancelled, FileExistsAlreadyError, MimeaError
from core.export_commands import add_diff_options, add_export_options
from core.kg.stopping import stoppable
from core.link_commands import add_link_options
from core.presets import PRESETS
from core.reimport_commands import add_reimport_options
from core.simulate_commands import add_simulate_options
from core.store.engines import failure
from core.store.places import place
from core.terminal import interruptible, login_name

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Parse ``arguments`` and do what they say; returns the exit status."""
    options = build_parser().parse_args(arguments)
    with interruptible() as stop, stoppable(stop):
        try:
            options.command(options, stop)
        except Cancelled as cancelled:
            print(f"mimea-explorer: {cancelled}", file=sys.stderr)
            return INTERRUPTED
        except commands.UsageError as error:
            print(f"mimea-explorer: {error}", file=sys.stderr)
            return 2
        except FileExistsAlreadyError as error:
            print(f"mimea-explorer: {error} (--force)", file=sys.stderr)
            return 1
        except MimeaError as error:
            print(f"mimea-explorer: {error}", file=sys.stderr)
            return 1
        except BrokenPipeError:
            # Whoever read our output has left; Python would complain once more when it flushes at exit.
            sys.stdout = None
            return 1
        except (DBAPIError, OSError) as error:
            print(f"mimea-explorer: {failure(error)}", file=sys.stderr)
            return 1
    return INTERRUPTED if stop.is_set() else 0


def build_parser() -> argparse.ArgumentParser:
    """The command line of DESIGN section 5."""
    parser = argparse.ArgumentParser(
        prog="mimea-explorer",
        description="Align two multi-modal knowledge graphs. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"MIMEA Explorer {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Callable[..., None], help: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        sub.set_defaults(command=command)
        if name not in ("demo", "diff"):
            sub.add_argument(
                "project",
                type=place,
                metavar="PROJECT",
                help="the project file (NAME.mimea), or postgresql://USER@HOST/DATABASE",
            )
        return sub

    sub = add("import", commands.import_graphs, "make a project from two graphs")
    sub.add_argument("--dataset", type=Path, metavar="DIR", help="a folder that holds both graphs")
    sub.add_argument("--left", type=Path, metavar="PATH", help="file or folder of the left graph")
    sub.add_argument("--right", type=Path, metavar="PATH", help="file or folder of the right graph")
    sub.add_argument("--links", type=Path, metavar="PATH", help="known links between them")
    sub.add_argument("--images-left", type=Path, metavar="DIR", help="images of the left graph")
    sub.add_argument("--images-right", type=Path, metavar="DIR", help="images of the right graph")
    sub.add_argument("--format", default="auto", choices=("auto", "mmkb", "dbp15k", "openea", "rdf", "csv"))
    for side in ("left", "right"):
        sub.add_argument(
            f"--columns-{side}",
            metavar="WHAT=NAME,...",
            help=f"columns of the {side} table: head, relation, tail; or id, label, description, image",
        )
    add_reimport_options(
        add("reimport", reimport_commands.reimport, "replace one graph by another version of it")
    )
    add_link_options(add("links", link_commands.links, "add known links to a project"))

    sub = add("train", commands.train, "train MIMEA and store the candidates")
    add_settings(sub)
    sub.add_argument(
        "--resume",
        type=int,
        nargs="?",
        const=commands.NEWEST,
        metavar="RUN",
        help="go on with a run that was interrupted, from its checkpoint (default: the newest such run)",
    )

    sub.add_argument(
        "--refresh",
        action="store_true",
        help="take in the verdicts since the newest run: a short run that begins with its model",
    )

    sub = add("evaluate", commands.evaluate, "measure a run on its test links")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument(
        "--candidates", choices=("test", "all"), help="the entities ranked (default: both, with --json test)"
    )
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = add("ablate", ablate_commands.ablate, "rerun a table or figure of the paper, variant by variant")
    add_ablate_options(sub)
    add_settings(sub)

    add_simulate_options(
        add(
            "simulate",
            simulate_commands.simulate,
            "measure what verdicts teach, with the known links as curator",
        )
    )

    sub = add("candidates", commands.candidates, "print the proposed pairs as CSV")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument("--top", type=int, default=10, metavar="N", help="candidates of each left entity")
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write to FILE instead of standard output")
    sub.add_argument("--force", action="store_true", help="replace FILE where it exists")

    sub = add("accept", commands.accept, "accept candidates in bulk, as one step that can be undone")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument(
        "--threshold", type=float, metavar="SCORE", help="best candidates that score at least this"
    )
    sub.add_argument(
        "--probability", type=float, metavar="P", help="best candidates at least this likely to be right"
    )
    sub.add_argument("--mutual", action="store_true", help="pairs that are each other's best")
    sub.add_argument(
        "--one-to-one", action="store_true", help="the one-to-one choice with the most to expect"
    )
    sub.add_argument(
        "--author", default=login_name(), help="name that the journal keeps (default: %(default)s)"
    )

    add_export_options(add("export", export_commands.export, "write the accepted links"))
    add_diff_options(add("diff", export_commands.diff, "compare two files of links"))

    sub = add("backup", store_commands.backup, "copy a project, also while it is in use")
    sub.add_argument("--out", type=Path, metavar="FILE", help="the copy (default: NAME.backup-DATE.mimea)")
    sub.add_argument("--force", action="store_true", help="replace FILE where it exists")
    add("compact", store_commands.compact, "give unused room in a project file back to the disk")
    add("check", store_commands.check, "look for damage in a project file")

    sub = add("info", commands.info, "say what a project holds")
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = add("demo", commands.demo, "make, train and measure a project of the demo graphs")
    sub.add_argument("directory", type=Path, metavar="DIR", help="folder for countries.mimea")
    sub.add_argument("--no-train", action="store_true", help="import only")
    return parser


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The options that :func:`core.commands.run_config` reads."""
    parser.add_argument(
        "--seed-ratio", type=float, metavar="SHARE", help="share of the known links used as seeds"
    )
    parser.add_argument("--random-seed", type=int, metavar="N")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument(
        "--iterative",
        nargs="?",
        const="paper",
        choices=("paper", "propagation"),
        help="find pseudo-seeds on the way: the paper's buffer, or propagation over matched neighbours",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"))
    parser.add_argument(
        "--preset",
        choices=[preset.name for preset in PRESETS],
        help="settings to start from (default: those of the paper)",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings as JSON, as the Train page exports them"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any one setting")
