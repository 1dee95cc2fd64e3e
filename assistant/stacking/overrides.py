"""An adviser's exception: one item accepted or refused against the rules, with a written reason. Nothing is mutated, so
that taking an exception back gives exactly the problem that was there before."""

from __future__ import annotations

from dataclasses import replace

from assistant.stacking.problem import Candidate, Decision, Override, PriorItem, Problem
from corpus.credit import CreditSystem


class OverrideError(ValueError):
    """An exception that cannot be applied; `expected` says what would do."""

    def __init__(self, item_id: str, field: str, expected: str) -> None:
        super().__init__(item_id, field, expected)
        self.item_id = item_id
        self.field = field
        self.expected = expected

    def __str__(self) -> str:
        return f"override of '{self.item_id}': {self.field}, expected {self.expected}"


def apply(problem: Problem, override: Override) -> Problem:
    """The problem with the exception in force, in place of any earlier one for the same item. Raises
    `OverrideError`."""
    items: tuple[PriorItem | Candidate, ...] = (*problem.prior, *problem.candidates)
    item = next((item for item in items if item.id == override.item_id), None)
    if item is None:
        raise OverrideError(override.item_id, "item_id", "the id of an item of the problem")
    if not override.reason.strip():
        raise OverrideError(override.item_id, "reason", "a written reason")
    if override.decision is Decision.ACCEPT and not override.credits:
        convertible = item.system not in (None, CreditSystem.NONE, CreditSystem.LOCAL)
        if not item.credits or not convertible:
            raise OverrideError(override.item_id, "credits", "UK credits above zero, because the item states none")
    return replace(problem, overrides=(*withdraw(problem, override.item_id).overrides, override))


def withdraw(problem: Problem, item_id: str) -> Problem:
    """The problem without any exception for that item: the rules decide again."""
    return replace(problem, overrides=tuple(kept for kept in problem.overrides if kept.item_id != item_id))
