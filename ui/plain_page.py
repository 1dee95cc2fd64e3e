"""The plain page as HTML: the same advice with no script and little data. Pure; all data is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.sentences import LONGEST_MESSAGE
from ui.learning_words import prior_words
from ui.lines import Section
from ui.markup import escape
from ui.plain_state import Visit
from ui.profile_form import Choices, source_words, value_words
from ui.record_html import STYLE as RECORD_STYLE
from ui.record_html import section_html
from ui.words import LANGUAGES, Words, words

SHOWN = ("advice", "open", "courses", "pathway", "ask", "unchecked", "sources")
"""The sections of a record that answer a question, in the order of this page."""
FORMS = ("pdf", "html", "csv", "json")

STYLE = (
    RECORD_STYLE
    + """
nav ul,.row{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:.5rem 0}
nav a{display:inline-block;padding:.5rem .3rem}
button{font:inherit;min-height:2.75rem;padding:.4rem .9rem;border:2px solid var(--teal);border-radius:.4rem;background:var(--page);
color:var(--teal);cursor:pointer;text-align:left;max-width:100%;overflow-wrap:anywhere}
.strong{background:var(--teal);color:var(--page);font-weight:600}
label{font-weight:600;display:block}
textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:2px solid var(--quiet);border-radius:.4rem;
background:var(--page);color:var(--ink)}
button:focus-visible,textarea:focus-visible{outline:3px solid var(--teal);outline-offset:2px}
.known li{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;justify-content:space-between;border-bottom:1px solid var(--rule);
padding:.3rem 0}.known{list-style:none;padding:0}.known span{flex:1 1 12rem}
.alert{border-left:4px solid var(--teal);background:var(--pale);padding:.6rem .9rem}
@media print{form,nav{display:none}}
"""
)

POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with the page: show it and send its form. No script can run in it at all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one page shows. `seal`: the hidden field; `sections`: the record of the last exchange; `said`: what went wrong, or
    what happened; `typed`: what stays in the box."""

    visit: Visit
    seal: str
    sections: Sequence[Section]
    choices: Choices
    language: str
    said: str = ""
    typed: str = ""


def page_html(shown: Shown) -> str:
    """The whole page."""
    w = words(shown.language)
    answered = bool(shown.sections)
    title = f"{w('plain.answer')} - {w('page.title')}" if answered else w("page.title")
    body = "".join(_body(shown, w))
    return (
        f"<!doctype html>\n<html lang='{escape(w('page.html_lang'))}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><meta name='robots' content='noindex'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _body(shown: Shown, w: Words) -> Iterator[str]:
    yield f"<h1>{escape(w('page.title'))}</h1>{_ways(shown.language, w)}"
    if shown.said:
        yield f"<p class='alert' role='alert'>{escape(shown.said)}</p>"
    if shown.sections:
        yield f"<div id='answer' lang='en-GB'>{_answer(shown.sections)}</div>"
    else:
        yield f"<p class='lead'>{escape(w('page.lead'))}</p><p>{escape(w('page.not_an_adviser'))}</p>"
    yield "<form id='form' method='post' action='/plain#answer'>"
    yield f"<input type='hidden' name='state' value='{escape(shown.seal)}'>"
    yield f"<input type='hidden' name='lang' value='{escape(shown.language)}'>"
    yield _box(shown, w)
    yield _chips(shown, w)
    yield _known(shown, w)
    yield _limits(shown, w)
    yield _keep(shown, w)
    yield f"<p class='lead'>{escape(w('plain.nothing_kept'))}</p></form>"


def _ways(language: str, w: Words) -> str:
    """To the full page, and to the other languages."""
    others = "".join(
        f"<li><a href='/plain?lang={code}' lang='{code}' hreflang='{code}'>{escape(name)}</a></li>"
        for code, name in LANGUAGES.items()
        if code != language
    )
    full = f"<li><a href='/'>{escape(w('plain.full_page'))}</a></li>"
    return f"<nav aria-label='{escape(w('page.views'))}'><ul>{full}{others}</ul></nav>"


def _answer(sections: Sequence[Section]) -> str:
    chosen = [section for key in SHOWN for section in sections if section.key == key]
    return "".join(section_html(number, section) for number, section in enumerate(chosen, start=1))


def _box(shown: Shown, w: Words) -> str:
    again = w("plain.again") if shown.sections else w("page.question")
    return (
        f"<h2><label for='q'>{escape(again)}</label></h2>"
        f"<textarea id='q' name='q' rows='4' maxlength='{LONGEST_MESSAGE}' lang='en-GB' autocomplete='off'>{escape(shown.typed)}</textarea>"
        f"<p><button class='strong' name='do' value='ask'>{escape(w('plain.ask'))}</button></p>"
    )


def _chips(shown: Shown, w: Words) -> str:
    """Questions that can be sent as they are: what the last answer leaves open, or examples."""
    if shown.visit.exchanges:
        heading, texts = w("page.follow_ups"), shown.visit.exchanges[-1].advice.get("follow_ups", ())
    else:
        heading = w("page.examples_title")
        texts = [w(key) for key in w.entries if key.startswith("page.example.")]
    buttons = "".join(_button("say", text, text, " lang='en-GB'") for text in texts)
    return f"<h2>{escape(heading)}</h2><div class='row'>{buttons}</div>" if buttons else ""


def _known(shown: Shown, w: Words) -> str:
    """Every fact with where it came from and a button that takes it away."""
    profile = shown.visit.conversation.profile
    rows = [
        _fact(
            name,
            f"{w.of('profile.field', name)}: {value_words(name, fact.value, shown.choices, w)}",
            source_words(fact, w),
            w,
        )
        for name, fact in profile.facts.items()
        if name != "prior_learning"
    ]
    learnt = profile.to_json().get("prior_learning", {"value": []})["value"]
    for place, item in enumerate(learnt):
        where = source_words(profile.facts["prior_learning"], w)
        rows.append(_fact(f"prior_learning.{place}", f"{item['title']} ({prior_words(item, w)})", where, w))
    told = f"<ul class='known'>{''.join(rows)}</ul>" if rows else f"<p>{escape(w('profile.nothing'))}</p>"
    return f"<h2>{escape(w('plain.profile_title'))}</h2>{told}"


def _fact(name: str, text: str, source: str, w: Words) -> str:
    named = f" aria-label='{escape(w('profile.delete_field', field=text))}'"
    return (
        f"<li><span>{escape(text)} <span class='origin'>({escape(source)})</span></span>"
        f"{_button('remove', name, w('profile.delete'), named)}</li>"
    )


def _limits(shown: Shown, w: Words) -> str:
    limits = shown.visit.conversation.limits
    buttons = "".join(_button("lift", name, w("panel.limit_remove", limit=limit)) for name, limit in limits.items())
    return f"<h2>{escape(w('panel.limits_title'))}</h2><div class='row'>{buttons}</div>" if buttons else ""


def _keep(shown: Shown, w: Words) -> str:
    """The downloads, once there is something to keep."""
    if not shown.visit.exchanges:
        return ""
    files = "".join(_download(f"advice.{form}", w.of("keep", form)) for form in FORMS)
    letters = "".join(
        _download(f"letter.{form}", f"{w('keep.letter_get')} ({form.upper()})") for form in ("pdf", "txt")
    )
    return (
        f"<h2>{escape(w('keep.title'))}</h2><p>{escape(w('keep.download_intro'))}</p><div class='row'>{files}</div>"
        f"<p>{escape(w('keep.letter_intro'))}</p><div class='row'>{letters}</div>"
    )


def _download(file: str, text: str) -> str:
    return f"<button formaction='/plain/{file}'>{escape(text)}</button>"


def _button(name: str, value: str, text: str, more: str = "") -> str:
    return f"<button name='{name}' value='{escape(value)}'{more}>{escape(text)}</button>"
