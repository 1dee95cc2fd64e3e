"""A stacking result as text for a person at a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def plan_text(result: dict[str, Any]) -> str:
    """Three lists (counts, does not count, still needed), then the plans or what stands in the way."""
    return "\n".join(_lines(result))


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield f"Counts: {result['credits_counted']} credits"
    for item in result["counts"]:
        yield f"  + {item['title']}: {item['uk_credits']} UK credits" + (
            f", level {item['level']}" if item["level"] is not None else ""
        )
    if result["does_not_count"]:
        yield "Does not count:"
        yield from (f"  - {item['title']}: {item['reason']}" for item in result["does_not_count"])
    if result["credits_not_counted_because_of_caps"]:
        yield f"  - {result['credits_not_counted_because_of_caps']} credits are over a limit and do not count"
    yield f"Still needed: {result['credits_remaining']} credits"
    for minimum in result["level_minimums"]:
        if minimum["shortfall"]:
            held = f"has {minimum['have']} of {minimum['required']}"
            yield f"  at level {minimum['at_or_above']} or above: {minimum['shortfall']} more ({held})"
    if "feasible" in result:
        yield from _plan_lines(result)
    for heading, name in (("Assumed", "assumptions"), ("Not known, and it would change the answer", "unknown")):
        if result[name]:
            yield f"{heading}:"
            yield from (f"  {line}" for line in result[name])


def _plan_lines(result: dict[str, Any]) -> Iterator[str]:
    for item in result["candidates_excluded"]:
        yield f"  ({item['title']} cannot be used: {item['reason']})"
    if not result["feasible"]:
        yield "No choice of these courses completes the award."
        if result["blockers"]:
            yield f"  It would work without: {', '.join(result['blockers'])}"
        return
    for name in ("cheapest", "fastest"):
        plan = result[name]
        weeks = f", {plan['weeks']} weeks" if plan["weeks"] is not None else ""
        courses = ", ".join(plan["course_ids"]) or "nothing more needed"
        yield f"{name.capitalize()}: £{plan['cost']}, {plan['hours']} hours{weeks}: {courses}"
