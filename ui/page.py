"""The learner's page: a conversation, and beside it what it rests on and what is known. The Gradio wiring, and nothing else.

What the page shows is made in `ui.views` from one `Session`, what a visitor can do is in `ui.deeds`: both pure or nearly so.
Here a deed from the browser becomes the next session, and the parts of the page that changed are sent back.
"""

from __future__ import annotations

import datetime
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

# Gradio reads this when it is imported; set later, it would still report the first launch to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from assistant.advise import Advice, Adviser, Conversation, Watch
from assistant.sentences import LONGEST_MESSAGE
from assistant.shelf import Library
from corpus.index import IndexProblem
from ui.deed import Deed, Next, Services
from ui.deeds import do
from ui.keeping import count_unmet, keep_up, not_stored
from ui.markup import escape
from ui.noted import note_failure
from ui.palette import COLOURS, FONTS, MONO_FONTS
from ui.pictures import stack_figure, timeline_figure
from ui.session import Session
from ui.stack_view import Stack, choice_html, decided_by, words_html, work_out
from ui.store import NotKept, Store
from ui.views import page_parts
from ui.words import Words, words

AT_ONCE = 8
"""Turns worked on at the same time; further ones wait in the queue."""
WAITING = 200
"""Turns that may wait; beyond that a visitor is told that the page is busy."""

log = logging.getLogger(__name__)

Update = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change. Those of type HTML carry the names of `ui.views.page_parts`."""

    session: gr.State
    courier: gr.HTML
    """Unseen: brings deeds from the browser."""
    parcel: gr.JSON
    """Unseen: brings a file to the browser."""
    header: gr.HTML
    chat: gr.HTML
    status: gr.HTML
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    tabs: gr.HTML
    answer: gr.HTML
    words: gr.HTML
    you: gr.HTML
    compare: gr.HTML
    keep: gr.HTML
    stack_choice: gr.HTML
    stack_levels: gr.Plot
    stack_weeks: gr.Plot
    stack_words: gr.HTML
    stacked: gr.State
    """What the stack that is shown depends on."""

    @property
    def of_stack(self) -> list[Any]:
        """What the view of one award consists of."""
        return [self.stack_choice, self.stack_levels, self.stack_weeks, self.stack_words]

    @property
    def changing(self) -> list[Any]:
        """Everything a deed may change at once."""
        apart = (self.courier, self.stacked, *self.of_stack)
        every = [getattr(self, field.name) for field in fields(self)]
        return [part for part in every if part not in apart]


def page_options() -> dict[str, Any]:
    """How the page is served, for `mount_gradio_app` and `Blocks.launch` alike."""
    styles = "".join(_beside(name) for name in ("outer.css", "glossary.css", "stack.css", "compare.css"))
    scripts = "".join(f"<script>{_beside(name)}</script>" for name in ("page.js", "glossary.js"))
    return {
        "theme": gr.themes.Base(neutral_hue="slate", radius_size="md", font=FONTS, font_mono=MONO_FONTS).set(**COLOURS),
        "css": _beside("page.css"),
        "head": f"<style>{styles}</style>{scripts}",
        "footer_links": [],
        # Gradio would keep every run in the browser's storage, where the next person at the same computer finds it.
        "run_history": False,
        "ssr_mode": False,
        "pwa": False,
        "enable_monitoring": False,
        "show_error": False,
        "max_file_size": "1mb",
    }


def build(adviser: Adviser, store: Store | None = None, *, keep_days: int = 30, program: str = "") -> gr.Blocks:
    """The page over one adviser. What a visitor says lives in their own session only, and in `store` if they ask for that.

    `keep_days`: for how long the store keeps what nobody uses. `program`: our version, for the record of advice.
    """
    services = Services(adviser, store, keep_days, program)
    page: gr.Blocks
    with gr.Blocks(title=words("en")("page.title"), analytics_enabled=False) as page:
        parts = _layout(_shown(Session(), services), words("en"))
        _listen(parts, services)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


def _layout(first: Mapping[str, str], w: Words) -> Parts:
    """The page as it is at first; `first` holds the HTML of its parts."""
    made: dict[str, Any] = {"session": gr.State(Session()), "stacked": gr.State(None), "courier": _courier()}
    made["parcel"] = gr.JSON(visible=False)
    made["header"] = _html("header", first)
    with gr.Row(elem_id="sa-main"):
        with gr.Column(elem_id="sa-talk"):
            made["chat"] = _html("chat", first)
            with gr.Row(elem_id="sa-composer"):
                made["box"] = _box(w)
                made["send"] = gr.Button(w("page.send"), variant="primary", size="md", elem_id="sa-send")
                made["stop"] = gr.Button(w("page.stop"), size="md", elem_id="sa-stop", visible=False)
        with gr.Column(elem_id="sa-aside"):
            made["tabs"] = _html("tabs", first)
            with _view("answer"):
                made |= {name: _html(name, first) for name in ("answer", "words")}
            with _view("you"):
                made["you"] = _html("you", first)
            with _view("stack"):
                made |= _stack_layout(w)
            for view in ("compare", "keep"):
                with _view(view):
                    made[view] = _html(view, first)
    made["status"] = gr.HTML(elem_id="sa-status", js_on_load=None, apply_default_css=False)
    return Parts(**made)


def _view(name: str) -> gr.Column:
    return gr.Column(elem_id=f"sa-view-{name}", elem_classes="sa-view")


def _stack_layout(w: Words) -> dict[str, Any]:
    """The stack: the choice, two pictures that are not there until there is something to draw, and the same in words."""
    empty = choice_html(Stack(), w)
    return {
        "stack_choice": _html("stack_choice", {"stack_choice": empty}),
        "stack_levels": gr.Plot(visible=False, show_label=False, elem_id="sa-levels"),
        "stack_weeks": gr.Plot(visible=False, show_label=False, elem_id="sa-weeks"),
        "stack_words": _html("stack_words", {"stack_words": ""}),
    }


def _html(name: str, first: Mapping[str, str]) -> gr.HTML:
    return gr.HTML(first[name], elem_id=f"sa-{name}", js_on_load=None, apply_default_css=False)


def _courier() -> gr.HTML:
    """The way from the page's own buttons and forms, which are HTML, to the listeners here."""
    script = "window.stackAdvisor.courier = trigger;"
    return gr.HTML("", elem_id="sa-courier", js_on_load=script, apply_default_css=False)


def _box(w: Words) -> gr.Textbox:
    return gr.Textbox(
        **_box_words(w),
        elem_id="sa-box",
        lines=1,
        max_lines=8,
        autofocus=False,
        html_attributes=gr.InputHTMLAttributes(lang="en-GB", enterkeyhint="send", autocomplete="off"),
    )


def _box_words(w: Words) -> dict[str, Any]:
    return {
        "label": w("page.question"),
        "info": w("page.question_info", most=LONGEST_MESSAGE),
        "placeholder": w("page.question_hint"),
    }


def _listen(parts: Parts, services: Services) -> None:
    """What happens when a visitor sends, presses, stops or starts over."""

    def respond(typed: str, session: Session, event: gr.EventData) -> Iterator[Update]:
        """One deed or one message, with progress while it is worked on."""
        w = words(session.language)
        by_page = event.target is parts.courier
        following = _done(session, event._data, services, w) if by_page else Next(session, say=typed, box="")
        yield from _follow(following, session, parts, services)

    def stop(session: Session) -> Update:
        w = words(session.language)
        after = replace(session, sending=None)
        update = _changes(parts, session, after, services)
        return {**update, parts.box: session.sending or "", parts.status: _status(w("page.stopped"))}

    def start_over(session: Session) -> Update:
        conversation = Conversation(audience=session.conversation.audience)
        after = Session(conversation, language=session.language)
        return {
            **_changes(parts, session, after, services),
            parts.box: "",
            parts.status: "",
        }

    def stack(session: Session, shown: object) -> Update:
        """The stack, if it is another than the one that is shown."""
        now = decided_by(session)
        return {parts.stacked: now, **({} if now == shown else _stack(parts, session, services))}

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    turn = gr.on(
        [parts.box.submit, parts.send.click, parts.courier.click],
        respond,
        [parts.box, parts.session],
        parts.changing,
        trigger_mode="once",
        **quiet,
    )
    settle = "(parcel) => window.stackAdvisor.settle(parcel)"
    turn.then(None, [parts.parcel], None, js=settle, api_visibility="private")
    # The stack takes longer to work out than an answer. By itself, so that the next message need not wait for it.
    stacking = ([parts.session, parts.stacked], [parts.stacked, *parts.of_stack])
    turn.then(stack, *stacking, **quiet)
    for trigger, handler in ((parts.stop.click, stop), (parts.courier.clear, start_over)):
        ended = trigger(handler, [parts.session], parts.changing, cancels=[turn], **quiet)
        ended.then(None, None, None, js="() => window.stackAdvisor.focusBox()", api_visibility="private")
        ended.then(stack, *stacking, **quiet)


def _done(session: Session, sent: Any, services: Services, w: Words) -> Next:
    """A deed done. What goes wrong on this side is noted, and the page stays as it was."""
    try:
        return do(Deed(session, sent if isinstance(sent, dict) else {}, services, w))
    except Exception as error:  # whatever it is, the visitor is told, and keeps their page
        note_failure(log, "a deed", error)
        return Next(session, status=sorry(error, w))


def _follow(following: Next, before: Session, parts: Parts, services: Services) -> Iterator[Update]:
    """The page after a deed, and after the answer that the deed asks for."""
    session = following.session
    w = words(session.language)
    fault = None if following.say is None else unsendable(following.say, w)
    if fault is not None:
        yield {parts.status: _status(fault)}
        return
    said = following.say
    if said is None and following.again is None:
        yield from _kept_and_shown(following, before, session, parts, services)
        return
    pending = replace(session, sending=said or "", trouble=None)
    yield {**_changes(parts, before, pending, services), **_says(parts, following)}
    for step in worked(_work(said, session.conversation, services.adviser)):
        match step:
            case str():
                yield {parts.status: _status(_progress(step, w))}
            case Advice():
                after = session.with_advice(step, said, following.again or "", session.conversation)
                # By now there may be another message in the box.
                yield from _kept_and_shown(replace(following, box=None), pending, after, parts, services)
            case Exception():
                note_failure(log, "a turn", step)
                after = replace(session, sending=None, trouble=sorry(step, w))
                box = {parts.box: said} if said else {}
                yield {**_changes(parts, pending, after, services), **box, parts.status: ""}


def _kept_and_shown(
    following: Next, before: Session, after: Session, parts: Parts, services: Services
) -> Iterator[Update]:
    """The page after a deed or an answer; what is to be stored is stored first."""
    w = words(after.language)
    told = following.status
    try:
        if len(after.turns) > len(before.turns):
            count_unmet(after, services)
        after = keep_up(after, services)
    except Exception as error:  # whatever it is, the visitor is told, and keeps their page
        note_failure(log, "storing a session", error)
        told = not_stored(error, w) or w("errors.not_saved")
        after = replace(after, kept=None) if isinstance(error, NotKept) else after
    yield {**_changes(parts, before, after, services), **_says(parts, replace(following, status=told))}


def _stack(parts: Parts, session: Session, services: Services) -> Update:
    """The view of one award, worked out anew."""
    w = words(session.language)
    try:
        library = services.adviser.shelf.current()
        stack = work_out(session, library, datetime.datetime.now(datetime.UTC).date())
    except Exception as error:  # the answer stands without it
        note_failure(log, "a stack", error)
        return {parts.stack_choice: f"<p>{escape(sorry(error, w))}</p>", parts.stack_words: ""}
    drawn = stack.drawn
    weeks = None if drawn is None else timeline_figure(drawn, w)
    return {
        parts.stack_choice: choice_html(stack, w),
        parts.stack_levels: gr.Plot(value=None if drawn is None else stack_figure(drawn, w), visible=drawn is not None),
        parts.stack_weeks: gr.Plot(value=weeks, visible=weeks is not None),
        parts.stack_words: words_html(stack, w),
    }


def _says(parts: Parts, following: Next) -> Update:
    """What a deed tells and hands over, and what it puts into the box."""
    parcel = None if following.parcel is None else following.parcel.to_json()
    box = {} if following.box is None else {parts.box: following.box}
    return {**box, parts.status: _status(following.status), parts.parcel: parcel}


def _work(said: str | None, conversation: Conversation, adviser: Adviser) -> Callable[[Watch], Advice]:
    if said is None:
        return lambda watch: adviser.again(conversation, watch=watch)
    return lambda watch: adviser.advise(said, conversation, watch=watch)


def _progress(step: str, w: Words) -> str:
    """What the adviser is doing: its steps are told in English only."""
    return step if w.language == "en" else w("page.working") + "…"


def _changes(parts: Parts, before: Session, after: Session, services: Services) -> Update:
    """The session after a deed, and the parts of the page that look different for it."""
    old, new = _shown(before, services), _shown(after, services)
    update: Update = {getattr(parts, name): new[name] for name in new if new[name] != old[name]}
    busy, w = after.sending is not None, words(after.language)
    if busy != (before.sending is not None) or before.language != after.language:
        update[parts.send] = gr.Button(w("page.send"), visible=not busy)
        update[parts.stop] = gr.Button(w("page.stop"), visible=busy)
    if before.language != after.language:
        update[parts.box] = gr.Textbox(**_box_words(w))
    return {**update, parts.session: after, parts.parcel: None}


def _shown(session: Session, services: Services) -> Mapping[str, str]:
    storing = services.store is not None
    w = words(session.language)
    return page_parts(session, w, _library(services), storing=storing, keep_days=services.keep_days)


def _library(services: Services) -> Library | None:
    """The records as they are now; `None` while the index cannot be read, which each answer then says."""
    try:
        return services.adviser.shelf.current()
    except IndexProblem:
        return None


def _status(text: str) -> str:
    """One line on what is happening or what is wrong; empty when there is nothing to say."""
    return f"<p>{escape(text)}</p>" if text else ""


def unsendable(text: str, w: Words) -> str | None:
    """Why a message is not sent yet, in words for its writer; `None` if it may go."""
    if not text.strip():
        return w("page.empty")
    if len(text) > LONGEST_MESSAGE:
        return w("page.too_long", n=len(text), most=LONGEST_MESSAGE)
    return None


def worked(work: Callable[[Watch], Advice]) -> Iterator[str | Advice | Exception]:
    """What is being done, sentence by sentence, then the advice, or the exception that ended it."""
    told: SimpleQueue[str | Advice | Exception] = SimpleQueue()

    def run() -> None:
        try:
            told.put(work(told.put))
        except Exception as error:  # handed to the caller, who logs it and tells the visitor
            told.put(error)

    threading.Thread(target=run, name="turn", daemon=True).start()
    while True:
        step = told.get()
        yield step
        if not isinstance(step, str):
            return


def sorry(error: Exception, w: Words) -> str:
    """What a visitor reads when a turn fails: no paths, no traceback."""
    if isinstance(error, IndexProblem):
        return f"{w('errors.index_title')} {w('errors.index', remedy=error.remedy)}"
    return f"{w('errors.failed_title')} {w('errors.failed')}"


def _beside(name: str) -> str:
    """A file of the page's own style or script; sent inside the page, so that nothing is fetched from elsewhere."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
