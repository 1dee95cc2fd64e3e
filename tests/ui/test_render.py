"""Advice as markdown and JSON: the contract's keys, and nothing in a record that can act."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.advise import Advice, Adviser, Conversation
from assistant.answer import Answer, AskOther, Claim, ClaimKind, Dropped, Outcome, Pick
from assistant.contract import advice_json, answer_markdown, course_json, escape_markdown
from assistant.evidence import Evidence
from assistant.profile import LearnerProfile
from tests.ui.test_fragments import SILENT, TALKATIVE
from ui.render import answer_text

SOURCE = Evidence(
    "card-1", "card", "What a credit is", "https://example.org/a_(b)", "2025-01", "high", "One credit is 10 hours.", "…"
)
ANSWER = Answer(
    Outcome.ADVISED,
    (
        Claim("One credit is 10 hours.", ClaimKind.FACT, (SOURCE,)),
        Claim("It is a size.", ClaimKind.CAUTION),
        Claim("Bookkeeping basics.", ClaimKind.FACT, (SOURCE,), bullet=True),
        Claim("Another.", ClaimKind.FACT, (SOURCE,), bullet=True),
        Claim("Check first.", ClaimKind.ADVICE),
    ),
    (SOURCE,),
    (Pick(TALKATIVE, "close to what you asked"),),
    (),
    ("Which nation do you live in?",),
    (AskOther("the college", "Do you take my HNC?"),),
    ("A notice.",),
    (Dropped("It pays £90,000.", "the figure 90000 is not in what it cites"),),
)
ADVICE = Advice(
    ANSWER, Conversation(LearnerProfile().with_facts({"nation": "Wales"}, "turn 1"), 1), {"total": 1.0}, "none", "abc"
)

LINK = " [[1]](https://example.org/a_%28b%29)"


def test_sentences_run_on_and_courses_are_a_list() -> None:
    assert answer_markdown(ANSWER) == (
        f"One credit is 10 hours.{LINK} It is a size.\n\n"
        f"- Bookkeeping basics.{LINK}\n- Another.{LINK}\n\n"
        "Check first.\n\n"
        "**Ask the college:** “Do you take my HNC?”\n\n"
        "**Which nation do you live in?**\n\n"
        "*A notice.*"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("&lt;script&gt;", r"\<script\>"),
        ("a](javascript:alert(1))", r"a\](javascript:alert(1))"),
        ("![x](http://e.org/x.png)", r"!\[x\](http://e.org/x.png)"),
        ("**bold** _it_ `code` ~~no~~ $x$ | #h", r"\*\*bold\*\* \_it\_ \`code\` \~\~no\~\~ \$x\$ \| \#h"),
        ("R&D", "R&amp;D"),
        (r"back\slash", r"back\\slash"),
        ("Cymraeg ŵŷ 🦆 中文", "Cymraeg ŵŷ 🦆 中文"),
    ],
)
def test_text_from_records_shows_as_itself(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_source_that_is_no_web_address_is_not_linked(url: str) -> None:
    claim = Claim("A fact.", ClaimKind.FACT, (replace(SOURCE, url=url),))
    assert answer_markdown(replace(ANSWER, claims=(claim,), evidence=claim.cites)).startswith("A fact. [[1]](#)")


def test_hostile_words_stay_words_everywhere() -> None:
    bad = "<img src=x onerror=alert(1)> ](javascript:alert(1))"
    hostile = replace(
        ANSWER,
        claims=(Claim(bad, ClaimKind.FACT, (SOURCE,)),),
        ask_others=(AskOther(bad, bad),),
        questions=(bad,),
        notices=(bad,),
    )
    shown = answer_markdown(hostile)
    assert shown.count(r"\<img src=x onerror=alert(1)\> \](javascript:alert(1))") == 5
    assert shown.replace(r"\<", "").count("<") == 0


def test_json_keeps_to_the_contract() -> None:
    result = advice_json(ADVICE)
    assert list(result) == [
        *("answer", "outcome", "claims", "evidence", "courses", "pathways", "profile", "limits", "questions"),
        *("follow_ups", "ask_others", "notices", "dropped", "timings_ms", "model", "corpus"),
    ]
    assert result["outcome"] == "advised"
    assert result["claims"][0] == {"text": "One credit is 10 hours.", "kind": "fact", "citations": ["E1"]}
    assert result["evidence"] == [
        {
            "id": "E1",
            "record_id": "card-1",
            "kind": "card",
            "title": "What a credit is",
            "url": "https://example.org/a_(b)",
            "as_of": "2025-01",
            "confidence": "high",
            "quote": "One credit is 10 hours.",
        }
    ]
    assert result["profile"] == {"nation": {"value": "Wales", "from": "turn 1"}}
    assert result["ask_others"] == [{"who": "the college", "question": "Do you take my HNC?"}]
    assert result["dropped"] == [{"text": "It pays £90,000.", "why": "the figure 90000 is not in what it cites"}]
    assert json.loads(json.dumps(result)) == result


COURSE_KEYS = [
    *("id", "title", "provider", "kind", "subject", "credits", "credit_system", "level", "level_framework"),
    *("credit_bearing", "awarding_body", "price_gbp", "price_note", "weeks", "hours_total", "hours_per_week", "mode"),
    *("study_pattern", "start_date", "end_date", "region", "nation", "entry_requirements", "degree_required"),
    *("assessment", "language", "stacks_into", "recognition", "evidence_note", "url", "seen", "confidence", "why"),
]


def test_a_course_has_every_key_and_null_where_the_page_is_silent() -> None:
    silent = course_json(SILENT, "why")
    assert list(silent) == COURSE_KEYS
    stated = {"id", "title", "provider", "kind", "subject", "nation", "url", "confidence", "why", "stacks_into"}
    assert {key for key in COURSE_KEYS if silent[key] is not None} == stated


def test_a_course_has_plain_values() -> None:
    course = course_json(replace(TALKATIVE, price_gbp=Decimal("99.50")), "why")
    assert (course["credits"], course["price_gbp"], course["level"], course["mode"]) == (7.5, 99.5, 6, "blended")
    assert repr(course_json(TALKATIVE, "why")["price_gbp"]) == "1200"
    assert course["stacks_into"][1] == {
        "award_id": None,
        "award": "CertHE Business",
        "strength": "may_count",
        "note": "after an assessment",
    }
    assert json.loads(json.dumps(course)) == course


def test_the_terminal_gets_plain_words_and_dated_sources() -> None:
    text = answer_text(ADVICE)
    assert "One credit is 10 hours. [1]" in text
    assert "  [1] What a credit is (as of 2025-01, high confidence) https://example.org/a_(b)" in text
    assert not {"**", "\\", "]("} & set(text.split())


def test_a_real_answer_keeps_to_the_contract(adviser: Adviser) -> None:
    result = advice_json(adviser.advise("free online bookkeeping course?"))
    assert all(list(course) == COURSE_KEYS for course in result["courses"])
    cited = {citation for claim in result["claims"] for citation in claim["citations"]}
    assert cited == {source["id"] for source in result["evidence"]}
    assert set(result["timings_ms"]) == {"read", "gather", "reason", "write", "gate", "total"}
    assert json.loads(json.dumps(result)) == result
