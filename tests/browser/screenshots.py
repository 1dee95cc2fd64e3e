"""`python -m tests.browser.screenshots OUT`: pictures of the real page, to look at; with `--readme`, the three of the README.

Serves the page from STACK_ADVISOR_HOME (as `stack-advisor serve` does) and writes `WIDTH-SCHEME-NUMBER-VIEW.png` for each
width, light and dark, along the way of one learner: questions, sources, profile, stack, comparison, keeping. Sessions are
kept in a folder of their own, which goes at the end.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from assistant.settings import Settings
from tests.__main__ import BROWSERS
from tests.browser.conftest import CHROMIUM_OPTIONS, Visitor, serving
from tests.browser.test_adviser import PASSWORD, go, sign_in, start, take_prior
from tests.browser.test_adviser import ask as ask_at_desk
from ui.signin import hash_password
from ui.store import database_url

WIDTHS = {360: 740, 768: 1024, 1280: 800}
COURSES = "Free online bookkeeping course?"
NURSING = "I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?"
PRIOR = "title\tcredits\tsystem\tlevel\tyear\nHNC Care\t96\tSCQF\t7\t2019\nOU module\t30\tCATS\t4\t2023"
STACK = (
    "I have 60 credits at level 4 from The Open University, finished in 2023. I have 8 hours a week. "
    "What counts towards a Certificate of Higher Education?"
)


def main(out: Path, *, readme: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "advisers").write_text(f"ama:{hash_password(PASSWORD)}")
        settings = {
            "STACK_ADVISOR_ADVISERS": str(folder / "advisers"),
            "STACK_ADVISOR_DATABASE_URL": database_url(folder),
        }
        home = Settings.of(os.environ).home
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        with serving(home, folder / "said.txt", patience=600, **settings) as address:
            if readme:
                take_for_readme(browser, address, out)
            else:
                for width, height in WIDTHS.items():
                    for scheme in ("light", "dark"):
                        take(browser, address, out, width, height, scheme)
        browser.close()


def take_for_readme(browser: Browser, address: str, out: Path) -> None:
    """A learner on a phone, a stack, and an adviser's desk."""
    phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2, reduced_motion="reduce")
    learner = opened(phone, address)
    learner.ask(NURSING)
    phone.locator("#sa-talk .sa-turn").last.scroll_into_view_if_needed()
    shot(phone, out / "learner-phone.png")
    wide = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    learner = opened(wide, address)
    learner.ask(STACK)
    stack(learner)
    shot(wide, out / "stack.png")
    desk = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    desk.goto(f"{address}/adviser")
    sign_in(desk, "ama", PASSWORD)
    desk.get_by_role("heading", name="Caseload").wait_for()
    start(desk, "Tuesday, 2 pm")
    take_prior(desk, PRIOR)
    go(desk, "Conversation")
    ask_at_desk(desk, "Which short courses count towards a nursing degree?")
    desk.get_by_text("Evidence:").first.click()
    shot(desk, out / "adviser-desk.png")


def opened(page: Page, address: str) -> Visitor:
    page.goto(address)
    learner = Visitor(page)
    learner.box.wait_for()
    page.locator("[data-tab][aria-selected=true]").wait_for()
    return learner


def shot(page: Page, file: Path) -> None:
    page.wait_for_timeout(800)
    page.screenshot(path=file)


def take(browser: Browser, address: str, out: Path, width: int, height: int, scheme: str) -> None:
    """One learner's way through the page, each part as first seen and, below it, whole."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    learner = opened(page, address)
    for number, (name, step) in enumerate(WAY.items()):
        step(learner)
        page.wait_for_timeout(500)
        page.screenshot(path=out / f"{width}-{scheme}-{number}-{name}.png")
        page.screenshot(path=out / f"{width}-{scheme}-{number}-{name}-whole.png", full_page=True)
    context.close()


def ask(question: str) -> Callable[[Visitor], object]:
    """Sends a question from the chat, whatever view is open."""

    def go(learner: Visitor) -> None:
        if learner.page.locator("#sa-talk").is_hidden():
            learner.view("chat")
        learner.ask(question)

    return go


def compare(learner: Visitor) -> None:
    """Puts the courses of the last answer side by side."""
    learner.view("answer")
    page = learner.page
    for place in range(min(3, page.locator("#sa-answer [data-do=compare]").count())):
        page.locator("#sa-answer [data-do=compare]").nth(place).click()
        page.locator(f"#sa-answer :nth-match([data-do=compare], {place + 1})[aria-pressed=true]").wait_for()
    learner.view("compare")


def cite(learner: Visitor) -> None:
    learner.page.locator(".sa-mark").last.click()


def stack(learner: Visitor) -> None:
    learner.page.keyboard.press("Escape")
    learner.view("stack")
    drawn(learner.page)


def drawn(page: Page) -> None:
    page.locator("#sa-levels .js-plotly-plot").wait_for()


def profile(learner: Visitor) -> None:
    learner.view("you")
    learner.page.locator("details[data-key=prior] > summary").click()


def keep(learner: Visitor) -> None:
    learner.view("keep")
    learner.page.locator("[data-do=share]").click()
    learner.page.locator(".sa-code").wait_for()


WAY: dict[str, Callable[[Visitor], object]] = {
    "start": lambda learner: None,
    "courses": ask(COURSES),
    "sources": lambda learner: learner.view("answer"),
    "compare": compare,
    "nursing": ask(NURSING),
    "certhe": ask(STACK),
    "cited": cite,
    "stack": stack,
    "profile": profile,
    "keep": keep,
}


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--readme"]):
        sys.exit("usage: python -m tests.browser.screenshots OUT [--readme]")
    main(Path(sys.argv[1]), readme="--readme" in sys.argv[2:])
