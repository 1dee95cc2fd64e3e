"""The evaluation commands: arguments, progress and exit codes. Text for people on stdout, progress and problems on stderr.

stack-advisor eval [CASES.jsonl] --out DIR       (python -m evals run)
python -m evals compare RUN RUN
python -m evals gate [--accept]
python -m evals corrections draft|add FILE
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.llm import ModelUnavailable
from assistant.settings import Settings
from corpus.embedding import WeightsChanged
from corpus.index import IndexProblem
from evals.arguments import add_eval_arguments
from evals.case import CaseError, Loaded, Problem, attacks, learners, own_cases, read_foreign, twins
from evals.compare import compare_runs
from evals.corrections import NotReviewed, add_reviewed, as_line, draft_cases
from evals.gate import accept, gate_cases, judge, read_accepted
from evals.learners import try_learners
from evals.provenance import provenance
from evals.report import Results, write_report
from evals.run import ANSWERS, OtherRun, System, read_answers, run_cases, start_run, unreached
from evals.scoring import SCORES, score_all, write_rows
from evals.session import Session, open_session
from evals.twins import try_twins
from ingest.run import BadData
from ingest.sync import IngestRunning

JOBS, JOBS_WITH_MODEL = 2, 4
"""Cases answered at a time. Measured: a second thread answers 80 cases of the dev split in a fifth of the time on two busy
cores, a fourth adds a tenth, more processes would each load the embedding model again. A model mostly waits."""

FINE, PROBLEMS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
UNOPENABLE = (BadData, IndexProblem, IngestRunning, ModelUnavailable, WeightsChanged)
"""What opening the assistant can end with; each prints as one line."""


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """`python -m evals`: runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options, Settings.of(environ)))
    except (*UNOPENABLE, CaseError, OtherRun, OSError, ValueError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="How good is it.")
    commands = parser.add_subparsers(title="commands", required=True)
    command = commands.add_parser("run", help="run a question set and write answers and a report")
    add_eval_arguments(command)
    command.set_defaults(command=lambda options, settings: run(options, settings, {}))
    command = commands.add_parser("compare", help="what changed from one run to another, with regressions by name")
    command.add_argument("before", type=Path)
    command.add_argument("after", type=Path)
    command.set_defaults(command=lambda options, _: _compare(options))
    command = commands.add_parser("gate", help="the part of the dev cases that decides in CI")
    command.add_argument("--accept", action="store_true", help="make these results the ones to hold later runs against")
    command.set_defaults(command=_gate)
    command = commands.add_parser("corrections", help="turn corrections into cases")
    command.add_argument("step", choices=("draft", "add"))
    command.add_argument("file", type=Path)
    command.add_argument("--out", type=Path, help="where drafts go (draft; default: standard output)")
    command.set_defaults(command=lambda options, _: _corrections(options))
    return parser


def run(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:  # noqa: ARG001  (every command's signature)
    """Exit code 0 fine, 1 problems in the cases or crashed cases, 2 unusable input."""
    try:
        return _run(options, settings)
    except (*UNOPENABLE, CaseError, OtherRun) as error:
        print(f"stack-advisor: {error}", file=sys.stderr)
    except ModuleNotFoundError as error:
        print(
            f"stack-advisor: {error.name} is not installed, which this run needs; pip install {error.name}",
            file=sys.stderr,
        )
    return UNUSABLE


def _run(options: argparse.Namespace, settings: Settings) -> int:
    loaded = own_cases() if options.cases is None else read_foreign(options.cases)
    _say(loaded.problems)
    if not loaded.cases:
        return UNUSABLE
    session = open_session(settings)
    jobs = options.jobs or (JOBS_WITH_MODEL if settings.model else JOBS)
    systems: list[System] = [session.ours, *(session.baselines() if options.baseline else ())]
    try:
        for system in systems:
            _answer(
                system,
                loaded,
                session,
                options.out if system is session.ours else options.out / system.name,
                jobs,
                resume=options.resume,
            )
    except KeyboardInterrupt:
        print(f"stack-advisor: stopped; what was answered is in {options.out}, go on with --resume", file=sys.stderr)
        return INTERRUPTED
    results = _results(systems, loaded, session, options.out, jobs, own=options.cases is None)
    write_report(results, options.out)
    write_rows((row for rows in results.systems.values() for row in rows), options.out / SCORES)
    return _finish(results, options.out)


def _answer(system: System, loaded: Loaded, session: Session, folder: Path, jobs: int, *, resume: bool) -> None:
    done = start_run(folder, session.stamp(loaded.digest), loaded.cases, resume=resume)
    with _bar(system.name, len(loaded.cases), done) as watch:
        run_cases(system, loaded.cases, folder / ANSWERS, done=done, jobs=jobs, watch=watch)


@contextmanager
def _bar(name: str, total: int, done: int) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    with tqdm(total=total, initial=done, unit="case", desc=name, file=sys.stderr, mininterval=1.0) as bar:
        yield lambda finished: bar.update(finished - bar.n)


def _results(
    systems: Sequence[System], loaded: Loaded, session: Session, out: Path, jobs: int, *, own: bool
) -> Results:
    """Everything scored; with our own cases also the attacks, the twins and the learners."""
    cases, answers = list(loaded.cases), read_answers(out / ANSWERS)
    rows = {session.ours.name: score_all(session.ours.name, cases, answers, session.records)}
    for system in systems[1:]:
        rows[system.name] = score_all(system.name, cases, read_answers(out / system.name / ANSWERS), session.records)
    if own:
        more_cases, more_answers, more_rows = session.attack(attacks())
        cases, answers = cases + more_cases, answers + more_answers
        rows[session.ours.name] = rows[session.ours.name] + more_rows
    return Results(
        {**provenance(session.stamp(loaded.digest)), "cases at a time": jobs},
        cases,
        answers,
        rows,
        loaded.problems,
        unreached(answers),
        try_twins(session.ours, twins()) if own else (),
        try_learners(session.ours, learners()) if own else (),
    )


def _finish(results: Results, out: Path) -> int:
    """One line for each problem, one with the result; the exit code."""
    crashed = [row for row in results.ours if row.value("no_failure") == 0]
    for row in crashed:
        print(f"{row.id}: {row.scores['no_failure'].reason}", file=sys.stderr)
    for why, count in results.unreached.items():
        print(f"{count} turns were answered in plain wording: {why}", file=sys.stderr)
    passed = sum(row.passed for row in results.ours)
    print(f"{len(results.ours)} cases answered, {passed} pass every check that applies; report: {out / 'report.html'}")
    return PROBLEMS if crashed or results.problems or results.unreached else FINE


def _compare(options: argparse.Namespace) -> int:
    text, worse = compare_runs(options.before, options.after)
    print(text)
    return PROBLEMS if worse else FINE


def _gate(options: argparse.Namespace, settings: Settings) -> int:
    session = open_session(settings)
    cases = gate_cases(own_cases().cases)
    rows = score_all(session.ours.name, cases, [session.ours.converse(case.turns) for case in cases], session.records)
    pairs = try_twins(session.ours, twins())
    if options.accept:
        accept(rows)
        print(f"{len(rows)} results accepted")
    failures = judge(rows, pairs, read_accepted())
    for failure in failures:
        print(failure, file=sys.stderr)
    passed, equal = sum(row.passed for row in rows), sum(pair.equal for pair in pairs)
    print(
        f"gate: {passed} of {len(rows)} cases pass, {equal} of {len(pairs)} twin pairs are equal; {len(failures)} failures"
    )
    return PROBLEMS if failures else FINE


def _corrections(options: argparse.Namespace) -> int:
    if options.step == "add":
        try:
            print(f"added: {', '.join(add_reviewed(options.file))}")
        except NotReviewed as error:
            _say(error.problems)
            return PROBLEMS
        return FINE
    drafts, problems = draft_cases(options.file)
    text = "".join(as_line(case) for case in drafts)
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, encoding="utf-8")
    _say(problems)
    return PROBLEMS if problems else FINE


def _say(problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)
