"""Pictures, tables and the comparison in a real Chromium, by themselves: readable on a phone, inert, accessible."""

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import plotly.offline
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from assistant.advise import Adviser
from assistant.outlook import Outlook, outlook
from assistant.profile import LearnerProfile, PriorLearning
from assistant.stacking.problem import Objective
from ui.compare import compare_html
from ui.pictures import stack_figure, timeline_figure
from ui.stack_html import stack_html
from ui.words import words

W = words("en")
HOSTILE = "<a href='https://elsewhere.example/'>x</a><img src='https://elsewhere.example/i.png'> & a title that is long"
UI = Path(__file__).parents[2] / "ui"
LIGHT = "--body-text-color:#16232b;--body-text-color-subdued:#4b5b66;--border-color-primary:#cfd8d5;--block-background-fill:#fff"
DARK = "--body-text-color:#e9eff2;--body-text-color-subdued:#a9b8c2;--border-color-primary:#34444e;--block-background-fill:#1a262e"


@pytest.fixture(scope="module")
def found(adviser: Adviser) -> Outlook:
    held = (
        PriorLearning("Study worth 60", Decimal(60), "CATS", 4, "FHEQ", 2022),
        PriorLearning("Study worth 40", Decimal(40), "CATS", 6, "FHEQ", 2009),
    )
    profile = LearnerProfile().with_facts({"prior_learning": held, "hours_per_week": Decimal(8)}, "form")
    library = adviser.shelf.current()
    seen = outlook(library, profile, "ou-open-degree", Objective.CHEAPEST, datetime.date(2026, 11, 25))
    assert isinstance(seen, Outlook)
    return seen


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[object]:
    """Shows HTML on a page of its own with our style sheets and plotly.js; gives the page and what it asked for."""
    contexts = []

    def open_page(body: str, width: int = 360, dark: bool = False) -> tuple[Page, list[str]]:
        styles = "".join((UI / name).read_text(encoding="utf-8") for name in ("stack.css", "compare.css"))
        (tmp_path / "plotly.js").write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")
        colours = DARK + ";background:#1a262e" if dark else LIGHT + ";background:#fff"
        page_html = (
            f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Test</title><style>{styles}"
            f"body{{margin:8px;font-family:sans-serif;color:var(--body-text-color);{colours}}}"
            f"a{{color:inherit}}.sa-hidden{{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}}</style>"
            f"<script src='plotly.js'></script><main><h1>Test</h1><h2>Stack</h2>{body}</main>"
        )
        (tmp_path / "page.html").write_text(page_html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
        contexts.append(context)
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        return page, [url for url in asked if not url.startswith("file:")]

    yield open_page
    for context in contexts:
        context.close()


def drawn(found: Outlook, dark: bool = False) -> str:
    figures = [stack_figure(found, W, dark=dark), timeline_figure(found, W, dark=dark)]
    return "".join(
        f"<div id='f{n}'></div><script>{{const f={figure.to_json()};Plotly.newPlot('f{n}',f.data,f.layout,{{responsive:true}})}}</script>"
        for n, figure in enumerate(figures)
        if figure is not None
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_every_word_of_a_picture_is_in_sight_and_none_lies_on_a_bar(show, found: Outlook, width: int) -> None:
    page, _ = show(drawn(found), width)
    texts = page.eval_on_selector_all(
        ".annotation-text, .xtick text, .legendtext, .xtitle",
        "all => all.map(one => { const box = one.getBoundingClientRect(); return [one.textContent, box.left, box.right] })",
    )
    assert len(texts) > 10
    assert [text for text, left, right in texts if left < 0 or right > width] == []
    for figure in ("#f0", "#f1"):
        notes = page.eval_on_selector_all(f"{figure} .annotation-text", BOXES)
        bars = page.eval_on_selector_all(f"{figure} .bars .point path", BOXES)
        assert notes
        assert bars
        crossing = [(note, bar) for note, bar in itertools.product(notes, bars) if overlap(note, bar)]
        assert crossing == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


BOXES = """all => all.map(one => one.getBoundingClientRect()).filter(box => box.width > 1)
  .map(box => [box.left, box.top, box.right, box.bottom])"""


def overlap(one: list[float], other: list[float]) -> bool:
    """By more than a pixel in both directions."""
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


def test_hostile_titles_stay_text_and_nothing_is_fetched(show, found: Outlook) -> None:
    steps = tuple(replace(step, course=replace(step.course, title=HOSTILE)) for step in found.steps)
    page, strayed = show(drawn(replace(found, steps=steps)) + stack_html(replace(found, steps=steps), W))
    assert strayed == []
    assert page.locator("svg a, svg image, img").count() == 0
    assert page.locator("a[href*='elsewhere']").count() == 0
    assert "<a href=" in page.locator("#f1").inner_text()


def test_text_of_a_picture_takes_the_colour_of_the_page(show, found: Outlook) -> None:
    """A figure made for a light page can be read on a dark one."""
    page, _ = show(drawn(found), dark=True)
    fills = page.eval_on_selector_all(
        ".annotation-text, .legendtext, .xtick text, .xtitle", "all => all.map(one => getComputedStyle(one).fill)"
    )
    assert set(fills) == {"rgb(233, 239, 242)"}
    assert page.locator(".modebar:visible").count() == 0


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_tables_lists_and_comparison_pass_axe(show, found: Outlook, adviser: Adviser, width: int, dark: bool) -> None:
    catalogue = adviser.shelf.current().catalogue
    courses = catalogue.on_offer()[:4]
    page, _ = show(stack_html(found, W) + compare_html(courses, W), width, dark)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_comparison_is_cards_and_still_a_table(show, adviser: Adviser) -> None:
    courses = adviser.shelf.current().catalogue.on_offer()[:3]
    page, _ = show(compare_html(courses, W))
    assert page.get_by_role("table").count() == 1
    assert page.get_by_role("rowheader", name="Price", exact=True).count() == 1
    cells = (
        page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Price", exact=True)).get_by_role("cell")
    )
    assert cells.count() == 3
    tops = [box["y"] for cell in cells.all() if (box := cell.bounding_box())]
    assert tops == sorted(tops)
    assert tops[0] < tops[1] < tops[2]
    assert page.locator(".sa-compare-of:visible").count() >= 3
