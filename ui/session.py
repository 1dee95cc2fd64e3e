"""What one visitor's page holds: their turns with the answers, and what they chose. Frozen; a change gives a new one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.advise import Advice, Conversation
from assistant.answer import Answer
from assistant.contract import advice_json
from assistant.profile import LearnerProfile
from ui.profile_form import Draft
from ui.store import Share, SharedAdvice

Json = dict[str, Any]

BY_HAND = "form"
"""The source of a fact that was typed into the profile."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer. `said` is the message it answers, or `None` where a change on the page asked anew; then `note` says which
    change. `before` is the conversation it was asked in: `None` if the turn was resumed, and so cannot be taken back."""

    said: str | None
    answer: Answer
    trace: Json
    note: str = ""
    before: Conversation | None = None
    up: bool | None = None
    """The thumb the visitor gave, if any."""
    receipt: str | None = None
    """By which that feedback can be deleted again."""
    note_given: bool = False
    """Whether the visitor also said why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored session: its key, the version to save over next, until when it is kept, and what of it is stored."""

    key: str
    version: int
    until: datetime.date
    turns: tuple[Turn, ...]
    conversation: Conversation
    shares: tuple[Share, ...] = ()
    code: str | None = None
    """A code for an adviser, as it was made: it cannot be shown again later."""
    advice: tuple[SharedAdvice, ...] = ()
    """What advisers wrote and shared back."""


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor. Lives in their own Gradio state only."""

    conversation: Conversation = field(default_factory=Conversation)
    turns: tuple[Turn, ...] = ()
    language: str = "en"
    sending: str | None = None
    """The message that is being worked on."""
    trouble: str | None = None
    """Why the last message got no answer."""
    compared: tuple[str, ...] = ()
    """Ids of the courses to see side by side, in the order they were chosen."""
    award_id: str | None = None
    """The award whose stack is looked at; `None` for the first that is offered."""
    objective: str = "cheapest"
    draft: Draft | None = None
    """What was typed into the profile and could not be used yet."""
    kept: Kept | None = None
    """Where the session is stored, if its visitor asked for that."""
    receipts: tuple[str, ...] = ()
    """Of all feedback that was given."""

    def with_advice(self, advice: Advice, said: str | None, note: str, before: Conversation) -> Session:
        """After an answer."""
        trace = advice_json(advice) | ({"note": note} if said is None else {})
        turn = Turn(said, advice.answer, trace, note, before)
        return replace(
            self, conversation=advice.conversation, turns=(*self.turns, turn), sending=None, trouble=None, draft=None
        )

    @property
    def last_message(self) -> int | None:
        """The place (from 0) of the last turn that answers a message and can be taken back; `None` if there is none."""
        places = [place for place, turn in enumerate(self.turns) if turn.said is not None and turn.before is not None]
        return places[-1] if places else None

    def before(self, place: int) -> Session:
        """Before the turn at a place (from 0). What was typed into the profile by hand since then stays."""
        then = self.turns[place].before
        if then is None:
            return self
        by_hand = {name: fact for name, fact in self.conversation.profile.facts.items() if fact.source == BY_HAND}
        profile = LearnerProfile({**then.profile.facts, **by_hand})
        return replace(self, conversation=then.with_profile(profile), turns=self.turns[:place], trouble=None)

    def with_turn(self, place: int, turn: Turn) -> Session:
        """With the turn at a place (from 0) replaced."""
        return replace(self, turns=(*self.turns[:place], turn, *self.turns[place + 1 :]))

    @property
    def last(self) -> Answer | None:
        """The answer shown last."""
        return self.turns[-1].answer if self.turns else None
