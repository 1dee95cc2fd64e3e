"""What has a grammar in a learner's message: credits, levels, money, years, hours and weeks. Pure; one parser per kind.

Each parser returns what it found with its place in the text, in text order, and an empty tuple if there is nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from corpus.credit import Credit, CreditSystem, Framework, Level

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90,
}  # fmt: skip
WORD_NUMBER = "|".join(NUMBER_WORDS)
AMOUNT = rf"(?P<amount>{NUMBER}|\b(?:{WORD_NUMBER})\b)"

SYSTEM_WORDS: dict[str, CreditSystem] = {
    "ects": CreditSystem.ECTS,
    "cats": CreditSystem.CATS,
    "cat": CreditSystem.CATS,
    "uk": CreditSystem.CATS,
    "english": CreditSystem.CATS,
    "british": CreditSystem.CATS,
    "scqf": CreditSystem.SCQF,
    "scottish": CreditSystem.SCQF,
    "sqa": CreditSystem.SCQF,
    "cqfw": CreditSystem.CQFW,
    "welsh": CreditSystem.CQFW,
    "rqf": CreditSystem.RQF,
    "european": CreditSystem.ECTS,
    "eu": CreditSystem.ECTS,
    "us": CreditSystem.US_SEMESTER,
    "american": CreditSystem.US_SEMESTER,
    "semester": CreditSystem.US_SEMESTER,
    "quarter": CreditSystem.US_QUARTER,
}
SYSTEM = "|".join(sorted(SYSTEM_WORDS, key=len, reverse=True))
UNIT = r"(?:credit\s+points?|credit\s+hours?|credits?|creds?|crs?|points?|pts?)"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the message."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CreditSaid:
    """An amount of credit as said. `system` is `None` if the message names none ("60 credits"); `times` how many such
    pieces there are ("three 15-credit modules")."""

    points: Fraction
    system: CreditSystem | None
    span: Span
    times: int = 1

    @property
    def credit(self) -> Credit:
        """The amount of one piece, read as UK credit if no system was named."""
        return Credit(self.points, self.system or CreditSystem.CATS)

    @property
    def whole(self) -> Credit:
        """The amount of all its pieces together."""
        return Credit(self.points * self.times, self.system or CreditSystem.CATS)


@dataclass(frozen=True, slots=True)
class LevelSaid:
    """A level as said. `framework` is `None` if the message names none ("level 4")."""

    number: int
    framework: Framework | None
    span: Span

    @property
    def level(self) -> Level:
        """The level, read on the shared English, Welsh and Northern Irish numbers if no framework was named."""
        return Level(self.framework or Framework.FHEQ, self.number)


@dataclass(frozen=True, slots=True)
class MoneySaid:
    """Pounds. `limit` is true for an upper bound ("under £400", "I've got £400"), false for a plain amount."""

    pounds: Decimal
    limit: bool
    span: Span


_PIECES = r"(?:modules?|courses?|units?|certificates?|micro-?credentials?|blocks?|lots?|ones?)"
_TIMES_BEFORE = re.compile(
    rf"(?<![\w£.])(?P<times>\d{{1,2}}|{WORD_NUMBER})\s*(?:x|×|lots?\s+of|{_PIECES}\s+(?:of|at|worth))?\s*$", re.I
)
"""What stands before an amount that comes several times: "two modules of 15 credits", "3 x 20", "three 15-credit courses"."""
_BARE_PIECES = re.compile(
    rf"\b(?P<times>\d{{1,2}}|{WORD_NUMBER})\s+(?:{_PIECES}\s+)?(?:of|at|worth)\s+(?P<amount>{NUMBER})\b(?!\s*(?:{UNIT}|%|hours?|hrs?|weeks?|years?|pounds?))",
    re.I,
)
""" "Two modules of 15, and two of 20": the unit is understood where the message is about credit."""
_BEFORE_LEVEL = re.compile(
    rf"(?<![\w£.-])(?P<amount>{NUMBER})\s*(?:of\s+them\s+)?(?=(?:at\s+|@\s*|x\s*)?(?:L|level\s*|lvl\s*)[1-8]\b)", re.I
)
""" "60 L7 (2025)", "120 level 4": an amount straight before its level."""
_LISTED = re.compile(
    rf"(?<![\w£.-])(?P<amount>{NUMBER})(?=\s*(?:,|and|&|\+)\s*(?:(?:{NUMBER})\s*(?:,|and|&|\+)\s*)*(?:{NUMBER})\s*(?:{UNIT}\s*)?"
    r"(?:at\s+|x\s*)?(?:L|level\s*|lvl\s*)[1-8]\b)",
    re.I,
)
""" "60, 60 and 30 at level 5": amounts in a list that ends in a level."""
_COMPARED = re.compile(
    rf"{UNIT}\s*(?:\([^)]*\)\s*)?(?:vs\.?|versus|against|out\s+of|instead\s+of|and|or|then|,?\s*(?:and|or|then)\s+(?:maybe|perhaps|later))\s+"
    rf"(?P<amount>{NUMBER})(?=\s*(?:$|[-.?!,;)]|(?:later|after|next|instead|too)\b))",
    re.I,
)
""" "96 points vs 120", "10 credits, then 30": a second amount whose unit is understood."""
_CARRIED = re.compile(
    rf"\b(?:hold(?:s|ing)?|carr(?:y|ies|ying)|brings?|bringing|transferring)\s+(?P<amount>{NUMBER})(?=\s*(?:$|[.,;?!)]|(?:from|with|in|and)\b))",
    re.I,
)
""" "I'm carrying 280": an amount whose unit is understood."""
_ARTICLED = re.compile(rf"\b(?:an?|one)\s+(?P<amount>{NUMBER})(?=\s*(?:,|and\s+(?:an?|one)\s+\d|\.|;|\?|$))", re.I)
""" "Three modules: a 10, a 15 and a 20"."""
_ADDED = re.compile(
    rf"(?<![\w£.])(?P<amount>{NUMBER})(?=\s*\+\s*\d)|(?<=\+\s)(?P<amount2>{NUMBER})\b(?!\s*(?:hours?|hrs?|weeks?|years?|%))",
    re.I,
)
""" "20 + 15 + 15" where a message is about credit."""
_CREDIT_FORMS = (
    # 36 quarter units: only American credit is counted in units of this name
    re.compile(rf"(?<![\w£.]){AMOUNT}\s*-?(?P<system>quarter|semester)(?P<system2>)\s+(?:units?|hours?)\b", re.I),
    # 96 SCQF points, 30 ECTS, 12 US semester credits, 60 credits
    re.compile(
        rf"(?<![\w£.]){AMOUNT}\s*-?(?:(?P<system>{SYSTEM})\b[\s-]*)(?:(?P<system2>{SYSTEM})\b[\s-]*)?(?:{UNIT}\b|hours?\b(?=.{{0,40}}(?:credit|college|transcript)))?",
        re.I,
    ),
    re.compile(
        rf"(?<![\w£.]){AMOUNT}\s*-?(?:(?:(?:level|lvl)[\s-]+(?:[1-8]|one|two|three|four|five|six|seven|eight)|L[1-8]|(?!(?:of|at|in|and|or|for|to|a|an|the|with|without|per|from|by|on|is|are|as|hours?|hrs?|weeks?|months?|years?|pounds?|quid|modules?|courses?|cpd)\b)[a-z]+)\s+)?(?P<system>){UNIT}\b(?:\s+(?:(?:of|in)\s+)?(?P<system2>{SYSTEM})\b)?",
        re.I,
    ),
    # ECTS: 30
    re.compile(rf"\b(?P<system>ects|cats)\b\s*(?:credits?|points?)?\s*[:=]\s*(?P<system2>){AMOUNT}", re.I),
)


def credits_said(text: str) -> tuple[CreditSaid, ...]:
    """Amounts of credit. "SCQF 7" is a level, not an amount: a system alone before a number never counts here."""
    found: dict[int, CreditSaid] = {}
    for form in _CREDIT_FORMS:
        for match in form.finditer(text):
            named = [SYSTEM_WORDS[word.lower()] for word in (match["system"], match["system2"]) if word]
            system = _sharpest(named)
            if system is CreditSystem.SCQF and not re.search(rf"{UNIT}|scqf", match[0], re.I):
                continue
            if _overlaps(match, found) or _names_a_level(text, match.start("amount")):
                continue
            if not named and re.search(r"p(?:oin)?ts?\b", match[0], re.I) and _is_scottish(text, match.start()):
                system = CreditSystem.SCQF
            if not named and re.search(r"(?:points?|pts?)\b", match[0], re.I) and re.search(r"\bcpd\b", text, re.I):
                continue
            if not named or re.search(rf"{UNIT}|ects|cats|\bunits?\b|\bhours?\b", match[0], re.I):
                times, start = _times(text, match.start("amount"))
                found[start] = CreditSaid(_number(match["amount"]), system, Span(start, match.end()), times)
    if re.search(
        rf"\b{UNIT}\b|\b(?:level|lvl)\b|\bL[4-8]\b|\bdegree\b|\bmodules?\b|\btransfer\w*\b|\bpg(?:cert|dip)\b|\bcert\s*he\b",
        text,
        re.I,
    ):
        for match in _BARE_PIECES.finditer(text):
            if not _overlaps(match, found):
                said = CreditSaid(_number(match["amount"]), None, Span(*match.span()), int(_number(match["times"])))
                found[match.start()] = said
        for form in (_BEFORE_LEVEL, _LISTED, _COMPARED, _CARRIED, _ARTICLED, _ADDED):
            for match in form.finditer(text):
                span = Span(*match.span(match.lastgroup or "amount"))
                amount = _number(text[span.start : span.end])
                if _covered(span, found) or _names_a_level(text, span.start):
                    continue
                if LEAST_CREDIT <= amount <= MOST_CREDIT:
                    found[span.start] = CreditSaid(amount, None, span)
    return tuple(found[place] for place in sorted(found))


def _names_a_level(text: str, start: int) -> bool:
    """Whether the number that starts here is the number of a level: "my level 6 credits" are not six credits."""
    return re.search(r"\b(?:level|levl|lvl)[\s-]*$", text[:start], re.I) is not None


LEAST_CREDIT, MOST_CREDIT = 5, 999
"""What a number without a unit of its own may be to be read as credit: "2 level 3 courses" are courses, 2023 is a year."""


def _overlaps(match: re.Match[str], found: dict[int, CreditSaid]) -> bool:
    return _covered(Span(*match.span()), found)


def _covered(span: Span, found: dict[int, CreditSaid]) -> bool:
    return any(said.span.start < span.end and span.start < said.span.end for said in found.values())


def _times(text: str, start: int) -> tuple[int, int]:
    """How many pieces of an amount there are, and where that begins."""
    match = _TIMES_BEFORE.search(text[:start])
    if match is None or not re.search(rf"x|×|{_PIECES}|^\s*(?:{WORD_NUMBER}|\d{{1,2}})\s+$", match[0], re.I):
        return 1, start
    if re.search(r"\b(?:level|lvl|SCQF|FHEQ|RQF|CQFW|NFQ|EQF)[\s-]*$", text[: match.start("times")], re.I):
        # "An SCQF 11 module of 30 credits" is one module.
        return 1, start
    times = int(_number(match["times"]))
    return (times, match.start()) if 1 < times <= MOST_PIECES else (1, start)


MOST_PIECES = 40


def _sharpest(named: list[CreditSystem]) -> CreditSystem | None:
    """ "US quarter credits" names two systems; the quarter is the one meant."""
    return CreditSystem.US_QUARTER if CreditSystem.US_QUARTER in named else (named[0] if named else None)


_TARGET = re.compile(
    rf"(?:\b(?:in|into|to|as|many|much\s+in|know(?:ing)?|wants?|asks?\s+for|needs?\s+it\s+in|figure\s+in|equivalent\s+in)|=)\s*(?:\?\s+)?(?:(?:the|their|your|our|my|a)\s+)?(?P<system>{SYSTEM})\b(?!\s*(?:level|lvl|\d))(?:\s*{UNIT})?|"
    rf"\b(?P<system2>{SYSTEM})\s+(?:{UNIT}\s+)?(?:equiv\w*|terms|value)\b",
    re.I,
)


def target_system(text: str) -> CreditSystem | None:
    """The system an amount should be turned into ("in UK credits", "to ECTS"); `None` if none is named."""
    match = _TARGET.search(text)
    return SYSTEM_WORDS[(match["system"] or match["system2"]).lower()] if match else None


_LEVEL_FORMS = (
    re.compile(r"\b(?P<framework>Irish|Scottish)\s+(?:level|lvl)\s*(?P<number>\d{1,2})\b", re.I),
    re.compile(
        rf"\b(?P<framework>FHEQ|RQF|CQFW|SCQF|EQF|NFQ|NQF)\s*(?:level|lvl|l)?\s*-?(?P<number>\d{{1,2}})\b(?!\s*(?:{UNIT}|\d))",
        re.I,
    ),
    re.compile(
        r"\b(?:level|lvl|levl|L)\s*-?(?P<number>\d{1,2})\b(?:\s*\(?(?P<framework>FHEQ|RQF|CQFW|SCQF|EQF|NFQ)\)?)?", re.I
    ),
)
_LEVEL_WORDS = (
    (re.compile(r"\b(?:master'?s?|postgrad(?:uate)?)[\s-]+level\b", re.I), 7),
    (re.compile(r"\b(?:honours|degree|bachelor'?s?)[\s-]+level\b", re.I), 6),
    (re.compile(r"\b(?:first|1st)[\s-]+year\s+(?:(?:degree|university|uni|undergrad\w*)[\s-]+)?level\b", re.I), 4),
    (re.compile(r"\b(?:second|2nd)[\s-]+year\s+(?:(?:degree|university|uni|undergrad\w*)[\s-]+)?level\b", re.I), 5),
    (
        re.compile(r"\b(?:third|3rd|final)[\s-]+year\s+(?:(?:degree|university|uni|undergrad\w*)[\s-]+)?level\b", re.I),
        6,
    ),
    (re.compile(r"\b(?:doctoral|doctorate|phd)[\s-]+level\b", re.I), 8),
    (re.compile(r"\ba[\s-]+level[\s-]+(?:level|standard)\b", re.I), 3),
    (re.compile(r"\bgcse[\s-]+level\b", re.I), 2),
)
"""Levels said in words, as the framework's own descriptions pair them with numbers."""
_IN_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_LEVEL_IN_WORDS = re.compile(rf"\b(?:level|lvl)\s+(?P<number>{'|'.join(_IN_WORDS)})\b", re.I)
_FRAMEWORK_WORDS = {"IRISH": Framework.NFQ, "SCOTTISH": Framework.SCQF, "NQF": Framework.RQF}


_SCOTTISH = re.compile(r"\b(?:SQA|SCQF)\b", re.I)


def _is_scottish(text: str, place: int) -> bool:
    """Whether the clause that holds a place speaks of Scotland's own system: "an SQA HNC, 96 points at level 7"."""
    start = max(
        (match.end() for match in re.finditer(r"[,.;?!](?:\s|$)|\b(?:and|but|plus)\b", text[:place])), default=0
    )
    end = re.search(r"[,.;?!](?:\s|$)|\b(?:and|but|plus)\b", text[place:])
    return _SCOTTISH.search(text[start : place + end.start() if end else len(text)]) is not None


def levels_said(text: str) -> tuple[LevelSaid, ...]:
    """Levels of qualifications; an impossible number (level 30) is not one."""
    found: dict[int, LevelSaid] = {}
    for form in _LEVEL_FORMS:
        for match in form.finditer(text):
            if any(said.span.start < match.end() and match.start() < said.span.end for said in found.values()):
                continue
            name = (match["framework"] or "").upper()
            framework = _FRAMEWORK_WORDS.get(name) or (Framework(name) if name else None)
            number = int(match["number"])
            said_already = any(said.framework is Framework.SCQF for said in found.values())
            if framework is None and not said_already and _is_scottish(text, match.start()):
                framework = Framework.SCQF
            top = {Framework.SCQF: 12, Framework.NFQ: 10}.get(framework, 8) if framework else 8
            if 1 <= number <= top:
                found[match.start()] = LevelSaid(number, framework, Span(*match.span()))
    for match in _LEVEL_IN_WORDS.finditer(text):
        found.setdefault(match.start(), LevelSaid(_IN_WORDS[match["number"].lower()], None, Span(*match.span())))
    for words, number in _LEVEL_WORDS:
        for match in words.finditer(text):
            found.setdefault(match.start(), LevelSaid(number, None, Span(*match.span())))
    return tuple(found[place] for place in sorted(found))


_MONEY = re.compile(
    rf"(?P<limit>(?:under|below|less\s+than|up\s+to|max(?:imum)?|ceiling|at\s+most|no(?:t|thing)?\s+(?:more\s+than|over|above)|within|"
    rf"(?:budget|limit|cap|max(?:imum)?|most\s+(?:i|we|they)\s+can\s+(?:pay|spend|afford))(?:\s+(?:is|of|at))?(?:\s+now)?|(?:set\s+aside|saved(?:\s+up)?)|"
    rf"(?:i\s+)?(?:have|got|ve\s+got|can\s+(?:pay|spend|afford)|only)|spend)\s+(?:about\s+|around\s+|only\s+|a\s+)?)?"
    rf"(?:£\s*(?P<pounds>{NUMBER})\s*(?P<k>k\b)?|(?P<words>{NUMBER})\s*(?:(?P<k2>k)?\s*(?:pounds?|quid|gbp)\b|(?P<grand>grand)\b|(?P<tops>tops)\b)|(?:a|one)\s+(?P<slang>grand|fiver|tenner|hundred(?:\s+(?:pounds?|quid))?)\b)"
    r"(?P<after>\s*(?:max(?:imum)?|tops|at\s+most|or\s+(?:less|under|below|cheaper)|is\s+(?:my|the|our)\s+(?:limit|max(?:imum)?|budget|ceiling))\b)?",
    re.I,
)
_IN_HAND = re.compile(
    r"\b(?:i'?ve\s+got|i\s+have|have|got)\b(?!\s+to\b)(?:(?!\b(?:earn|salary|raise|rise|paid|debts?|owe|costs?|fees?|price|at)\b)[^.?!£])*$",
    re.I,
)
""" "Got 8 hours a week and 900 quid": what someone has is what they can spend."""
_LIMIT = re.compile(
    r"\bmax(?:imum)?\b|\blimit\b|\bbudget\b|\bmost\s+(?:i|we|she|he|they)\b|\b(?:can(?:not|'?t)?|could(?:n'?t)?)\s+(?:only\s+|just\s+)?(?:pay|spend|afford|stretch|"
    r"(?:go|do|manage)(?:\s+(?:to|up\s+to|over|above|past|more\s+than))?)\b|\bsav(?:ed|ings)\b|\b(?:put|set)\s+(?:by|aside)\b|\bpocket\b|\ball\s+(?:i|we|she|he|they)\b|\bto\s+spend\b|\bspare\b|"
    r"\b(?:not\s+a\s+penny|nothing|no)\s+(?:over|above|more|beyond)\b|\b(?:got|have|has|getting)\b(?!\s+to\b)[^£\d]*[£\d][\d,.]*\s*(?:pounds?|quid)?\s+(?:from|off)\b",
    re.I,
)
_OTHER_MONEY = re.compile(
    r"\b(?:costs?|fees?|prices?|charg\w+|salary|earn\w*|wages?|income|pa|year|annum|debts?|owe\w*|loans?|grants?|benefits?|credits?|each|per|bootcamp\s+is|paid)\b",
    re.I,
)
_CLAUSE_ENDS = re.compile(r"[.?!;,](?!\d)|\b(?:and|but|so)\b", re.I)
""" "The max I can pay is 300 pounds", "£300 is all I have": what the clause of an amount says that it is."""


def _is_limit(text: str, span: Span) -> bool:
    start = max((match.end() for match in _CLAUSE_ENDS.finditer(text[: span.start])), default=0)
    end = _CLAUSE_ENDS.search(text, span.end)
    clause = text[start : end.start() if end else len(text)]
    return _LIMIT.search(clause) is not None and _OTHER_MONEY.search(clause) is None


_BUDGET = re.compile(
    rf"\b(?:budget|spending\s+limit)\s*(?:is|of|now|:|=|to)?\s*(?:now|about|around|only)?\s*(?P<words>{NUMBER})\s*(?P<k>k\b)?(?!\s*(?:pounds?|quid|gbp|hours?|weeks?))",
    re.I,
)
_SAVED = re.compile(
    rf"(?<![\w£.,])(?P<words>{NUMBER})\s*(?P<k>k\b)?\s*(?:saved\b|in\s+(?:savings|the\s+bank|my\s+pocket)|to\s+spend\b)|"
    rf"(?<![\w£.,])(?P<words2>\d{{2,5}}|\d{{1,2}},\d{{3}})\s*(?:max(?:imum)?|tops)\b(?!\s*(?:credits?|weeks?|hours?|points?))",
    re.I,
)
""" "I got 3700 saved", "1300 max": money without a sign."""

SLANG = {"grand": Decimal(1000), "fiver": Decimal(5), "tenner": Decimal(10), "hundred": Decimal(100)}


def money_said(text: str) -> tuple[MoneySaid, ...]:
    """Amounts in pounds."""
    found = []
    for match in _MONEY.finditer(text):
        slang = SLANG.get((match["slang"] or "").lower().split(" ")[0])
        pounds = slang if slang is not None else Decimal((match["pounds"] or match["words"]).replace(",", ""))
        if match["k"] or match["k2"] or match["grand"]:
            pounds *= 1000
        limit = any(match[part] is not None for part in ("limit", "tops", "after"))
        limit = limit or _IN_HAND.search(text[: match.start()]) is not None or _is_limit(text, Span(*match.span()))
        found.append(MoneySaid(pounds, limit, Span(*match.span())))
    for match in (*_BUDGET.finditer(text), *_SAVED.finditer(text)):
        parts = match.groupdict()
        pounds = Decimal((parts["words"] or parts["words2"]).replace(",", "")) * (1000 if parts["k"] else 1)
        found.append(MoneySaid(pounds, True, Span(*match.span())))
    return tuple(found)


_EARNS = re.compile(
    rf"\b(?:earn(?:s|ing)?|make|making|salary|wages?|income|pay|paid|on|take[\s-]home|gross)\b(?:\s+(?:is|of|at|about|around|only|just|under|over|a|an|roughly|me|i|he|she))*\s*"
    rf"£?\s*(?P<amount>{NUMBER})\s*(?P<k>k\b|grand\b)?(?=\s*(?:$|[.,;?!)]|pounds?|quid|gbp|a\s+year|per\s+year|/\s*y|pa\b|p\.a|annual|before|gross|after|and|so|but|in\b|can\b|what|how|is\b|am\b|would|will|with|salary|wage))|"
    rf"£?\s*(?P<amount2>{NUMBER})\s*(?P<k2>k\b|grand\b)?\s*(?:pounds?\s+)?(?:a\s+year|per\s+year|p\.?a\.?\b|annual(?:ly)?|before\s+tax|gross|salary|income|wage)",
    re.I,
)
_IS_A_PRICE = re.compile(r"\b(?:fees?|costs?|prices?|charge\w*|loans?|grants?|limit|cap|course|threshold)\b", re.I)
LEAST_INCOME = 3_000
"""Pounds a year below which an amount is no yearly income: "on 16 hours" and "£200 a month" are not."""


def income_said(text: str) -> Decimal | None:
    """What somebody says they earn, in pounds a year; `None` if nothing was said. The last one said."""
    found = None
    for match in _EARNS.finditer(text):
        part = "" if match["amount"] is not None else "2"
        amount = Decimal(match[f"amount{part}"].replace(",", "")) * (1000 if match[f"k{part}"] else 1)
        before = _CLAUSE_ENDS.split(text[: match.start()])[-1].split(":")[-1]
        if amount >= LEAST_INCOME and _IS_A_PRICE.search(before) is None:
            found = amount
    return found


_YEAR = re.compile(r"(?<![\d£#.,-])(?P<year>(?:19[5-9]|20[0-4])\d)(?!\d|,\d|\s*(?:credits?|hours?|pounds?|courses?))")


def years_said(text: str) -> tuple[tuple[int, Span], ...]:
    """Calendar years from 1950 to 2049."""
    return tuple((int(match["year"]), Span(*match.span())) for match in _YEAR.finditer(text))


_PACE = re.compile(rf"{AMOUNT}\s*(?:hours?|hrs?|h)\s*(?:a|per|each|every|/|p)?\s*(?:week|wk|w)\b", re.I)
_WEEKS = re.compile(
    rf"(?:{AMOUNT}|\b(?P<article>an?)\b)[\s-]*(?P<unit>weeks?|wks?|months?|mths?|years?|yrs?)\b(?!\s*(?:old|ago|experience|of\s+experience))",
    re.I,
)
_WEEKS_IN = {"w": Fraction(1), "m": Fraction(52, 12), "y": Fraction(52)}


def hours_a_week(text: str) -> Decimal | None:
    """Study time a week, in hours; the last one said."""
    matches = list(_PACE.finditer(text))
    if not matches:
        return None
    amount = _number(matches[-1]["amount"])
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def spans_of_time(text: str) -> tuple[tuple[Span, int], ...]:
    """Lengths of time ("10 weeks", "six months", "a year"), in whole weeks, in text order; not "ten years ago"."""
    return tuple(
        (Span(*match.span()), int(_amount(match) * _WEEKS_IN[match["unit"][0].lower()]))
        for match in _WEEKS.finditer(text)
    )


def weeks_available(text: str) -> int | None:
    """How long there is ("in 6 months", "within a year"), in whole weeks; the last one said with in, within or over."""
    found = None
    for span, weeks in spans_of_time(text):
        before = text[: span.start].rstrip().lower()
        if re.search(r"\b(?:in|within|over|have|got|next|only|about|under|that'?s|thats|for|is)$", before):
            found = weeks
    return found


_AGE = re.compile(
    r"\b(?:i'?m|i\s+am|aged?|turn(?:ed|ing)?|she'?s|he'?s|am)\s+(?P<age>1[3-9]|[2-8]\d)\b(?!\s*(?:credits?|weeks?|hours?|%|ects|k\b))",
    re.I,
)
_AGE_LISTED = re.compile(r"(?:^|,|\bi'?m)\s*(?P<age>1[6-9]|[2-7]\d)(?=\s*(?:,|\.|$))(?!\.\d)", re.I)
""" "Care worker, 29, Swansea": a number alone in a list of who someone is."""
_AGE_OF = re.compile(
    r"\b(?:mum|mother|dad|father|gran|nan|granddad|grandad|grandmother|grandfather|wife|husband|partner|son|daughter|brother|sister|uncle|aunt(?:ie)?|"
    r"client|learner)\s*(?:[,:]\s*)?(?:\(\s*)?(?:is\s+|aged\s+)?(?P<age>1[3-9]|[2-8]\d)\b(?!\s*(?:credits?|weeks?|hours?|%|ects|k\b))",
    re.I,
)
""" "My gran, 64": the age of whoever the message is about."""
_AGE_AFTER = re.compile(
    r"\b(?P<age>1[3-9]|[2-8]\d)\s*(?:years?\s+old|yrs?\s+old|y\.?o\.?|yo|years?\s+of\s+age)\b|"
    r"(?:^|,)\s*(?P<age2>4\d|[5-8]\d)\s*(?:years?|yrs?)(?=\s*(?:,|\.|$))|"
    r"\bi\s+have\s+(?P<age3>1[6-9]|[2-8]\d)\s+years?(?=\s*(?:,|\.|$|and\b|live\b))",
    re.I,
)
""" "43 years", "I have 43 years": what stands alone and is too long for experience, or is said as other languages say it."""


def age_said(text: str) -> int | None:
    """An age in years, 13 to 89; the last one said."""
    listed = () if "?" in text else _AGE_LISTED.finditer(text)
    matches = [*_AGE.finditer(text), *_AGE_OF.finditer(text), *_AGE_AFTER.finditer(text), *listed]
    if not matches:
        return None
    last = max(matches, key=lambda match: match.start()).groupdict()
    return int(next(age for age in last.values() if age is not None))


def _amount(match: re.Match[str]) -> Fraction:
    """The amount of a match; "a week" is one."""
    return _number(match["amount"]) if match["amount"] else Fraction(1)


def _number(said: str) -> Fraction:
    word = said.lower()
    return Fraction(NUMBER_WORDS[word]) if word in NUMBER_WORDS else Fraction(said.replace(",", ""))
