"""How old credit will be when the learner starts, and whether that is within a limit that was stated or is on record. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.costs import Sum
from assistant.quantities import years_said
from assistant.rules_said import rules_said
from corpus.courses import Award, RuleKind

ASKS_AGE = re.compile(
    r"\btoo\s+old\b|\bexpir\w*|\bout\s+of\s+date\b|\blaps\w*|\bstill\s+(?:count|good|ok|okay|valid|usable|any\s+use)|\blook\s+at\b|"
    r"\b(?:no|not|nothing)\s+(?:\w+\s+){0,2}?older\s+than\b|\bhow\s+old\b|\btime\s+limit\b|\bcount\b|\btransfer\b|\baccept\b|"
    r"\bboth\s+(?:still\s+)?ok\b",
    re.I,
)
MOST_YEARS = 3


def ages(text: str, this_year: int, awards: Sequence[Award]) -> Iterator[Sum]:
    """For each past year named, how old study from then will be at the start that is stated, else this year; with a verdict
    where a limit is stated, or where all `awards` (those of the provider named) have one and the same."""
    rules = rules_said(text)
    if ASKS_AGE.search(text) is None and rules.age_limit is None:
        return
    named = [year for year, _ in years_said(text)]
    start = rules.start_year or max([year for year in named if year > this_year], default=this_year)
    limits = {award.id: years for award in awards if (years := _limit_of(award)) is not None}
    limit = rules.age_limit or (min(limits.values()) if len(set(limits.values())) == 1 else None)
    on_record = next(iter(limits), None)
    for year in [year for year in dict.fromkeys(named) if year <= this_year and year != start][:MOST_YEARS]:
        age = start - year
        if limit is None:
            verdict = ""
        elif age <= limit:
            verdict = f": within the limit of {limit} years"
        else:
            verdict = f": too old for a limit of {limit} years"
        text_of = f"Study from {year} will be about {age} years old at a start in {start}{verdict}."
        yield Sum(text_of, records=(on_record,) if rules.age_limit is None and limit is not None and on_record else ())


def _limit_of(award: Award) -> int | None:
    return next((rule.years for rule in award.rules if rule.kind is RuleKind.CREDIT_AGE_LIMIT), None)
