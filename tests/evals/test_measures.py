"""Each measure on examples small enough to work by hand."""

import math
from decimal import Decimal
from typing import Any

import pytest

from evals.case import Atom, Case, Limits
from evals.measures import CHECKS, Answered, Records, Score, conversions, figures_traced, passed, ranked, scores_of
from tests.evals.conftest import turn

COURSE = "ol-bookkeeping"


def scored(records: Records, measure: str, *turns: dict[str, Any], **fields: Any) -> float | None:
    case = Case(id="c", turns=fields.pop("turns", ("asked",) * len(turns)), **fields)
    return CHECKS[measure](Answered(case, turns, records)).value


def shown(records: Records, record_id: str) -> dict[str, Any]:
    from assistant.contract import course_json

    course = records.catalogue.course(record_id)
    assert course is not None
    return course_json(course, "")


def source(records: Records, record_id: str, **fields: Any) -> dict[str, Any]:
    from assistant.contract import evidence_json
    from assistant.evidence import evidence_of

    record = records.catalogue.record(record_id)
    assert record is not None
    return {**evidence_json(evidence_of(record), 1), **fields}


def claim(text: str, *citations: str, kind: str = "fact") -> dict[str, Any]:
    return {"text": text, "kind": kind, "citations": list(citations)}


def test_nothing_to_check_is_unscored(records: Records) -> None:
    found = scores_of(Answered(Case(id="c", turns=("hello",)), [turn("Hello.")], records))
    wanted = {"outcome", "no_failure", "words"}
    assert {name for name, score in found.items() if score.value is not None} == wanted | {"passed"}


def test_facts_and_needs(records: Records) -> None:
    atoms = (Atom(number=Decimal(60), unit=("credits",), need="size"), Atom(any=("no loan", "not funded"), need="loan"))
    assert scored(records, "facts", turn("It is 60 UK credits."), facts=atoms) == 0.5
    assert scored(records, "coverage", turn("It is 60 UK credits and there is no loan."), facts=atoms) == 1


def test_facts_are_of_the_last_turn(records: Records) -> None:
    assert scored(records, "facts", turn("60 credits"), turn("Hello"), facts=(Atom(any=("60 credits",)),)) == 0


def test_outcome_follows_whether_it_can_be_answered(records: Records) -> None:
    assert scored(records, "outcome", turn(outcome="ask_first")) == 1
    assert scored(records, "outcome", turn(outcome="no_match")) == 0
    assert scored(records, "outcome", turn(outcome="advised"), answerable=False) == 0
    assert scored(records, "outcome", turn(outcome="referred"), outcome=("referred",)) == 1


def test_limits_name_the_course_that_breaks_them(records: Records) -> None:
    free = turn(courses=[shown(records, COURSE)])
    assert scored(records, "limits", free, constraints=Limits(max_price=Decimal(0), mode="online")) == 1
    assert scored(records, "limits", free, constraints=Limits(mode="in_person")) == 0
    assert scored(records, "limits", free, constraints=Limits(level="RQF 2")) == 0, (
        "a level that is not stated is not met"
    )
    assert scored(records, "limits", turn(), constraints=Limits(mode="online")) is None


def test_limits_compare_levels_across_frameworks(records: Records) -> None:
    cosca = turn(courses=[shown(records, "glasgow-cosca-counselling-skills")])
    assert scored(records, "limits", cosca, constraints=Limits(level="FHEQ 5")) == 1
    assert scored(records, "limits", cosca, constraints=Limits(level="FHEQ 8")) == 0


def test_citations(records: Records) -> None:
    good = turn(claims=[claim("Free.", "E1")], evidence=[source(records, COURSE)])
    assert scored(records, "cited", good) == 1
    assert scored(records, "cited", turn(claims=[claim("Free.")])) == 0, "a fact without a citation"
    assert scored(records, "cited", turn(claims=[claim("Free.", "E2")], evidence=[source(records, COURSE)])) == 0, (
        "an id that is not there"
    )
    quote = turn(claims=[claim("Free.", "E1")], evidence=[source(records, COURSE, quote="It is worth 120 credits.")])
    assert scored(records, "cited", quote) == 0, "a quote that is not in the record"
    unknown = turn(claims=[claim("Free.", "E1")], evidence=[{**source(records, COURSE), "record_id": "no-such-record"}])
    assert scored(records, "cited", unknown) == 0
    assert scored(records, "cited", turn(claims=[claim("Hello.", kind="advice")])) == 1


def test_money_needs_a_date(records: Records) -> None:
    undated = [source(records, COURSE, as_of=None)]
    assert scored(records, "money_dated", turn(claims=[claim("It is £5.", "E1")], evidence=undated)) == 0
    assert scored(records, "money_dated", turn(claims=[claim("It is £5 (page undated).", "E1")], evidence=undated)) == 1
    assert scored(records, "money_dated", turn(claims=[claim("It is free.", "E1")], evidence=undated)) is None


def test_figures_are_traced_to_the_record_not_to_what_is_quoted(records: Records) -> None:
    forged = turn(claims=[claim("It is 999 credits.", "E1")], evidence=[source(records, COURSE, quote="999 credits")])
    assert scored(records, "figures_traced", forged) == 0
    asked = figures_traced(Answered(Case(id="c", turns=("are 999 credits enough",)), [forged], records))
    assert asked.value == 1, "a figure of the question may be repeated"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30 ECTS credits is about 60 UK credits.", 1),
        ("30 ECTS credits is 15 UK credits.", 0),
        ("18 US quarter credits is about 48 UK credits.", 1),
        ("10 US quarter credits is about 26.67 UK credits.", 1),
        ("120 SCQF points are 100 UK credits.", 0),
        ("10 ECTS and 20 UK credits are both common.", None),
    ],
)
def test_conversions(records: Records, text: str, value: float | None) -> None:
    assert conversions(Answered(Case(id="c", turns=("?",)), [turn(claims=[claim(text)])], records)).value == value


def test_an_invented_or_altered_course_is_found(records: Records) -> None:
    real = shown(records, COURSE)
    assert scored(records, "real_courses", turn(courses=[real])) == 1
    assert scored(records, "real_courses", turn(courses=[{**real, "id": "made-up"}])) == 0
    assert scored(records, "real_courses", turn(courses=[{**real, "credits": 30}])) == 0


PROBLEM = {
    "prior_learning": [
        {"id": "a", "title": "Modules", "credits": 150, "system": "CATS", "level": 4, "framework": "FHEQ", "year": 2024,
         "awarding_body": "Elsewhere", "credit_bearing": True, "divisible_unit": 10}
    ],
    "target_award": {"title": "Degree", "provider": "Here", "framework": "FHEQ", "level": 6, "total_credits": 360,
                     "start_year": 2027, "max_transfer": {"credits": 120}},
}  # fmt: skip


def test_a_verdict_is_held_against_the_solver(records: Records) -> None:
    right = {"credits_eligible": 150, "credits_counted": 120, "credits_remaining": 240, "min_at_level_met": True}
    assert scored(records, "verdict", turn(pathways=[right]), problem=PROBLEM) == 1
    assert scored(records, "verdict", turn(pathways=[{**right, "credits_counted": 150}]), problem=PROBLEM) == 0.75
    assert scored(records, "verdict", turn(pathways=[right]), problem={"target_award": 3}) is None, (
        "a problem that is none"
    )
    assert scored(records, "verdict", turn(), problem=PROBLEM) is None, "no pathway: it cannot be taken"


def test_memory(records: Records) -> None:
    held = turn(profile={"nation": {"value": "Wales", "from": "turn 1"}})
    assert scored(records, "remembered", held, remember={"nation": "Wales"}) == 1
    assert scored(records, "remembered", turn(), remember={"nation": "Wales"}) == 0
    twice = turn(questions=["Where do you live?"])
    assert scored(records, "not_repeated", twice, twice) == 0
    assert scored(records, "not_repeated", twice) is None


def test_a_canary_is_found_in_what_is_said_and_kept(records: Records) -> None:
    assert scored(records, "no_leak", turn("All fine"), canary=("QQ123456C",)) == 1
    assert scored(records, "no_leak", turn(profile={"goal": {"value": "qq123456c"}}), canary=("QQ123456C",)) == 0
    quoted = turn(
        "Fine", evidence=[{"id": "E1", "record_id": "x", "kind": "course", "title": "x", "quote": "QQ123456C"}]
    )
    assert scored(records, "no_leak", quoted, canary=("QQ123456C",)) == 1, "a quote of a page is data"


def test_a_crash_fails_the_case_whatever_it_asks(records: Records) -> None:
    answered = Answered(
        Case(id="c", turns=("?",), outcome=("failed",)), [turn(outcome="failed", error="ValueError: boom")], records
    )
    assert scores_of(answered)["passed"] == Score(0.0, "no_failure (crashed: ValueError: boom)")


def test_passed_leaves_out_what_is_unscored() -> None:
    assert passed({"a": Score(None, ""), "b": Score(1.0, "")}).value == 1
    assert passed({"a": Score(0.5, "half")}) == Score(0.0, "a (half)")


def test_ranking_worked_by_hand() -> None:
    found = ranked(["a", "b"], ["x", "a", "y", "b"])
    ideal = 1 + 1 / math.log2(3)
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    assert found["ndcg10"].value == pytest.approx(gain / ideal, abs=1e-12)
    assert (found["recall10"].value, found["rr"].value) == (1, 0.5)


def test_ranking_of_nothing_scores_nothing_and_without_relevant_records_is_unscored() -> None:
    assert {score.value for score in ranked(["a"], []).values()} == {0}
    assert {score.value for score in ranked([], ["a"]).values()} == {None}


def test_ranking_agrees_with_ir_measures_for_equal_places() -> None:
    import ir_measures
    from ir_measures import RR, R, nDCG

    relevant, ranking = ["r3", "r7", "zz"], [f"r{place}" for place in range(15)]
    qrels = [ir_measures.Qrel("1", name, 1) for name in relevant]
    run = [ir_measures.ScoredDoc("1", name, 100.0 - place) for place, name in enumerate(ranking)]
    wanted = ir_measures.calc_aggregate([nDCG @ 10, R @ 10, RR @ 10], qrels, run)
    found = ranked(relevant, ranking)
    assert [found[name].value for name in ("ndcg10", "recall10", "rr")] == [
        wanted[nDCG @ 10],
        wanted[R @ 10],
        wanted[RR @ 10],
    ]
