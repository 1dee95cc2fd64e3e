"""`python -m tests.browser.screenshots OUT`: pictures of the real page, to look at.

Serves the page from STACK_ADVISOR_HOME (as `stack-advisor serve` does) and writes `WIDTH-SCHEME-NUMBER-VIEW.png` for each
width, light and dark, along the way of one learner: questions, sources, profile, stack, comparison, keeping.
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

WIDTHS = {360: 740, 768: 1024, 1280: 800}
COURSES = "Free online bookkeeping course?"
NURSING = "I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?"
STACK = (
    "I have 60 credits at level 4 from The Open University, finished in 2023. I have 8 hours a week. "
    "What counts towards a Certificate of Higher Education?"
)


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Settings.of(os.environ).home, Path(folder) / "said.txt", patience=600) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        for width, height in WIDTHS.items():
            for scheme in ("light", "dark"):
                take(browser, address, out, width, height, scheme)
        browser.close()


def take(browser: Browser, address: str, out: Path, width: int, height: int, scheme: str) -> None:
    """One learner's way through the page, each part as first seen and, below it, whole."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    learner = Visitor(page)
    page.goto(address)
    learner.box.wait_for()
    page.locator("[data-tab][aria-selected=true]").wait_for()
    for number, (name, go) in enumerate(WAY.items()):
        go(learner)
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
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.screenshots OUT")
    main(Path(sys.argv[1]))
