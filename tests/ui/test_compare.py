"""Courses side by side on the page: the same fields for each, a real table, and inert whatever a record holds."""

from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from assistant.compare import Field, compare_lines
from corpus.courses import Confidence, Course, Kind, Mode, StackClaim, Strength
from corpus.credit import CreditSystem, Framework
from ui.compare import compare_html
from ui.words import words

W = words("en")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
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
    id="talkative",
    title="Accounts, the whole of them",
    credits=Decimal(15),
    credit_system=CreditSystem.CATS,
    level=4,
    level_framework=Framework.FHEQ,
    price_gbp=Decimal(1200),
    price_note="each module",
    seen="2024-07",
    mode=Mode.ONLINE,
    weeks=12,
    start_date="October 2026",
    stacks_into=(
        StackClaim("Certificate in Accounting", Strength.MAY_COUNT),
        StackClaim("Access to Business", Strength.PREPARATORY),
    ),
    recognition="AAT",
)


class Table(HTMLParser):
    """Rows of (tag, attributes, text), and whatever would act on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, dict[str, str | None], str]]] = []
        self.tags: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append((tag, dict(attrs), ""))
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            tag, attributes, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, attributes, text + data)


def test_every_field_is_a_row_with_a_cell_for_each_course() -> None:
    table = Table(compare_html((TALKATIVE, SILENT), W))
    head, *rows = table.rows
    assert [cell[0] for cell in head] == ["td", "th", "th"]
    assert [cell[1].get("scope") for cell in head[1:]] == ["col", "col"]
    assert len(rows) == len(Field)
    for row, line in zip(rows, compare_lines((TALKATIVE, SILENT)), strict=True):
        assert (row[0][0], row[0][1]["scope"]) == ("th", "row")
        assert len(row) == 3
        for place, cell in enumerate(row[1:]):
            for said in line.cells[place] or (line.absent,):
                assert said in cell[2]


def test_what_a_page_does_not_say_is_marked_and_money_has_its_date() -> None:
    page = compare_html((TALKATIVE, SILENT), W)
    assert "£1,200 (as of 2024-07)" in page
    assert "class='sa-unstated'" in page
    assert "none published that we know of" in page
    assert "may count towards Certificate in Accounting" in page
    assert "prepares for Access to Business" in page


def test_what_differs_is_said_and_marked() -> None:
    page = compare_html((TALKATIVE, replace(TALKATIVE, price_gbp=Decimal(900))), W)
    assert "They differ in price." in page
    assert page.count("sa-compare-differs") == 1
    assert "They differ" not in compare_html((TALKATIVE,), W)


def test_it_can_be_taken_apart_again() -> None:
    page = compare_html((TALKATIVE, SILENT), W)
    assert page.count("data-do='compare'") == 2
    assert "data-course='silent'" in page
    assert "data-do='uncompare'" in page
    assert compare_html((), W) == f"<p>{W('compare.empty')}</p>"


def test_nothing_from_a_record_becomes_markup_and_links_are_safe() -> None:
    bad = replace(
        TALKATIVE, title=HOSTILE, provider=HOSTILE, recognition=HOSTILE, price_note=HOSTILE, start_date=HOSTILE
    )
    table = Table(compare_html((bad, replace(bad, id="other", url="javascript:alert(1)")), W))
    assert not {"script", "img"} & set(table.tags)
    assert [(link["href"], link["rel"]) for link in table.links] == [
        ("https://example.org/bookkeeping", "noopener noreferrer nofollow")
    ]


def test_five_courses_are_refused() -> None:
    with pytest.raises(ValueError, match="courses = 5, expected 1 to 4"):
        compare_html((SILENT,) * 5, W)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_table_speaks_both_languages(language: str) -> None:
    w = words(language)
    page = compare_html((TALKATIVE, SILENT), w)
    assert w("compare.table").replace("'", "&#x27;") in page
    assert w("panel.fact.price") in page
