"""A real server over the real index, and a real Chromium to drive it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright

from tests.__main__ import BROWSERS

ROOT = Path(__file__).parents[2]

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Served:
    """A running `stack-advisor serve`: its address and the data folder it answers from."""

    url: str
    home: Path


@pytest.fixture(scope="session")
def served(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server as a person starts it, over its own copy of the index, so that a test may break that one."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(home, folder / "home")
    with serving(folder / "home", folder / "said.txt") as address:
        yield Served(address, folder / "home")


class serving:  # noqa: N801  (reads as a verb: with serving(...) as address)
    """Runs `stack-advisor serve` over a data folder, with further settings by the names they have in the environment; gives its
    address once it says that it answers."""

    def __init__(self, home: Path, said: Path, patience: float = 120, **settings: str) -> None:
        self._home, self._said, self._patience, self._settings = home, said, patience, settings

    def __enter__(self) -> str:
        self._port = free_port()
        command = [sys.executable, "-m", "ui", "serve", "--port", str(self._port)]
        environ = {**os.environ, "STACK_ADVISOR_HOME": str(self._home), **self._settings}
        with self._said.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return f"http://127.0.0.1:{self._port}"

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + self._patience
        while f"Stack Advisor is at http://127.0.0.1:{self._port}" not in self._said.read_text():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start; it said:\n{self._said.read_text()}")
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person's browser window on the page, and every address on another host that it asked for."""

    page: Page
    strayed: list[str] = field(default_factory=list)

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your question")

    def ask(self, question: str) -> str:
        """Types a question, sends it with Enter and waits for the whole answer; gives the answer's words."""
        before = self.answers.count()
        self.box.fill(question)
        self.page.keyboard.press("Enter")
        return self.answered(before)

    @property
    def answers(self) -> Locator:
        return self.page.locator("#sa-chat .sa-prose")

    def answered(self, before: int) -> str:
        """Waits for the answer after so many; gives its words, once the page is at rest."""
        self.answers.nth(before).wait_for(state="attached")
        self.page.wait_for_function("document.querySelector('#sa-stop') === null")
        self.page.wait_for_timeout(150)
        return self.answers.nth(before).inner_text()

    def view(self, name: str) -> Locator:
        """Opens a view by its tab; gives its part of the page."""
        self.page.locator(f"[data-tab={name}]").click()
        part = self.page.locator("#sa-talk" if name == "chat" else f"#sa-view-{name}")
        part.wait_for()
        return part


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visit]:
    """Opens the page as a new visitor. `width` in pixels; `beside` opens a second tab of the same browser profile; `at` is what
    follows the address."""
    contexts: list[BrowserContext] = []

    def open_page(*, width: int = 1280, height: int = 800, beside: Visitor | None = None, at: str = "") -> Visitor:
        if beside is None:
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            contexts.append(context)
        else:
            context = beside.page.context
        visitor = Visitor(context.new_page())

        def keep_here(route: Route) -> None:
            if route.request.url.startswith(served.url):
                route.continue_()
            else:
                visitor.strayed.append(route.request.url)
                route.fulfill(body="<!doctype html><title>elsewhere</title>", content_type="text/html")

        context.route("**/*", keep_here)
        visitor.page.goto(served.url + at)
        visitor.box.wait_for()
        return visitor

    yield open_page
    for context in contexts:
        context.close()
