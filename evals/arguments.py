"""The arguments of `eval`, by themselves: the command line shows them without loading what an evaluation needs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_eval_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eval`."""
    parser.add_argument(
        "cases",
        nargs="?",
        type=Path,
        metavar="CASES.jsonl",
        help="questions, one JSON object a line (default: our own set)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where answers.jsonl and the report go")
    parser.add_argument(
        "--baseline", action="store_true", help="also run the LangChain quick-start, BM25 and dense search"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a run that was interrupted")
    parser.add_argument(
        "--jobs", type=_count, metavar="N", help="cases answered at a time (default: 1, or 4 with a model)"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r}, expected a number from 1 to 64")
    return int(text)
