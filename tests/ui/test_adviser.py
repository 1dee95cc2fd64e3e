"""What an adviser can do at the desk, on a real store and with the real engine; the browser is in `tests/browser`."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.advise import Adviser, Audience, Conversation
from assistant.profile import LearnerProfile, PriorLearning
from assistant.saved import conversation_json, read_conversation
from ui.adviser import _asked, view_html
from ui.caseload import NotYours
from ui.desk import DEEDS, VIEWS, Deed, Desk, Office, compared, do
from ui.store import Store, database_url
from ui.whatif import Found, awards_to_compare, what_if

HNC = PriorLearning("HNC Care", None, None, None, None, 2024, "SQA", None)
MARK = "<img src=x onerror=alert(1)>"
QUESTION = "Which short courses count towards a nursing degree?"


@pytest.fixture
def office(adviser: Adviser, tmp_path: Path) -> Iterator[Office]:
    store = Store.open(database_url(tmp_path))
    yield Office(adviser, store, "test")
    store.close()


class Window:
    """One adviser's window: does deeds one after the other, as the page would."""

    def __init__(self, office: Office, name: str = "ama") -> None:
        self.office, self.name, self.desk = office, name, Desk()

    def does(self, deed: str, **fields: object) -> Desk:
        self.desk = do(Deed(self.desk, self.name, {"do": deed, **fields}, self.office))
        return self.desk

    def asks(self, question: str) -> Desk:
        *_, self.desk = _asked(Deed(self.desk, self.name, {"do": "ask", "question": question}, self.office))
        return self.desk

    def sees(self) -> str:
        return view_html(self.desk, self.name, self.office)

    @property
    def case(self):
        return self.office.store.cases(self.name).read(self.desk.case_id or 0)

    @property
    def profile(self) -> LearnerProfile:
        return read_conversation(self.case.conversation).profile


@pytest.fixture
def window(office: Office) -> Window:
    """With a case open whose client has an HNC of which nothing more is known."""
    window = Window(office)
    window.does("start", label="Tuesday, 2 pm")
    window.does("prior", rows=[{"title": "HNC Care", "year": "2024", "awarding_body": "SQA"}])
    return window


def test_a_case_needs_a_label_and_begins_with_the_intake_form(office: Office) -> None:
    window = Window(office)
    assert "label" in window.does("start", label=" ").fault
    desk = window.does("start", label="Tuesday, 2 pm")
    assert (desk.view, desk.fault) == ("intake", "")
    assert read_conversation(window.case.conversation).audience is Audience.ADVISER


def test_the_intake_form_is_saved_whole_or_not_at_all(window: Window) -> None:
    desk = window.does("intake", goal="become a nurse", nation="Scotland", budget_gbp="400", hours_per_week="many")
    assert "many" in desk.fault
    assert desk.typed["goal"] == "become a nurse"
    assert "become a nurse" in window.sees()
    assert window.profile.get("goal") is None
    window.does("intake", goal="become a nurse", nation="Scotland", budget_gbp="400", hours_per_week="8")
    assert (window.profile.get("nation"), window.profile.facts["goal"].source) == ("Scotland", "form")
    window.does("intake", goal="become a nurse", nation="", budget_gbp="400")
    assert window.profile.get("nation") is None
    assert [item.title for item in window.profile.prior_learning] == ["HNC Care"]


def test_prior_learning_is_pasted_and_faults_name_the_cell(window: Window) -> None:
    window.does("rows", text="title,credits,system,level\nTM111,30,CATS,4")
    assert [item.title for item in window.profile.prior_learning] == ["HNC Care", "TM111"]
    desk = window.does("prior", rows=[{"title": "TM111", "credits": "lots"}])
    assert desk.draft is not None
    assert "lots" in window.sees()
    assert len(window.profile.prior_learning) == 2


def test_a_question_is_answered_tersely_and_kept_with_its_evidence(window: Window) -> None:
    desk = window.asks("30 ECTS in UK credits?")
    (turn,) = window.case.turns
    assert (desk.question, desk.sending, turn.by) == ("", None, "ama")
    assert "60" in turn.advice["answer"]
    page = window.does("go", view="talk") and window.sees()
    assert "Evidence:" in page
    assert turn.advice["evidence"][0]["quote"].split()[0] in page
    assert "Language model" in page
    assert window.asks("   ").fault


def test_an_unmatched_search_is_counted_without_its_words(window: Window) -> None:
    for _ in range(5):
        window.asks(f"In-person falconry bookkeeping course in Lerwick under £5? {MARK}")
    assert all(turn.advice["outcome"] == "no_match" for turn in window.case.turns)
    (one,) = window.office.store.unmet(window.case.created.date()).counts
    assert one.count == 5
    assert "falconry" not in str(one)
    window.does("leave", view="demand")
    assert one.subject in window.sees()


def test_an_exception_changes_the_table_and_is_on_record(window: Window) -> None:
    window.does("suppose", award="fheq-certhe")
    assert compared(window.case) == ["fheq-certhe"]
    before = found(window)
    given = {"award": "fheq-certhe", "item": "HNC Care", "decision": "accept"}
    assert "reason" in window.does("except", **given, reason=" ").fault
    assert "credits" in window.does("except", **given, reason="The college wrote to say so.").fault
    desk = window.does("except", **given, reason="The college wrote to say so.", credits="60", level="4")
    assert desk.fault == ""
    after = found(window)
    assert (before.usable, after.without, after.usable) == (0, 0, 60)
    assert after.missing == before.missing - 60
    page = window.does("go", view="awards") and window.sees()
    assert "0 by the rules alone" in page
    assert "The college wrote to say so." in page
    window.does("take_back", id=str(window.case.exceptions[0].id))
    assert found(window) == before
    assert window.case.exceptions[0].withdrawn is not None


def found(window: Window) -> Found:
    """The certificate of higher education, as the table has it."""
    library = window.office.adviser.shelf.current()
    awards = awards_to_compare(library, window.profile, ["fheq-certhe"], 2026)
    row = next(
        row
        for row in what_if(library, window.profile, awards, window.case.exceptions, 2026)
        if row.award.id == "fheq-certhe"
    )
    assert isinstance(row, Found)
    return row


def test_suppositions_change_the_table_and_nothing_else(window: Window) -> None:
    kept = window.case.conversation
    desk = window.does("suppose", budget_gbp="50", hours_per_week="20", award="")
    assert desk.supposed.hours_per_week == 20
    assert window.case.conversation == kept
    assert "a few" in window.does("suppose", budget_gbp="a few").fault


def test_advice_is_reviewed_before_it_is_shared(window: Window) -> None:
    window.asks("30 ECTS in UK credits?")
    window.does("new_draft", turn="1")
    (draft,) = window.case.drafts
    assert "60 UK credits" in draft.machine
    assert "Sources" in draft.machine
    assert window.does("share_draft", id=str(draft.id)).fault
    window.does("edit_draft", id=str(draft.id), text=draft.machine.replace("60", "sixty") + f" {MARK}")
    window.does("review_draft", id=str(draft.id))
    window.does("go", view="share")
    page = window.sees()
    assert "[removed: </span>60" in page
    assert "[added: </span>sixty" in page
    assert MARK not in page
    window.does("share_draft", id=str(draft.id))
    assert window.case.drafts[0].shared is not None


def test_the_record_and_the_packet_hold_what_the_adviser_added(window: Window) -> None:
    window.asks("30 ECTS in UK credits?")
    window.does("note", text="Asked the college about entry.")
    window.does("action", what="Write to the university", who="client", due="2026-12-01")
    window.does("except", award="fheq-certhe", item="HNC Care", decision="refuse", reason="Too old for them.")
    files = {
        kind: window.does("download", file=kind).parcel for kind in ("pdf", "html", "csv", "json", "letter", "packet")
    }
    assert all(files.values())
    assert files["pdf"].content.startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig"))))
    table = "\n".join("|".join(row) for row in rows)
    for said in (
        "Asked the college about entry.",
        "Write to the university",
        "1 December 2026",
        "Refused",
        "Too old for them.",
    ):
        assert said in table
        assert said in files["html"].content.decode()
    window.does("take_back", id=str(window.case.exceptions[0].id))
    later = window.does("download", file="csv").parcel
    assert later is not None
    assert "Too old for them." not in later.content.decode()
    assert json.loads(files["json"].content)["desk"]["actions"][0]["due"] == "1 December 2026"
    packed = zipfile.ZipFile(io.BytesIO(files["packet"].content))
    assert {Path(name).suffix for name in packed.namelist()} == {".pdf", ".html", ".csv", ".json", ".txt"}
    assert "Tuesday" not in "".join(packed.namelist()) + files["packet"].name
    assert window.does("download", file="../../etc/passwd").parcel is None


def test_a_shared_session_is_read_only_until_its_learner_agrees(office: Office) -> None:
    profile = LearnerProfile().with_facts({"nation": "Wales"}, "turn 1")
    kept = office.store.keep(conversation_json(Conversation(profile, audience=Audience.SIMPLE)))
    window = Window(office)
    assert "opens nothing" in window.does("open_shared", code="BCDF-2345-GHJK", label="x").fault
    window.does("open_shared", code=office.store.share(kept.key), label="Shared, Monday")
    assert "may write" in window.sees()
    assert "data-do='ask'" not in window.sees()
    assert "not agreed" in window.asks(QUESTION).fault
    window.does("go", view="intake")
    assert "Wales" in window.sees()
    assert "data-do='intake'" not in window.sees()
    assert "not agreed" in window.does("intake", nation="England").fault
    (share,) = office.store.shares(kept.key)
    office.store.agree(kept.key, share.id)
    window.does("intake", nation="England")
    window.asks("30 ECTS in UK credits?")
    saved = office.store.find(kept.key)
    conversation = read_conversation(saved.conversation)
    assert conversation.profile.get("nation") == "England"
    assert conversation.audience is Audience.SIMPLE
    assert [turn.by for turn in saved.turns] == ["ama"]


def test_a_case_whose_learner_left_shows_notes_only(office: Office) -> None:
    kept = office.store.keep(conversation_json(Conversation()))
    window = Window(office)
    window.does("open_shared", code=office.store.share(kept.key), label="Shared, Monday")
    window.does("note", text="My own note.")
    office.store.forget(kept.key)
    for view in VIEWS:
        window.does("go", view=view)
        assert "The learner deleted or stopped sharing" in window.sees()
    assert "My own note." in (window.does("go", view="plan") and window.sees())
    assert window.does("download", file="pdf").parcel is not None
    for deed, fields in (("intake", {"goal": "x"}), ("new_draft", {"turn": "1"}), ("except", {"reason": "x"})):
        assert window.does(deed, **fields).fault
    assert window.asks(QUESTION).fault


def test_two_windows_on_one_case_do_not_overwrite_each_other(window: Window) -> None:
    """The second question was put to a conversation that has moved on: it is not saved, and stays in its box."""
    other = Window(window.office)
    other.desk = window.desk
    steps = _asked(Deed(other.desk, "ama", {"do": "ask", "question": "What is a credit?"}, other.office))
    next(steps)
    window.asks("30 ECTS in UK credits?")
    *_, last = steps
    assert "another window" in last.fault
    assert last.question == "What is a credit?"
    assert len(window.case.turns) == 1


def test_the_browser_decides_neither_whose_case_it_is_nor_what_is_done(window: Window) -> None:
    case_id = window.desk.case_id
    stranger = Window(window.office, "ben")
    assert "no such case" in stranger.does("open", case=str(case_id)).fault
    stranger.desk = replace(window.desk)
    with pytest.raises(NotYours):
        stranger.sees()
    for deed in set(DEEDS) - {"leave", "start", "open_shared"}:
        stranger.desk = replace(window.desk, said="")
        after = stranger.does(
            deed, case=str(case_id), id="1", view="talk", text="x", label="x", reason="x", what="x", turn="1"
        )
        assert after.fault or after == window.desk or after.view in VIEWS
    assert window.office.store.cases("ama").read(case_id or 0).notes == ()
    before = window.desk
    for nonsense in ({"do": "everything"}, {"do": ["note"]}, {}, {"do": "go", "view": "elsewhere"}):
        assert do(Deed(before, "ama", nonsense, window.office)) == before


def test_nothing_of_data_or_people_is_markup(window: Window) -> None:
    window.does("rename", label=MARK)
    window.does("intake", goal=MARK)
    window.does("rows", text=f"title\n{MARK}")
    window.does("note", text=MARK)
    window.does("action", what=MARK, who=MARK)
    window.does("except", award="fheq-certhe", item=MARK, decision="refuse", reason=MARK)
    window.asks(f"30 ECTS in UK credits? {MARK}")
    window.does("new_draft", turn="1")
    window.does("suppose", budget_gbp=MARK)
    for view in VIEWS:
        window.does("go", view=view)
        assert MARK not in window.sees()
    window.does("leave", view="caseload")
    assert MARK not in window.sees()
