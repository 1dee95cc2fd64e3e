"""How much one visitor may ask of this process: rates, sizes, and how many answers are worked on at once.

Counted in memory, for one process: several processes behind one address each allow so much. Nothing is written down, and
a visitor who has been quiet for a while is forgotten.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, and after that `a_second` more each second."""

    burst: int
    a_second: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process allows. The defaults are far above what a person does and far below what would starve others."""

    session: Rate = Rate(60, 2)
    """One open page. A question is about three requests, so this is a question every two seconds for a long time."""
    address: Rate = Rate(600, 15)
    """One network address. A classroom, or a whole university behind one address, shares it."""
    signin: Rate = Rate(10, 0.1)
    """Attempts to sign in from one network address: after ten, one every ten seconds."""
    most_keys: int = 20_000
    """Sessions and addresses remembered, each; the one longest quiet is forgotten first."""
    body: int = 256 * 1024
    """Bytes of a request to the API or to the plain page."""
    page_body: int = 4 * 1024 * 1024
    """Bytes of a request from the page itself, which sends the conversation so far with it; also of an upload."""
    patience: float = 30
    """Seconds for a whole request body to arrive."""
    at_once: int = 8
    """Answers for the API and the plain page worked on at the same time."""
    waiting: int = 100
    """Answers that may wait for their turn; further ones are told to come back."""


class Buckets:
    """A token bucket for each key. Used from one thread, the event loop's."""

    def __init__(self, rate: Rate, most_keys: int) -> None:
        self._rate = rate
        self._most = most_keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """0 if the request may go on; else the seconds until one more may. `now` in seconds of any steady clock."""
        level, then = self._levels.pop(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + (now - then) * self._rate.a_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return 0 if allowed else (1 - level) / self._rate.a_second


class Full(Exception):
    """As many answers are waiting as may wait."""


class Turnstile:
    """Lets `at_once` in; `waiting` more wait for their turn."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._here = 0

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Waits for a turn. Raises `Full` at once if too many wait already."""
        if self._here >= self._most:
            raise Full
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1


def whole_seconds(wait: float) -> int:
    """For a `Retry-After`: at least one second, rounded up, so that a visitor who waits so long gets in."""
    return max(1, math.ceil(wait))
