"""Putting cases to a system and keeping every answer: one line a case, in input order, written as they come."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant.advise import Adviser, Conversation
from assistant.contract import advice_json
from corpus.index import IndexProblem
from evals.case import Case
from evals.measures import Turn

ANSWERS = "answers.jsonl"
RUN = "run.json"
LISTS = ("claims", "evidence", "courses", "pathways", "questions", "ask_others", "notices", "dropped")
MODEL_NOTICE = "Plain wording was used: "
AHEAD = 8
"""How many cases for each worker are under way or waiting to be written."""


class System(Protocol):
    """Something that answers conversations. `name` is how reports call it."""

    name: str

    def converse(self, turns: Sequence[str]) -> list[Turn]:
        """The answer to each turn, in the form of `ask --json`. A turn that crashes is one with outcome "failed"."""
        ...


class Ours:
    """The assistant as it is shipped."""

    name = "ours"

    def __init__(self, adviser: Adviser) -> None:
        self._adviser = adviser

    def converse(self, turns: Sequence[str]) -> list[Turn]:
        conversation: Conversation | None = None
        answers: list[Turn] = []
        for message in turns:
            try:
                advice = self._adviser.advise(message, conversation)
            except IndexProblem:
                raise
            # One crashing case must not cost the run: it is recorded, counted as failed, and named in the report.
            except Exception as error:
                answers.append(failed(error))
                continue
            conversation = advice.conversation
            answers.append(advice_json(advice))
        return answers


def failed(error: Exception) -> Turn:
    """A crashed turn: every field of an answer, empty, and the error."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return {
        "answer": "",
        "outcome": "failed",
        "error": said,
        **{name: [] for name in LISTS},
        "profile": {},
        "timings_ms": {},
    }


@dataclass(frozen=True, slots=True)
class Stamp:
    """What decides a run's answers; two runs with different stamps cannot be continued as one."""

    cases: str
    corpus: str
    model: str
    prompts: str


class OtherRun(Exception):
    """A folder holds the answers of another run, or answers that do not fit these cases."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(folder, what)
        self.folder, self.what = folder, what

    def __str__(self) -> str:
        return f"{self.folder}: {self.what}; choose another --out, or leave out --resume to start again"


Answers = list[list[Turn]]


def run_cases(
    system: System,
    cases: Sequence[Case],
    file: Path,
    *,
    done: int = 0,
    jobs: int = 1,
    watch: Callable[[int], object] = lambda _: None,
) -> None:
    """Answers `cases[done:]` and appends a line for each, in order, as soon as it and those before it are there."""
    with file.open("a" if done else "w", encoding="utf-8") as out:
        for number, turns in enumerate(_answered(system, cases[done:], jobs), start=done):
            out.write(json.dumps({"id": cases[number].id, "turns": turns}, ensure_ascii=False) + "\n")
            out.flush()
            watch(number + 1)


def _answered(system: System, cases: Sequence[Case], jobs: int) -> Iterator[list[Turn]]:
    # The first one alone: it opens the index, which several threads must not do at once.
    alone = len(cases) if jobs <= 1 else 1
    yield from (system.converse(case.turns) for case in cases[:alone])
    if alone >= len(cases):
        return
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="case") as pool:
        for start in range(alone, len(cases), jobs * AHEAD):
            yield from pool.map(lambda case: system.converse(case.turns), cases[start : start + jobs * AHEAD])


def start_run(folder: Path, stamp: Stamp, cases: Sequence[Case], *, resume: bool) -> int:
    """Prepares a run's folder and says how many cases are already answered there (0 unless resuming).

    A line that was being written when the run was killed is cut off. Raises `OtherRun` if what is there does not fit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if resume and (folder / RUN).is_file():
        found = json.loads((folder / RUN).read_text(encoding="utf-8"))["stamp"]
        differing = [name for name, value in asdict(stamp).items() if found.get(name) != value]
        if differing:
            name = differing[0]
            raise OtherRun(folder, f"holds a run with another {name} ({found.get(name)}, now {asdict(stamp)[name]})")
        return _kept(folder / ANSWERS, cases)
    (folder / RUN).write_text(
        json.dumps({"stamp": asdict(stamp), "started": time.strftime("%Y-%m-%dT%H:%M:%S")}), encoding="utf-8"
    )
    return 0


def _kept(file: Path, cases: Sequence[Case]) -> int:
    """How many whole answers a file holds from the beginning; anything after them is cut off."""
    if not file.is_file():
        return 0
    content = file.read_bytes()
    end = count = 0
    for line in content.splitlines(keepends=True):
        answer = _parsed(line)
        if answer is None or not line.endswith(b"\n"):
            break
        if count >= len(cases) or answer.get("id") != cases[count].id:
            raise OtherRun(file.parent, f"{file.name}:{count + 1} is not the answer to case {count + 1}")
        end += len(line)
        count += 1
    if end < len(content):
        with file.open("rb+") as out:
            out.truncate(end)
    return count


def read_answers(file: Path) -> Answers:
    """The turns of every case, in order."""
    return [json.loads(line)["turns"] for line in file.read_text(encoding="utf-8").splitlines()]


def _parsed(line: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def unreached(answers: Answers) -> dict[str, int]:
    """Why the model's words were not used, with the number of turns: one entry for each reason."""
    counts: dict[str, int] = {}
    for turn in (turn for turns in answers for turn in turns):
        for notice in turn.get("notices", ()):
            if notice.startswith(MODEL_NOTICE):
                reason = notice.removeprefix(MODEL_NOTICE).rstrip(".")
                counts[reason] = counts.get(reason, 0) + 1
    return counts
