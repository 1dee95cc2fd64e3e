"""A conversation survives its own JSON, and nothing else is taken for one."""

import json

import pytest

from assistant.advise import Adviser, Audience, Conversation
from assistant.saved import Unreadable, conversation_json, read_conversation


@pytest.mark.parametrize(
    "messages",
    [
        (),
        ("free online bookkeeping course, level 2 or above",),
        ("I have 30 ECTS from 2020 and live in Wales with £200", "what would a CertHE still need?"),
    ],
)
def test_a_conversation_comes_back_as_it_was(adviser: Adviser, messages: tuple[str, ...]) -> None:
    conversation = Conversation().with_audience(Audience.ADVISER).without_limit("mode")
    for message in messages:
        conversation = adviser.advise(message, conversation).conversation
    assert read_conversation(json.loads(json.dumps(conversation_json(conversation)))) == conversation


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"format": 99}, "format"),
        ({"turns": -1}, "turns"),
        ({"turns": "2"}, "turns"),
        ({"profile": {"shoe_size": 9}}, "profile"),
        ({"earlier": {"message": 5}}, "earlier"),
        ({"audience": "king"}, "audience, lifted or asked"),
    ],
)
def test_what_is_unreadable_is_named(change: dict[str, object], part: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_conversation({**conversation_json(Conversation()), **change})
    assert error.value.part.split(".")[0] == part


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_no_object_is_no_conversation(data: object) -> None:
    with pytest.raises(Unreadable):
        read_conversation(data)
