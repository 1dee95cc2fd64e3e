"""A real Chromium at the adviser's desk: signing in, a whole session with a client, keyboard only, and every view under axe."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.advise import Conversation
from assistant.profile import LearnerProfile
from assistant.saved import conversation_json
from tests.browser.conftest import serving
from ui.signin import hash_password
from ui.store import Store, database_url

PASSWORD = "correct horse battery"
VIEWS = ("Conversation", "Intake", "Awards", "Notes and plan", "Share advice", "Record")
MARK = "<img src=x onerror='window.hacked=1'>"


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, and the store behind it, which the tests open as the learner's page would."""

    url: str
    store: Store


@pytest.fixture(scope="module")
def desk(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(home, folder / "home")
    hashes = [f"{name}:{hash_password(PASSWORD)}" for name in ("ama", "ben")]
    (folder / "advisers").write_text("\n".join(hashes))
    advisers = str(folder / "advisers")
    with (
        serving(folder / "home", folder / "said", STACK_ADVISOR_ADVISERS=advisers) as address,
        closing(Store.open(database_url(folder / "home"))) as store,
    ):
        yield Desk(f"{address}/adviser", store)


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, desk: Desk) -> Iterator[Enter]:
    """Opens the desk in a browser of its own and signs in."""
    contexts: list[BrowserContext] = []

    def open_desk(name: str = "ama", *, width: int = 1280, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(desk.url)
        sign_in(page, name, PASSWORD)
        page.get_by_role("heading", name="Caseload").wait_for()
        return page

    yield open_desk
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def told(page: Page, sentence: str) -> None:
    expect(page.locator("#ds-status")).to_contain_text(sentence)


def start(page: Page, label: str) -> None:
    page.locator("form[data-do=start]").get_by_label("Label").fill(label)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("heading", name="Intake").wait_for()


def go(page: Page, view: str) -> None:
    page.get_by_role("navigation", name="Case").get_by_role("button", name=view).click()
    heading = {"Record": "Record of advice"}.get(view, view)
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_focused()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.keyboard.press("Enter")
    told(page, "The answer is ready.")


def take_prior(page: Page, table: str) -> None:
    page.locator("details[data-key=prior] > summary").click()
    page.locator("#sa-paste").fill(table)
    page.locator("form[data-do=rows] button[type=submit]").click()
    told(page, "Prior learning is saved.")


def serious(page: Page) -> list[str]:
    """What axe finds that is serious or critical: which rule, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_nobody_sees_the_desk_without_the_right_password(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.goto(desk.url)
    expect(page).to_have_title("Sign in: Adviser’s desk, Stack Advisor")
    sign_in(page, "ama", "not the password")
    expect(page.get_by_role("alert")).to_have_text("That name and password do not belong together.")
    expect(page.get_by_label("Password")).to_be_focused()
    assert serious(page) == []
    assert page.request.get(f"{desk.url}/config").status == 401
    sign_in(page, "ama", PASSWORD)
    expect(page.get_by_text("Signed in as ama")).to_be_visible()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_label("Password").wait_for()
    page.context.close()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (768, True)])
def test_every_view_passes_axe(enter: Enter, width: int, dark: bool) -> None:
    page = enter(width=width, dark=dark)
    assert serious(page) == []
    start(page, "Tuesday, 2 pm")
    take_prior(page, "title\tcredits\tsystem\tlevel\tyear\nHNC Care\t96\tSCQF\t7\t2019\nGoogle certificate\t\t\t\t2025")
    go(page, "Conversation")
    ask(page, "Which short courses count towards a nursing degree?")
    page.get_by_text("Evidence:").first.click()
    assert serious(page) == []
    go(page, "Share advice")
    page.get_by_role("button", name="Make a draft").click()
    told(page, "The draft is ready")
    page.get_by_label("Advice").fill("In my own words.")
    page.get_by_role("button", name="Save changes").click()
    page.locator("summary", has_text="What you changed").click()
    for view in VIEWS:
        go(page, view)
        page.evaluate("document.querySelectorAll('#ds-desk details').forEach((one) => { one.open = true; })")
        assert serious(page) == [], view
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
    for place in ("Unmet demand", "Caseload"):
        page.get_by_role("button", name=place).click()
        page.get_by_role("heading", level=2, name=place).wait_for()
        assert serious(page) == [], place


def test_a_session_with_a_client_from_intake_to_hand_over(enter: Enter) -> None:
    page = enter()
    start(page, "Wednesday, 10 am")
    page.get_by_label("Goal").fill("become a nurse")
    page.get_by_label("Where the client lives").select_option("England")
    page.get_by_label("Hours a week for study").fill("lots")
    page.get_by_role("button", name="Save the form").click()
    expect(page.locator(".sa-faults")).to_be_focused()
    expect(page.get_by_label("Goal")).to_have_value("become a nurse")
    page.get_by_label("Hours a week for study").fill("8")
    page.get_by_role("button", name="Save the form").click()
    told(page, "The intake form is saved.")
    take_prior(page, "title,year\nHNC Care,2024")

    go(page, "Awards")
    page.get_by_label("Add an award").select_option("fheq-certhe")
    page.get_by_role("button", name="Work it out").click()
    row = page.get_by_role("row", name="Certificate of Higher Education (national minimum)")
    expect(row).to_contain_text("0 of 120")
    page.get_by_text("Make an exception", exact=True).click()
    page.get_by_label("UK credits, if not stated").fill("60")
    page.get_by_label("Level, if not stated").fill("4")
    page.get_by_label("Reason").fill("The university wrote to say so.")
    page.get_by_role("button", name="Make this exception").click()
    expect(row).to_contain_text("60 of 120")
    expect(row).to_contain_text("0 by the rules alone")

    go(page, "Notes and plan")
    page.get_by_label("New note").fill("half typed")
    page.get_by_label("What is to be done").fill("Send the letter")
    page.get_by_label("By when").fill("2026-12-01")
    page.get_by_role("button", name="Add step").click()
    told(page, "The step is in the plan.")
    expect(page.get_by_label("What is to be done")).to_have_value("")
    expect(page.get_by_label("New note")).to_have_value("half typed")
    page.get_by_role("button", name="Save note").click()
    told(page, "The note is saved.")

    go(page, "Record")
    with page.expect_download() as coming:
        page.get_by_role("button", name="hand-over packet").click()
    packet = zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes()))
    table = next(packet.read(name).decode("utf-8-sig") for name in packet.namelist() if name.endswith(".csv"))
    for said in (
        "become a nurse",
        "The university wrote to say so.",
        "Send the letter",
        "1 December 2026",
        "half typed",
    ):
        assert said in table
    page.get_by_role("button", name="Caseload").click()
    line = page.get_by_role("row", name="Wednesday, 10 am")
    expect(line).to_contain_text("1 December 2026")


def test_a_learner_shares_and_reads_what_the_adviser_made_of_the_answer(enter: Enter, desk: Desk) -> None:
    profile = LearnerProfile().with_facts({"nation": "Wales"}, "turn 1")
    kept = desk.store.keep(conversation_json(Conversation(profile)))
    page = enter()
    shared = page.locator("form[data-do=open_shared]")
    shared.get_by_label("Code").fill("BCDF-2345-GHJK")
    shared.get_by_label("Label").fill("Shared, Friday")
    shared.get_by_role("button").click()
    expect(page.locator(".sa-faults")).to_contain_text("opens nothing")
    shared.get_by_label("Code").fill(desk.store.share(kept.key).lower())
    shared.get_by_role("button").click()
    expect(page.get_by_text("They have not agreed")).to_be_visible()
    expect(page.get_by_label("Question")).to_have_count(0)
    (share,) = desk.store.shares(kept.key)
    desk.store.agree(kept.key, share.id)
    go(page, "Conversation")
    ask(page, "30 ECTS in UK credits?")
    assert [turn.by for turn in desk.store.find(kept.key).turns] == ["ama"]
    go(page, "Share advice")
    page.get_by_role("button", name="Make a draft").click()
    told(page, "The draft is ready")
    page.get_by_label("Advice").fill("That is 60 UK credits. Ask Swansea first.")
    page.get_by_role("button", name="Save changes").click()
    told(page, "Your words are saved.")
    page.get_by_role("button", name="Mark as reviewed").click()
    page.get_by_role("button", name="Share with the learner").click()
    told(page, "the learner sees it")
    (advice,) = desk.store.shared_with_learner(kept.key)
    assert advice.text == "That is 60 UK credits. Ask Swansea first."
    desk.store.forget(kept.key)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator(".sa-faults")).to_contain_text("no such case on your caseload")


def test_what_is_typed_while_the_server_works_is_not_lost(enter: Enter) -> None:
    page = enter()
    start(page, "Typing on")
    go(page, "Notes and plan")
    note = page.locator("form[data-do=note]")
    note.get_by_label("Note").fill("First.")
    # In one task of the browser: the deed is on its way, and nothing of its answer can be here yet.
    page.evaluate(
        """() => {
            const form = document.querySelector('form[data-do=note]');
            form.requestSubmit();
            form.elements.text.value = 'Second, typed on';
            form.elements.text.dispatchEvent(new Event('input', {bubbles: true}));
        }"""
    )
    told(page, "The note is saved.")
    page.wait_for_function("document.activeElement.closest('form[data-do=note]')")
    expect(note.get_by_label("Note")).to_have_value("Second, typed on")


def test_two_advisers_see_their_own_cases_only(enter: Enter) -> None:
    mine, theirs = enter("ama"), enter("ben")
    start(mine, "Only mine")
    start(theirs, "Only theirs")
    for page, own, other in ((mine, "Only mine", "Only theirs"), (theirs, "Only theirs", "Only mine")):
        page.get_by_role("button", name="Caseload").click()
        expect(page.get_by_role("row", name=own)).to_be_visible()
        expect(page.get_by_text(other)).to_have_count(0)
        expect(page.locator("#ds-desk")).to_contain_text(f"Signed in as {'ama' if page is mine else 'ben'}")


def test_by_keyboard_alone(enter: Enter) -> None:
    page = enter()
    page.keyboard.press("Tab")
    reach(page, "form[data-do=start] input")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Intake")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    reach(page, "[data-do=go][data-view=talk]", back=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conversation")).to_be_focused()
    reach(page, "#ds-ask-question")
    page.keyboard.type("30 ECTS in UK credits?")
    page.keyboard.press("Enter")
    told(page, "The answer is ready.")
    expect(page.locator("#ds-ask-question")).to_be_focused()
    reach(page, ".ds-drawer > summary", back=True)
    page.keyboard.press("Enter")
    expect(page.locator(".ds-drawer blockquote").first).to_be_visible()


def reach(page: Page, selector: str, *, back: bool = False) -> None:
    """Moves on with Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{selector} is not reached with Tab")


def test_nothing_that_was_typed_runs_and_no_request_leaves(enter: Enter, desk: Desk) -> None:
    page = enter()
    strayed: list[str] = []
    page.on("request", lambda request: strayed.append(request.url) if "//127.0.0.1:" not in request.url else None)
    start(page, MARK)
    page.get_by_label("Goal").fill(MARK)
    page.get_by_role("button", name="Save the form").click()
    told(page, "saved")
    take_prior(page, f"title\n{MARK}")
    go(page, "Notes and plan")
    page.get_by_label("New note").fill(MARK)
    page.get_by_role("button", name="Save note").click()
    told(page, "saved")
    for view in VIEWS:
        go(page, view)
    expect(page.locator("#ds-desk").get_by_text(MARK).first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert [url for url in strayed if not url.startswith("blob:")] == []
    page.get_by_role("button", name="Caseload").click()
    expect(page.get_by_role("row", name=MARK)).to_be_visible()
