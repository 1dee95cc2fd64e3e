"""What the plain page remembers of a visit, sealed into the page itself, so that the server keeps nothing.

A visit travels in one hidden field: packed (about 2 to 5 kB for a few questions), and signed with a secret of the data folder,
so that nobody can put advice into our downloads that we did not give. Not a saved session: those are stored, and nothing is
stored before a visitor asks for it. Not a cookie: no consent to ask for, and nothing left on a shared computer. It is signed, not
secret: it holds only what its own visitor said and read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.advise import Conversation
from assistant.saved import conversation_json, read_conversation
from ui.record import Exchange

LONGEST_SEAL = 60_000
"""Characters of the hidden field: some forty questions. Nothing is dropped in silence; a visit that would grow beyond ends."""
KEY_BYTES = 32
NEEDLESS = frozenset({"answer", "profile", "timings_ms"})
"""Parts of an exchange that nothing is made from again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A conversation, and every exchange of it, for the downloads."""

    conversation: Conversation = field(default_factory=Conversation)
    exchanges: tuple[Exchange, ...] = ()


class BadSeal(ValueError):
    """A hidden field that is not ours: changed, cut, from another server, or of another version."""

    def __str__(self) -> str:
        return "the state of the plain page is not one that this server sealed; start again"


def key_of(home: Path) -> bytes:
    """The secret of a data folder, made the first time. Several processes over one folder share it."""
    file = home / "plain.key"
    with FileLock(home / "plain.key.lock"):
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(os.urandom(KEY_BYTES))
        key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{file}: {len(key)} bytes, expected {KEY_BYTES}; delete it, and a new one is made")
    return key


def seal(visit: Visit, key: bytes) -> str:
    """The hidden field of a visit. One longer than `LONGEST_SEAL` is not to be given out."""
    packed = _packed(visit)
    return base64.urlsafe_b64encode(_signature(packed, key) + packed).decode("ascii")


def unseal(text: str, key: bytes) -> Visit:
    """The visit in a hidden field; a new one if it is empty. Raises `BadSeal`. Nothing is unpacked before its signature is
    found right."""
    if not text:
        return Visit()
    try:
        content = base64.urlsafe_b64decode(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise BadSeal from error
    signature, packed = content[: hashlib.sha256().digest_size], content[hashlib.sha256().digest_size :]
    if not hmac.compare_digest(signature, _signature(packed, key)):
        raise BadSeal
    return _unpacked(packed)


def _signature(packed: bytes, key: bytes) -> bytes:
    return hmac.new(key, packed, hashlib.sha256).digest()


def _packed(visit: Visit) -> bytes:
    parts = {
        "conversation": conversation_json(visit.conversation),
        "exchanges": [[exchange.question, _needed(exchange.advice)] for exchange in visit.exchanges],
    }
    return zlib.compress(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"), 9)


def _needed(advice: Any) -> dict[str, Any]:
    return {name: part for name, part in advice.items() if name not in NEEDLESS}


def _unpacked(packed: bytes) -> Visit:
    parts = json.loads(zlib.decompress(packed))
    try:
        conversation = read_conversation(parts["conversation"])
    except ValueError as error:
        # Ours, but sealed by a program that remembered other things.
        raise BadSeal from error
    return Visit(conversation, tuple(Exchange(*pair) for pair in parts["exchanges"]))
