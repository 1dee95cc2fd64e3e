"""Whole turns on the shipped corpus with the real model: what must be said, and what must not be."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.advise import Adviser, Audience, Conversation
from assistant.answer import Outcome, figures
from assistant.contract import advice_json
from assistant.llm import Schema
from assistant.model_faults import REASONS, Fault, ModelUnavailable


def ask(adviser: Adviser, question: str, conversation: Conversation | None = None) -> dict[str, Any]:
    return advice_json(adviser.advise(question, conversation))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("30 ECTS in UK credits?", r"\b60 UK credits"),
        ("convert 45 UK credits to ECTS", r"\b22\.5 ECTS"),
        ("does my Google certificate count towards a degree?", r"Google.*does not give you university credit"),
        (
            "I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?",
            r"short course.*cannot make you.*nurse",
        ),
        ("what will I earn after it?", r"no official figure"),
        ("How many credits is a BA (Hons) in Scotland?", r"\b480\b"),
        ("I live in Cardiff. How do I use the LLE?", r"cannot use the LLE.*Wales"),
    ],
)
def test_the_answer_says_what_the_records_say(adviser: Adviser, question: str, said: str) -> None:
    result = ask(adviser, question)
    assert result["outcome"] == "advised"
    assert re.search(said, re.sub(r" \[\[\d+\]\]\([^)]*\)", "", result["answer"]), re.DOTALL)
    assert result["evidence"]


QUESTIONS = (
    "free online bookkeeping course?",
    "level 4 modules in health and social care",
    "how much is the LLE and when does it start",
    "TM111",
    "do employers care about microcredentials",
    "can I use my credits from 2011 at the open university",
    "is irish level 8 the same as an english degree",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_and_quote_is_in_what_it_cites(adviser: Adviser, question: str) -> None:
    advice = adviser.advise(question)
    assert advice.answer.claims
    for claim in advice.answer.claims:
        cited = " ".join(f"{source.title} {source.text} {source.quote} {source.as_of}" for source in claim.cites)
        assert figures(claim.text) <= figures(cited)
    for source in advice.answer.evidence:
        assert source.quote in source.text


def test_free_and_online_are_never_relaxed(adviser: Adviser) -> None:
    result = ask(adviser, "free online bookkeeping course?")
    assert result["courses"]
    assert {(course["price_gbp"], course["mode"]) for course in result["courses"]} == {(0, "online")}
    assert "bookkeeping" in result["courses"][0]["title"].lower()


def test_nothing_fits_is_said_and_not_filled_up(adviser: Adviser) -> None:
    result = ask(adviser, "find me a level 7 course in underwater basket weaving in Scotland under £5")
    assert result["outcome"] == "no_match"
    assert result["courses"] == []


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("", "ask_first"),
        (" \x00\x07 ", "ask_first"),
        ("hello", "advised"),
        ("tell me a joke", "declined"),
        ("i want to kill myself", "referred"),
        ("write my essay for me", "declined"),
        ("\ud800 ÿþ\x00\x01 \x1b[31m", None),
        ("<script>alert(1)</script> ](javascript:alert(1)) {{7*7}}", None),
    ],
)
def test_any_message_gets_a_short_answer(adviser: Adviser, message: str, outcome: str | None) -> None:
    result = ask(adviser, message)
    assert result["answer"]
    assert outcome is None or result["outcome"] == outcome
    assert len(result["answer"].split()) < 250


def test_a_crisis_gets_the_number_and_no_course(adviser: Adviser) -> None:
    result = ask(adviser, "I failed my course and I want to end my life. What else can I study?")
    assert result["outcome"] == "referred"
    assert "116 123" in result["answer"]
    assert result["courses"] == []


def test_a_very_long_message_is_cut_and_says_so(adviser: Adviser) -> None:
    result = ask(adviser, "what is a microcredential? " * 4000)
    assert any("4,000 characters" in notice for notice in result["notices"])


def test_facts_are_kept_with_the_turn_they_came_from(adviser: Adviser) -> None:
    first = adviser.advise("I live in Cardiff and I can spend £400, 6 hours a week")
    second = adviser.advise("actually my budget is £1200 now", first.conversation)
    profile = second.conversation.profile.to_json()
    assert profile["nation"] == {"value": "Wales", "from": "turn 1"}
    assert profile["budget_gbp"] == {"value": 1200, "from": "turn 2"}


def test_two_conversations_share_nothing(adviser: Adviser) -> None:
    mine = adviser.advise("I live in Belfast and have an HND from 2018")
    yours = adviser.advise("what is a credit?")
    assert mine.conversation.profile.get("nation") == "Northern Ireland"
    assert yours.conversation.profile.facts == {}


class ScriptedModel:
    """A model at our own seam that answers as it is told."""

    name = "scripted"

    def __init__(self, reply: dict[str, Any] | Exception, understood: dict[str, Any] | None = None) -> None:
        self.reply = reply
        self.understood = understood or {}
        self.prompts: list[Any] = []

    def fill(self, prompt: Any, schema: type[Schema]) -> Schema:
        self.prompts.append(prompt)
        if isinstance(self.reply, Exception):
            raise self.reply
        return schema.model_validate(self.understood)

    def stream(self, prompt: Any) -> Iterator[str]:
        self.prompts.append(prompt)
        if isinstance(self.reply, Exception):
            raise self.reply
        yield json.dumps(self.reply)


def with_model(adviser: Adviser, model: ScriptedModel) -> Adviser:
    return Adviser(adviser.shelf, model)


def test_a_models_words_are_used_when_they_hold(adviser: Adviser) -> None:
    model = ScriptedModel({"sentences": [{"text": "30 ECTS comes to about 60 UK credits.", "statements": ["S1"]}]})
    advice = with_model(adviser, model).advise("30 ECTS in UK credits?")
    plain = adviser.advise("30 ECTS in UK credits?").answer
    assert [claim.text for claim in advice.answer.claims] == [
        "30 ECTS comes to about 60 UK credits.",
        *(claim.text for claim in plain.claims[1:]),
    ]
    assert advice.model == "scripted"


def test_a_model_fills_what_the_rules_leave_open_and_no_more(adviser: Adviser) -> None:
    message = "summat free about numbers i can do sat in my kitchen, got two hundred quid all told"
    understood = {
        "mode": "online",
        "asked": ["Which free maths courses are there?", "Is TM111 good?"],
        "budget_pounds": 200,
        "age": 41,
    }
    advice = with_model(adviser, ScriptedModel({}, understood)).advise(message)
    assert advice.conversation.limits["mode"] == "online"
    assert advice.conversation.profile.get("budget_gbp") == 200
    assert advice.conversation.profile.get("age") is None
    assert any("math" in pick.course.title.lower() for pick in advice.answer.picks)


def test_a_model_that_neither_reads_nor_writes_costs_one_notice(adviser: Adviser) -> None:
    class Dead(ScriptedModel):
        def fill(self, prompt: Any, schema: type[Schema]) -> Schema:
            raise ModelUnavailable(Fault.TIMED_OUT)

    plain = adviser.advise("30 ECTS in UK credits?").answer
    answer = with_model(adviser, Dead(ModelUnavailable(Fault.TIMED_OUT))).advise("30 ECTS in UK credits?").answer
    assert answer.claims == plain.claims
    assert [notice for notice in answer.notices if REASONS[Fault.TIMED_OUT] in notice] == [
        f"Plain wording was used: {REASONS[Fault.TIMED_OUT]}."
    ]
    (notice,) = (
        with_model(adviser, Dead({"text": "30 ECTS is about 60 UK credits.", "statements": ["S1"]}))
        .advise("30 ECTS in UK credits?")
        .answer.notices
    )
    assert notice == f"Your message was read without the language model: {REASONS[Fault.TIMED_OUT]}."


def test_claims_are_shown_as_they_are_worded(adviser: Adviser) -> None:
    shown: list[Any] = []
    model = ScriptedModel({"text": "30 ECTS comes to about 60 UK credits.", "statements": ["S1"]})
    advice = with_model(adviser, model).advise("30 ECTS in UK credits?", show=shown.append)
    assert tuple(shown) == advice.answer.claims


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("30 ECTS is about 75 UK credits.", ["S1"]),
        ("Every university must accept them automatically.", ["S1"]),
        ("You will earn £40,000.", ["S9999"]),
    ],
)
def test_what_a_model_invents_never_reaches_the_answer(adviser: Adviser, text: str, statements: list[str]) -> None:
    model = ScriptedModel({"sentences": [{"text": text, "statements": statements}]})
    advice = with_model(adviser, model).advise("30 ECTS in UK credits?")
    assert text not in {claim.text for claim in advice.answer.claims}
    assert text in {dropped.text for dropped in advice.answer.dropped}


def test_a_model_that_fails_leaves_the_plain_words_and_a_notice(adviser: Adviser) -> None:
    plain = adviser.advise("30 ECTS in UK credits?")
    advice = with_model(adviser, ScriptedModel(ModelUnavailable("the language model failed (TimeoutError)"))).advise(
        "30 ECTS in UK credits?"
    )
    assert advice.answer.claims == plain.answer.claims
    assert advice.answer.outcome is Outcome.ADVISED
    assert any("Plain wording was used" in notice for notice in advice.answer.notices)


def turns(adviser: Adviser, *messages: str) -> list[dict[str, Any]]:
    conversation: Conversation | None = None
    results = []
    for message in messages:
        advice = adviser.advise(message, conversation)
        conversation = advice.conversation
        results.append(advice_json(advice))
    return results


def test_a_follow_up_narrows_the_search_before_it(adviser: Adviser) -> None:
    first, second = turns(adviser, "free bookkeeping course?", "only online")
    assert {course["price_gbp"] for course in first["courses"]} == {0}
    assert {(course["price_gbp"], course["mode"]) for course in second["courses"]} == {(0, "online")}


def test_it_and_the_second_one_point_at_courses_shown_before(adviser: Adviser) -> None:
    first, second, third = turns(
        adviser, "free maths course", "does it count towards anything?", "what about the second one?"
    )
    assert first["courses"][0]["title"] in second["claims"][0]["text"]
    assert first["courses"][1]["title"] in third["claims"][0]["text"]


def test_a_new_subject_is_not_mixed_with_the_old_one(adviser: Adviser) -> None:
    _, second = turns(adviser, "free online bookkeeping course?", "is there a free maths course")
    assert "maths" in second["courses"][0]["title"].lower()


def test_a_follow_up_may_name_another_subject_and_keeps_the_limits(adviser: Adviser) -> None:
    _, second, third = turns(adviser, "free online bookkeeping course?", "what about maths?", "only in Welsh?")
    assert "math" in second["courses"][0]["title"].lower()
    assert {course["price_gbp"] for course in second["courses"]} == {0}
    assert not any("ookkeeping" in course["title"] for course in third["courses"])


def test_a_question_that_means_nothing_alone_is_read_with_the_one_before(adviser: Adviser) -> None:
    _, second = turns(
        adviser,
        "I have 30 credits at level 4 from the OU and 20 at level 4 from Derby, I want a CertHE",
        "so how many more do i need in total before any caps",
    )
    assert any("70 more" in claim["text"] for claim in second["claims"])


def test_a_question_on_two_awards_gets_the_figures_of_both(adviser: Adviser) -> None:
    text = ask(adviser, "Difference in credits between a PGCert and a PGDip?")["answer"]
    assert "60 credits" in text
    assert "120 credits" in text


def test_what_is_not_in_the_records_is_said_to_be_unknown(adviser: Adviser) -> None:
    result = ask(adviser, "Is the SuperCert from Apex Global Uni any good?")
    assert "no record of “Apex Global Uni”" in result["answer"]
    assert result["courses"] == []


@pytest.mark.parametrize(
    "question",
    [
        "HNC or HND, what is the size of each?",
        "Is a graduate certificate the same as a postgraduate certificate?",
        "LLE for a history module of 30 credits?",
        "Canterbury Christ Church: is a module from 2018 too old?",
    ],
)
def test_no_course_is_listed_where_none_is_asked_for(adviser: Adviser, question: str) -> None:
    result = ask(adviser, question)
    assert result["courses"] == []
    assert "I found no course" not in result["answer"]


def test_a_search_and_another_question_are_both_answered(adviser: Adviser) -> None:
    result = ask(adviser, "Machine learning certificate in Ireland, NFQ 9. What is 10 ECTS in UK credits?")
    assert "20 UK credits" in result["answer"]
    assert any("Machine Learning" in source["title"] for source in result["evidence"])


def test_near_misses_are_named_as_such_and_never_recommended(adviser: Adviser) -> None:
    (result,) = turns(adviser, "free online bookkeeping course?")
    assert any("do not say everything you asked for" in claim["text"] for claim in result["claims"])
    shown = {source["record_id"] for source in result["evidence"]}
    assert shown > {course["id"] for course in result["courses"]}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Can I get an LLE loan for one 15-credit module?", "must be at least 30; here it is 15"),
        ("I'm 61 and want the LLE for a 30 credit level 5 module", "must be below 60; here it is 61"),
        ("LLE for a 30 credit level 7 module?", "at most 6; here it is 7"),
        ("lle for tm111?", "must be at least 30; here it is 30"),
    ],
)
def test_loan_conditions_that_can_be_decided_are_decided_from_dated_cards(
    adviser: Adviser, message: str, said: str
) -> None:
    answer = adviser.advise(message).answer
    (claim,) = [claim for claim in answer.claims if said in claim.text]
    assert claim.cites[0].kind == "card"
    assert claim.cites[0].as_of is not None


@pytest.mark.parametrize("place", ["Cardiff", "Glasgow", "Belfast"])
def test_nobody_outside_england_is_told_that_nothing_rules_out_the_loan(adviser: Adviser, place: str) -> None:
    answer = adviser.advise(f"I live in {place}. Can I use the LLE for a 30 credit level 5 module?").answer
    assert not any("rules out" in claim.text for claim in answer.claims)
    assert any("cannot use the LLE" in claim.text for claim in answer.claims)


def test_the_audience_changes_words_and_not_courses(adviser: Adviser) -> None:
    question = "Can I get an LLE loan for a short course, and are there free online bookkeeping courses?"
    answers = {
        audience: adviser.advise(question, Conversation().with_audience(audience)).answer for audience in Audience
    }
    assert len({tuple(pick.course.id for pick in answer.picks) for answer in answers.values()}) == 1
    lengths = {
        audience: sum(len(claim.text.split()) for claim in answer.claims) for audience, answer in answers.items()
    }
    assert lengths[Audience.SIMPLE] < lengths[Audience.LEARNER]
    for answer in answers.values():
        assert answer.dropped == ()


def test_an_adviser_reads_the_terse_form_of_a_rule(adviser: Adviser) -> None:
    terse = adviser.advise(
        "can a university ask for more credits than the national minimum",
        Conversation().with_audience(Audience.ADVISER),
    ).answer
    card = adviser.shelf.current().catalogue.card("national-floor-and-university-rule")
    assert any(card.for_adviser in claim.text for claim in terse.claims)
