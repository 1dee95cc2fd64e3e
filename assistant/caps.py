"""How much of an award may be brought in from elsewhere, by a limit that the message itself states. Pure; exact.

Where the award is in the records an audit says more; this answers "the degree is 360 and at least 120 must be done with them: how
much of my 280 is any use?"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from assistant.costs import Sum, in_figures
from assistant.quantities import CreditSaid
from assistant.rules_said import FRACTION_WORDS, RulesSaid, rules_said
from corpus.courses import Award, AwardKind
from corpus.credit import FrameworkTable

WHOLE = re.compile(
    r"\b(?:degree|award|course|diploma|certificate|masters?|total|out\s+of|whole|programme|qualification)\b", re.I
)
"""Beside one of these an amount may be the size of an award."""
_SIZE = re.compile(
    r"\b(?:degree|award|course|diploma|certificate|masters?|total|whole|programme|qualification)\b[^.?!\d]{0,25}\b(?:is|of|needs?|has|takes)\s+"
    r"(?P<size>\d{2,3})\b(?!\s*(?:%|years?|weeks?|hours?))",
    re.I,
)
""" "The award I'm after is 120": a size without its unit."""


def caps(text: str, amounts: Sequence[CreditSaid], awards: Sequence[Award], table: FrameworkTable) -> Iterator[Sum]:
    """What may come from elsewhere and what must be studied there; with a verdict on what is held, if that is said. `awards`:
    those named, for a size that is not said."""
    rules = rules_said(text)
    if rules.share is None and rules.cap is None and rules.own is None:
        return
    said = [
        Fraction(uk.whole)
        for one in amounts
        if not any(span.start <= one.span.start < span.end for span in rules.spans)
        and (uk := table.to_uk(one.whole)) is not None
    ]
    national = next(
        (award for award in awards if award.kind is AwardKind.NATIONAL_MINIMUM and award.total_credits), None
    )
    named = Fraction(national.total_credits) if national is not None and national.total_credits else None
    size = _SIZE.search(text)
    whole = Fraction(size["size"]) if size else max(said, default=None)
    if whole is None or WHOLE.search(text) is None or (named is not None and whole < named and len(said) == 1):
        whole = named
    if whole is None:
        return
    most = _most(rules, whole)
    if most is None or not 0 <= most <= whole:
        return
    records = (national.id,) if national is not None and whole == named else ()
    yield Sum(
        f"Of {in_figures(whole)} credits, at most {in_figures(most)} could be brought in ({_because(rules)}), so at least "
        f"{in_figures(whole - most)} must be studied there.",
        records=records,
    )
    held = sum((amount for amount in said if amount != whole), Fraction(0))
    if held:
        over = "" if held <= most else f"; {in_figures(held - most)} would be over the limit"
        yield Sum(
            f"So at most {in_figures(min(held, most))} of your {in_figures(held)} credits could count{over}.",
            records=records,
        )


def _most(rules: RulesSaid, whole: Fraction) -> Fraction | None:
    limits = [
        limit
        for limit in (
            rules.cap,
            None if rules.share is None else rules.share * whole,
            None if rules.own is None else whole - rules.own,
        )
        if limit is not None
    ]
    return min(limits, default=None)


def _because(rules: RulesSaid) -> str:
    if rules.share is not None:
        return f"{FRACTION_WORDS.get(rules.share, str(rules.share))} of it"
    if rules.own is not None:
        return f"{in_figures(rules.own)} have to be done there"
    return "the limit you gave"
