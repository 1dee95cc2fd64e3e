"""For everybody: axe-core on every view, the keyboard alone, where focus goes, large text, and less motion."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Visitor

QUESTION = (
    "I have 60 credits at level 4 from The Open University, finished in 2023. I have 8 hours a week. "
    "What counts towards a Certificate of Higher Education?"
)
WIDE, PHONE = (1280, 800), (360, 740)


def violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical: rule, and the first element."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def every_view(learner: Visitor, wide: bool) -> Iterator[str]:
    """Each state of the page that a learner meets, one after the other."""
    page = learner.page
    yield "start"
    learner.ask("Free online bookkeeping course?")
    if not wide:
        learner.view("answer")
    yield "answer"
    page.locator("#sa-answer [data-do=compare]").first.click()
    expect(page.locator("#sa-answer [aria-pressed=true]")).to_have_count(1)
    learner.view("compare")
    yield "compare"
    if not wide:
        learner.view("chat")
    learner.ask(QUESTION)
    yield "chat"
    page.locator(".sa-mark").last.click()
    yield "a source"
    page.keyboard.press("Escape")
    learner.view("you")
    yield "profile"
    page.locator("details[data-key=prior] > summary").click()
    page.locator("details[data-key=age] > summary").click()
    page.locator("#sa-about-age").fill("old")
    page.keyboard.press("Enter")
    expect(page.locator("#sa-about-age-faults")).to_be_visible()
    yield "profile with a fault"
    learner.view("stack")
    page.locator("#sa-levels .js-plotly-plot").wait_for()
    yield "stack"
    learner.view("keep")
    page.locator("[data-do=keep]").click()
    expect(page.locator("[data-link]")).to_be_visible()
    yield "keep"


@pytest.mark.parametrize(("width", "height"), [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_serious_fault(visit: Visit, width: int, height: int, scheme: str) -> None:
    learner = visit(width=width, height=height)
    learner.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found = {view: violations(learner.page) for view in every_view(learner, width > 1000)}
    assert {view: faults for view, faults in found.items() if faults} == {}


def test_the_whole_way_is_there_by_keyboard(visit: Visit) -> None:
    """From the address bar to a question, its source, a changed fact and a kept session, with no mouse."""
    learner = visit()
    page, press = learner.page, learner.page.keyboard.press
    press("Tab")
    expect(page.locator(".sa-skip")).to_be_focused()
    press("Enter")
    expect(learner.box).to_be_focused()
    page.keyboard.type("30 ECTS in UK credits?")
    press("Enter")
    learner.answered(0)
    expect(learner.box).to_be_focused()
    go_to(page, "#sa-tab-answer")
    press("ArrowRight")
    expect(page.locator("#sa-tab-you")).to_be_focused()
    expect(page.locator("#sa-view-you")).to_be_visible()
    expect(page.locator("#sa-view-answer")).to_be_hidden()
    go_to(page, "details[data-key=age] > summary")
    press("Enter")
    go_to(page, "#sa-about-age")
    page.keyboard.type("40")
    press("Enter")
    learner.answered(1)
    expect(page.locator("#sa-you .sa-value")).to_have_text(["40"])
    assert page.evaluate("document.activeElement !== document.body")


def go_to(page: Page, selector: str, most: int = 60) -> None:
    """Presses Tab until an element has the focus, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} was not reached with Tab in {most} steps")


def test_tabs_say_which_view_is_open(visit: Visit) -> None:
    learner = visit(width=360)
    tabs = learner.page.get_by_role("tab")
    expect(tabs).to_have_count(6)
    expect(learner.page.get_by_role("tab", name="Chat", exact=True, selected=True)).to_be_visible()
    for name in ("answer", "you", "stack", "compare", "keep"):
        part = learner.view(name)
        expect(part).to_have_role("tabpanel")
        expect(part).to_have_attribute("aria-labelledby", f"sa-tab-{name}")
        expect(learner.page.locator("#sa-talk")).to_be_hidden()
    learner.view("chat")
    expect(learner.box).to_be_visible()


def test_on_a_phone_the_chat_comes_first(visit: Visit) -> None:
    learner = visit(width=360, height=740)
    expect(learner.box).to_be_in_viewport()
    for view in ("answer", "you", "stack", "compare", "keep"):
        expect(learner.page.locator(f"#sa-view-{view}")).to_be_hidden()


SMALL = """() => [...document.querySelectorAll('button, a[href], summary, input, select, textarea')].filter((one) => {
    if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.sa-skip')) return false;
    const box = one.getBoundingClientRect();
    const inline = getComputedStyle(one).display === 'inline' || one.matches('.sa-term, p a, li a, dd a, h4 a, th a');
    return box.width > 1 && !inline && (box.width < 23.5 || box.height < 23.5);
}).map((one) => one.outerHTML.slice(0, 120) + JSON.stringify(one.getBoundingClientRect().toJSON()).slice(0, 80))"""


@pytest.mark.parametrize(("width", "height"), [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_to_press_is_smaller_than_24_pixels(visit: Visit, width: int, height: int) -> None:
    learner = visit(width=width, height=height)
    found = {view: learner.page.evaluate(SMALL) for view in every_view(learner, width > 1000)}
    assert {view: small for view, small in found.items() if small} == {}


def test_at_twice_the_size_everything_is_there(visit: Visit) -> None:
    """200 % zoom of a 1280 x 800 window is a window of 640 x 400."""
    learner = visit(width=640, height=400)
    learner.ask("Free online bookkeeping course?")
    assert learner.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for view in ("answer", "you", "stack", "compare", "keep", "chat"):
        expect(learner.view(view)).to_be_visible()
    covered = learner.page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((one) => ['fixed', 'sticky'].includes(getComputedStyle(one).position)
            && one.checkVisibility()).reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight"""
    )
    assert covered < 0.3, "what stays in place covers too much of a low window"


def test_with_reduced_motion_nothing_moves(visit: Visit) -> None:
    learner = visit()
    moving = learner.page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((one) => {
            const style = getComputedStyle(one);
            return parseFloat(style.animationDuration) > 0.05 || parseFloat(style.transitionDuration) > 0.05;
        }).length"""
    )
    assert moving == 0
