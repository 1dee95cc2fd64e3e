"""The command line: `stack-advisor serve | ask | chat | plan | ingest | eval | hash-password`.

Text for people on stdout, progress and errors on stderr, `--json` for programs. Exit 0 fine, 1 problems found, 2 wrong
usage or unusable input, with one clear line and no traceback.
"""

from __future__ import annotations

import argparse
import datetime
import errno
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from assistant.stacking import ProblemError, answer_problem
from corpus.catalogue import frameworks
from corpus.embedding import Embedder
from corpus.index import IndexProblem, current_generation
from evals.arguments import add_eval_arguments
from ingest.command import FINE, PROBLEMS, UNUSABLE, add_arguments
from ingest.command import run as run_ingest

if TYPE_CHECKING:
    from assistant.advise import Adviser

LONGEST_INPUT = 50_000_000
"""Bytes of a problem file that are read."""


class Unusable(Exception):
    """Input or state that a command cannot work with; its text is the one line shown."""


def run() -> None:
    """The entry point of the installed command."""
    sys.exit(main(sys.argv[1:], os.environ))


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs one command and returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments or ["serve"])
    settings = Settings.of(environ)
    try:
        return int(options.command(options, settings, environ))
    except (Unusable, IndexProblem, ProblemError) as error:
        print(f"stack-advisor: {error}", file=sys.stderr)
        return UNUSABLE
    except OSError as error:
        print(f"stack-advisor: {_os_error(error)}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack-advisor", description=__doc__.split("\n", 1)[0] if __doc__ else None)
    commands = parser.add_subparsers(title="commands", required=True)

    serve = commands.add_parser("serve", help="build or refresh the index if needed and serve the chat page")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=7860)
    serve.set_defaults(command=_serve)

    hashing = commands.add_parser(
        "hash-password", help="turn an adviser's password into a line for the file of advisers"
    )
    hashing.add_argument("name", help="who signs in with it")
    hashing.set_defaults(command=_hash_password)

    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question", help="the question; - reads it from standard input")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.add_argument("--profile", type=Path, metavar="FILE", help="JSON with what is known about the learner")
    ask.set_defaults(command=_ask)

    chat = commands.add_parser("chat", help="talk in the terminal; an empty line ends it")
    chat.set_defaults(command=_chat)

    plan = commands.add_parser("plan", help="audit and plan a stacking problem")
    plan.add_argument("problem", help="a .json or .jsonl file; - reads JSON from standard input")
    plan.add_argument("--json", action="store_true", help="print JSON (always so for .jsonl)")
    plan.set_defaults(command=_plan)

    evaluate = commands.add_parser("eval", help="run a question set and write answers and a report")
    add_eval_arguments(evaluate)
    evaluate.set_defaults(command=_eval)

    ingest = commands.add_parser("ingest", help="check a catalogue and build the index from it")
    add_arguments(ingest)
    ingest.set_defaults(command=lambda options, settings, environ: run_ingest(options, environ))
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r}, expected a number from 1 to 65535")
    return int(text)


def _ask(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    from assistant.advise import Conversation
    from assistant.contract import advice_json
    from assistant.profile import LearnerProfile
    from ui.render import answer_text

    question = sys.stdin.read(LONGEST_INPUT) if options.question == "-" else options.question
    profile = _read_profile(options.profile) if options.profile else LearnerProfile()
    adviser = open_adviser(settings)
    advice = adviser.advise(question, Conversation(profile))
    print(json.dumps(advice_json(advice), ensure_ascii=False, indent=1) if options.json else answer_text(advice))
    return FINE


def _chat(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    from ui.render import answer_text

    adviser = open_adviser(settings)
    conversation = None
    print("Ask about short courses, credit or funding. An empty line ends the chat.", file=sys.stderr)
    while True:
        try:
            message = input("> ")
        except EOFError:
            break
        if not message.strip():
            break
        advice = adviser.advise(message, conversation)
        conversation = advice.conversation
        print(answer_text(advice), end="\n\n")
    return FINE


def _serve(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    from ui.database import DatabaseProblem
    from ui.settings import ServeSettings, SettingProblem
    from ui.signin import SigninProblem

    _check_port(options.host, options.port)
    try:
        serving = ServeSettings.of(environ, settings.home)
        adviser = open_adviser(settings)
        from ui.app import serve
        from ui.store import Store

        with closing(Store.open(serving.database_url)) as store:
            serve(adviser, store, serving, options.host, options.port)
    except (SettingProblem, SigninProblem, DatabaseProblem) as error:
        raise Unusable(str(error)) from error
    return FINE


def _hash_password(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    """The password is asked for without showing it, or read from standard input, so that it is in nobody's history."""
    from ui.signin import hash_password

    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    try:
        print(f"{options.name}:{hash_password(password)}")
    except ValueError as error:
        raise Unusable(str(error)) from error
    return FINE


def open_adviser(settings: Settings) -> Adviser:
    """The adviser over an index that is up to date: built or refreshed first if the data changed."""
    from assistant import advise
    from assistant.llm import ModelUnavailable
    from corpus.embedding import SentenceEmbedder, WeightsChanged

    try:
        embedder = SentenceEmbedder()
        adviser = advise.open_adviser(settings, embedder)
    except (ModelUnavailable, WeightsChanged) as error:
        raise Unusable(str(error)) from error
    refresh_index(settings.home, embedder)
    return adviser


def refresh_index(home: Path, embedder: Embedder) -> None:
    """Brings the index up to date with the data files; answers from the old one while another process does so."""
    from ingest.command import progress_bar
    from ingest.run import BadData, refresh
    from ingest.sync import IngestRunning

    try:
        with progress_bar() as progress:
            refresh(home, datetime.date.today(), embedder, progress)
    except BadData as error:
        raise Unusable(str(error)) from error
    except IngestRunning as error:
        if current_generation(home) is None:
            raise Unusable(str(error)) from error
        print(f"stack-advisor: {error}; answering from the index as it is", file=sys.stderr)


def _eval(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    from evals.command import run

    return run(options, settings, environ)


def _plan(options: argparse.Namespace, settings: Settings, environ: Mapping[str, str]) -> int:
    if options.problem != "-" and options.problem.endswith(".jsonl"):
        return _plan_lines(Path(options.problem))
    raw = sys.stdin.read(LONGEST_INPUT) if options.problem == "-" else _read(Path(options.problem))
    result = answer_problem(_parsed(raw, options.problem), frameworks())
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        from ui.plan_text import plan_text

        print(plan_text(result))
    return FINE


def _plan_lines(file: Path) -> int:
    """One result line per problem, in input order; a malformed one gives its error and exit code 1."""
    code = FINE
    for number, line in enumerate(_read(file).splitlines(), start=1):
        if not line.strip():
            continue
        result, fine = _plan_line(line, f"{file.name}:{number}")
        code = code if fine else PROBLEMS
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return code


def _plan_line(line: str, where: str) -> tuple[dict[str, Any], bool]:
    problem_id = None
    try:
        problem = _parsed(line, where)
        problem_id = problem.get("id") if isinstance(problem, dict) else None
        return answer_problem(problem, frameworks()), True
    except (Unusable, ProblemError) as error:
        return {"id": problem_id, "error": str(error)}, False


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = (
            f"line {error.lineno}, column {error.colno}: {error.msg}"
            if isinstance(error, json.JSONDecodeError)
            else "nested too deeply"
        )
        raise Unusable(f"{where}: {place}, expected one JSON object") from error


def _read_profile(file: Path) -> Any:
    from assistant.profile import ProfileError, read_profile

    try:
        return read_profile(_parsed(_read(file), file.name))
    except ProfileError as error:
        raise Unusable(f"{file.name}: {error}") from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unusable(f"{file.name}: bytes that are not UTF-8 at position {error.start}, expected text") from error


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unusable(f"port {port} on {host}: {_os_error(error)}; choose another with --port") from error


def _os_error(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{place}the disk is full; free some space and try again, nothing was lost"
    return f"{place}{error.strerror or error}"
