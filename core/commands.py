"""What each sub-command does; every function takes the parsed options and the event that Ctrl+C sets.

Imports of the heavy rooms stand inside the functions: `--help` and `info` need no torch.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from core.errors import ConfigError, MimeaError
from core.store.places import Place, without_password
from core.store.project_file import ProjectFile
from core.terminal import progress_bar
from core.words import counted

if TYPE_CHECKING:
    from core.config import RunConfig
    from core.kg.dataset import Dataset
    from core.training.evaluate import CandidateSet
    from core.training.events import Event, RunFinished


NEWEST = 0  # in the place of a run's identifier


class UsageError(MimeaError):
    """Options that don't go together."""


def import_graphs(options: argparse.Namespace, stop: threading.Event) -> None:
    """Make a project from two graphs."""
    from core.kg.csv_graph import CsvMapping
    from core.kg.dataset import open_dataset, open_pair

    if options.dataset is not None and (options.left or options.right):
        raise UsageError("give either --dataset or --left and --right, not both")
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
            mapping_left=CsvMapping.parse(options.columns_left) if options.columns_left else None,
            mapping_right=CsvMapping.parse(options.columns_right) if options.columns_right else None,
        )
    else:
        raise UsageError("give --left and --right, or --dataset")
    _import_with_progress(options.project, dataset, stop)


def _import_with_progress(place: Place, dataset: Dataset, stop: threading.Event) -> None:
    from core.store.importer import ImportProgress, import_dataset
    from core.store.team import import_to_server

    print(f"{dataset.name}: {dataset.format} ({dataset.reason})")
    with progress_bar() as show:

        def tell(progress: ImportProgress) -> None:
            show(progress.stage, progress.done, progress.total)

        if isinstance(place, str):
            report = import_to_server(place, dataset, on_progress=tell, cancelled=stop)
        else:
            report = import_dataset(place, dataset, on_progress=tell, cancelled=stop)
    for line in report.lines():
        print(line)
    print(f"Imported into {without_password(place) if isinstance(place, str) else place}")


def train(options: argparse.Namespace, stop: threading.Event) -> None:
    """Train on the project and store the candidates."""
    from core.config import RunConfig
    from core.training import run

    config = run_config(options)
    given = options.config is not None or config != RunConfig()
    if options.resume is not None and (given or options.refresh):
        raise UsageError("a resumed run keeps its settings: give --resume without other options")
    if options.refresh and given:
        raise UsageError("a refresh has the settings of the run that it begins with: give no others")
    with _open(options.project) as project:
        if options.refresh:
            _show_training(run.refresh(project, stop))
        elif options.resume is None:
            _show_training(run.train(project, config, stop))
        else:
            wanted = None if options.resume == NEWEST else options.resume
            _show_training(run.resume(project, wanted, stop))


def _show_training(events: Iterator[Event]) -> RunFinished:
    from core.training.events import EpochDone, Evaluated, Notice, Progress, RunFinished, RunStarted

    finished: RunFinished | None = None
    epochs, label = 0, ""
    with progress_bar() as show:
        for event in events:
            match event:
                case RunStarted():
                    epochs = event.epochs
                    print(
                        f"Run {event.run_id} on {event.device}: {', '.join(event.modalities)}; "
                        f"{event.seeds:,} seeds, {event.test:,} test links, {event.parameters:,} parameters"
                    )
                    for modality, reason in event.left_out.items():
                        print(f"  without {modality}: {reason}")
                    if event.resumed_after:
                        print(f"  resumed after epoch {event.resumed_after:,} of {epochs:,}")
                case Notice():
                    print(f"  {event.text}")
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


def evaluate(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Print a run's metrics."""
    from core.training.evaluate import evaluate as measure

    if options.json:
        with _open(options.project) as project:
            print(json.dumps(measure(project, options.run, options.candidates or "test")))
        return
    with _open(options.project) as project:
        wanted: tuple[CandidateSet, ...] = (options.candidates,) if options.candidates else ("test", "all")
        for ranked in wanted:
            result = measure(project, options.run, ranked)
            print(f"Run {result['run']}, ranked among {ranked} entities, left to right:")
            _print_metrics(result["decodings"])
            print("  right to left:")
            _print_metrics(result["reverse"])
            print("  one to one:")
            _print_metrics(result["assignment"])
    if calibration := result.get("calibration"):
        print(
            f"Probabilities of {calibration['pairs']:,} first candidates among all entities: "
            f"expected calibration error {calibration['ece']:.3f}"
        )


def candidates(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Print or write the proposed pairs."""
    from core.export.candidates import candidate_lines
    from core.export.links import write_lines

    with _open(options.project) as project:
        lines = candidate_lines(project, _run_id(project, options.run), options.top)
        if options.csv is None:
            sys.stdout.writelines(lines)
            return
        write_lines(options.csv, lines, replace=options.force)
    print(f"Candidates written to {options.csv}")


def accept(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Accept candidates in bulk."""
    from core.review.bulk import accept_candidates

    if options.threshold is options.probability is None and not options.mutual and not options.one_to_one:
        raise UsageError("say which: --threshold SCORE, --probability P, --mutual or --one-to-one")
    if options.probability is not None and not 0 < options.probability <= 1:
        raise UsageError(f"--probability must be above 0 and at most 1, found {options.probability:g}")
    with _open(options.project) as project:
        number = accept_candidates(
            project,
            _run_id(project, options.run),
            threshold=float("-inf") if options.threshold is None else options.threshold,
            probability=options.probability or 0.0,
            mutual=options.mutual,
            one_to_one=options.one_to_one,
            author=options.author,
        )
    print(f"Accepted {counted(number, 'pair')}")


def info(options: argparse.Namespace, _stop: threading.Event) -> None:
    """Print what the project holds."""
    from core.store.graphs import project_info

    with _open(options.project) as project, project.read() as session:
        info = project_info(session)
    if options.json:
        print(json.dumps(info.as_dict()))
    else:
        print("\n".join(info.lines()))


def demo(options: argparse.Namespace, stop: threading.Event) -> None:
    """Make, train and measure the demo project."""
    from core.demo import DEMO_CONFIG, demo_dataset, demo_project_path
    from core.training.evaluate import evaluate as measure
    from core.training.run import train as train_on

    path = demo_project_path(options.directory)
    if not path.exists():
        _import_with_progress(path, demo_dataset(), stop)
    with _open(path) as project:
        if not options.no_train:
            if _last_run(project) is None:
                _show_training(train_on(project, DEMO_CONFIG, stop))
            best = measure(project)["decodings"]
            print(f"Run {_run_id(project, None)} on links it never saw:")
            _print_metrics(best)
    print(f"The project is {path}")


def run_config(options: argparse.Namespace, **defaults: Any) -> RunConfig:
    """The configuration that the options of :func:`core.cli.add_settings` say.

    Args:
        options: as parsed.
        defaults: settings where neither a preset nor a file is named.

    Raises:
        ConfigError: a file that can't be read, or a setting that is wrong.
    """
    from core.config import RunConfig
    from core.presets import PRESETS

    config = RunConfig().replace(**defaults)
    if options.preset is not None:
        config = next(preset.config for preset in PRESETS if preset.name == options.preset)
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
def _open(place: Place) -> Iterator[ProjectFile]:
    project = ProjectFile.open(place)
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
        raise MimeaError(f"{project.name} has no run yet; train first")
    return run_id


def _print_metrics(decodings: Any) -> None:
    for name, metrics in decodings.items():
        print(f"  {name:<10}" + "  ".join(f"{key.upper()} {value:.3f}" for key, value in metrics.items()))
