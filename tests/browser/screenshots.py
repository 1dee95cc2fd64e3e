"""`python -m tests.browser.screenshots OUT`: pictures of the real page, to look at.

Serves the page from STACK_ADVISOR_HOME (as `stack-advisor serve` does) and writes `WIDTH-SCHEME-VIEW.png` for each width, light
and dark, before and after an answer.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from assistant.settings import Settings
from tests.__main__ import BROWSERS
from tests.browser.conftest import CHROMIUM_OPTIONS, serving

WIDTHS = {360: 740, 768: 1024, 1280: 800}
QUESTIONS = {
    "courses": "Free online bookkeeping course?",
    "nursing": "I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?",
}


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
    """The page as it opens, and each answer as first seen and whole."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_role("textbox", name="Your question").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=out / f"{width}-{scheme}-0-start.png")
    for number, (name, question) in enumerate(QUESTIONS.items(), start=1):
        ask(page, question, number)
        page.screenshot(path=out / f"{width}-{scheme}-{number}-{name}.png")
        page.screenshot(path=out / f"{width}-{scheme}-{number}-{name}-whole.png", full_page=True)
    context.close()


def ask(page: Page, question: str, number: int) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator("#sa-chat .bot-row").nth(number - 1).wait_for()
    page.wait_for_timeout(500)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.screenshots OUT")
    main(Path(sys.argv[1]))
