"""`python -m evals.measure`: how long things take and how much memory they need, on this machine with this corpus."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.settings import Settings
from corpus.catalogue import Catalogue, Snapshot
from corpus.embedding import Embedder
from evals.case import own_cases
from evals.provenance import machine
from evals.session import Session, open_session
from evals.stats import percentile
from ingest.sync import apply_sync

QUESTION = "Does a Google certificate give me university credit?"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.measure", description=__doc__)
    parser.add_argument("--questions", type=int, default=None, metavar="N", help="only the first N dev questions")
    options = parser.parse_args(arguments)
    session = open_session(Settings.of(environ))
    warm = time_warm(session, options.questions)
    rows = [
        ("cold start to first answer", f"{time_cold(session.settings.home, environ):.1f} s"),
        (f"warm answer, {len(warm)} turns", f"p50 {percentile(warm, 0.5):.0f} ms, p95 {percentile(warm, 0.95):.0f} ms"),
        ("index build from nothing", f"{time_build(session.records.catalogue, session.embedder):.1f} s"),
        ("peak memory of this process", peak_memory()),
    ]
    print(f"{machine()}; corpus {session.records.catalogue.digest}; load {_load()}")
    for name, value in rows:
        print(f"  {name:32s} {value}")
    return 0


def time_cold(home: Path, environ: Mapping[str, str]) -> float:
    """Seconds from starting `stack-advisor ask` in a new process to its answer, with an index that is up to date."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "ui", "ask", QUESTION]
    subprocess.run(command, env={**environ, "STACK_ADVISOR_HOME": str(home)}, check=True, capture_output=True)  # noqa: S603  (our own command)
    return time.perf_counter() - started


def time_warm(session: Session, most: int | None) -> list[float]:
    """Milliseconds of each turn of the dev questions, one after the other, after one question to warm up."""
    cases = [case for case in own_cases().cases if case.split == "dev"][:most]
    session.ours.converse([QUESTION])
    return [float(turn["timings_ms"]["total"]) for case in cases for turn in session.ours.converse(case.turns)]


def time_build(catalogue: Catalogue, embedder: Embedder) -> float:
    """Seconds to embed and store everything, with the embedding model already loaded."""
    snapshot = Snapshot(catalogue.courses, catalogue.awards, catalogue.cards, catalogue.occupations)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        started = time.perf_counter()
        apply_sync(Path(folder), snapshot, embedder)
        return time.perf_counter() - started


def peak_memory() -> str:
    """The most memory this process has held; not known on Windows."""
    try:
        import resource
    except ImportError:
        return "not known here"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20:.0f} MiB"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
