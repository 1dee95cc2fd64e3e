"""The panel beside the chat: complete, honest about what is not stated, and inert whatever a record holds."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from assistant.answer import Answer, AskOther, Outcome, Pick
from assistant.evidence import Evidence
from corpus.courses import Confidence, Course, Kind, Mode, StackClaim, Strength
from corpus.credit import CreditSystem, Framework
from ui.fragments import course_facts, jump_html, panel_html, sources_html, welcome_html
from ui.markup import link
from ui.words import words

W = words("en")

SILENT = Course(
    id="silent",
    title="Bookkeeping basics",
    provider="Example College",
    kind=Kind.SHORT_COURSE,
    subject="Business",
    summary="Double entry for beginners.",
    nation="UK",
    url="https://example.org/bookkeeping",
    confidence=Confidence.MEDIUM,
)
TALKATIVE = replace(
    SILENT,
    credits=Decimal("7.5"),
    credit_system=CreditSystem.ECTS,
    level=6,
    level_framework=Framework.FHEQ,
    price_gbp=Decimal(1200),
    price_note="each module",
    seen="2024-07",
    mode=Mode.BLENDED,
    weeks=1,
    hours_total=100,
    hours_per_week=Decimal("7.5"),
    start_date="October 2026",
    entry_requirements="GCSE maths",
    stacks_into=(
        StackClaim("BSc Accounting", Strength.PUBLISHED),
        StackClaim("CertHE Business", Strength.MAY_COUNT, note="after an assessment"),
        StackClaim("BA Management", Strength.PREPARATORY),
    ),
)
SOURCE = Evidence(
    "card-1",
    "card",
    "What a credit is",
    "https://example.org/credit",
    "2025-01",
    "high",
    "One credit is 10 hours.",
    "…",
)
UNDATED = Evidence("course-1", "course", "A page", "https://example.org/page", None, "low", "A page says so.", "…")


def answer(**parts: object) -> Answer:
    empty = Answer(Outcome.ADVISED, (), (), (), (), (), (), (), ())
    return replace(empty, **parts)  # type: ignore[arg-type]


class Reader(HTMLParser):
    """The tags of a fragment in order, and the words a person reads."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def links(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == "a"]


def test_a_page_that_says_nothing_is_shown_as_not_stated() -> None:
    assert course_facts(SILENT, W) == {
        "Credit": "not stated",
        "Level": "not stated",
        "Price": "not stated",
        "How": "not stated",
        "Time": "not stated",
        "Start": "not stated",
        "Entry": "not stated",
    }
    text = Reader(panel_html(answer(picks=(Pick(SILENT, "close to what you asked"),)), W)).text
    assert "not known to count towards anything" in text
    assert "close to what you asked" in text
    assert "Example College" in text


def test_what_a_page_says_is_shown_with_its_units_and_date() -> None:
    assert course_facts(TALKATIVE, W) == {
        "Credit": "7.5 ECTS credits",
        "Level": "6 (FHEQ)",
        "Price": "£1,200 (as of 2024-07); each module",
        "How": "part online, part in person",
        "Time": "1 week, 7.5 hours a week, 100 hours in all",
        "Start": "October 2026",
        "Entry": "GCSE maths",
    }


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"price_gbp": Decimal(0), "price_note": None}, "free (as of 2024-07)"),
        ({"seen": None, "price_note": None}, "£1,200 (page undated)"),
        ({"price_gbp": None}, "not stated; each module"),
    ],
)
def test_a_price_has_a_date_and_no_price_is_not_zero(changes: dict[str, object], shown: str) -> None:
    assert course_facts(replace(TALKATIVE, **changes), W)["Price"] == shown  # type: ignore[arg-type]


def test_no_credit_and_credit_not_stated_differ() -> None:
    assert course_facts(replace(SILENT, credit_bearing=False), W)["Credit"] == "carries no credit"


def test_the_strength_of_a_claim_is_kept() -> None:
    text = Reader(panel_html(answer(picks=(Pick(TALKATIVE, ""),)), W)).text
    assert "Listed as part of BSc Accounting" in text
    assert "May count towards CertHE Business after an assessment" in text
    assert "Prepares for BA Management" in text
    assert "not known to count" not in text


def test_sources_are_numbered_with_kind_date_confidence_and_quote() -> None:
    page = Reader(sources_html(answer(evidence=(SOURCE, UNDATED)), W))
    assert [tag for tag, _ in page.tags].count("li") == 2
    for part in (
        "[1] What a credit is",
        "Rule or fact · as of 2025-01 · high confidence",
        "One credit is 10 hours.",
        "[2] A page",
        "Course page · page undated · low confidence",
    ):
        assert part in page.text
    assert [attributes["id"] for tag, attributes in page.tags if tag == "li"] == ["sa-source-1", "sa-source-2"]
    assert [tag for tag, _ in page.tags].count("details") == 2


def test_links_out_open_safely() -> None:
    links = Reader(panel_html(answer(evidence=(SOURCE,), picks=(Pick(SILENT, ""),)), W)).links
    assert [a["href"] for a in links] == ["https://example.org/bookkeeping", "https://example.org/credit"]
    assert {(a["rel"], a["target"]) for a in links} == {("noopener noreferrer nofollow", "_blank")}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "ftp://x",
        "",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert link(url, "a <title>", W) == "a &lt;title&gt;"


HOSTILE = (
    """<script>alert(1)</script>'"><img src=x onerror=alert(1)>](javascript:alert(1)) ‮🦆 ${alert(1)} {{7*7}} &amp;"""
)


def test_hostile_records_are_shown_as_they_are_and_do_nothing() -> None:
    course = replace(
        TALKATIVE,
        title=HOSTILE,
        provider=HOSTILE,
        price_note=HOSTILE,
        start_date=HOSTILE,
        entry_requirements=HOSTILE,
        url="https://example.org/'onmouseover=alert(1)",
        stacks_into=(StackClaim(HOSTILE, Strength.MAY_COUNT, note=HOSTILE),),
    )
    source = replace(
        SOURCE,
        title=HOSTILE,
        quote=HOSTILE,
        as_of=HOSTILE,
        confidence=HOSTILE,
        kind=HOSTILE,
        url='https://e.org/"><script>',
    )
    whole = answer(picks=(Pick(course, HOSTILE),), evidence=(source,), ask_others=(AskOther(HOSTILE, HOSTILE),))
    page = Reader(panel_html(whole, W))
    assert page.text.count(HOSTILE) >= 13
    assert {tag for tag, _ in page.tags} <= {
        *("div", "section", "article", "h2", "h3", "h4", "p", "a", "span", "dl", "dt", "dd", "ul", "ol", "li"),
        *("details", "summary", "blockquote", "button"),
    }
    allowed = {"class", "id", "tabindex", "aria-labelledby", "href", "target", "rel", "type", "aria-pressed"}
    allowed |= {"data-do", "data-course", "data-copy", "data-done", "data-by-hand"}
    assert {name for _, attributes in page.tags for name in attributes} <= allowed
    assert page.open == []


def test_the_question_to_ask_is_there_whole_with_a_named_button() -> None:
    page = Reader(panel_html(answer(ask_others=(AskOther("the admissions team", "Do you take my HNC?"),)), W))
    assert "Do you take my HNC?" in page.text
    assert "Copy this question for the admissions team" in page.text


def test_the_links_under_the_chat_say_how_many_of_each() -> None:
    whole = answer(evidence=(SOURCE,), picks=(Pick(SILENT, ""), Pick(TALKATIVE, "")))
    page = Reader(jump_html(whole, W))
    assert page.text == "2 courses1 source"
    ids = {attributes.get("id") for _, attributes in Reader(panel_html(whole, W)).tags}
    assert {(a["href"] or "").removeprefix("#") for a in page.links} <= ids


def test_an_answer_that_rests_on_nothing_shows_no_empty_parts() -> None:
    assert jump_html(answer(), W) == ""
    assert sources_html(answer(), W) == ""
    assert panel_html(answer(), W) == welcome_html(W)
