"""Hard limits on courses: read from words, kept by every course shown, changed and taken off by name."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.advise import Adviser, Conversation
from assistant.fitting import failing
from assistant.limits import Bound, Constraints, in_force, limit_words
from assistant.profile import LearnerProfile
from assistant.quantities import LevelSaid, Span
from assistant.shelf import Library
from corpus.courses import Mode
from corpus.credit import Framework


@pytest.fixture(scope="module")
def library(adviser) -> Library:
    return adviser.shelf.current()


def limits(library: Library, message: str) -> Constraints:
    return library.reader.read(message, today=datetime.date(2026, 11, 25)).constraints


@pytest.mark.parametrize(
    ("message", "name", "value"),
    [
        ("online course in law, 300 quid tops", "max_price", Decimal(300)),
        ("find a welding course that costs nowt", "max_price", Decimal(0)),
        ("a management course under 2 grand", "max_price", Decimal(2000)),
        ("not online please, a counselling course", "mode", Mode.IN_PERSON),
        ("counselling course no longer than 10 weeks", "max_weeks", 10),
        ("courses in maths with no exams", "no_exams", True),
        ("find a coaching course, I don't have a degree", "no_degree", True),
        ("bookkeeping courses starting in March", "starts_from", datetime.date(2027, 3, 1)),
        ("find courses taught in Welsh", "language", "Welsh"),
        ("find a pottery course in Leeds", "region", "Leeds"),
        ("a course in nutrition with credit", "credit_bearing", True),
        ("a leadership course, £300 max", "max_price", Decimal(300)),
        ("Access to HE health, Wales", "level", LevelSaid(3, Framework.RQF, Span(0, 12))),
        ("a course in care, I have an HNC", "level", None),
        ("modules for a psychology degree", "level", None),
    ],
)
def test_a_limit_is_read(library: Library, message: str, name: str, value: object) -> None:
    assert getattr(limits(library, message), name) == value


@pytest.mark.parametrize(
    ("message", "bound"),
    [("level 5 or above course in law", Bound.AT_LEAST), ("law course up to level 4", Bound.AT_MOST), ("level 4 law course", Bound.EXACT)],
)  # fmt: skip
def test_which_side_of_a_level_is_meant_is_read(library: Library, message: str, bound: Bound) -> None:
    assert limits(library, message).level_bound is bound


@pytest.mark.parametrize("message", ["do I come out with credit?", "feel free to say no", "I work from 9 to 5"])
def test_a_question_is_no_demand(library: Library, message: str) -> None:
    assert not limits(library, message)


@pytest.mark.parametrize(
    "message",
    ["free online courses in maths", "find online courses in mental health, level 2", "accounting courses in Scotland, level 7 or below"],
)  # fmt: skip
def test_every_course_recommended_keeps_every_limit(adviser: Adviser, library: Library, message: str) -> None:
    advice = adviser.advise(message)
    assert advice.answer.picks
    for pick in advice.answer.picks:
        assert not failing(pick.course, limits(library, message), library.table)


def test_a_limit_taken_off_is_off_and_the_rest_stay(adviser: Adviser) -> None:
    first = adviser.advise("free online courses in bookkeeping")
    assert dict(first.conversation.limits) == {"max_price": "free", "mode": "online"}
    second = adviser.again(first.conversation.without_limit("max_price"))
    assert dict(second.conversation.limits) == {"mode": "online"}
    assert any(pick.course.price_gbp for pick in second.answer.picks)


def test_cheaper_means_below_what_was_shown(adviser: Adviser) -> None:
    first = adviser.advise("online bookkeeping courses under £600")
    shown = [pick.course.price_gbp for pick in first.answer.picks if pick.course.price_gbp]
    second = adviser.advise("cheaper ones please", first.conversation)
    assert shown
    assert all(pick.course.price_gbp < min(shown) for pick in second.answer.picks)


def test_what_is_said_of_courses_stands_above_what_is_known_of_money() -> None:
    profile = LearnerProfile().with_facts({"budget_gbp": Decimal(400)}, "form")
    assert in_force(Constraints(), profile).max_price == 400
    assert in_force(Constraints(max_price=Decimal(0)), profile).max_price == 0
    assert in_force(Constraints(), profile, ["max_price"]).max_price is None


def test_a_new_nation_undoes_a_town_in_the_old_one() -> None:
    before = Constraints(nation="England", region="Leeds")
    assert before.changed_by(Constraints(nation="Wales")) == replace(Constraints(), nation="Wales")
    assert limit_words(before) == {"nation": "in England", "region": "in Leeds"}


def test_somebody_else_starts_empty_and_forgetting_forgets(adviser: Adviser) -> None:
    first = adviser.advise("I'm 52 and live in Wales, what help is there with fees?")
    forgot = adviser.advise("forget my age", first.conversation)
    assert forgot.conversation.profile.get("age") is None
    assert forgot.conversation.profile.get("nation") == "Wales"
    other = adviser.advise("this is actually for my son, he lives in Leeds", forgot.conversation)
    assert other.conversation.profile.get("nation") == "England"
    assert set(other.conversation.profile.facts) == {"nation"}


def test_a_correction_puts_right_what_was_told(adviser: Adviser) -> None:
    first = adviser.advise(
        "I have 30 credits at level 4 from the OU and 30 at level 4 from Derby, I want a CertHE", Conversation()
    )
    second = adviser.advise("actually the Derby one was 20 not 30", first.conversation)
    assert [item.credits for item in second.conversation.profile.prior_learning] == [30, 20]
