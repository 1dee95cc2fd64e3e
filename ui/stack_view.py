"""The view "Your stack": which award, which route, and what the pictures and lists of it are made from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from assistant.outlook import Choice, Outlook, choices, outlook
from assistant.shelf import Library
from assistant.stacking import NotProvedError
from assistant.stacking.awards import Incomplete
from assistant.stacking.problem import Objective
from corpus.courses import AwardKind
from ui.markup import button, escape
from ui.pictures import amount_of
from ui.session import Session
from ui.stack_html import incomplete_html, route_words, stack_html
from ui.words import Words


@dataclass(frozen=True, slots=True)
class Stack:
    """What can be shown of one award. `found`: `None` if there is no award to show, or its sum could not be worked out."""

    choices: tuple[Choice, ...] = ()
    chosen: Choice | None = None
    found: Outlook | Incomplete | None = None

    @property
    def drawn(self) -> Outlook | None:
        """What can be drawn."""
        return self.found if isinstance(self.found, Outlook) else None


def decided_by(session: Session) -> tuple[object, ...]:
    """What the stack of a session depends on: two sessions that agree in it have the same stack."""
    facts = tuple((name, fact.value) for name, fact in session.conversation.profile.facts.items())
    return facts, bool(session.turns), _named(session), session.award_id, session.objective, session.language


def _named(session: Session) -> tuple[str, ...]:
    """Awards that answers were about, the last first."""
    named = (str(path["award_id"]) for turn in reversed(session.turns) for path in turn.answer.pathways)
    return tuple(dict.fromkeys(named))


def work_out(session: Session, library: Library, today: datetime.date) -> Stack:
    """The stack of a session. Takes up to a few tenths of a second; nothing at all if nothing is known to go by."""
    profile = session.conversation.profile
    offered = choices(library, profile, today, _named(session)) if profile.facts or session.turns else ()
    if not offered:
        return Stack()
    chosen = next((choice for choice in offered if choice.award.id == session.award_id), offered[0])
    try:
        found = outlook(library, profile, chosen.award.id, Objective(session.objective), today)
    except NotProvedError:
        return Stack(offered, chosen)
    return Stack(offered, chosen, found)


def choice_html(stack: Stack, w: Words) -> str:
    """The award and the route to look at, each to be chosen."""
    title = f"<h2>{escape(w('stack.title'))}</h2><p class='sa-small'>{escape(w('stack.intro'))}</p>"
    if stack.chosen is None:
        return f"{title}<p>{escape(w('stack.award_none'))}</p>"
    awards = "".join(_award(choice, choice is stack.chosen, w) for choice in stack.choices)
    routes = "" if stack.drawn is None else _routes(stack.drawn, w)
    return f"{title}{_group('awards', w('stack.award_nearest'), awards)}{routes}"


def _award(choice: Choice, chosen: bool, w: Words) -> str:
    national = choice.award.kind is AwardKind.NATIONAL_MINIMUM
    words = choice.award.title if national else f"{choice.award.title}, {choice.award.provider}"
    if choice.usable is not None and choice.missing is not None:
        words += ": " + w("stack.choice", usable=amount_of(choice.usable), missing=amount_of(choice.missing))
    return button("award", words, css="sa-chip", pressed=chosen, award=choice.award.id)


def _routes(found: Outlook, w: Words) -> str:
    if not found.routes:
        return ""
    if found.same_route:
        return f"<p>{escape(w('stack.same_route'))} {escape(route_words(found.routes[0], w))}</p>"
    offered = "".join(
        button(
            "route",
            route_words(route, w),
            css="sa-chip",
            pressed=route.objective is found.objective,
            route=route.objective,
        )
        for route in found.routes
    )
    return _group("routes", w("stack.route"), offered)


def _group(name: str, title: str, inside: str) -> str:
    heading = f"<h3 id='sa-{name}-title'>{escape(title)}</h3>"
    return f"<div class='sa-chips' role='group' aria-labelledby='sa-{name}-title'>{heading}{inside}</div>"


def words_html(stack: Stack, w: Words) -> str:
    """Everything that the pictures show, and what they cannot, in words."""
    match stack.found:
        case Outlook():
            return stack_html(stack.found, w)
        case Incomplete() if stack.chosen is not None:
            return incomplete_html(stack.found, stack.chosen.award, w)
    return "" if stack.chosen is None else f"<p>{escape(w('stack.not_proved'))}</p>"
