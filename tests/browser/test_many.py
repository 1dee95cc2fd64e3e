"""Thirty people talk to one server at the same moment, over the page's own protocol: each gets the answers of a lone visitor."""

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx
from gradio_client.utils import apply_diff

from tests.browser.conftest import Served
from tests.ui.alone import run_alone

PEOPLE = 30
SUBJECTS = ("bookkeeping", "computing", "care", "gardening", "teaching", "counselling")
BOUND = 60
"""Seconds for all thirty to have had two answers each, on a busy machine with two cores."""


@dataclass(frozen=True)
class Person:
    """Says what they have in the first turn, and asks in the second; the budget is theirs alone."""

    number: int

    @property
    def budget(self) -> int:
        return 201 + 7 * self.number

    @property
    def turns(self) -> tuple[str, str]:
        subject = SUBJECTS[self.number % len(SUBJECTS)]
        return f"I have £{self.budget} and I live in Wales.", f"Which {subject} courses can I take?"


@dataclass(frozen=True)
class Doorway:
    """What a browser learns from the page before its first question."""

    function: int
    trigger: int
    inputs: tuple[int, ...]
    box: int

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Doorway":
        box = next(part["id"] for part in config["components"] if part["props"].get("elem_id") == "sa-box")
        event = next(one for one in config["dependencies"] if [box, "submit"] in [list(t) for t in one["targets"]])
        return cls(event["id"], box, tuple(event["inputs"]), box)


@dataclass(frozen=True)
class Told:
    """All that came back over two turns, as text, and how long each turn took in seconds."""

    answers: tuple[str, ...]
    seconds: tuple[float, ...]


async def talk(browser: httpx.AsyncClient, door: Doorway, person: Person, session: str) -> Told:
    answers, seconds = [], []
    for turn in person.turns:
        start = time.perf_counter()
        sent = {
            "data": [turn if part == door.box else None for part in door.inputs],
            "fn_index": door.function,
            "trigger_id": door.trigger,
            "session_hash": session,
            "event_data": None,
        }
        joined = await browser.post("/gradio_api/queue/join", json=sent)
        joined.raise_for_status()
        answers.append(await heard(browser, session, joined.json()["event_id"]))
        seconds.append(time.perf_counter() - start)
    return Told(tuple(answers), tuple(seconds))


async def heard(browser: httpx.AsyncClient, session: str, event: str) -> str:
    """The parts of the page as they are once a turn is over, without what is different each time."""
    sent: list[Any] | None = None
    seen: dict[int, str] = {}
    async with browser.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as lines:
        async for line in lines.aiter_lines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("event_id") != event:
                continue
            if message["msg"] in ("process_generating", "process_completed"):
                assert message["success"], message
            if message["msg"] == "process_generating":
                step = message["output"]["data"]
                sent = step if sent is None else [apply_diff(old, new) for old, new in zip(sent, step, strict=True)]
                # A part that a step leaves alone comes as an empty update: what it showed before stays.
                seen |= {place: part for place, part in enumerate(sent) if isinstance(part, str)}
            elif message["msg"] == "process_completed":
                return re.sub(r"\d+(?:\.\d+)? ms", "ms", "\n".join(seen[place] for place in sorted(seen)))
    raise AssertionError("the server hung up before the answer was whole")


async def all_together(url: str, people: list[Person], name: str) -> tuple[list[Told], float]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=BOUND, limits=limits, trust_env=False) as browser:
        door = Doorway.of((await browser.get("/config")).json())
        start = time.perf_counter()
        told = await asyncio.gather(*(talk(browser, door, person, f"{name}{person.number}") for person in people))
        return list(told), time.perf_counter() - start


def test_thirty_chats_at_once_are_answered_as_if_each_were_alone(served: Served) -> None:
    people = [Person(number) for number in range(PEOPLE)]
    alone = [run_alone(all_together(served.url, [person], "alone"))[0][0] for person in people]
    together, took = run_alone(all_together(served.url, people, "together"))
    turns = sorted(seconds for told in together for seconds in told.seconds)
    lone = sorted(seconds for told in alone for seconds in told.seconds)
    print(f"alone p50 {lone[len(lone) // 2]:.2f} s, p95 {lone[int(len(lone) * 0.95)]:.2f} s")
    print(
        f"{2 * PEOPLE / took:.1f} answers/s, p50 {turns[len(turns) // 2]:.2f} s, p95 {turns[int(len(turns) * 0.95)]:.2f} s"
    )
    budgets = {person.budget for person in people}
    for person, by_self, told in zip(people, alone, together, strict=True):
        assert told.answers == by_self.answers, person
        assert f"up to £{person.budget}" in told.answers[1], "what was said in the first turn holds in the second"
        others = budgets - {person.budget} - amounts(by_self)
        assert not amounts(told) & others, "nothing of anybody else is shown"
    assert len({told.answers for told in together}) == PEOPLE
    assert took < BOUND


def amounts(told: Told) -> set[int]:
    """Every amount of pounds on the page, prices on course cards among them."""
    return {int(found) for found in re.findall(r"£(\d+)\b", "".join(told.answers))}
