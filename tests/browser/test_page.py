"""A real Chromium on the real page: what a learner sees, and what must never be seen."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from assistant.advise import Advice, Adviser, Conversation
from tests.browser.conftest import Served, Visit, Visitor
from ui.page import worked
from ui.transcript import EXAMPLES as EXAMPLE_NAMES
from ui.words import words as words_of

W = words_of("en")
EXAMPLES = [W.of("page.example", name) for name in EXAMPLE_NAMES]

BOOKKEEPING = "free online bookkeeping course?"
LOAN = "Can I get a loan for one module?"


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_typed_question_is_answered_and_each_number_opens_its_source(visit: Visit, adviser: Adviser) -> None:
    learner = visit()
    answer = learner.ask("30 ECTS in UK credits?")
    assert "60 UK credits" in answer
    source = adviser.advise("30 ECTS in UK credits?").answer.evidence[0]
    learner.page.locator("#sa-chat .sa-mark", has_text="[1]").first.press("Enter")
    opened = learner.page.locator("#sa-cited-1-1")
    expect(opened).to_be_visible()
    expect(opened).to_contain_text(source.title)
    expect(opened).to_contain_text(f"as of {source.as_of}" if source.as_of else "page undated")
    assert words(opened.locator("blockquote").inner_text()) == words(source.quote)
    out = opened.locator("a")
    expect(out).to_have_attribute("rel", "noopener noreferrer nofollow")
    with learner.page.expect_popup() as popup:
        out.click()
    popup.value.wait_for_load_state()
    assert popup.value.url == source.url
    learner.page.keyboard.press("Escape")
    expect(opened).to_be_hidden()


def test_the_sources_are_listed_beside_the_answer(visit: Visit, adviser: Adviser) -> None:
    learner = visit()
    learner.ask("30 ECTS in UK credits?")
    source = adviser.advise("30 ECTS in UK credits?").answer.evidence[0]
    listed = learner.page.locator("#sa-source-1")
    expect(listed).to_contain_text(source.title)
    expect(listed.locator("a").first).to_have_attribute("href", source.url)
    listed.locator("summary").click()
    expect(listed.locator("blockquote")).to_be_visible()
    assert words(listed.locator("blockquote").inner_text()) == words(source.quote)


def test_the_box_is_empty_and_ready_after_an_answer(visit: Visit) -> None:
    learner = visit()
    learner.ask("what is a credit?")
    expect(learner.box).to_have_value("")
    expect(learner.box).to_be_enabled()
    assert learner.page.locator("#sa-status").get_attribute("role") == "status"


def test_progress_is_told_step_by_step_and_then_the_advice(adviser: Adviser) -> None:
    """Not in the browser: on a busy machine it draws only the last of several quick changes."""
    *steps, advice = worked(lambda watch: adviser.advise(BOOKKEEPING, Conversation(), watch=watch))
    assert isinstance(advice, Advice)
    assert [str(step).split()[0] for step in steps] == ["Reading", "Checking", "Writing"]


WATCHED = """() => {
    const status = document.querySelector('#sa-status');
    window.told = [];
    new MutationObserver(() => told.push(status.innerText.trim())).observe(status, {childList: true, subtree: true});
}"""


def test_the_status_line_tells_progress_and_nothing_else(visit: Visit) -> None:
    learner = visit()
    learner.page.evaluate(WATCHED)
    learner.ask(BOOKKEEPING)
    expect(learner.page.locator("#sa-status p")).to_have_count(0)
    told = learner.page.evaluate("told")
    assert told
    assert all(step.endswith("…") for step in told if step)


def test_course_cards_say_what_the_records_say(visit: Visit, adviser: Adviser) -> None:
    learner = visit()
    learner.ask(BOOKKEEPING)
    picks = adviser.advise(BOOKKEEPING).answer.picks
    cards = learner.page.locator("#sa-courses article")
    expect(cards).to_have_count(len(picks))
    assert len(picks) > 0
    for place, pick in enumerate(picks):
        card = words(cards.nth(place).inner_text())
        assert pick.course.title in card
        assert "free" in card
        assert "Counts towards" in card
        assert ("not stated" in card) or None not in (pick.course.credits, pick.course.level, pick.course.weeks)


def test_an_example_answers_itself_and_makes_room(visit: Visit) -> None:
    learner = visit()
    for example in EXAMPLES:
        expect(learner.page.get_by_role("button", name=example)).to_be_visible()
    learner.box.fill("something half typed")
    learner.page.get_by_role("button", name=EXAMPLES[1]).click()
    expect(learner.answers).to_contain_text("60 UK credits")
    expect(learner.page.locator("#sa-chat .sa-said p")).to_have_text(EXAMPLES[1])
    expect(learner.page.get_by_role("button", name=EXAMPLES[0])).to_be_hidden()
    expect(learner.box).to_have_value("something half typed")


HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'> ![x](http://evil.example/x.png) "
    "[press me](javascript:window.hacked=1) <svg onload=window.hacked=1> ${window.hacked=1} {{7*7}} $$x^2$$ </div> & &amp;"
)


def test_a_hostile_message_is_shown_as_text(visit: Visit) -> None:
    learner = visit()
    learner.ask(HOSTILE)
    shown = words(learner.page.locator("#sa-chat .sa-said p").inner_text())
    for part in (
        "<script>window.hacked=1</script>",
        "onerror='window.hacked=1'",
        "[press me](javascript:",
        "${window",
        "{{7*7}}",
        "$$x^2$$",
    ):
        assert part in shown
    assert learner.page.evaluate("window.hacked") is None
    assert learner.page.locator("#sa-chat :is(img, script, iframe, object, .katex)").count() == 0
    assert learner.page.locator("a[href^='javascript'], a[href^='data:']").count() == 0
    assert learner.strayed == []


@pytest.mark.parametrize("same_profile", [True, False], ids=["two tabs", "two browsers"])
def test_two_visitors_never_see_each_other(visit: Visit, same_profile: bool) -> None:
    """The second asks what the first asked, without having said where they live: they get a stranger's answer."""
    one = visit()
    first = one.ask(f"I live in Cardiff with my tortoise Zanzibar. {LOAN}")
    two = visit(beside=one) if same_profile else visit()
    expect(two.page.locator("#sa-chat .sa-turn")).to_have_count(0)
    second = two.ask(LOAN)
    third = one.ask(LOAN)
    assert "Zanzibar" in one.page.content()
    assert "Zanzibar" not in two.page.content()
    alone = visit().ask(LOAN)
    assert second == alone
    assert first != alone
    assert third != alone, "the first conversation remembers where its learner lives"


def start_over(learner: Visitor) -> None:
    learner.page.get_by_role("button", name="Start over", exact=True).click()
    learner.page.get_by_role("button", name="Yes, start over").click()


def test_start_over_forgets(visit: Visit) -> None:
    learner = visit()
    alone = learner.ask(LOAN)
    start_over(learner)
    expect(learner.page.locator("#sa-chat .sa-turn")).to_have_count(0)
    learner.ask(f"I live in Cardiff. {LOAN}")
    start_over(learner)
    expect(learner.page.locator("#sa-chat .sa-turn")).to_have_count(0)
    expect(learner.page.get_by_role("button", name=EXAMPLES[0])).to_be_visible()
    expect(learner.page.locator("#sa-view-answer")).to_contain_text("What to expect")
    assert learner.ask(LOAN) == alone


OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    const seen = box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== 'hidden';
    return seen && (box.right > innerWidth + 1 || box.left < -1);
}).map((element) => element.tagName + '#' + element.id + '.' + element.className).slice(0, 5)"""


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out_sideways(visit: Visit, width: int) -> None:
    learner = visit(width=width)
    assert learner.page.evaluate(OVERFLOWING) == []
    learner.ask(BOOKKEEPING)
    learner.ask("x" * 300 + " https://example.org/" + "y" * 300)
    learner.ask("I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?")
    for view in ("answer", "you", "stack", "compare", "keep"):
        learner.view(view)
        assert learner.page.evaluate(OVERFLOWING) == [], view
    assert learner.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_is_asked_of_another_host(visit: Visit) -> None:
    learner = visit()
    for question in EXAMPLES:
        learner.ask(question)
    assert learner.strayed == []


def test_every_button_and_field_has_a_name(visit: Visit) -> None:
    learner = visit()
    learner.ask(BOOKKEEPING)
    learner.ask("30 ECTS in UK credits?")
    assert nameless(learner.page) == []
    assert learner.page.evaluate("document.documentElement.lang") == "en-GB"


def nameless(page: Page) -> list[str]:
    """The controls on the page that a screen reader cannot name, from Chromium's own accessibility tree."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    controls = [
        node
        for node in tree
        if node.get("role", {}).get("value") in ("button", "textbox", "link", "combobox", "tab", "DisclosureTriangle")
    ]
    assert controls
    return [json.dumps(node)[:300] for node in controls if not node.get("name", {}).get("value", "").strip()]


def test_a_screen_reader_hears_the_finished_answer_once(visit: Visit) -> None:
    learner = visit()
    learner.page.evaluate(
        """() => {
        window.heard = [];
        const listen = () => heard.push(document.querySelector('#sa-heard').textContent);
        new MutationObserver(listen).observe(document.querySelector('#sa-heard'), {childList: true, characterData: true, subtree: true});
    }"""
    )
    learner.ask("30 ECTS in UK credits?")
    learner.ask("what is a credit?")
    heard = learner.page.evaluate("heard")
    assert len(heard) == 2
    assert "60 UK credits" in heard[0]
    assert "60 UK credits" not in heard[1]
    assert learner.page.locator("#sa-chat [aria-live=polite], #sa-chat [aria-live=assertive]").count() == 0


def test_the_last_message_can_be_edited(visit: Visit) -> None:
    learner = visit()
    learner.ask(BOOKKEEPING)
    learner.ask("30 ECTS in UK credits?")
    learner.page.get_by_role("button", name="Edit my last message").click()
    expect(learner.box).to_have_value("30 ECTS in UK credits?")
    expect(learner.answers).to_have_count(1)
    learner.ask("60 ECTS in UK credits?")
    expect(learner.answers.nth(1)).to_contain_text("120 UK credits")


def test_what_was_learned_from_a_message_goes_when_it_is_edited(visit: Visit) -> None:
    learner = visit()
    learner.ask(f"I live in Wales. {LOAN}")
    learner.view("you")
    expect(learner.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])
    learner.page.get_by_role("button", name="Edit my last message").click()
    expect(learner.page.locator("#sa-you .sa-value")).to_have_count(0)


def test_a_question_can_be_asked_again(visit: Visit) -> None:
    learner = visit()
    first = learner.ask(BOOKKEEPING)
    learner.page.get_by_role("button", name="Try again").click()
    learner.page.wait_for_timeout(500)
    expect(learner.answers).to_have_count(1)
    assert learner.answers.inner_text() == first


def test_an_answer_is_copied_as_words(visit: Visit) -> None:
    learner = visit()
    learner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    learner.ask("30 ECTS in UK credits?")
    learner.page.get_by_role("button", name="Copy", exact=True).click()
    expect(learner.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = learner.page.evaluate("navigator.clipboard.readText()")
    assert "60 UK credits" in copied
    assert "<" not in copied


def test_a_limit_is_taken_off(visit: Visit) -> None:
    learner = visit()
    learner.ask(BOOKKEEPING)
    chips = learner.page.get_by_role("group", name="Only courses that are").get_by_role("button")
    before = chips.count()
    assert before > 0
    first = chips.first.inner_text()
    chips.first.click()
    learner.answered(1)
    expect(learner.page.locator(".sa-note")).to_contain_text("You took off the limit")
    assert first not in chips.all_inner_texts()


def test_an_offered_message_sends_itself(visit: Visit, adviser: Adviser) -> None:
    question = next(question for question in EXAMPLES if adviser.advise(question).answer.follow_ups)
    offered = adviser.advise(question).answer.follow_ups
    learner = visit()
    learner.ask(question)
    learner.page.get_by_role("button", name=offered[0], exact=True).click()
    learner.answered(1)
    expect(learner.page.locator("#sa-chat .sa-said p").nth(1)).to_have_text(offered[0])
    expect(learner.page.locator("#sa-answer-2")).to_be_focused()


def test_words_are_explained(visit: Visit) -> None:
    learner = visit()
    learner.ask("30 ECTS in UK credits?")
    term = learner.page.locator("#sa-chat .sa-term").first
    term.hover()
    expect(learner.page.locator("#sa-chat .sa-tip:popover-open")).to_be_visible()


def test_the_page_speaks_welsh(visit: Visit) -> None:
    learner = visit()
    learner.ask("30 ECTS in UK credits?")
    learner.page.get_by_role("button", name="Cymraeg").click()
    cy = words_of("cy")
    expect(learner.page.get_by_role("textbox", name=cy("page.question"))).to_be_visible()
    expect(learner.page.get_by_role("tab", name=cy("page.view.you"))).to_be_visible()
    expect(learner.answers).to_contain_text("60 UK credits")
    expect(learner.page.locator("html")).to_have_attribute("lang", "cy")
    learner.page.get_by_role("button", name="English").click()
    expect(learner.box).to_be_visible()


def test_an_answer_is_told_simply(visit: Visit) -> None:
    learner = visit()
    learner.ask("Does my Google certificate count towards a degree?")
    switch = learner.page.get_by_role("button", name="Explain simply")
    switch.click()
    learner.answered(1)
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(learner.page.locator(".sa-note")).to_have_text("The answer again, in plain words.")


def test_the_sources_are_one_keypress_from_the_answer(visit: Visit) -> None:
    learner = visit(width=360)
    learner.ask("30 ECTS in UK credits?")
    learner.page.get_by_role("navigation", name="Behind this answer").get_by_role("link", name="source").focus()
    learner.page.keyboard.press("Enter")
    expect(learner.page.locator("#sa-sources")).to_be_focused()
    expect(learner.page.locator("#sa-source-1")).to_be_in_viewport()


def test_the_question_to_ask_is_copied(visit: Visit) -> None:
    learner = visit()
    learner.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    learner.ask("30 ECTS in UK credits?")
    question = learner.page.locator("#sa-ask .sa-question").first.inner_text()
    learner.page.get_by_role("button", name="Copy this question").first.click()
    expect(learner.page.get_by_role("button", name="Copied")).to_be_visible()
    assert learner.page.evaluate("navigator.clipboard.readText()") == question


def test_a_message_that_is_too_long_or_empty_stays_in_the_box(visit: Visit) -> None:
    learner = visit()
    box = learner.box
    box.fill("a" * 4001)
    learner.page.keyboard.press("Enter")
    expect(learner.page.locator("#sa-status")).to_contain_text("4,001 characters")
    assert len(box.input_value()) == 4001
    box.fill("   ")
    learner.page.get_by_role("button", name="Send").click()
    expect(learner.page.locator("#sa-status")).to_contain_text("Type a question first")
    expect(learner.page.locator("#sa-chat .sa-turn")).to_have_count(0)


@contextmanager
def without_index(served: Served) -> Iterator[None]:
    pointer = served.home / "index" / "CURRENT"
    aside = pointer.rename(pointer.with_suffix(".aside"))
    try:
        yield
    finally:
        aside.rename(pointer)


def test_without_an_index_there_is_one_clear_sentence_and_nothing_is_lost(visit: Visit, served: Served) -> None:
    learner = visit()
    with without_index(served):
        learner.box.fill("30 ECTS in UK credits?")
        learner.page.keyboard.press("Enter")
        said = learner.page.locator(".sa-trouble").inner_text()
    assert "I cannot answer just now" in said
    assert "stack-advisor ingest" in said
    assert "Traceback" not in said
    assert str(served.home) not in said
    expect(learner.box).to_have_value("30 ECTS in UK credits?")
    learner.page.keyboard.press("Enter")
    expect(learner.answers).to_contain_text("60 UK credits")


def test_only_the_question_and_the_tools_are_public(served: Served) -> None:
    with urllib.request.urlopen(f"{served.url}/gradio_api/info") as reply:
        endpoints = json.load(reply)
    tools = {"/search_courses", "/audit_stack", "/plan_stack", "/explain_rule", "/convert_credit"}
    assert set(endpoints["named_endpoints"]) == {"/ask", *tools}
    assert endpoints["unnamed_endpoints"] == {}
