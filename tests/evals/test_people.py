"""Twins and scripted learners."""

from decimal import Decimal

from evals.case import Atom, Learner, Twin
from evals.learners import visit
from evals.twins import compare, try_twins
from tests.evals.conftest import Scripted, turn

TWIN = Twin(id="t", attribute="gender", turns=("I am a man",), twin=("I am a woman",))


def course(name: str) -> dict[str, str]:
    return {"id": name}


def test_equal_twins_are_equal() -> None:
    pair = try_twins(Scripted(lambda message: turn(courses=[course("a"), course("b")])), [TWIN])[0]
    assert (pair.differs, pair.equal) == ((), True)


def test_another_order_is_a_difference_and_is_named() -> None:
    pair = compare(TWIN, [turn(courses=[course("a"), course("b")])], [turn(courses=[course("b"), course("a")])])
    assert not pair.equal
    assert pair.differs == ("courses: ['a', 'b'] against ['b', 'a']",)


def test_a_difference_is_explained_only_if_expected_and_stated() -> None:
    aged = Twin(id="t", attribute="age", turns=("40",), twin=("64",), explained_by="loans have an age limit")
    young, old = turn("Yes."), turn("No: you must be under 60.", outcome="no_match")
    assert compare(aged, [young], [old]).explained
    assert not compare(aged, [young], [turn("No.", outcome="no_match")]).explained
    assert not compare(TWIN, [young], [old]).explained


WANTS = (Atom(number=Decimal(80), unit=("credits",)),)


def test_a_learner_answers_what_is_asked_and_stops_when_served() -> None:
    learner = Learner(id="l", says="can my credits count", hidden={"nation": "Wales"}, wants=WANTS)
    system = Scripted(
        {"can my credits count": turn(questions=["Which nation do you live in?"]), "Wales": turn("80 credits count.")}
    )
    found = visit(system, learner)
    assert (found.useful_at, found.repeats, [said for said, _ in found.turns]) == (
        2,
        0,
        ["can my credits count", "Wales"],
    )


def test_a_learner_gives_up_when_asked_the_same_again() -> None:
    learner = Learner(id="l", says="hello", hidden={"nation": "Wales"}, wants=WANTS)
    found = visit(Scripted(lambda message: turn(questions=["Which nation do you live in?"])), learner)
    assert found.gave_up
    assert (found.repeats, len(found.turns)) == (1, 2)


def test_a_learner_who_does_not_know_says_so_and_a_refusal_is_not_useful() -> None:
    learner = Learner(id="l", says="hello", hidden={}, wants=WANTS, patience=2)
    system = Scripted(
        {"hello": turn(questions=["How many credits?"]), "I don't know.": turn("80 credits", outcome="no_match")}
    )
    assert visit(system, learner).gave_up
