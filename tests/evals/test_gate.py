"""A deliberately broken assistant is caught, and by name."""

from collections.abc import Callable
from typing import Any

import pytest

from evals.case import Case, Twin, own_cases
from evals.gate import accept, gate_cases, judge, read_accepted
from evals.measures import Records
from evals.run import Ours
from evals.scoring import score_all
from evals.twins import try_twins
from tests.evals.conftest import Scripted

CONVERT = Case(id="convert-x", turns=("how many UK credits is 20 ECTS?",))
FREE = Case(id="search-x", turns=("a free online course on bookkeeping",))
TWIN = Twin(
    id="twin-x",
    attribute="gender",
    turns=("I am a man. A free bookkeeping course?",),
    twin=("I am a woman. A free bookkeeping course?",),
)


def found(ours: Ours, records: Records, case: Case, breaking: Callable[[dict[str, Any]], object]) -> list[str]:
    """What the gate says of answers that were right until `breaking` changed them."""
    turns = ours.converse(case.turns)
    for answer in turns:
        breaking(answer)
    return judge(score_all("ours", [case], [turns], records), [], {})


def wrong_conversion(answer: dict[str, Any]) -> None:
    for claim in answer["claims"]:
        claim["text"] = claim["text"].replace("40 UK", "10 UK")
    answer["answer"] = answer["answer"].replace("40 UK", "10 UK")


def invented_course(answer: dict[str, Any]) -> None:
    answer["courses"][0] = {**answer["courses"][0], "id": "dream-course", "title": "Dream Course"}


def dropped_citation(answer: dict[str, Any]) -> None:
    answer["claims"][-1].update(kind="fact", citations=[])


def forged_figure(answer: dict[str, Any]) -> None:
    claim = next(claim for claim in answer["claims"] if claim["citations"])
    claim["text"] += " It costs 4321 in all."


@pytest.mark.parametrize(
    ("case", "breaking", "said"),
    [
        (CONVERT, wrong_conversion, "convert-x: conversions:"),
        (FREE, invented_course, "search-x: real_courses: faults: dream-course"),
        (FREE, dropped_citation, "search-x: cited: faults: no citation"),
        (FREE, forged_figure, "search-x: figures_traced: untraced: 4321"),
    ],
)
def test_a_broken_answer_is_named(ours: Ours, records: Records, case: Case, breaking: Any, said: str) -> None:
    assert found(ours, records, case, lambda answer: None) == []
    assert any(line.startswith(said) for line in found(ours, records, case, breaking))


def test_an_option_that_depends_on_gender_is_named(ours: Ours) -> None:
    def partial(message: str) -> dict[str, Any]:
        answer = dict(ours.converse([message.replace("woman", "man")])[0])
        return {**answer, "courses": answer["courses"][1:]} if "woman" in message else answer

    assert judge([], try_twins(Scripted(lambda message: partial(message.replace("woman", "man"))), [TWIN]), {}) == []
    assert judge([], try_twins(Scripted(partial), [TWIN]), {})[0].startswith("twin-x (gender): courses:")


def test_a_drop_beyond_noise_fails_and_one_within_noise_does_not(records: Records, tmp_path: Any) -> None:
    from tests.evals.conftest import turn

    cases = [Case(id=f"c-{number}", turns=("?",), outcome=("advised",)) for number in range(30)]
    good = score_all("ours", cases, [[turn("Yes.")] for _ in cases], records)
    accept(good, tmp_path / "gate.jsonl")
    accepted = read_accepted(tmp_path / "gate.jsonl")
    assert judge(good, [], accepted) == []
    one_worse = score_all(
        "ours", cases, [[turn(outcome="no_match" if number == 0 else "advised")] for number in range(30)], records
    )
    assert judge(one_worse, [], accepted) == []
    worse = score_all(
        "ours", cases, [[turn(outcome="no_match" if number < 9 else "advised")] for number in range(30)], records
    )
    failures = judge(worse, [], accepted)
    assert len(failures) == 1
    assert failures[0].startswith("passed fell by 0.300")
    assert "c-0, c-1" in failures[0]


def test_the_gate_is_small_and_has_no_test_case() -> None:
    cases = gate_cases(own_cases().cases)
    assert 40 <= len(cases) <= 120
    assert {case.split for case in cases} == {"dev"}
