"""Terms explained: each once, nothing else touched, every figure from its card; and in a real Chromium by mouse, key and touch."""

import html
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import ui
from assistant.answer import figures
from corpus.cards import Card
from corpus.catalogue import SHIPPED
from ingest.parse import parse_records
from ingest.read import read_sources
from tests.__main__ import BROWSERS
from tests.browser.conftest import CHROMIUM_OPTIONS
from ui.glossary import explained, glossary, glossary_html, terms_html
from ui.words import words

ENGLISH, WELSH = words("en"), words("cy")
CREDIT = glossary().by_spelling["credit"]

BUTTON = re.compile(
    r"<button type='button' class='sa-term' popovertarget='(?P<tip>[a-z0-9-]+)' popovertargetaction='show'"
    r" aria-describedby='(?P=tip)'>(?P<words>[^<]*)</button>"
)
TIPS = re.compile(r"(?:<span popover id='[a-z0-9-]+' role='tooltip' class='sa-tip' data-term='[^'<]*'>[^<]*</span>)*\Z")


def shown(html_text: str) -> str:
    return explained(html_text, ENGLISH, "here")


def marked(html_text: str) -> list[str]:
    """The words that open an explanation."""
    return [found["words"] for found in BUTTON.finditer(shown(html_text))]


def unmarked(html_text: str) -> str:
    return BUTTON.sub(lambda found: found["words"], TIPS.sub("", html_text))


@pytest.fixture(scope="module")
def cards() -> dict[str, Card]:
    """The shipped cards by id."""
    records = parse_records(read_sources([SHIPPED / "cards"]).records).records
    return {record.id: record for record in records if isinstance(record, Card)}


# What is in the glossary.


def test_every_meaning_rests_on_a_card_that_states_its_figures(cards: dict[str, Card]) -> None:
    for term in glossary().terms:
        assert figures(term.means) <= figures(cards[term.card].text), term.name


def test_the_glossary_is_in_order_and_no_spelling_has_two_meanings() -> None:
    terms = glossary().terms
    assert [term.slug for term in terms] == sorted({term.slug for term in terms})
    every = [spelling for term in terms for spelling in set(term.spellings)]
    assert sorted(every) == sorted(set(every))


def test_meanings_are_short_sentences() -> None:
    for term in glossary().terms:
        assert len(term.means) <= 160, term.name
        assert term.means.endswith("."), term.name
        assert term.means == " ".join(term.means.split()), term.name


# What counts as a term.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an HNC, two HNCs and an HND", ["HNC", "HND"]),
        ("credit transfer gives credits", ["credit transfer", "credits"]),
        ("Credit Transfer and Exit awards", ["Credit Transfer", "Exit awards"]),
        ("a credit-bearing micro-credential", ["credit-bearing", "micro-credential"]),
        ("recognition of prior learning (RPL)", ["recognition of prior learning"]),
        ("RPL/APL", ["RPL/APL"]),
        ("the Office for Students", ["Office for Students"]),
        ("awarding bodies", ["awarding bodies"]),
        ("saas and hnc, ita and pla", []),
        ("A levels, T Levels and Universal Credit", []),
        ("30-credit modules at www.saas.gov.uk/level", ["modules"]),
        ("https://example.org/credit?level#module", []),
        ("creditor, levelling, remodule", []),
        ("R&amp;D credit", ["credit"]),
        ("learner&#x27;s level", ["level"]),
    ],
)
def test_what_counts_as_a_term(text: str, found: list[str]) -> None:
    assert marked(f"<p>{text}</p>") == found


# What is left alone.


@pytest.mark.parametrize(
    "html_text",
    [
        "<a href='#x'>credit <b>level</b></a>",
        "<h2>Credit</h2><h3 id='level'>Your <em>level</em></h3>",
        "<p title='credit' data-x=\"a > credit\"></p>",
        "<!-- credit > level -->",
        "<button>credit</button><summary>level</summary><label>module</label>",
        "<span class='sa-hidden'>credit <span>level</span> module</span>",
        "<div hidden><div>credit</div>level</div>",
        "<svg><text>credit</text></svg><code>level</code>",
        "<script>if (a < b) credit()</script>",
        "<select><option>credit</option></select><textarea>level</textarea>",
        "<a href='credit",
        "<p class='x>credit</p>",
        "<credit>",
    ],
)
def test_tags_links_headings_controls_and_what_is_hidden_are_left_alone(html_text: str) -> None:
    assert shown(html_text) == html_text


@pytest.mark.parametrize(
    "html_text",
    [
        "<a href='#'>credit</a> credit",
        "<h2>credit</h2><p>credit</p>",
        "<input type='hidden' value='credit'><p>credit</p>",
        "<div hidden><div>credit</div>credit</div><br>credit",
        "<p>&lt;a href='credit</p>",
        "<p>1 < 2 credit</p>",
    ],
)
def test_what_follows_them_is_explained(html_text: str) -> None:
    assert marked(html_text) == ["credit"]


TERM_WORDS = st.sampled_from([spelling for term in glossary().terms for spelling in term.spellings])
TEXT = st.one_of(
    TERM_WORDS, st.text(max_size=12).map(html.escape), st.sampled_from([" ", ", ", "&amp;", "s", "-", "/", "."])
)
LEAVES = st.lists(TEXT, max_size=6).map("".join)
NAMES = st.sampled_from("p b li div span a h2 h3 button code summary select".split())
TREES = st.recursive(
    LEAVES,
    lambda inside: st.builds(
        lambda name, before, within, title: f"{before}<{name} title='{html.escape(title)}'>{within}</{name}>",
        NAMES,
        LEAVES,
        inside,
        TEXT,
    ),
    max_leaves=8,
)
ANYTHING = st.one_of(
    TREES,
    st.lists(st.one_of(TEXT, st.text(max_size=8), st.sampled_from([*"<>\"'/!", "<a ", "</a>", "<!--", "-->"]))).map(
        "".join
    ),
)


@given(ANYTHING)
def test_taking_the_marks_away_gives_back_the_input(html_text: str) -> None:
    """Nothing is changed but by what is put in, whatever stands there."""
    assert unmarked(shown(html_text)) == html_text


@given(TREES)
def test_a_term_is_marked_once_and_never_inside_a_link_heading_or_control(html_text: str) -> None:
    result = shown(html_text)
    tips = [found["tip"] for found in BUTTON.finditer(result)]
    assert len(tips) == len(set(tips))
    assert re.findall(r"<span popover id='([a-z0-9-]+)'", result) == tips
    seen = Ancestors()
    seen.feed(result)
    assert not seen.above & {"a", "h2", "h3", "button", "code", "summary", "select"}


class Ancestors(HTMLParser):
    """Collects the names of the elements around every marked term."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.above: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if ("class", "sa-term") in attributes:
            self.above |= set(self.open)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()


# The lists.


def test_the_list_has_every_term_with_its_source(cards: dict[str, Card]) -> None:
    listed = glossary_html(ENGLISH, cards.get)
    for term in glossary().terms:
        assert f"<dt id='sa-word-{term.slug}'>" in listed
        assert html.escape(term.means) in listed
        assert f"href='{html.escape(cards[term.card].source.url)}'" in listed


def test_a_list_of_no_terms_is_empty_and_a_lost_card_is_not_cited() -> None:
    assert terms_html((), ENGLISH, lambda _: None) == ""
    assert "href" not in terms_html([CREDIT], ENGLISH, lambda _: None)


def test_meanings_say_that_they_are_english_on_a_welsh_page() -> None:
    assert "class='sa-tip' data-term='credit' lang='en'>" in explained("credit", WELSH, "here")
    listed = terms_html([CREDIT], WELSH, lambda _: None)
    assert "<dt id='sa-word-credit'><span lang='en'>credit</span> <span class='sa-small'>Hefyd:" in listed


# In the browser.


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


def beside(name: str) -> str:
    return (Path(ui.__path__[0]) / name).read_text(encoding="utf-8")


def small_page(cards: dict[str, Card]) -> str:
    text = explained(
        "<p>An HNC carries credits at a level.</p><ul><li>Ask about RPL first.</li></ul>"
        "<p style='text-align: right'>Not a MOOC</p>",
        ENGLISH,
        "here",
    )
    return (
        f"<!doctype html><html lang='en-GB'><title>Words</title><meta name='viewport' content='width=device-width'>"
        f"<style>{beside('glossary.css')}</style><script>{beside('glossary.js')}</script>"
        f"<main><h1>Words</h1>{text}<p style='margin-top: 20rem'>Nothing to explain here.</p>"
        f"{glossary_html(ENGLISH, cards.get)}</main>"
    )


@pytest.fixture(params=["with script", "without script"])
def any_page(request: pytest.FixtureRequest, chromium: Browser, cards: dict[str, Card]) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=request.param == "with script", has_touch=True)
    page = context.new_page()
    page.set_content(small_page(cards))
    yield page
    context.close()


@pytest.fixture
def page(chromium: Browser, cards: dict[str, Card]) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 360, "height": 700})
    page.set_content(small_page(cards))
    yield page
    page.close()


def term_and_tip(page: Page, words: str) -> tuple[Locator, Locator]:
    term = page.get_by_role("button", name=words, exact=True).first
    return term, page.locator(f"#{term.get_attribute('aria-describedby')}")


def test_a_key_opens_a_meaning_and_escape_closes_it(any_page: Page) -> None:
    term, tip = term_and_tip(any_page, "HNC")
    any_page.keyboard.press("Tab")
    expect(term).to_be_focused()
    any_page.keyboard.press("Enter")
    expect(tip).to_be_visible()
    any_page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(term).to_be_focused()


def test_a_touch_opens_a_meaning_and_one_elsewhere_closes_it(any_page: Page) -> None:
    term, tip = term_and_tip(any_page, "credits")
    term.tap()
    expect(tip).to_be_visible()
    term.tap()
    expect(tip).to_be_visible()
    any_page.get_by_text("Nothing to explain here.").tap()
    expect(tip).to_be_hidden()


def test_focus_alone_opens_a_meaning_and_moving_on_closes_it(page: Page) -> None:
    (_, first), (_, second) = term_and_tip(page, "HNC"), term_and_tip(page, "credits")
    page.keyboard.press("Tab")
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    expect(first).to_be_hidden()
    expect(second).to_be_visible()


def test_a_hover_opens_a_meaning_that_can_be_hovered_and_dismissed(page: Page) -> None:
    """WCAG 1.4.13: dismissable without moving the pointer, hoverable, persistent."""
    term, tip = term_and_tip(page, "level")
    term.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(600)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_role("heading", name="Words", exact=True).hover()
    term.hover()
    expect(tip).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(tip).to_be_visible()
    page.mouse.click(5, 400)
    expect(tip).to_be_hidden()
    term.hover()
    page.get_by_role("heading", name="Words", exact=True).hover()
    expect(tip).to_be_hidden()


def test_a_meaning_stands_beside_its_term_inside_a_narrow_window(page: Page) -> None:
    for name in ("HNC", "level", "RPL", "MOOC"):
        term, tip = term_and_tip(page, name)
        term.hover()
        expect(tip).to_be_visible()
        around, box = term.bounding_box(), tip.bounding_box()
        assert around
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert 0 <= box["y"] - (around["y"] + around["height"]) < 20


def test_a_meaning_stands_above_a_term_at_the_foot_of_the_window(page: Page) -> None:
    term, tip = term_and_tip(page, "MOOC")
    around = term.bounding_box()
    assert around
    page.set_viewport_size({"width": 360, "height": int(around["y"] + around["height"]) + 8})
    term.hover()
    expect(tip).to_be_visible()
    box = tip.bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= around["y"]


def test_a_screen_reader_is_given_the_meaning_with_the_term(page: Page) -> None:
    term, tip = term_and_tip(page, "HNC")
    expect(term).to_have_accessible_description(tip.text_content() or "")


def test_axe_finds_nothing_wrong(page: Page) -> None:
    closed = Axe().run(page)
    page.keyboard.press("Tab")
    expect(term_and_tip(page, "HNC")[1]).to_be_visible()
    opened = Axe().run(page)
    assert (closed.response["violations"], opened.response["violations"]) == ([], [])
