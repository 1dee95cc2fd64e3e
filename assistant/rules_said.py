"""Rules of an award as a learner or adviser states them ("at most 80 brought in, nothing below level 4, nothing over 5 years old").

Read so that an audit can be run by them when the award's own page is not in the records; the answer says that it did. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.quantities import NUMBER, NUMBER_WORDS, Span
from assistant.stacking.problem import LevelCredits, Target

_WORDS = "|".join(NUMBER_WORDS)
_N = rf"(?P<n>{NUMBER}|{_WORDS})"
_CREDITS = r"(?:\s*(?:credits?|cr|pts?|points?))?"
_MOST = (
    r"(?:max(?:imum)?(?:\s+of)?|at\s+most|up\s+to|no\s+more\s+than|only|limit(?:ed)?(?:\s+(?:is|of|to))?|"
    r"cap(?:ped)?(?:\s+(?:is|of|at))?)"
)
_BROUGHT = (
    r"(?:brought?\s+in|bring\s+in|transfer(?:red|s)?|from\s+(?:elsewhere|outside|other)|external(?:ly)?|of\s+(?:transfer\w*|external|outside|prior)|rpl|apl|"
    r"by\s+certificated|certificated|imported|prior\s+(?:learning|credit))"
)
_FRACTIONS = {
    **dict.fromkeys(("half", "a half", "1/2", "50%"), Fraction(1, 2)),
    **dict.fromkeys(("two thirds", "two-thirds", "2/3", "two third", "two-third", "2 thirds"), Fraction(2, 3)),
    **dict.fromkeys(("a third", "one third", "1/3"), Fraction(1, 3)),
    **dict.fromkeys(("three quarters", "75%"), Fraction(3, 4)),
}
FRACTION_WORDS = {
    Fraction(1, 2): "half",
    Fraction(2, 3): "two thirds",
    Fraction(1, 3): "one third",
    Fraction(3, 4): "three quarters",
}
_FRACTION = "|".join(re.escape(words) for words in sorted(_FRACTIONS, key=len, reverse=True))

_CAP = (
    re.compile(rf"\b{_MOST}\s+{_N}{_CREDITS}\s+(?:\w+\s+){{0,3}}?{_BROUGHT}", re.I),
    re.compile(
        rf"\b{_BROUGHT}\s+(?:\w+\s+){{0,3}}?{_MOST}\s+{_N}(?!\s*-?(?:thirds?|quarters?|half))\b{_CREDITS}", re.I
    ),
    re.compile(rf"\b(?:takes?|accepts?|allows?|counts?)\s+{_MOST}\s+{_N}{_CREDITS}", re.I),
)
_OWN = re.compile(
    rf"\b(?:min(?:imum)?(?:\s+of)?|at\s+least)\s+{_N}{_CREDITS}\s+(?:\w+\s+){{0,4}}?(?:done|taken|studied|completed|earned|passed)?\s*"
    r"(?:with|at|from)\s+(?:them|us|that\s+uni\w*|the\s+uni\w*|there|the\s+awarding\s+\w+|here|itself)\b",
    re.I,
)
""" "At least 120 has to be done with them": what must be studied at the body that awards."""
_BLOCKS = re.compile(
    rf"\b(?:blocks?|multiples?|chunks?|lots|steps|units)\s+of\s+{_N}\b|\b(?P<n2>{NUMBER})[\s-]credit\s+(?:blocks?|chunks?)\b",
    re.I,
)
_SHARE = (
    re.compile(rf"\b(?:caps?|limits?)\s+(?:\w+\s+){{0,3}}?(?:at|to)\s+(?P<share>{_FRACTION})\b", re.I),
    re.compile(rf"\b{_MOST}\s+(?P<share>{_FRACTION})\b(?:\s+(?:\w+\s+){{0,4}}?{_BROUGHT})?", re.I),
    re.compile(
        rf"\b(?:takes?|accepts?|allows?|bring|transfers?|credits?|counts?)\s+(?:in\s+)?(?:{_MOST}\s+)?(?P<share>{_FRACTION})\b",
        re.I,
    ),
    re.compile(rf"\b(?P<share>{_FRACTION})\s+(?:\w+\s+){{0,3}}?{_BROUGHT}", re.I),
)
_AGE = re.compile(
    rf"\b(?:(?:nothing|not|none|no\s+credits?|no\s+more\s+than)\s+(?:\w+\s+){{0,2}}?(?:more\s+than|older\s+than|over|above)\s+{_N}\s*(?:years?|yrs?)|"
    rf"(?:age\s+limit|limit\s+(?:of\s+)?age|limit)\s*(?:is|of|:)?\s*(?P<n6>{NUMBER}|{_WORDS})\s*(?:years?|yrs?)|"
    rf"(?:up\s+to\s+|max(?:imum)?\s+)(?P<n5>{NUMBER}|{_WORDS})\s*(?:years?|yrs?)\s+old|"
    rf"no\s+older\s+than\s+(?P<n4>{NUMBER}|{_WORDS})\s*(?:years?|yrs?)|"
    rf"(?:within|in|from)\s+(?:the\s+)?(?:last|past)\s+(?P<n2>{NUMBER}|{_WORDS})\s*(?:years?|yrs?)|(?P<n3>{NUMBER}|{_WORDS})[\s-]*(?:years?|yrs?)\s+(?:limit|rule|max(?:imum)?|old\s+(?:at\s+most|max)))",
    re.I,
)
_FLOOR = re.compile(
    r"\b(?:nothing|none|no\s+credits?|not)\s+(?:below|under|lower\s+than)\s+(?:level\s*|L)(?P<level>[1-8])\b|"
    r"\b(?:min(?:imum)?|lowest)\s+(?:accepted\s+)?(?:level\s*|L)(?P<level2>[1-8])\b|"
    r"\b(?:level\s*|L)(?P<level3>[1-8])\s+(?:or|and)\s+(?:above|higher|up)\s+only\b|\bonly\s+(?:level\s*|L)(?P<level4>[1-8])\s+(?:or|and)\s+(?:above|higher|up)\b",
    re.I,
)
_AT_LEVEL = re.compile(
    rf"\b(?:(?:min(?:imum)?(?:\s+of)?|at\s+least)\s+{_N}{_CREDITS}\s+(?:at|of|in)\s+(?:level\s*|L)(?P<level>[4-8])\b|(?P<n2>{NUMBER}){_CREDITS}\s+(?:at|of|in)\s+(?:level\s*|L)(?P<level2>[4-8])\s+(?:min(?:imum)?|at\s+least)\b)",
    re.I,
)
_START = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|entry)\s+(?:in\s+|is\s+|date\s+)?(?:\w+\s+)?(?P<year>20[2-4]\d)\b", re.I
)


@dataclass(frozen=True, slots=True)
class RulesSaid:
    """What was stated; `None`: nothing of the kind. `spans`: where, so that its amounts are not taken for credit held."""

    cap: Fraction | None = None
    share: Fraction | None = None
    own: Fraction | None = None
    block: Fraction | None = None
    age_limit: int | None = None
    lowest_level: int | None = None
    at_level: tuple[tuple[int, Fraction], ...] = ()
    start_year: int | None = None
    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return any(
            (
                self.cap is not None,
                self.share is not None,
                self.own is not None,
                self.block is not None,
                self.age_limit,
                self.lowest_level,
                self.at_level,
            )
        )

    def applied(self, target: Target) -> Target:
        """The target with these rules in place of its own of the same kind."""
        changed = target
        if self.cap is not None or self.share is not None:
            changed = replace(changed, max_transfer_credits=self.cap, max_transfer_fraction=self.share, residency=None)
        if self.own is not None:
            changed = replace(
                changed, max_transfer_credits=max(target.total_credits - self.own, Fraction(0)), residency=None
            )
        if self.block is not None:
            changed = replace(changed, rounding_multiple=int(self.block))
        if self.age_limit is not None:
            changed = replace(changed, credit_age_limit_years=self.age_limit)
        if self.lowest_level is not None:
            changed = replace(changed, min_accepted_level=self.lowest_level)
        if self.start_year is not None:
            changed = replace(changed, start_year=self.start_year)
        if self.at_level:
            said = dict(self.at_level)
            kept = tuple(rule for rule in changed.min_credits_at_or_above if rule.level not in said)
            stated = tuple(LevelCredits(level, least) for level, least in said.items())
            changed = replace(changed, min_credits_at_or_above=kept + stated)
        return changed

    def words(self) -> Iterator[str]:
        """Each rule in words, for "I used the limits you gave"."""
        if self.cap is not None:
            yield f"at most {float(self.cap):g} credits from elsewhere"
        if self.share is not None:
            yield f"at most {FRACTION_WORDS.get(self.share, self.share)} of the award from elsewhere"
        if self.own is not None:
            yield f"at least {float(self.own):g} credits with the body that awards"
        if self.block is not None:
            yield f"credit in blocks of {float(self.block):g}, rounded down"
        if self.age_limit is not None:
            yield f"nothing more than {self.age_limit} years old"
        if self.lowest_level is not None:
            yield f"nothing below level {self.lowest_level}"
        for level, least in self.at_level:
            yield f"at least {float(least):g} credits at level {level}"
        if self.start_year is not None:
            yield f"a start in {self.start_year}"


def rules_said(text: str) -> RulesSaid:
    """The rules a message states."""
    cap = next((match for form in _CAP if (match := form.search(text))), None)
    share = next((match for form in _SHARE if (match := form.search(text))), None)
    age, floor, start = _AGE.search(text), _FLOOR.search(text), _START.search(text)
    levels = list(_AT_LEVEL.finditer(text))
    own = _OWN.search(text)
    blocks = _BLOCKS.search(text) if re.search(r"\bround", text, re.I) else None
    matches = [match for match in (cap, share, own, blocks, age, floor, start, *levels) if match is not None]
    return RulesSaid(
        cap=_number(cap["n"]) if cap and not share else None,
        share=_FRACTIONS[share["share"].lower()] if share else None,
        own=_number(own["n"]) if own else None,
        block=_number(blocks["n"] or blocks["n2"]) if blocks else None,
        age_limit=int(_number(age["n"] or age["n2"] or age["n3"] or age["n4"] or age["n5"] or age["n6"]))
        if age
        else None,
        lowest_level=int(floor["level"] or floor["level2"] or floor["level3"] or floor["level4"]) if floor else None,
        at_level=tuple(
            (int(match["level"] or match["level2"]), _number(match["n"] or match["n2"])) for match in levels
        ),
        start_year=int(start["year"]) if start else None,
        spans=tuple(Span(*match.span()) for match in matches),
    )


def _number(said: str) -> Fraction:
    word = said.lower()
    return Fraction(NUMBER_WORDS[word]) if word in NUMBER_WORDS else Fraction(said.replace(",", ""))
