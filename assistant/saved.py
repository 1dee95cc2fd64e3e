"""A conversation as JSON and back: to resume it later, on another machine, or after a restart. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.advise import Audience, Conversation
from assistant.follow import Earlier
from assistant.profile import LearnerProfile, ProfileError, read_profile

FORMAT = 1
"""Raised when an older program could not read what a newer one writes."""


class Unreadable(ValueError):
    """What was saved is no conversation of ours: which part, and why."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(part, why)
        self.part, self.why = part, why

    def __str__(self) -> str:
        return f"saved conversation: {self.part}: {self.why}"


def conversation_json(conversation: Conversation) -> dict[str, Any]:
    """Everything a conversation remembers, as plain JSON."""
    earlier = conversation.earlier
    return {
        "format": FORMAT,
        "profile": conversation.profile.to_json(),
        "turns": conversation.turns,
        "earlier": None if earlier is None else _earlier().dump_python(earlier, mode="json"),
        "audience": conversation.audience.value,
        "lifted": sorted(conversation.lifted),
        "asked": sorted(conversation.asked),
        "set_aside": None if conversation.set_aside is None else conversation.set_aside.to_json(),
        "supposed": None if conversation.supposed is None else conversation.supposed.to_json(),
    }


def read_conversation(data: Any) -> Conversation:
    """The conversation that `conversation_json` wrote. Raises `Unreadable` (a `ValueError`) naming the first bad part."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable(
            "format",
            f"expected {FORMAT}, found {data.get('format') if isinstance(data, dict) else type(data).__name__}",
        )
    try:
        earlier = data.get("earlier")
        return Conversation(
            profile=_profile(data.get("profile") or {}),
            turns=_turns(data.get("turns", 0)),
            earlier=None if earlier is None else _earlier().validate_python(earlier),
            audience=Audience(data.get("audience", Audience.LEARNER)),
            lifted=frozenset(str(name) for name in data.get("lifted", ())),
            asked=frozenset(str(name) for name in data.get("asked", ())),
            set_aside=None if data.get("set_aside") is None else _profile(data["set_aside"]),
            supposed=None if data.get("supposed") is None else _profile(data["supposed"]),
        )
    except Unreadable:
        raise
    except ValidationError as error:
        first = error.errors()[0]
        raise Unreadable(f"earlier.{'.'.join(map(str, first['loc']))}", first["msg"]) from error
    except ProfileError as error:
        raise Unreadable("profile", str(error)) from error
    except (TypeError, ValueError) as error:
        raise Unreadable("audience, lifted or asked", str(error)) from error


def _profile(data: Any) -> LearnerProfile:
    """The profile with each fact's own source ("turn 2"), which a file from elsewhere would not keep."""
    read = read_profile(data)
    sources = {
        name: str(entry["from"])[:40] for name, entry in data.items() if isinstance(entry, dict) and "from" in entry
    }
    return LearnerProfile(
        {name: replace(fact, source=sources.get(name, fact.source)) for name, fact in read.facts.items()}
    )


def _turns(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Unreadable("turns", f"expected a whole number, found {value!r}")
    return value


@cache
def _earlier() -> TypeAdapter[Earlier]:
    return TypeAdapter(Earlier)
