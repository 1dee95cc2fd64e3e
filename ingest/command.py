"""The ingest command: arguments, progress and exit code. Text for people on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.embedding import Embedder, SentenceEmbedder
from corpus.home import home_folder
from corpus.index import IndexProblem
from ingest.home import with_added
from ingest.problems import Problem
from ingest.quality import Quality, measure_quality
from ingest.run import BadData, Prepared, ingest, prepare
from ingest.sync import IngestRunning, Progress

FINE, PROBLEMS, UNUSABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="catalogue files or folders to add (.toml, .jsonl)"
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write every problem and the quality figures as JSON"
    )


def main(
    arguments: Sequence[str], environ: Mapping[str, str], embedder: Callable[[], Embedder] = SentenceEmbedder
) -> int:
    parser = argparse.ArgumentParser(prog="ingest", description="Check a catalogue and build the index from it.")
    add_arguments(parser)
    return run(parser.parse_args(arguments), environ, embedder)


def run(
    options: argparse.Namespace, environ: Mapping[str, str], embedder: Callable[[], Embedder] = SentenceEmbedder
) -> int:
    """Exit code 0 fine, 1 problems in the data, 2 unusable input or a running ingest."""
    home = home_folder(environ)
    today = datetime.date.today()
    paths = tuple(path.resolve() for path in options.paths)
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        print(f"{missing[0]}: not found, expected a catalogue file or folder", file=sys.stderr)
        return UNUSABLE
    prepared = prepare(with_added(home, paths), today)
    if options.report:
        options.report.write_text(json.dumps(prepared.report(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if prepared.problems:
        _print_problems(prepared.problems)
        return PROBLEMS
    if options.dry_run:
        _print_quality(prepared)
        return FINE
    try:
        with progress_bar() as progress:
            done = ingest(home, paths, today, embedder, progress)
    except (BadData, IndexProblem, IngestRunning, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    print(
        f"{done.embedded} passages embedded, {done.kept} unchanged, {done.removed} removed; the new index answers from now on"
    )
    return FINE


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on stderr that appears once there is something to embed."""
    from tqdm import tqdm

    bar: tqdm[None] | None = None

    def show(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, unit="passage", desc="embedding", file=sys.stderr)
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()


def _print_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems; nothing was changed", file=sys.stderr)


def _print_quality(prepared: Prepared) -> None:
    quality: Quality = measure_quality(prepared.snapshot)
    print(f"{quality.courses} courses ({quality.on_offer} on offer) from {quality.providers} providers")
    for name, count in quality.stated.items():
        print(f"  {count:4d} ({count / max(quality.courses, 1):4.0%}) state {name}")
    print("  by nation: " + ", ".join(f"{nation} {count}" for nation, count in quality.nations.items()))
    print(f"{quality.awards} awards, {quality.awards_with_rules} with machine-readable rules ({quality.rules} rules)")
    print(f"{quality.cards} cards with {quality.asks} phrasings, {quality.occupations} occupations")
    print("weakest records: " + ", ".join(quality.weakest))
