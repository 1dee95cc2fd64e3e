"""A turn that takes long can be stopped, and its message is back in the box. The page of this file has a very slow model."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.advise import Adviser
from assistant.llm import ModelUnavailable
from assistant.shelf import Shelf
from corpus.embedding import SentenceEmbedder
from tests.browser.conftest import Visitor, free_port
from ui.page import build, page_options

QUESTION = "30 ECTS in UK credits?"


class SlowModel:
    """Says nothing until it is let go, and then that it cannot; the answer is then in plain words."""

    name = "test:slow"

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def fill(self, prompt: object, schema: object) -> object:
        return self._wait()

    def stream(self, prompt: object) -> Iterator[str]:
        yield self._wait()

    def _wait(self) -> str:
        self.let_go.wait(60)
        raise ModelUnavailable("slow on purpose")


@pytest.fixture
def slow(home: Path, embedder: SentenceEmbedder, browser: Browser) -> Iterator[tuple[Visitor, SlowModel]]:
    """A visitor of a page whose model is slow."""
    model = SlowModel()
    page = build(Adviser(Shelf(home, embedder), model))  # type: ignore[arg-type]
    port = free_port()
    page.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True, **page_options())
    context = browser.new_context(reduced_motion="reduce")
    learner = Visitor(context.new_page())
    learner.page.goto(f"http://127.0.0.1:{port}")
    learner.box.wait_for()
    yield learner, model
    model.let_go.set()
    context.close()
    page.close(verbose=False)


def test_a_turn_is_stopped_and_its_message_is_back_in_the_box(slow: tuple[Visitor, SlowModel]) -> None:
    learner, model = slow
    stop = learner.page.get_by_role("button", name="Stop")
    learner.box.fill(QUESTION)
    learner.page.keyboard.press("Enter")
    expect(learner.page.locator("#sa-chat .sa-said p")).to_have_text(QUESTION)
    expect(learner.page.locator("#sa-status")).to_contain_text("…")
    expect(learner.box).to_have_value("")
    stop.click()
    expect(learner.box).to_have_value(QUESTION)
    expect(learner.box).to_be_focused()
    expect(learner.page.locator("#sa-status")).to_contain_text("Stopped.")
    expect(learner.page.locator("#sa-chat .sa-said")).to_have_count(0)
    expect(stop).to_have_count(0)
    model.let_go.set()
    learner.page.wait_for_timeout(1000)
    expect(learner.answers).to_have_count(0)
    learner.page.keyboard.press("Enter")
    learner.answered(0)
    expect(learner.answers).to_contain_text("60 UK credits")


def test_start_over_stops_what_is_worked_on(slow: tuple[Visitor, SlowModel]) -> None:
    learner, model = slow
    model.let_go.set()
    learner.ask(QUESTION)
    model.let_go.clear()
    learner.box.fill("what is a credit?")
    learner.page.keyboard.press("Enter")
    learner.page.get_by_role("button", name="Stop").click()
    expect(learner.box).to_have_value("what is a credit?")
    learner.page.get_by_role("button", name="Start over", exact=True).click()
    learner.page.get_by_role("button", name="Yes, start over").click()
    expect(learner.answers).to_have_count(0)
    expect(learner.box).to_have_value("")
