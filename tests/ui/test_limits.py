"""Rates refill as stated, forget quiet visitors first, and a full house says so at once."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.alone import run_alone
from ui.limits import Buckets, Full, Rate, Turnstile, whole_seconds


def test_a_burst_then_a_steady_rate() -> None:
    buckets = Buckets(Rate(burst=3, a_second=2), most_keys=10)
    assert [buckets.take("a", 100.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("a", 100.5) == 0
    assert buckets.take("a", 100.5) > 0


def test_a_long_quiet_earns_no_more_than_one_burst() -> None:
    buckets = Buckets(Rate(burst=2, a_second=1), most_keys=10)
    assert buckets.take("a", 0) == 0
    assert [buckets.take("a", 3600) == 0 for _ in range(4)] == [True, True, False, False]


def test_one_visitor_does_not_use_up_anothers_share() -> None:
    buckets = Buckets(Rate(burst=1, a_second=1), most_keys=10)
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) == 1
    assert buckets.take("b", 0) == 0


def test_the_visitor_longest_quiet_is_forgotten_first() -> None:
    buckets = Buckets(Rate(burst=1, a_second=0.001), most_keys=2)
    for key in ("a", "b", "c"):
        assert buckets.take(key, 0) == 0
    assert buckets.take("c", 1) > 0
    assert buckets.take("a", 1) == 0


@given(
    burst=st.integers(1, 20),
    a_second=st.floats(0.1, 50),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_never_more_than_the_burst_and_the_refill(burst: int, a_second: float, gaps: list[float]) -> None:
    """In any stretch of time from the start, at most `burst` plus `a_second` for each second gone by are let through."""
    buckets = Buckets(Rate(burst, a_second), most_keys=1)
    now, allowed = 0.0, 0
    for gap in gaps:
        now += gap
        allowed += buckets.take("a", now) == 0
        assert allowed <= burst + a_second * now + 1e-6


@given(burst=st.integers(1, 5), a_second=st.floats(0.1, 50))
def test_who_waits_as_long_as_told_gets_in(burst: int, a_second: float) -> None:
    buckets = Buckets(Rate(burst, a_second), most_keys=1)
    wait = 0.0
    while wait == 0:
        wait = buckets.take("a", 0)
    assert buckets.take("a", whole_seconds(wait)) == 0


def test_so_many_at_once_so_many_waiting_and_no_more() -> None:
    async def visit() -> tuple[int, int]:
        turnstile, inside, most, refused = Turnstile(at_once=2, waiting=3), 0, 0, 0

        async def one() -> None:
            nonlocal inside, most, refused
            try:
                async with turnstile.through():
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0.01)
                    inside -= 1
            except Full:
                refused += 1

        await asyncio.gather(*(one() for _ in range(7)))
        return most, refused

    assert run_alone(visit()) == (2, 2)


def test_a_place_is_free_again_after_a_failure() -> None:
    async def fail_then_enter() -> None:
        turnstile = Turnstile(at_once=1, waiting=0)
        with pytest.raises(RuntimeError):
            async with turnstile.through():
                raise RuntimeError
        async with turnstile.through():
            pass

    run_alone(fail_then_enter())
