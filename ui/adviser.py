"""The adviser's desk: the Gradio wiring, and nothing else. What it shows is made in `ui.desk_html` and `ui.desk_case`, what
an adviser can do is in `ui.desk`. Mount it at /adviser behind a sign-in (`ui.signin`); without one it opens for nobody.

    build(adviser, store, program, sign_out="/adviser/logout") -> gr.Blocks
    desk_options() -> dict                       how it is served, for `mount_gradio_app` and `launch`
"""

from __future__ import annotations

import datetime
import logging
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr

from assistant.advise import Advice, Adviser
from assistant.answer import Outcome
from assistant.contract import advice_json
from corpus.index import IndexProblem
from ui.caseload import Case, Changed, NotYours, ReadOnly
from ui.database import DatabaseProblem
from ui.desk import Deed, Desk, Office, compared, conversation_of, do, sentence, to_store, today
from ui.desk_case import awards_html, intake_html, plan_html, profile_of, record_html, share_html, talk_html
from ui.desk_html import caseload_html, demand_html, frame_html
from ui.markup import escape
from ui.noted import note_failure
from ui.page import page_options, sorry, unsendable, worked
from ui.store import Store, Turn
from ui.unmet import looked_for
from ui.whatif import awards_to_compare, what_if
from ui.words import words

DEMAND_DAYS = 365
NOT_SIGNED_IN = "<p>Nobody is signed in here, so there is nothing to show.</p>"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page. `courier` and `parcel` are unseen: they bring deeds here and files to the browser."""

    desk: gr.State
    courier: gr.HTML
    parcel: gr.JSON
    shown: gr.HTML
    status: gr.HTML

    @property
    def changing(self) -> list[Any]:
        return [self.desk, self.parcel, self.shown, self.status]


Update = dict[Any, Any]


def build(adviser: Adviser, store: Store, program: str = "", sign_out: str = "") -> gr.Blocks:
    """The desk over one adviser (the engine) and one store. `program`: our version, for the record of advice. `sign_out`: the
    address that signs out, where passwords are ours."""
    office = Office(adviser, store, program, sign_out)
    page: gr.Blocks
    with gr.Blocks(title="Adviser’s desk: Stack Advisor", analytics_enabled=False) as page:
        parts = Parts(
            gr.State(Desk()),
            _html("", "ds-courier", "window.adviserDesk.courier = trigger;"),
            gr.JSON(visible=False),
            _html("", "ds-desk"),
            _html("", "ds-status"),
        )
        _listen(page, parts, office)
    page.queue(default_concurrency_limit=4, max_size=100)
    return page


def desk_options() -> dict[str, Any]:
    """As the learner's page, with the desk's own style and script in place of that page's script."""
    head = f"<style>{_beside('outer.css')}{_beside('desk_outer.css')}</style><script>{_beside('desk.js')}</script>"
    return {**page_options(), "css": _beside("page.css") + _beside("desk.css"), "head": head}


def _html(value: str, name: str, script: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)


def _listen(page: gr.Blocks, parts: Parts, office: Office) -> None:
    def arrive(request: gr.Request) -> Update:
        return _update(parts, Desk(), request.username, office)

    def respond(desk: Desk, event: gr.EventData, request: gr.Request) -> Iterator[Update]:
        name = request.username
        sent = event._data if isinstance(event._data, dict) else {}
        if name is None:
            yield _update(parts, Desk(), None, office)
            return
        # Emptied first: the same sentence twice would not be heard the second time.
        yield {parts.status: ""}
        deed = Deed(replace(desk, said="", fault="", fault_at="", parcel=None), name, sent, office)
        for after in _asked(deed) if sent.get("do") == "ask" else _done(deed):
            yield _update(parts, after, name, office)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    settle = "(parcel) => window.adviserDesk.settle(parcel)"
    came = page.load(arrive, None, parts.changing, **quiet)
    turn = parts.courier.click(respond, [parts.desk], parts.changing, trigger_mode="once", **quiet)
    for event in (came, turn):
        event.then(None, [parts.parcel], None, js=settle, api_visibility="private")


def _update(parts: Parts, desk: Desk, name: str | None, office: Office) -> Update:
    """The page for a desk. If it cannot be drawn, that is said, and the desk stays as it was."""
    file = None if desk.parcel is None else desk.parcel.to_json()
    shown, after = _drawn(desk, name, office)
    # By this the script knows that what it is told about is what stands on the page.
    drawn = secrets.token_hex(4)
    return {
        parts.desk: replace(after, parcel=None),
        parts.parcel: {"drawn": drawn, "file": file},
        parts.shown: f"<div data-drawn='{drawn}'>{shown}</div>",
        parts.status: f"<p>{escape(desk.said)}</p>" if desk.said else "",
    }


def _drawn(desk: Desk, name: str | None, office: Office) -> tuple[str, Desk]:
    if name is None:
        return frame_html("nobody", desk, NOT_SIGNED_IN), desk
    try:
        return view_html(desk, name, office), desk
    except NotYours as error:
        # Deleted in another window, or its learner stopped sharing before anything was written.
        lost = replace(desk.at("caseload"), fault=sentence(error))
        return view_html(lost, name, office), lost
    except DatabaseProblem as error:
        log.error("the desk cannot be drawn: %s", error)
        return frame_html(
            name, replace(desk, fault="The database does not answer just now. Try again in a moment."), ""
        ), desk
    except IndexProblem as error:
        return frame_html(name, replace(desk, fault=sorry(error, words("en"))), ""), desk


def view_html(desk: Desk, name: str, office: Office) -> str:
    """The desk as it is now. Raises `NotYours`, `DatabaseProblem`, `IndexProblem`."""
    cases = office.store.cases(name)
    if desk.case_id is None:
        if desk.view == "demand":
            since = today() - datetime.timedelta(days=DEMAND_DAYS)
            return frame_html(name, desk, demand_html(office.store.unmet(since), since), sign_out=office.sign_out)
        return frame_html(name, desk, caseload_html(desk, cases.list(), today()), sign_out=office.sign_out)
    case = cases.read(desk.case_id)
    return frame_html(name, desk, _view(desk, case, office), case, sign_out=office.sign_out)


def _view(desk: Desk, case: Case, office: Office) -> str:
    match desk.view:
        case "intake":
            return intake_html(desk, case, office.choices())
        case "awards":
            return _awards(desk, case, office)
        case "plan":
            return plan_html(desk, case, today())
        case "share":
            return share_html(desk, case)
        case "record":
            return record_html(case)
    return talk_html(desk, case)


def _awards(desk: Desk, case: Case, office: Office) -> str:
    library, year = office.adviser.shelf.current(), today().year
    profile = desk.supposed.applied(profile_of(case))
    awards = awards_to_compare(library, profile, compared(case), profile.get("start_year") or year)
    rows = what_if(library, profile, awards, case.exceptions, profile.get("start_year") or year)
    return awards_html(desk, case, rows, office.choices(), library.catalogue)


def _done(deed: Deed) -> Iterator[Desk]:
    """A deed done. What goes wrong on this side is noted, and the adviser keeps their page and what they typed."""
    try:
        yield do(deed)
    except DatabaseProblem as error:
        log.error("a deed failed: %s", error)
        yield deed.refused("The database does not answer just now. Nothing was changed; try again in a moment.")
    except IndexProblem as error:
        yield deed.refused(sorry(error, words("en")))
    except Exception as error:
        note_failure(log, "a deed", error)
        yield deed.refused("Something went wrong on this side, and it has been noted. Nothing was changed.")


def _asked(deed: Deed) -> Iterator[Desk]:
    """A question put to the engine in a case: what is being done, then the case with the answer in it."""
    text = deed.text("question")
    fault = unsendable(text, words("en"))
    if fault is not None:
        yield deed.refused(fault)
        return
    try:
        case = deed.case()
        if not case.may_write:
            raise ReadOnly
        before = conversation_of(case)
    except (NotYours, ReadOnly, DatabaseProblem) as error:
        yield deed.refused(sentence(error))
        return
    for step in worked(lambda watch: deed.office.adviser.advise(text, before, watch=watch)):
        match step:
            case str():
                yield replace(deed.desk, sending=text, question="", said=step)
            case Advice():
                yield _answered(deed, case, text, step)
            case Exception():
                note_failure(log, "a turn", step)
                yield deed.refused(sorry(step, words("en")), question=text)


def _answered(deed: Deed, case: Case, text: str, advice: Advice) -> Desk:
    turn = Turn(text, advice_json(advice), datetime.datetime.now(datetime.UTC), deed.name)
    try:
        deed.cases.save(case.id, case.version, to_store(advice.conversation, case), [turn])
        if advice.answer.outcome is Outcome.NO_MATCH:
            subject = looked_for(text, deed.office.adviser.shelf.current())
            deed.office.store.count_unmet(subject, advice.conversation.limits)
    except (Changed, NotYours, ReadOnly, DatabaseProblem) as error:
        return deed.refused(sentence(error), question=text)
    return deed.done("The answer is ready.", sending=None, question="")


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
