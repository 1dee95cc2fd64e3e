"""The plain page in a real browser that runs no script: the whole path, by mouse and by keyboard, on a phone and at 200 %."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from assistant.advise import Adviser
from tests.browser.conftest import free_port
from ui.plain import plain_routes

QUESTION = (
    "I live in Wales and have 60 credits at level 4 from 2020. Which care courses count towards a nursing degree?"
)
COURSES = "Free online bookkeeping course?"


@pytest.fixture(scope="module")
def address(adviser: Adviser) -> Iterator[str]:
    """A real server with the plain page alone."""
    app = FastAPI()
    app.include_router(plain_routes(adviser, key=bytes(32), program="0.1.0"))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


Open = Callable[..., Page]


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the plain page in a browser without JavaScript. Options are those of a browser context."""
    contexts: list[BrowserContext] = []

    def open_page(*, width: int = 1280, language: str = "en", **options: object) -> Page:
        settings = {"viewport": {"width": width, "height": 800}, "java_script_enabled": False, **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{address}/plain?lang={language}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def ask(page: Page, question: str) -> None:
    page.locator("#q").fill(question)
    # A form without script leads to a new page, and what is looked at next must be that one.
    with page.expect_navigation():
        page.locator("button[value=ask]").click()


def wider_than_the_window(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_the_whole_path_without_script(plain: Open) -> None:
    page = plain()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    ask(page, QUESTION)
    assert page.url.endswith("/plain#answer")
    assert page.get_by_role("heading", name="The advice").is_visible()
    page.get_by_role("button", name="Delete: Where you live: Wales").click()
    assert page.get_by_role("button", name="Delete: Where you live: Wales").count() == 0
    ask(page, COURSES)
    assert page.get_by_role("heading", name="Courses to look at").is_visible()
    assert page.get_by_role("heading", name="Sources").is_visible()
    with page.expect_download() as caught:
        page.get_by_role("button", name="PDF to print or send").click()
    assert caught.value.suggested_filename == "stack-advisor-advice.pdf"
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
    with page.expect_download() as caught:
        page.get_by_role("button", name="JSON for another program").click()
    assert [turn["question"] for turn in json.loads(caught.value.path().read_text())["turns"]] == [QUESTION, COURSES]
    assert {url.split("/")[2] for url in requests} == {page.url.split("/")[2]}
    assert page.context.cookies() == []


def test_the_keyboard_is_enough(plain: Open) -> None:
    page = plain()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator("#q:focus").count():
            break
    page.keyboard.type(f"I live in Cardiff. {COURSES}")
    page.keyboard.press("Tab")
    assert page.locator("button[value=ask]:focus-visible").count() == 1
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Courses to look at").wait_for()
    assert page.get_by_role("button", name="Delete: Where you live").count() == 1


def test_a_number_leads_to_its_source(plain: Open) -> None:
    page = plain()
    ask(page, COURSES)
    page.get_by_role("link", name="[1]", exact=True).first.click()
    assert page.url.endswith("#source-1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_axe_finds_nothing(plain: Open, scheme: str, language: str) -> None:
    # 640 px at a pixel ratio of 2 is a window of 1280 px at 200 %. axe itself needs scripts; the page has none to run.
    page = plain(width=640, language=language, color_scheme=scheme, device_scale_factor=2, java_script_enabled=True)
    assert Axe().run(page).response["violations"] == []
    ask(page, QUESTION)
    ask(page, COURSES)
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_is_cut_off(plain: Open, width: int) -> None:
    page = plain(width=width)
    assert wider_than_the_window(page) <= 0
    ask(page, QUESTION)
    assert wider_than_the_window(page) <= 0
    ask(page, "x" * 400)
    assert wider_than_the_window(page) <= 0


def test_dark_is_dark(plain: Open) -> None:
    page = plain(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 28)"


def test_no_script_could_run_even_where_scripts_are_allowed(plain: Open) -> None:
    page = plain(java_script_enabled=True)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    ask(page, "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> courses in care?")
    assert page.get_by_text("You asked: <script>document.title='taken'").is_visible()
    assert page.title() == "Answer - Stack Advisor"
    assert messages == []
