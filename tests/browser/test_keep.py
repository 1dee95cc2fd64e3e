"""Keeping and leaving: files to take away, a private link, a file to go on from, a code for an adviser, and being forgotten."""

import csv
import datetime
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, Visit, Visitor
from ui.store import NotKept, Store, database_url

LOAN = "Can I get a loan for one module?"


def fetched(learner: Visitor, form: str, folder: Path) -> bytes:
    with learner.page.expect_download() as waiting:
        learner.page.locator(f"[data-do=download][data-form={form}]").click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file.read_bytes()


def kept(learner: Visitor) -> str:
    """Keeps the session; gives its key."""
    learner.view("keep")
    learner.page.get_by_role("button", name="Keep this for later").click()
    link = learner.page.locator("[data-link]")
    expect(link).to_be_visible()
    return str(link.get_attribute("data-link")).removeprefix("#key=")


@pytest.fixture
def store(served: Served) -> Store:
    """The served page's own database, opened beside it."""
    return Store.open(database_url(served.home))


def test_the_advice_is_taken_away_in_four_forms(visit: Visit, tmp_path: Path) -> None:
    learner = visit()
    learner.ask(f"I live in Wales. {LOAN}")
    learner.view("keep")
    assert fetched(learner, "pdf", tmp_path).startswith(b"%PDF-")
    page = fetched(learner, "html", tmp_path).decode()
    table = list(csv.reader(io.StringIO(fetched(learner, "csv", tmp_path).decode("utf-8-sig"))))
    record = json.loads(fetched(learner, "json", tmp_path))
    assert LOAN in page
    assert "<script" not in page
    assert any("Wales" in cell for row in table for cell in row)
    assert record["turns"][0]["question"].endswith(LOAN)
    assert record["sources"]


def test_the_letter_is_a_pdf(visit: Visit, tmp_path: Path) -> None:
    learner = visit()
    learner.ask(LOAN)
    learner.view("keep")
    learner.page.get_by_label("University or college").fill("Example University")
    with learner.page.expect_download() as waiting:
        learner.page.get_by_role("button", name="Download the letter").click()
    assert waiting.value.suggested_filename == "letter.pdf"


def test_before_a_question_there_is_nothing_to_take_away(visit: Visit) -> None:
    keep = visit().view("keep")
    expect(keep).to_contain_text("Ask a question first")
    expect(keep.locator("[data-do=download]")).to_have_count(0)


def test_a_private_link_brings_the_conversation_back_and_each_turn_is_kept(visit: Visit) -> None:
    learner = visit()
    answer = learner.ask(f"I live in Wales. {LOAN}")
    key = kept(learner)
    expect(learner.page).to_have_url(re.compile(rf"/#key={re.escape(key)}$"))
    later = visit(at=f"/#key={key}")
    expect(later.page.locator("#sa-status")).to_contain_text("Welcome back")
    assert later.answers.inner_text() == answer
    later.view("you")
    expect(later.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])
    later.ask("30 ECTS in UK credits?")
    again = visit(at=f"/#key={key}")
    expect(again.answers).to_have_count(2)


def test_a_wrong_link_is_one_clear_sentence(visit: Visit) -> None:
    learner = visit(at="/#key=" + "x" * 32)
    expect(learner.page.locator("#sa-status")).to_contain_text("This link is no longer valid")
    expect(learner.answers).to_have_count(0)


def test_nothing_is_stored_until_it_is_asked_for(visit: Visit, served: Served) -> None:
    learner = visit()
    learner.ask("I live in Cardiff with my tortoise Zebedee.")
    learner.view("keep")
    for file in served.home.rglob("*"):
        if file.is_file():
            assert b"Zebedee" not in file.read_bytes(), file


def test_forget_me_deletes_what_was_kept(visit: Visit, store: Store) -> None:
    learner = visit()
    learner.ask(LOAN)
    key = kept(learner)
    store.find(key)
    learner.page.get_by_role("button", name="Forget me").click()
    learner.page.get_by_role("button", name="Yes, delete everything").click()
    expect(learner.page.locator("#sa-status")).to_contain_text("Everything has been deleted.")
    expect(learner.answers).to_have_count(0)
    expect(learner.page).not_to_have_url(re.compile("#key"))
    with pytest.raises(NotKept):
        store.find(key)


def test_a_file_is_gone_on_from(visit: Visit, tmp_path: Path) -> None:
    learner = visit()
    learner.ask(f"I live in Wales. {LOAN}")
    learner.view("keep")
    fetched(learner, "json", tmp_path)
    other = visit()
    other.view("keep")
    other.page.set_input_files("#sa-open", tmp_path / "stack-advisor.json")
    other.answered(0)
    other.view("you")
    expect(other.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])


def test_another_file_is_refused_and_the_page_stays(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"format": "<img src=x onerror=alert(1)>"}')
    learner = visit()
    learner.ask(LOAN)
    learner.view("keep")
    learner.page.set_input_files("#sa-open", tmp_path / "other.json")
    expect(learner.page.locator("#sa-status")).to_contain_text("This file cannot be opened here")
    expect(learner.answers).to_have_count(1)


def test_an_adviser_reads_with_a_code_and_the_learner_decides(visit: Visit, store: Store) -> None:
    learner = visit()
    learner.ask(LOAN)
    learner.view("keep")
    learner.page.get_by_role("button", name="Get a code").click()
    code = learner.page.locator(".sa-code")
    expect(code).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
    store.cases("pat").open_shared(code.inner_text(), "somebody")
    learner.page.get_by_role("button", name="Look for news").click()
    expect(learner.page.locator("#sa-view-keep")).to_contain_text("pat can read this conversation.")
    learner.page.get_by_role("button", name="Let the adviser work on it with me").click()
    expect(learner.page.locator("#sa-view-keep")).to_contain_text("and work on it")
    learner.page.get_by_role("button", name="Stop sharing").click()
    expect(learner.page.locator("#sa-view-keep")).not_to_contain_text("pat can read")


def test_thumbs_and_reasons_are_stored_with_the_trace(visit: Visit, store: Store) -> None:
    start = datetime.datetime.now(datetime.UTC)
    learner = visit()
    learner.ask(LOAN)
    learner.page.get_by_role("button", name="Not useful").click()
    expect(learner.page.get_by_role("button", name="Not useful")).to_have_attribute("aria-pressed", "true")
    learner.page.get_by_label("Hard to understand").check()
    learner.page.get_by_role("textbox", name="What was good or wrong").fill("Too many words")
    learner.page.get_by_role("button", name="Send feedback").click()
    expect(learner.page.locator("#sa-chat")).to_contain_text("Thank you.")
    (given,) = store.feedback(start)
    assert (given.feedback.up, given.feedback.reason, given.feedback.text) == (False, "unclear", "Too many words")
    assert given.feedback.trace["corpus"]
