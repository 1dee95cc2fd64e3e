import json
from pathlib import Path
from typing import Any

import pytest

from assistant.advise import Adviser
from evals.case import Case
from evals.run import ANSWERS, OtherRun, Ours, Stamp, read_answers, run_cases, start_run, unreached
from tests.evals.conftest import Scripted, turn

STAMP = Stamp("cases", "corpus", "none", "prompts")
CASES = [Case(id=number, turns=(f"question {number}",)) for number in range(20)]
ECHO = Scripted(lambda message: turn(message))


def answered(file: Path) -> list[str]:
    return [turns[0]["answer"] for turns in read_answers(file)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_are_in_input_order_and_ids_come_back_as_given(tmp_path: Path, jobs: int) -> None:
    run_cases(ECHO, CASES, tmp_path / ANSWERS, jobs=jobs)
    lines = [json.loads(line) for line in (tmp_path / ANSWERS).read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == list(range(20))
    assert answered(tmp_path / ANSWERS) == [f"question {number}" for number in range(20)]


class Killed(Scripted):
    """Dies at the eighth question, as a killed process does."""

    def converse(self, turns: Any) -> list[Any]:
        if turns == ("question 7",):
            raise KeyboardInterrupt
        return super().converse(turns)


def test_a_killed_run_is_continued_without_losing_or_repeating_anything(tmp_path: Path) -> None:
    assert start_run(tmp_path, STAMP, CASES, resume=False) == 0
    with pytest.raises(KeyboardInterrupt):
        run_cases(Killed(lambda message: turn(message)), CASES, tmp_path / ANSWERS)
    with (tmp_path / ANSWERS).open("a", encoding="utf-8") as out:
        out.write('{"id": 7, "turns": [{"answ')
    done = start_run(tmp_path, STAMP, CASES, resume=True)
    assert done == 7
    asked: list[str] = []
    run_cases(Scripted(lambda message: asked.append(message) or turn(message)), CASES, tmp_path / ANSWERS, done=done)
    assert asked == [f"question {number}" for number in range(7, 20)]
    assert answered(tmp_path / ANSWERS) == [f"question {number}" for number in range(20)]


def test_resume_refuses_a_run_over_another_corpus_or_other_cases(tmp_path: Path) -> None:
    start_run(tmp_path, STAMP, CASES, resume=False)
    with pytest.raises(OtherRun, match="another corpus"):
        start_run(tmp_path, Stamp("cases", "changed", "none", "prompts"), CASES, resume=True)
    run_cases(ECHO, CASES[:3], tmp_path / ANSWERS)
    with pytest.raises(OtherRun, match="not the answer to case 1"):
        start_run(tmp_path, STAMP, CASES[5:], resume=True)


def test_resume_without_a_run_starts_one(tmp_path: Path) -> None:
    assert start_run(tmp_path / "new", STAMP, CASES, resume=True) == 0


def test_a_crashing_turn_is_recorded_and_the_conversation_goes_on(adviser: Adviser) -> None:
    class Broken(Adviser):
        def advise(self, message: str, *rest: Any, **named: Any) -> Any:
            if message == "crash":
                raise ZeroDivisionError("by zero")
            return adviser.advise(message, *rest, **named)

    turns = Ours(Broken.__new__(Broken)).converse(["I live in Wales", "crash", "what is a credit?"])
    assert [answer["outcome"] for answer in turns[1:2]] == ["failed"]
    assert turns[1]["error"] == "ZeroDivisionError: by zero"
    assert turns[2]["profile"]["nation"]["value"] == "Wales"


def test_an_unreachable_model_is_one_reason_however_many_turns() -> None:
    notice = "Plain wording was used: the language model failed (ConnectError)."
    assert unreached([[turn(notices=[notice])], [turn(notices=[notice]), turn()]]) == {
        "the language model failed (ConnectError)": 2
    }
