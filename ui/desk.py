"""What an adviser can do at the desk: each deed gives the state after it. No HTML, no Gradio.

A deed comes from the browser as a name and some texts, so nothing in it is trusted; whose cases it reaches is decided by
the name that signed in, never by the browser. The case itself is read from the store each time: other windows, other
processes and the learner may have changed it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from assistant.advise import Adviser, Audience, Conversation
from assistant.profile import LearnerProfile
from assistant.saved import conversation_json, read_conversation
from ui.caseload import BadCode, Case, Caseload, Changed, DraftState, MadeException, NotYours, ReadOnly
from ui.deed import Parcel, text_of
from ui.desk_record import draft_text, parcel_of
from ui.prior_table import COLUMNS, Read, read_rows, read_text
from ui.profile_form import SINGLE_FACTS, Choices, Draft, Unusable, read_fact
from ui.store import Store
from ui.whatif import Supposed, fault_of
from ui.words import words

VIEWS = MappingProxyType(
    {
        "talk": "Conversation",
        "intake": "Intake",
        "awards": "Awards",
        "plan": "Notes and plan",
        "share": "Share advice",
        "record": "Record",
    }
)
"""The views of a case, in the order of their links."""
BY_HAND = "form"
MOST_CHOSEN = 3
"""Awards that can be in the table besides the client's goal and the nearest."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One adviser's window. `case_id`: `None` on the caseload; `view`: one of `VIEWS`, "caseload" or "demand".

    `said` is one sentence on what was done, `fault` on what could not be; `typed` is what stands in a form that could not
    be used. `supposed` is for the table of awards alone and is not kept.
    """

    case_id: int | None = None
    view: str = "caseload"
    said: str = ""
    fault: str = ""
    fault_at: str = ""
    """The deed that the fault is about: its form shows it."""
    typed: Mapping[str, str] = field(default_factory=dict)
    draft: Draft | None = None
    """Prior learning that could not be used."""
    question: str = ""
    """What stands in the question box."""
    sending: str | None = None
    supposed: Supposed = field(default_factory=Supposed)
    parcel: Parcel | None = None

    def at(self, view: str, case_id: int | None = None) -> Desk:
        """Another view of the desk, with nothing left over from this one."""
        return Desk(case_id, view, supposed=self.supposed if case_id == self.case_id else Supposed())


@dataclass(frozen=True, slots=True)
class Office:
    """What the desk works with."""

    adviser: Adviser
    store: Store
    program: str
    sign_out: str = ""
    """Where a press signs out; empty if somebody else's sign-in stands before the desk."""

    def choices(self) -> Choices:
        return Choices.of(self.adviser.shelf.current().catalogue)


@dataclass(frozen=True, slots=True)
class Deed:
    """What an adviser does: at which desk, whose, with which fields."""

    desk: Desk
    name: str
    fields: Mapping[str, Any]
    office: Office

    @property
    def cases(self) -> Caseload:
        return self.office.store.cases(self.name)

    @property
    def case_id(self) -> int:
        """The case that is open. Raises `NotYours` if none is."""
        if self.desk.case_id is None:
            raise NotYours
        return self.desk.case_id

    def case(self) -> Case:
        return self.cases.read(self.case_id)

    def text(self, name: str) -> str:
        return text_of(self.fields, name).strip()

    def number(self, name: str) -> int:
        """A whole number that the page itself put there; -1, which is nobody's, for anything else."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else -1

    def done(self, said: str, **changes: Any) -> Desk:
        clean: dict[str, Any] = {
            "fault": "",
            "fault_at": "",
            "typed": {},
            "draft": None,
            "parcel": None,
        }
        return replace(self.desk, **{**clean, "said": said, **changes})

    def refused(self, fault: str, **changes: Any) -> Desk:
        """The desk with the reason why nothing was done, and what was typed still in its form."""
        typed = {key: value for key, value in self.fields.items() if isinstance(value, str)}
        at = self.text("do")
        return replace(self.desk, said="", fault=fault, fault_at=at, typed=typed, parcel=None, **changes)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def do(deed: Deed) -> Desk:
    """The desk after a deed; an unknown one changes nothing."""
    act = DEEDS.get(deed.text("do"))
    if act is None:
        return deed.desk
    try:
        return act(deed)
    except NotYours as error:
        return replace(deed.desk.at("caseload"), fault=f"{sentence(error)}")
    except (BadCode, Changed, DraftState, ReadOnly) as error:
        return deed.refused(sentence(error))


def sentence(error: Exception) -> str:
    """An error of the store as a sentence of its own."""
    said = str(error)
    return f"{said[0].upper()}{said[1:]}."


# Finding one's way


def _go(deed: Deed) -> Desk:
    view = deed.text("view")
    return deed.desk.at(view, deed.case_id) if view in VIEWS else deed.desk


def _leave(deed: Deed) -> Desk:
    return deed.desk.at("demand" if deed.text("view") == "demand" else "caseload")


def _open(deed: Deed) -> Desk:
    case = deed.cases.read(deed.number("case"))
    return deed.desk.at("talk" if case.learner_gone is None else "plan", case.id)


def _start(deed: Deed) -> Desk:
    label = deed.text("label")
    if not label:
        return deed.refused("Give the case a label, for example a day and a time. Leave names out.")
    conversation = conversation_json(Conversation(audience=Audience.ADVISER))
    return replace(deed.desk.at("intake", deed.cases.start(label, conversation)), said="The case is open.")


def _open_shared(deed: Deed) -> Desk:
    label = deed.text("label")
    if not label:
        return deed.refused("Give the case a label, for example a day and a time. Leave names out.")
    case_id = deed.cases.open_shared(deed.text("code"), label)
    said = "The learner's session is open. You can read it; they decide whether you may write in it."
    return replace(deed.desk.at("talk", case_id), said=said)


def _rename(deed: Deed) -> Desk:
    if not deed.text("label"):
        return deed.refused("Give the case a label.")
    deed.cases.rename(deed.case_id, deed.text("label"))
    return deed.done("The label is changed.")


def _delete(deed: Deed) -> Desk:
    deed.cases.delete(deed.case_id)
    return replace(deed.desk.at("caseload"), said="The case is deleted.")


# The conversation and the intake form


def conversation_of(case: Case) -> Conversation:
    """The conversation of a case as the desk works with it: terse, for an adviser."""
    return read_conversation(case.conversation).with_audience(Audience.ADVISER)


def to_store(conversation: Conversation, case: Case) -> dict[str, Any]:
    """The conversation as it is kept: a learner's own goes on being worded for them."""
    audience = read_conversation(case.conversation).audience
    return conversation_json(conversation.with_audience(audience))


def _intake(deed: Deed) -> Desk:
    """Every fact of the form at once; one that is empty is not known."""
    w, choices = words("en"), deed.office.choices()
    case = deed.case()
    if case.conversation is None:
        return deed.refused("There is nothing to change: the learner deleted this session.")
    conversation = conversation_of(case)
    profile = conversation.profile
    faults: list[str] = []
    for name in SINGLE_FACTS:
        typed = deed.text(name)
        if not typed:
            profile = profile.without(name)
            continue
        try:
            value = read_fact(name, typed, choices, w)
        except Unusable as error:
            faults.append(str(error))
            continue
        if profile.get(name) != value:
            profile = profile.with_facts({name: value}, BY_HAND)
    if faults:
        return deed.refused(" ".join(faults))
    _save_profile(deed, case, profile)
    return deed.done("The intake form is saved.")


def _save_profile(deed: Deed, case: Case, profile: LearnerProfile) -> None:
    conversation = conversation_of(case).with_profile(profile)
    deed.cases.save(case.id, case.version, to_store(conversation, case))


def _prior(deed: Deed) -> Desk:
    """The table of prior learning, as it stands in its form."""
    rows = deed.fields.get("rows")
    given = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    cells = [{name: str(row.get(name, ""))[:300] for name in COLUMNS} for row in given]
    return _take_prior(deed, read_rows(cells), keep=False)


def _paste(deed: Deed) -> Desk:
    """Rows out of a spreadsheet or a file, added to those that are there."""
    w = words("en")
    labels = {name: w(f"profile.prior.column_{name}") for name in COLUMNS}
    text = "\0" if deed.text("unreadable") else text_of(deed.fields, "text")
    return _take_prior(deed, read_text(text, labels), keep=True)


def _take_prior(deed: Deed, read: Read, *, keep: bool) -> Desk:
    w = words("en")
    said = tuple(fault.say(w) for fault in read.faults)
    if not read.usable:
        draft = Draft("prior_learning", said, () if keep else read.rows, read.faults)
        return replace(deed.desk, said="", fault="", draft=draft, parcel=None)
    case = deed.case()
    if case.conversation is None:
        return deed.refused("There is nothing to change: the learner deleted this session.")
    profile = conversation_of(case).profile
    profile = profile if keep else profile.without("prior_learning")
    if read.items:
        profile = profile.with_facts({"prior_learning": read.items}, BY_HAND)
    _save_profile(deed, case, profile)
    return deed.done(" ".join(("Prior learning is saved.", *said)))


def _drop(deed: Deed) -> Desk:
    case = deed.case()
    _save_profile(deed, case, conversation_of(case).profile.without(deed.text("name")))
    return deed.done("Deleted.")


# Awards: what if, and exceptions


def _suppose(deed: Deed) -> Desk:
    """Other pounds and hours than the profile's, for the table alone; and one more award in it."""
    w, choices = words("en"), deed.office.choices()
    values: dict[str, Decimal] = {}
    for name in ("budget_gbp", "hours_per_week"):
        if deed.text(name):
            try:
                values[name] = read_fact(name, deed.text(name), choices, w)
            except Unusable as error:
                return deed.refused(str(error))
    if deed.text("award"):
        _compare(deed, deed.case(), deed.text("award"))
    return deed.done("The table is worked out anew. What is supposed is not saved.", supposed=Supposed(**values))


def _compare(deed: Deed, case: Case, award_id: str) -> None:
    """Keeps an award in the table of this case: the last few that were chosen."""
    chosen = compared(case)
    if award_id not in chosen and deed.office.adviser.shelf.current().catalogue.award(award_id) is not None:
        deed.cases.take_down(case.id, {**case.intake, "awards": [award_id, *chosen][:MOST_CHOSEN]})


def compared(case: Case) -> list[str]:
    """Ids of the awards that the adviser chose to compare, the newest first."""
    return [award_id for award_id in case.intake.get("awards", []) if isinstance(award_id, str)]


def _except(deed: Deed) -> Desk:
    decision = "refuse" if deed.text("decision") == "refuse" else "accept"
    if not deed.text("reason"):
        return deed.refused("Write the reason. It goes into the record of advice.")
    numbers: dict[str, int | None] = {}
    for name, most in (("credits", 2000), ("level", 12)):
        value = deed.number(name) if deed.text(name) else None
        if value is not None and not 0 < value <= most:
            return deed.refused(f"Give the {name} as a whole number from 1 to {most}, or leave it empty.")
        numbers[name] = value
    one = MadeException(
        id=0, award_id=deed.text("award"), item=deed.text("item"), decision=decision, **numbers, reason=deed.text("reason"),
        made=datetime.datetime.now(datetime.UTC), withdrawn=None,
    )  # fmt: skip
    case = deed.case()
    profile = conversation_of(case).profile if case.conversation else LearnerProfile()
    fault = fault_of(deed.office.adviser.shelf.current(), profile, one, today().year)
    if fault is not None:
        return deed.refused(fault)
    deed.cases.make_exception(case.id, one.award_id, one.item, decision, one.reason, one.credits, one.level)
    _compare(deed, case, one.award_id)
    return deed.done("The exception is in force, and on record.")


def _take_back(deed: Deed) -> Desk:
    deed.cases.take_back(deed.case_id, deed.number("id"))
    return deed.done("The exception is withdrawn; the rules decide again. It stays on record.")


# Notes and the action plan


def _note(deed: Deed) -> Desk:
    if not deed.text("text"):
        return deed.refused("Write the note first.")
    deed.cases.add_note(deed.case_id, deed.text("text"))
    return deed.done("The note is saved.")


def _delete_note(deed: Deed) -> Desk:
    deed.cases.delete_note(deed.case_id, deed.number("id"))
    return deed.done("The note is deleted.")


def _action(deed: Deed) -> Desk:
    if not deed.text("what"):
        return deed.refused("Write what is to be done.")
    try:
        due = datetime.date.fromisoformat(deed.text("due")) if deed.text("due") else None
    except ValueError:
        return deed.refused("Give the date as year, month and day, or leave it empty.")
    deed.cases.add_action(deed.case_id, deed.text("what"), deed.text("who") or "client", due)
    return deed.done("The step is in the plan.")


def _set_done(deed: Deed) -> Desk:
    done = deed.text("done") == "yes"
    deed.cases.set_done(deed.case_id, deed.number("id"), done)
    return deed.done("The step is marked as done." if done else "The step is open again.")


def _delete_action(deed: Deed) -> Desk:
    deed.cases.delete_action(deed.case_id, deed.number("id"))
    return deed.done("The step is deleted.")


# Sharing advice


def _new_draft(deed: Deed) -> Desk:
    case = deed.case()
    turn = deed.number("turn")
    if not 1 <= turn <= len(case.turns):
        return deed.refused("Choose an answer to start from.")
    deed.cases.add_draft(case.id, turn, draft_text(case.turns[turn - 1].advice))
    return deed.done("The draft is ready to read and change.")


def _edit_draft(deed: Deed) -> Desk:
    if not deed.text("text"):
        return deed.refused("The draft cannot be empty.")
    deed.cases.edit_draft(deed.case_id, deed.number("id"), text_of(deed.fields, "text"))
    return deed.done("Your words are saved. The machine's words are kept beside them.")


def _review_draft(deed: Deed) -> Desk:
    deed.cases.review_draft(deed.case_id, deed.number("id"))
    return deed.done("Marked as reviewed. You can share it now.")


def _share_draft(deed: Deed) -> Desk:
    deed.cases.share_draft(deed.case_id, deed.number("id"))
    shared = deed.case().shared
    return deed.done(
        "Shared: the learner sees it on their page." if shared else "Marked as shared. It is in the record."
    )


def _download(deed: Deed) -> Desk:
    office, case = deed.office, deed.case()
    catalogue = office.adviser.shelf.current().catalogue
    parcel = parcel_of(deed.text("file"), case, deed.name, catalogue, today(), office.program)
    if parcel is None:
        return deed.refused("There is no such file.")
    return deed.done(f"{parcel.name} is ready.", parcel=parcel)


DEEDS: Mapping[str, Callable[[Deed], Desk]] = MappingProxyType(
    {
        "go": _go,
        "leave": _leave,
        "open": _open,
        "start": _start,
        "open_shared": _open_shared,
        "rename": _rename,
        "delete": _delete,
        "intake": _intake,
        "prior": _prior,
        "rows": _paste,
        "drop": _drop,
        "suppose": _suppose,
        "except": _except,
        "take_back": _take_back,
        "note": _note,
        "delete_note": _delete_note,
        "action": _action,
        "set_done": _set_done,
        "delete_action": _delete_action,
        "new_draft": _new_draft,
        "edit_draft": _edit_draft,
        "review_draft": _review_draft,
        "share_draft": _share_draft,
        "download": _download,
    }
)
