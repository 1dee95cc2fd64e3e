"""Schemes that pay, held against what was said; sums about loans; awards of a provider."""

import pytest

from assistant.advise import Adviser, Conversation
from assistant.gazetteer import Gazetteer
from assistant.own_awards import own_awards
from assistant.profile import LearnerProfile
from assistant.quantities import income_said
from assistant.schemes import conditions, money_sums
from assistant.shelf import Library


@pytest.fixture(scope="module")
def library(adviser) -> Library:
    return adviser.shelf.current()


def told(library: Library, message: str) -> LearnerProfile:
    return LearnerProfile().with_facts(library.reader.read(message).facts, "turn 1")


def verdicts(library: Library, message: str) -> dict[str, dict[str, str]]:
    held = conditions(library.reader.read(message), told(library, message), (), library.catalogue, library.table)
    return {one.scheme: {c.reason.condition: c.reason.verdict.value for c in one.conditions} for one in held}


GRANT = "the Part-Time Fee Grant"


@pytest.mark.parametrize(
    ("message", "scheme", "expected"),
    [
        ("Dundee, earn 23500, SCQF 11 module of 30 credits, fee grant?", GRANT, {"credits": "met", "level": "not_met", "income": "met"}),
        ("I live in Perth in Scotland on 27k, 20 SCQF points, the fee grant?", GRANT, {"credits": "not_met", "income": "not_met"}),
        ("Free Courses for Jobs: I am 26, earn £24,500, live in Kent", "Free Courses for Jobs", {"age": "met", "income": "met"}),
        ("I'm 61 and live in Hull, can I have the LLE tuition loan", "an LLE loan", {"age": "not_met"}),
        ("I live in Leeds. LLE for a 15 credit module at level 5?", "an LLE loan", {"credits": "not_met", "level": "met"}),
    ],
)  # fmt: skip
def test_what_was_said_decides_conditions(
    library: Library, message: str, scheme: str, expected: dict[str, str]
) -> None:
    assert verdicts(library, message)[scheme] == expected


def test_an_income_between_two_limits_that_sources_give_decides_nothing(library: Library) -> None:
    assert (
        "income"
        not in verdicts(library, "Free Courses for Jobs: I am 30, earn £26,000, live in Kent")["Free Courses for Jobs"]
    )


def test_a_scheme_of_another_nation_is_not_held_against_anybody(library: Library) -> None:
    assert verdicts(library, "I live in Cardiff. LLE for a 30 credit module at level 5?") == {}


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("LLE: what is the top fee for 60 credits", "£4,895"),
        ("did a 3 year degree on loans in England, how much LLE have I left", "£9,790"),
        ("on a student loan, plan 5, if I earn 28500 what do I pay back a year", "£315 a year"),
        ("plan 5 loan: I earn 20k, what do they take", "pay nothing back"),
    ],
)
def test_sums_about_loans_rest_on_the_cards(library: Library, message: str, part: str) -> None:
    found = money_sums(library.reader.read(message), told(library, message), library.catalogue, library.table)
    assert any(part in one.text and one.figures for one in found)


@pytest.mark.parametrize(
    ("text", "income"),
    [
        ("earn 24k, single mum", 24000),
        ("in Perth on 19 grand. want", 19000),
        ("£25,500 a year with overtime", 25500),
        ("fees are £9,790 a year", None),
        ("on £200 a month", None),
        ("I work 16 hours a week", None),
    ],
)
def test_income_is_what_somebody_earns_in_a_year(text: str, income: int | None) -> None:
    assert income_said(text) == income


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("UCD space science: the grad cert, the grad diploma and the MSc", {"ucd-space-gradcert", "ucd-space-graddip", "ucd-space-msc"}),
        ("St Andrews general degree in the evenings", {"st-andrews-evening"}),
        ("Edinburgh Napier DipHE", {"napier-certhe-diphe"}),
        ("sheffield hallam masters", {"shu-masters"}),
        ("an OU degree", set()),
        ("a PGCE at Derby", set()),
    ],
)  # fmt: skip
def test_a_providers_own_award_is_the_one_the_words_fit(library: Library, text: str, awards: set[str]) -> None:
    gazetteer: Gazetteer = library.reader.gazetteer
    assert {award.id for award in own_awards(text, gazetteer.find(text), library.catalogue)} == awards


def turns(adviser: Adviser, *messages: str) -> Conversation:
    conversation: Conversation | None = None
    for message in messages:
        conversation = adviser.advise(message, conversation).conversation
    assert conversation is not None
    return conversation


def test_what_is_supposed_never_replaces_what_was_told(adviser: Adviser) -> None:
    after = turns(adviser, "I live in Leeds. Can the LLE pay for a 30 credit module?", "what if I moved to Cardiff?")
    assert after.profile.get("nation") == "England"
    assert after.supposed is not None
    assert after.supposed.get("nation") == "Wales"
    back = adviser.advise("ok I'm staying put", after).conversation
    assert back.profile.get("nation") == "England"
    assert back.supposed is None


def test_one_comes_back_to_oneself_from_somebody_else(adviser: Adviser) -> None:
    after = turns(
        adviser, "I'm 45 in Glasgow", "not for me now, it's for my daughter, she lives in Belfast", "ok back to me"
    )
    assert (after.profile.get("nation"), after.profile.get("age")) == ("Scotland", 45)


def test_money_for_other_nations_is_not_shown_to_somebody_whose_nation_is_known(adviser: Adviser) -> None:
    after = turns(adviser, "hi, I live in Swansea")
    answer = adviser.advise("and that LLE loan, would I get it?", after).answer
    text = " ".join(claim.text for claim in answer.claims)
    assert "Wales" in text
    assert "Student Finance NI" not in text


def test_a_wrong_amount_is_put_right(adviser: Adviser) -> None:
    after = turns(adviser, "I have done 20 credits at level 4 and 15 at level 5", "sorry the level 5 one was 30 not 15")
    assert sorted(item.credits for item in after.profile.prior_learning if item.credits) == [20, 30]


def test_to_forget_one_thing_forgets_that_thing(adviser: Adviser) -> None:
    after = turns(
        adviser, "I'm 52, I live in Derby, and I earn £31,000 a year", "please forget what I told you about my pay"
    )
    assert set(after.profile.facts) == {"age", "nation"}


def test_study_that_is_supposed_is_no_fact(adviser: Adviser) -> None:
    after = turns(adviser, "I have 60 credits at level 4", "and with 30 more credits at level 4, how near is a CertHE?")
    assert [item.credits for item in after.profile.prior_learning] == [60]
    assert after.supposed is not None
    assert sum(item.credits or 0 for item in after.supposed.prior_learning) == 90
    taken = turns(adviser, "if I take a 30 credit module at level 7, will it count towards a PGCert?")
    assert taken.profile.prior_learning == ()


def test_one_comes_back_to_oneself_from_the_second_of_two_others(adviser: Adviser) -> None:
    first = "not for me now, it's for my daughter, she lives in Belfast"
    after = turns(adviser, "I'm 45 in Glasgow", first, "now it's for my son, he is in Cardiff", "ok back to me")
    assert (after.profile.get("nation"), after.profile.get("age")) == ("Scotland", 45)


def test_a_price_that_is_asked_about_is_no_correction_of_a_budget(adviser: Adviser) -> None:
    after = turns(adviser, "my budget is £900", "sorry, is £300 a lot for ten credits?")
    assert after.profile.get("budget_gbp") == 900
