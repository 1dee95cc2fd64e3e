"""Means with counts, percentiles, and how sure a difference between two runs is. Pure; randomness comes in as a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20261123
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Mean:
    """`value` over the scored cases, `None` if there are none."""

    value: float | None
    scored: int
    unscored: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of first minus second over cases scored in both, with its 95 % interval from a paired bootstrap."""

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def mean_of(values: Iterable[float | None]) -> Mean:
    listed = list(values)
    scored = [value for value in listed if value is not None]
    return Mean(sum(scored) / len(scored) if scored else None, len(scored), len(listed) - len(scored))


def percentile(values: Iterable[float | None], share: float) -> float | None:
    """The nearest-rank percentile (`share` from 0 to 1) of the scored values; `None` if there are none."""
    scored = sorted(value for value in values if value is not None)
    return scored[max(0, int(np.ceil(share * len(scored))) - 1)] if scored else None


def paired_difference(
    first: Sequence[float | None], second: Sequence[float | None], seed: int = SEED
) -> Difference | None:
    """How much higher `first` is, case by case; `None` if no case is scored in both. The same seed gives the same interval."""
    deltas = np.array([a - b for a, b in zip(first, second, strict=True) if a is not None and b is not None])
    if not len(deltas):
        return None
    draws = np.random.default_rng(seed).choice(deltas, size=(DRAWS, len(deltas))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Difference(float(deltas.mean()), float(low), float(high), len(deltas))
