"""The conversation as HTML: what was said, the answers with their sources, and what can be done next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.answer import Answer, Claim
from assistant.evidence import Evidence
from ui.fragments import jump_html, source_line
from ui.glossary import explained
from ui.markup import attributes, button, copy_button, escape, hidden, items, link, sure
from ui.session import Session, Turn
from ui.words import Words

EXAMPLES = ("nursing", "ects", "google", "bookkeeping", "loan")
REASONS = ("wrong", "missed", "unclear", "old", "something_else")
LONGEST_FEEDBACK = 1000


def transcript_html(session: Session, w: Words, *, feedback: bool = False) -> str:
    """The whole conversation; examples to start from if there is none. `feedback`: whether thumbs are offered."""
    turns = "".join(_turn(place, session, w, feedback) for place in range(len(session.turns)))
    under_way = _under_way(session, w)
    title = f"<h2 class='sa-hidden'>{escape(w('page.conversation'))}</h2>"
    inside = f"{title}<ol class='sa-turns'>{turns}{under_way}</ol>" if turns or under_way else _examples(w)
    after = _after(session, w) if turns and session.sending is None else ""
    # The log is not live: a screen reader would read all of it again at each change. `page.js` says each answer once.
    log = {"role": "log", "aria-live": "off", "aria-label": w("page.conversation"), "data-turns": len(session.turns)}
    return f"<section{attributes(log)}>{inside}{after}</section>"


def _examples(w: Words) -> str:
    asked = (button("say", text, css="sa-example", text=text) for text in (w.of("page.example", e) for e in EXAMPLES))
    return f"<div class='sa-examples'><h2>{escape(w('page.examples_title'))}</h2>{''.join(asked)}</div>"


def _turn(place: int, session: Session, w: Words, feedback: bool) -> str:
    turn = session.turns[place]
    last = place == len(session.turns) - 1
    said = _note(turn.note) if turn.said is None else _said(turn.said, w)
    answer = (
        f"<div class='sa-answer sa-copyable' id='sa-answer-{place + 1}' tabindex='-1'>"
        f"<h3 class='sa-hidden'>{escape(w('page.advisor'))}</h3>"
        f"<div class='sa-prose'>{explained(prose_html(turn.answer, place, w), w, f'answer-{place + 1}')}</div>"
        f"{_sources(turn.answer, place, w)}</div>"
    )
    return f"<li class='sa-turn'>{said}{answer}{_tools(place, turn, session, w, last, feedback)}</li>"


def _said(text: str, w: Words) -> str:
    return f"<div class='sa-said'><h3 class='sa-hidden'>{escape(w('page.you'))}</h3><p>{escape(text)}</p></div>"


def _note(text: str) -> str:
    return f"<p class='sa-note'>{escape(text)}</p>"


def _under_way(session: Session, w: Words) -> str:
    """The message that is being worked on, or why the last one got no answer."""
    said = "" if not session.sending else _said(session.sending, w)
    trouble = f"<div class='sa-trouble' role='alert'><p>{escape(session.trouble)}</p></div>" if session.trouble else ""
    return f"<li class='sa-turn'>{said}{trouble}</li>" if said or trouble else ""


def prose_html(answer: Answer, place: int, w: Words) -> str:
    """The answer itself: a paragraph per source with its number, courses as a list, the question back at the end."""
    parts = [*_paragraphs(answer, place, w)]
    parts += [
        f"<p><strong>{escape(w('panel.ask_who', who=other.who))}:</strong> “{escape(other.question)}”</p>"
        for other in answer.ask_others
    ]
    parts += [f"<p class='sa-back'>{escape(question)}</p>" for question in answer.questions]
    parts += [f"<p class='sa-small'>{escape(notice)}</p>" for notice in answer.notices]
    return "".join(parts)


def _paragraphs(answer: Answer, place: int, w: Words) -> Iterator[str]:
    """Claims that rest on the same sources run on in one paragraph; a sentence without a source goes on with it."""
    open_claims: list[Claim] = []
    bullets: list[Claim] = []
    for claim in answer.claims:
        if claim.bullet:
            yield from _paragraph(open_claims, answer, place, w)
            open_claims = []
            bullets.append(claim)
            continue
        yield from _bullets(bullets, answer, place, w)
        bullets = []
        if open_claims and claim.cites and claim.cites != open_claims[0].cites:
            yield from _paragraph(open_claims, answer, place, w)
            open_claims = []
        open_claims.append(claim)
    yield from _paragraph(open_claims, answer, place, w)
    yield from _bullets(bullets, answer, place, w)


def _paragraph(claims: list[Claim], answer: Answer, place: int, w: Words) -> Iterator[str]:
    if claims:
        cited = max((number for number, claim in enumerate(claims) if claim.cites), default=None)
        sentences = (
            escape(claim.text) + (_marks(claim, answer, place, w) if number == cited else "")
            for number, claim in enumerate(claims)
        )
        yield f"<p>{' '.join(sentences)}</p>"


def _bullets(claims: list[Claim], answer: Answer, place: int, w: Words) -> Iterator[str]:
    if claims:
        yield f"<ul>{items(escape(claim.text) + _marks(claim, answer, place, w) for claim in claims)}</ul>"


def _marks(claim: Claim, answer: Answer, place: int, w: Words) -> str:
    """The numbers of what a claim rests on; each opens its source."""
    return "".join(f" {_mark(answer.number(source), place, w)}" for source in claim.cites)


def _mark(number: int, place: int, w: Words) -> str:
    named = {
        "type": "button",
        "class": "sa-mark",
        "popovertarget": f"sa-cited-{place + 1}-{number}",
        "aria-label": w("panel.source_number", number=number),
    }
    return f"<button{attributes(named)}>[{number}]</button>"


def _sources(answer: Answer, place: int, w: Words) -> str:
    return "".join(_popover(number, source, place, w) for number, source in enumerate(answer.evidence, start=1))


def _popover(number: int, source: Evidence, place: int, w: Words) -> str:
    """A source as the number in the text opens it. The browser shows it above everything and closes it on Escape."""
    name = f"sa-cited-{place + 1}-{number}"
    close = f"<button type='button' class='sa-quiet' popovertarget='{name}'>{escape(w('page.close'))}</button>"
    return (
        f"<div popover id='{name}' class='sa-popover' role='dialog' aria-label='{escape(source.title)}'>"
        f"<p class='sa-source-title'><span class='sa-number'>[{number}]</span> {link(source.url, source.title, w)}</p>"
        f"<p class='sa-small'>{escape(source_line(source, w))}</p>"
        f"<p class='sa-label'>{escape(w('panel.what_it_says'))}</p><blockquote>{escape(source.quote)}</blockquote>{close}</div>"
    )


def _tools(place: int, turn: Turn, session: Session, w: Words, last: bool, feedback: bool) -> str:
    busy = session.sending is not None
    tools = [copy_button("sa-prose", w("page.copy"), w)]
    if last and not busy and turn.before is not None:
        tools.append(button("retry", w("page.retry"), css="sa-quiet"))
    if place == session.last_message and not busy:
        tools.append(button("edit", w("page.edit_last"), css="sa-quiet"))
    thumbs = _thumbs(place, turn, w) if feedback else ""
    return f"<div class='sa-tools'>{''.join(tools)}{thumbs}</div>{_reasons(place, turn, w) if feedback else ''}"


THUMB = "M7 10v11H3V10zM9 20.2c.9.5 2 .8 3 .8h5.2c1 0 1.8-.7 2-1.6l1.3-6.6c.2-1.3-.7-2.4-2-2.4H14l.7-3.6c.2-1.5-.9-2.8-2.4-2.8L9 10z"
"""The outline of a hand with its thumb up, in a square of 24."""


def _thumbs(place: int, turn: Turn, w: Words) -> str:
    shown = "".join(_thumb(place, turn, up, w) for up in (True, False))
    return f"<span role='group' class='sa-thumbs' aria-label='{escape(w('page.feedback.title'))}'>{shown}</span>"


def _thumb(place: int, turn: Turn, up: bool, w: Words) -> str:
    named: dict[str, object] = {
        "type": "button",
        "class": f"sa-thumb{'' if up else ' sa-down'}",
        "data-do": "thumb",
        "data-turn": place,
        "data-up": "yes" if up else "no",
        "aria-pressed": "true" if turn.up is up else "false",
        "title": w("page.feedback.up" if up else "page.feedback.down"),
    }
    drawn = f"<svg viewBox='0 0 24 24' aria-hidden='true'><path d='{THUMB}'/></svg>"
    return f"<button{attributes(named)}>{drawn}{hidden(str(named['title']))}</button>"


def _reasons(place: int, turn: Turn, w: Words) -> str:
    """The form that follows a thumb: why, from a list, and in words if someone likes."""
    if turn.up is None or turn.receipt is None:
        return ""
    if turn.note_given:
        return f"<p class='sa-small' role='status'>{escape(w('page.feedback.thanks'))}</p>"
    chosen = REASONS if not turn.up else ()
    boxes = "".join(
        f"<label class='sa-choice'><input type='radio' name='because' value='{reason}'>"
        f"<span>{escape(w.of('page.feedback.because', reason))}</span></label>"
        for reason in chosen
    )
    legend = escape(w("page.feedback.reason"))
    field = attributes(
        {"name": "words", "rows": 2, "maxlength": LONGEST_FEEDBACK, "aria-label": w("page.feedback.reason")}
    )
    return (
        f"<form class='sa-form sa-card' data-do='feedback' data-turn='{place}'><fieldset><legend>{legend}</legend>{boxes}"
        f"<p class='sa-small'>{escape(w('page.feedback.reason_hint'))}</p><textarea{field}></textarea></fieldset>"
        f"<button type='submit' class='sa-button'>{escape(w('page.feedback.send'))}</button></form>"
    )


def _after(session: Session, w: Words) -> str:
    """What stands under the last answer: the way to what is behind it, the limits in force, what to ask next."""
    answer = session.turns[-1].answer
    parts = (
        jump_html(answer, w),
        limits_html(session.conversation.limits, w),
        _follow_ups(answer, w),
        f"<div class='sa-over'>{sure('over', w('page.start_over'), w('page.start_over_sure'), w('page.yes_start_over'), w)}</div>",
    )
    return f"<div class='sa-after'>{''.join(parts)}</div>"


def limits_html(limits: Mapping[str, str], w: Words) -> str:
    """The hard limits on the last search, each a button that takes it off; empty if there are none."""
    chips = (
        button("limit", words, more=w("panel.limit_remove", limit=words), css="sa-chip sa-off", name=name)
        for name, words in limits.items()
    )
    return _chips("limits", w("panel.limits_title"), chips) if limits else ""


def _follow_ups(answer: Answer, w: Words) -> str:
    chips = (button("say", text, css="sa-chip", text=text) for text in answer.follow_ups)
    return _chips("next", w("page.follow_ups"), chips) if answer.follow_ups else ""


def _chips(name: str, title: str, chips: Iterator[str]) -> str:
    return (
        f"<div class='sa-chips' role='group' aria-labelledby='sa-{name}-title'>"
        f"<h3 id='sa-{name}-title'>{escape(title)}</h3>{''.join(chips)}</div>"
    )
