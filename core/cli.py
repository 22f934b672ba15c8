"""The sub-commands: everything the window does, for servers and benchmarks without a display.

Results go to standard output, progress to standard error and only when that is a terminal. Exit status: 0 done,
1 a one-line error, 2 wrong usage, 130 interrupted with everything saved.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import __version__
from core.errors import Cancelled, ConfigError, MimeaError
from core.store.project_file import ProjectFile

if TYPE_CHECKING:
    from core.config import RunConfig
    from core.kg.dataset import Dataset
    from core.training.events import RunFinished

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Parse ``arguments`` and do what they say; returns the exit status."""
    options = build_parser().parse_args(arguments)
    with _interruptible() as stop:
        try:
            options.command(options, stop)
        except Cancelled as cancelled:
            print(f"mimea-explorer: {cancelled}", file=sys.stderr)
            return INTERRUPTED
        except MimeaError as error:
            print(f"mimea-explorer: {error}", file=sys.stderr)
            return 1
        except BrokenPipeError:
            # Whoever read our output has left; Python would complain once more when it flushes at exit.
            sys.stdout = None  # type: ignore[assignment]
            return 1
    return INTERRUPTED if stop.is_set() else 0


def build_parser() -> argparse.ArgumentParser:
    """The command line of DESIGN section 5."""
    parser = argparse.ArgumentParser(
        prog="mimea-explorer",
        description="Align two multi-modal knowledge graphs. Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"MIMEA Explorer {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Callable[..., None], help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        sub.set_defaults(command=command)
        if name != "demo":
            sub.add_argument("project", type=Path, metavar="PROJECT", help="the project file (NAME.mimea)")
        return sub

    sub = add("import", _import, "make a project from two graphs")
    sub.add_argument("--dataset", type=Path, metavar="DIR", help="a folder that holds both graphs")
    sub.add_argument("--left", type=Path, metavar="PATH", help="file or folder of the left graph")
    sub.add_argument("--right", type=Path, metavar="PATH", help="file or folder of the right graph")
    sub.add_argument("--links", type=Path, metavar="PATH", help="known links between them")
    sub.add_argument("--images-left", type=Path, metavar="DIR", help="images of the left graph")
    sub.add_argument("--images-right", type=Path, metavar="DIR", help="images of the right graph")
    sub.add_argument("--format", default="auto", choices=("auto", "mmkb", "dbp15k", "rdf"))

    sub = add("train", _train, "train MIMEA and store the candidates")
    sub.add_argument(
        "--seed-ratio", type=float, metavar="SHARE", help="share of the known links used as seeds"
    )
    sub.add_argument("--random-seed", type=int, metavar="N")
    sub.add_argument("--epochs", type=int, metavar="N")
    sub.add_argument("--iterative", action="store_true", default=None, help="find pseudo-seeds on the way")
    sub.add_argument("--device", choices=("auto", "cpu", "cuda"))
    sub.add_argument(
        "--config", type=Path, metavar="FILE", help="settings as JSON, as `info --json` shows them"
    )
    sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any one setting")

    sub = add("evaluate", _evaluate, "measure a run on its test links")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument(
        "--candidates", choices=("test", "all"), default="test", help="the right entities ranked"
    )
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = add("candidates", _candidates, "print the proposed pairs as CSV")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument("--top", type=int, default=10, metavar="N", help="candidates of each left entity")
    sub.add_argument("--csv", type=Path, metavar="FILE", help="write to FILE instead of standard output")

    sub = add("accept", _accept, "accept candidates in bulk, as one step that can be undone")
    sub.add_argument("--run", type=int, metavar="ID", help="the run (default: the last)")
    sub.add_argument(
        "--threshold", type=float, metavar="SCORE", help="best candidates that score at least this"
    )
    sub.add_argument("--mutual", action="store_true", help="pairs that are each other's best")
    sub.add_argument(
        "--one-to-one", action="store_true", help="the one-to-one choice with the best total score"
    )
    sub.add_argument("--author", default="", help="name that the journal keeps")

    sub = add("export", _export, "write the accepted links")
    sub.add_argument("--format", required=True, choices=("nt", "ttl", "csv"))
    sub.add_argument("--out", type=Path, required=True, metavar="FILE")
    sub.add_argument(
        "--base-iri", default="", metavar="IRI", help="put before ids that are not absolute IRIs"
    )

    sub = add("info", _info, "say what a project holds")
    sub.add_argument("--json", action="store_true", help="print one JSON object")

    sub = add("demo", _demo, "make, train and measure a project of the demo graphs")
    sub.add_argument("directory", type=Path, metavar="DIR", help="folder for countries.mimea")
    sub.add_argument("--no-train", action="store_true", help="import only")
    return parser


def _import(options: argparse.Namespace, stop: threading.Event) -> None:
    from core.kg.dataset import open_dataset, open_pair

    if options.dataset is not None and (options.left or options.right):
        raise MimeaError("give either --dataset or --left and --right, not both")
    if options.dataset is not None:
        dataset = open_dataset(options.dataset, options.format)
    elif options.left and options.right:
        dataset = open_pair(
            options.left,
            options.right,
            links=options.links,
            images_left=options.images_left,
            images_right=options.images_right,
            format=options.format,
        )
    else:
        raise MimeaError("give --left and --right, or --dataset")
    _import_with_progress(options.project, dataset, stop)


def _import_with_progress(path: Path, dataset: Dataset, stop: threading.Event) -> None:
    from core.store.importer import import_dataset

    print(f"{dataset.name}: {dataset.format} ({dataset.reason})")
    with _progress_bar() as show:
        report = import_dataset(
            path, dataset, on_progress=lambda p: show(p.stage, p.done, p.total), cancelled=stop
        )
    for line in report.lines():
        print(line)
    print(f"Imported into {path}")


def _train(options: argparse.Namespace, stop: threading.Event) -> None:
    config = _config(options)
    with _open(options.project) as project:
        _train_with_progress(project, config, stop)


def _train_with_progress(project: ProjectFile, config: RunConfig, stop: threading.Event) -> RunFinished:
    from core.training.events import EpochDone, Evaluated, Progress, RunFinished, RunStarted
    from core.training.run import train

    finished: RunFinished | None = None
    epochs, label = config.training.epochs, ""
    with _progress_bar() as show:
        for event in train(project, config, stop):
            match event:
                case RunStarted():
                    print(
                        f"Run {event.run_id} on {event.device}: {', '.join(event.modalities)}; "
                        f"{event.seeds:,} seeds, {event.test:,} test links, {event.parameters:,} parameters"
                    )
                    for modality, reason in event.left_out.items():
                        print(f"  without {modality}: {reason}")
                case EpochDone():
                    show(f"Training{label}", event.epoch, epochs)
                case Evaluated():
                    scores = ", ".join(f"{name} {m['mrr']:.3f}" for name, m in event.decodings.items())
                    label = f" (MRR {scores})"
                case Progress():
                    show(event.stage, event.done, event.total)
                case RunFinished():
                    finished = event
    if finished is None:
        raise MimeaError("the run ended without a result")
    print(
        f"Run {finished.run_id} {finished.status} at epoch {finished.epoch} after {finished.seconds:.1f} s: "
        f"{finished.candidates:,} candidates"
    )
    _print_metrics(finished.metrics)
    return finished


def _evaluate(options: argparse.Namespace, _stop: threading.Event) -> None:
    from core.training.evaluate import evaluate

    with _open(options.project) as project:
        result = evaluate(project, options.run, options.candidates)
    if options.json:
        print(json.dumps(result))
    else:
        print(f"Run {result['run']}, ranked among {result['candidates']} right entities:")
        _print_metrics(result["decodings"])


def _candidates(options: argparse.Namespace, _stop: threading.Event) -> None:
    from core.export.candidates import candidate_lines
    from core.export.links import replace_atomically

    with _open(options.project) as project:
        lines = candidate_lines(project, _run_id(project, options.run), options.top)
        if options.csv is None:
            sys.stdout.writelines(lines)
            return
        try:
            replace_atomically(options.csv, lines)
        except OSError as error:
            raise MimeaError(f"{options.csv} can't be written: {error.strerror or error}") from error
    print(f"Candidates written to {options.csv}")


def _accept(options: argparse.Namespace, _stop: threading.Event) -> None:
    from core.review.bulk import accept_candidates

    if options.threshold is None and not options.mutual and not options.one_to_one:
        raise MimeaError("say which: --threshold SCORE, --mutual or --one-to-one")
    with _open(options.project) as project:
        number = accept_candidates(
            project,
            _run_id(project, options.run),
            threshold=float("-inf") if options.threshold is None else options.threshold,
            mutual=options.mutual,
            one_to_one=options.one_to_one,
            author=options.author,
        )
    print(f"Accepted {number:,} pairs")


def _export(options: argparse.Namespace, _stop: threading.Event) -> None:
    from core.export.links import write_links

    with _open(options.project) as project:
        number = write_links(project, options.out, options.format, base_iri=options.base_iri)
    print(f"Wrote {number:,} links to {options.out}")


def _info(options: argparse.Namespace, _stop: threading.Event) -> None:
    from core.store.graphs import project_info

    with _open(options.project) as project, project.read() as session:
        info = project_info(session)
    if options.json:
        print(json.dumps(info.as_dict()))
    else:
        print("\n".join(info.lines()))


def _demo(options: argparse.Namespace, stop: threading.Event) -> None:
    from core.demo import DEMO_CONFIG, demo_dataset, demo_project_path
    from core.training.evaluate import evaluate

    path = demo_project_path(options.directory)
    if not path.exists():
        _import_with_progress(path, demo_dataset(), stop)
    with _open(path) as project:
        if not options.no_train:
            if _last_run(project) is None:
                _train_with_progress(project, DEMO_CONFIG, stop)
            best = evaluate(project)["decodings"]
            print(f"Run {_run_id(project, None)} on links it never saw:")
            _print_metrics(best)
    print(f"The project is {path}")


def _config(options: argparse.Namespace) -> RunConfig:
    from core.config import RunConfig

    config = RunConfig()
    if options.config is not None:
        try:
            config = RunConfig.from_json(options.config.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{options.config} can't be read: {error}") from error
    changes: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("seed_ratio", "random_seed", "epochs", "iterative", "device")
        if getattr(options, name) is not None
    }
    for pair in options.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set takes KEY=VALUE, found {pair!r}")
        changes[key.strip()] = value.strip()
    return config.replace(**changes)


@contextmanager
def _open(path: Path) -> Iterator[ProjectFile]:
    project = ProjectFile.open(path)
    try:
        yield project
    finally:
        project.close()


def _last_run(project: ProjectFile) -> int | None:
    from core.store.runs import latest_run

    with project.read() as session:
        latest = latest_run(session)
    return None if latest is None else latest.id


def _run_id(project: ProjectFile, wanted: int | None) -> int:
    run_id = wanted if wanted is not None else _last_run(project)
    if run_id is None:
        raise MimeaError(f"{project.path} has no run yet; train first")
    return run_id


def _print_metrics(decodings: Any) -> None:
    for name, metrics in decodings.items():
        print(f"  {name:<9}" + "  ".join(f"{key.upper()} {value:.3f}" for key, value in metrics.items()))


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets, so that the work ends with everything saved; a second Ctrl+C ends at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupt(_signal: int, _frame: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function (stage, done, total) that draws on standard error when that is a terminal."""
    from tqdm import tqdm

    bar = tqdm(total=None, disable=None, leave=False, file=sys.stderr)

    def show(stage: str, done: int, total: int) -> None:
        if bar.disable:
            return
        bar.set_description(stage, refresh=False)
        bar.total = total or None
        bar.n = done
        bar.refresh()

    try:
        yield show
    finally:
        bar.close()
