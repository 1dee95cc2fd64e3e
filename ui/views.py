"""What the page shows for a session, part by part, as HTML. Pure: the same session always looks the same."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.advise import Audience
from assistant.shelf import Library
from ui.compare import compare_html
from ui.fragments import panel_html
from ui.glossary import glossary, terms_html
from ui.keep_html import keep_html
from ui.markup import attributes, button, escape
from ui.profile_form import Choices, profile_html
from ui.session import Session
from ui.transcript import transcript_html
from ui.words import LANGUAGES, Words

VIEWS = ("chat", "answer", "you", "stack", "compare", "keep")
"""The views of the page in the order of their tabs. On a wide window the chat is always there and has no tab."""


def page_parts(
    session: Session, w: Words, library: Library | None, *, storing: bool, keep_days: int
) -> Mapping[str, str]:
    """Every part of the page by name. `library` is `None` while there is no index; `storing`: whether anything can be
    stored here."""
    choices = Choices() if library is None else Choices.of(library.catalogue)
    return {
        "header": header_html(session, w),
        "chat": transcript_html(session, w, feedback=storing),
        "tabs": tabs_html(w),
        "answer": panel_html(session.last, w, session.compared),
        "words": words_html(w, library),
        "you": profile_html(session.conversation.profile, choices, w, session.draft),
        "compare": _compare(session, w, library),
        "keep": keep_html(session, w, storing=storing, keep_days=keep_days),
    }


def words_html(w: Words, library: Library | None) -> str:
    """Every word of credit explained, closed until it is wanted."""
    if library is None:
        return ""
    listed = terms_html(glossary().terms, w, library.catalogue.card)
    intro = f"<p class='sa-small'>{escape(w('glossary.intro'))}</p>"
    return f"<details data-key='words'><summary>{escape(w('panel.words_all'))}</summary>{intro}{listed}</details>"


def _compare(session: Session, w: Words, library: Library | None) -> str:
    title = f"<h2>{escape(w('compare.title'))}</h2>"
    if library is None:
        return title
    found = (library.catalogue.course(course) for course in session.compared)
    courses = [course for course in found if course is not None]
    return f"{title}{compare_html(courses, w, library.pathways.where_it_counts)}"


def header_html(session: Session, w: Words) -> str:
    """The name of the page, what it is for, and how it speaks."""
    skip = f"<a class='sa-skip' href='#sa-box'>{escape(w('page.skip_to_question'))}</a>"
    return (
        f"{skip}<header class='sa-header' data-lang='{escape(w('page.html_lang'))}'>"
        f"<div class='sa-title'><h1>{escape(w('page.title'))}</h1>{_speech(session, w)}</div>"
        f"<p class='sa-lead'>{escape(w('page.lead'))}</p><p class='sa-not'>{escape(w('page.not_an_adviser'))}</p>"
        f"{_english_answers(w)}<p class='sa-not'><a href='/plain'>{escape(w('page.plain_page'))}</a></p></header>"
    )


def _english_answers(w: Words) -> str:
    return "" if w.language == "en" else f"<p class='sa-not'>{escape(w('page.corpus_language'))}</p>"


def _speech(session: Session, w: Words) -> str:
    """The language, and whether answers are worded simply."""
    simple = session.conversation.audience is Audience.SIMPLE
    switch = button("simple", w("page.wording.simple"), css="sa-switch", pressed=simple)
    languages = "".join(_language(code, name, w) for code, name in LANGUAGES.items())
    group = f"<span role='group' aria-label='{escape(w('page.language'))}'>{languages}</span>"
    return f"<div class='sa-speech'>{switch}{group}</div>"


def _language(code: str, name: str, w: Words) -> str:
    chosen = "true" if code == w.language else "false"
    named = {"type": "button", "class": "sa-switch", "data-do": "language", "data-code": code, "lang": code}
    return f"<button{attributes({**named, 'aria-pressed': chosen})}>{escape(name)}</button>"


def tabs_html(w: Words) -> str:
    """The tabs of the views; `page.js` says which one is chosen, and moves between them."""
    tabs = "".join(
        f"<button type='button' role='tab' id='sa-tab-{view}' data-tab='{view}' aria-controls='{_panel(view)}'>"
        f"<span class='sa-whole'>{escape(w.of('page.view', view))}</span>"
        f"<span class='sa-short'>{escape(w.of('page.view_short', view))}</span></button>"
        for view in VIEWS
    )
    return f"<div role='tablist' class='sa-tabs' aria-label='{escape(w('page.views'))}'>{tabs}</div>"


def _panel(view: str) -> str:
    return "sa-talk" if view == "chat" else f"sa-view-{view}"
