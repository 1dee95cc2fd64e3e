"""What a message asks of courses: price, level, credit, place, pattern, dates, length. One small grammar per kind; pure."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.gazetteer import Mention, Mentions
from assistant.limits import Bound, Constraints
from assistant.quantities import (
    CreditSaid,
    LevelSaid,
    Span,
    money_said,
    spans_of_time,
)
from corpus.courses import Mode

MODE_WORDS = {
    Mode.ONLINE: r"on[\s-]?line|(?:on|over|by|via)\s+(?:the\s+)?(?:internet|web)|by\s+zoom|"
    r"(?:from|at)\s+home|remote(?:ly)?|distance(?:\s+learning)?|virtual(?:ly)?",
    Mode.BLENDED: r"blended|hybrid|part(?:ly)?\s+online",
    Mode.IN_PERSON: r"in[\s-]person|face[\s-]to[\s-]face|f2f|classroom|on\s+campus|in\s+a\s+college|in\s+class",
}
NOT_ONLINE = re.compile(
    r"\b(?:not|no|hate|hates|never|rather\s+than|instead\s+of|don'?t\s+(?:like|want))\s+(?:\w+\s+){0,2}?on[\s-]?line\b",
    re.I,
)
FREE = re.compile(
    r"\b(?:for\s+)?free(?!\s*(?:time|to\b|choice|place|hours?|evenings?|days?|lance))|\b(?:no|zero)\s+(?:cost|money|fee|cash)|\bnothing\s+to\s+(?:pay|spend)|\bbroke\b|\bfor\s+nothing|\bwithout\s+paying|"
    r"\b(?:can'?t|cannot|cant)\s+(?:afford\s+to\s+)?pay\b|(?<![\d.,])£\s*0(?![.,]?\d)|\bzero\s+(?:cost|budget)|\bskint\b|\bcosts?\s+(?:me\s+)?(?:nowt|nothing)\b|\bnowt\b|"
    r"\b(?:spend(?:ing)?|pay(?:ing)?)\s+(?:nothing|nowt|zero|no\s+money|nought)\b|\bwithout\s+spending\b|\b(?:at\s+)?no\s+charge\b|\b(?:no|zero)\s+budget\b(?!\s+limit)|\b0\s+(?:money|quid|pounds?)\b",
    re.I,
)
NOT_FREE = re.compile(
    r"\b(?:feel|risk|tax|are|i'?m)[\s-]+free\b|\bfree\s+(?:choice|movement)\b|\bfree\s+courses\s+for\s+jobs\b", re.I
)
WITHOUT_CREDIT = re.compile(
    r"\b(?:no|without|not)\s+(?:any\s+)?credits?\b(?!\s+(?:check|card|rating))|\bnon[\s-]?credit\b", re.I
)
WITH_CREDIT = re.compile(
    r"\b(?:with|carr(?:y|ies|ying)|gives?(?:\s+me)?|earns?|offers?|award(?:s|ing)?|university)\s+(?:(?:academic|university|uni|uk|some|real|proper)\s+){0,2}"
    r"credits?\b(?!\s+(?:check|card|union))|\bcredit[\s-](?:bearing|rated)\b",
    re.I,
)
NO_EXAMS = re.compile(
    r"\b(?:no|without|hate|avoid|not)\s+(?:any\s+|doing\s+|having\s+)?(?:exams?|tests?)\b|\b(?:don'?t|do\s+not|cant|can'?t)\s+(?:want|like|do|face|cope\s+with)\s+(?:any\s+)?(?:exams?|tests?)\b|"
    r"\bcoursework\s+only\b|\bexam[\s-]free\b",
    re.I,
)
NO_DEGREE = re.compile(
    r"\b(?:no|without\s+(?:a|any)|don'?t\s+(?:have|need)\s+a|haven'?t\s+got\s+a|not?\s+got\s+a|doesn'?t\s+(?:need|require)\s+a)\s+degree\b|"
    r"\bno\s+(?:entry\s+requirements?|qualifications?\s+needed)\b|\bwithout\s+(?:entry\s+requirements?|any\s+qualifications?)\b|\bopen\s+to\s+(?:anyone|everyone)\b",
    re.I,
)
LANGUAGE = re.compile(
    r"\b(?:taught\s+in|delivered\s+in|in\s+the\s+medium\s+of|through\s+the\s+medium\s+of|through)\s+(?P<name>Welsh|Gaelic|Irish|English|BSL|British\s+Sign\s+Language)\b"
    r"|\b(?P<medium>Welsh|Gaelic)[\s-](?:medium|language)\s+courses?\b",
    re.I,
)
LANGUAGES = {"bsl": "British Sign Language"}

_MORE = r"(?:\s*(?:or|and)\s+(?:above|higher|over|more|up(?:wards)?|beyond)|\s*\+|\s+(?:minimum|min)\b|\s*plus\b)"
_LESS = r"(?:\s*(?:or|and)\s+(?:below|lower|under|less|fewer|smaller)|\s+(?:maximum|max)\b|\s+at\s+most\b)"
_BEFORE_MORE = re.compile(
    r"(?:at\s+least|minimum(?:\s+of)?|no\s+less\s+than|more\s+than|above|over|from)\s+(?:a\s+)?$", re.I
)
_BEFORE_LESS = re.compile(
    r"(?:at\s+most|up\s+to|max(?:imum)?(?:\s+of)?|no\s+(?:more|higher|bigger)\s+than|under|below|less\s+than|fewer\s+than)\s+(?:a\s+)?$",
    re.I,
)
_AFTER_MORE, _AFTER_LESS = re.compile(_MORE, re.I), re.compile(_LESS, re.I)

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name and name != "May"}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_START = re.compile(
    rf"\b(?P<how>start(?:s|ing)?\s+(?:in|from|by|before|after|this|next)?|begin(?:s|ning)?\s+(?:in|from|by|before|after|this|next)?|before|from|after|this|next|in)\s*"
    rf"(?P<month>{_MONTH})\b(?:\s+(?P<year>20\d\d))?",
    re.I,
)


def limits_said(
    text: str,
    mentions: Mentions,
    amounts: tuple[CreditSaid, ...],
    levels: tuple[LevelSaid, ...],
    held: Sequence[Span],
    today: datetime.date,
    *,
    looking: bool,
) -> Constraints:
    """The hard limits a message sets on courses. Amounts within `held` are what the learner already has and set none.

    `looking`: whether courses are asked for; only then do a bare level, amount, place or date describe them.
    """
    level = next((said for said in reversed(levels) if looking and _limits(text, said.span, held)), None)
    amount = next((said for said in reversed(amounts) if looking and _limits(text, said.span, held)), None)
    starts_from, starts_by = _starts(text, today) if looking else (None, None)
    place = _place_of_study(text, mentions) if looking else None
    nation_of = _OF_A_NATION.search(text) if looking else None
    return Constraints(
        level=level,
        level_bound=_bound(text, level.span) if level else Bound.EXACT,
        credits=amount,
        credits_bound=_bound(text, amount.span) if amount else Bound.EXACT,
        max_price=_price(text, looking=looking),
        mode=mode_said(text),
        nation=place.record_id if place else NATION_OF[nation_of["nation"].lower()] if nation_of else None,
        region=_region(place) if place else None,
        credit_bearing=_credit(text),
        max_weeks=_weeks(text) if looking else None,
        max_hours=None,
        no_exams=True if NO_EXAMS.search(text) else None,
        no_degree=True if NO_DEGREE.search(text) else None,
        language=_language(text),
        starts_from=starts_from,
        starts_by=starts_by,
    )


def _limits(text: str, span: Span, held: Sequence[Span]) -> bool:
    """Whether an amount or level describes what is wanted: it lies outside what the learner says they have, is not refused
    ("I don't want master's level") and not merely hoped for."""
    outside = not any(other.start <= span.start and span.end <= other.end for other in held)
    return outside and not denied(text, span.start) and not hoped_for(text, span.start, span.end)


_DENIES = re.compile(
    r"\b(?:do(?:es)?\s?n[o']?t|not|no|never|without|rather\s+than|instead\s+of)\s+(?:(?:want|need|after|like|looking\s+for|interested\s+in|do|a|an|the|at|any)\s+){0,3}$",
    re.I,
)


def denied(text: str, place: int) -> bool:
    """Whether what stands at a place is refused: "not a master's", "I don't want level 7"."""
    return _DENIES.search(text[:place]) is not None


_HOPES = re.compile(
    r"\b(?:if\s+poss(?:ible)?|ideally|prefer(?:ably|red)?|would\s+be\s+(?:nice|good|a\s+bonus)|nice\s+to\s+have|if\s+you\s+(?:can|have))\b",
    re.I,
)


def hoped_for(text: str, start: int, end: int) -> bool:
    """Whether a stretch is hoped for rather than asked for: "Portsmouth area if poss", "ideally with credit"."""
    before = re.split(r"[.?!;,()]", text[:start])[-1]
    after = re.split(r"[.?!;,()]|\b(?:but|and)\b", text[end:])[0]
    return _HOPES.search(f"{before} {after}") is not None


def _bound(text: str, span: Span) -> Bound:
    before, after = text[: span.start], text[span.end :]
    if _AFTER_MORE.match(after) or _BEFORE_MORE.search(before):
        return Bound.AT_LEAST
    if _AFTER_LESS.match(after) or _BEFORE_LESS.search(before):
        return Bound.AT_MOST
    return Bound.EXACT


def _price(text: str, *, looking: bool) -> Decimal | None:
    """The most a course may cost, in pounds: free, a stated limit, or any amount where courses are asked for."""
    if FREE.search(NOT_FREE.sub(" ", text)):
        return Decimal(0)
    limits = [money.pounds for money in money_said(text) if money.limit or looking]
    return limits[-1] if limits else None


def mode_said(text: str) -> Mode | None:
    """Online, blended or in person, if a message asks for one of them."""
    if NOT_ONLINE.search(text):
        return Mode.IN_PERSON
    return next((mode for mode, words in MODE_WORDS.items() if re.search(rf"\b(?:{words})\b", text, re.I)), None)


def _credit(text: str) -> bool | None:
    if WITHOUT_CREDIT.search(text):
        return False
    match = WITH_CREDIT.search(text)
    if match is None or hoped_for(text, *match.span()):
        return None
    # "Do I come out with credit?" asks; it does not demand.
    clause = re.split(r"[.?!;,]|\b(?:and|but)\b", text[: match.start()])[-1]
    return (
        None
        if re.match(r"\s*(?:do|does|did|will|would|is|are|can|could|how|what|which|should)\b", clause, re.I)
        else True
    )


def _language(text: str) -> str | None:
    match = LANGUAGE.search(text)
    if match is None:
        return None
    name = match["name"] or match["medium"]
    return LANGUAGES.get(name.lower(), name.title())


_LONGEST = re.compile(
    r"(?:under|below|less\s+than|shorter\s+than|no\s+(?:longer|more)\s+than|not\s+longer\s+than|up\s+to|"
    r"max(?:imum)?(?:\s+of)?|at\s+most|within|in\s+under|in)\s+(?:about\s+|a\s+)?$",
    re.I,
)
_LONGEST_AFTER = re.compile(r"\s*(?:or\s+(?:less|shorter|under)|max(?:imum)?\b|at\s+most|tops)", re.I)


def _weeks(text: str) -> int | None:
    """The longest a course may last, in weeks ("under ten weeks", "8 weeks max", "within three months")."""
    found = None
    for span, weeks in spans_of_time(text):
        if _LONGEST.search(text[: span.start]) or _LONGEST_AFTER.match(text[span.end :]):
            found = weeks
    return found


def _starts(text: str, today: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day a course may begin. A month without a year is the next one of that name."""
    match = _START.search(text)
    if match is None or (
        match["how"].lower() in ("in", "this", "next", "from") and not re.search(r"\bstart|\bbegin", text, re.I)
    ):
        return None, None
    month = MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    first = datetime.date(year, month, 1)
    last = datetime.date(year, month, calendar.monthrange(year, month)[1])
    how = match["how"].lower()
    if "before" in how:
        return None, first - datetime.timedelta(days=1)
    if "by" in how.split():
        return None, last
    if "from" in how or "after" in how:
        return first, None
    return first, last


NATION_OF = {
    "welsh": "Wales", "scottish": "Scotland", "english": "England", "northern irish": "Northern Ireland", "irish": "Ireland",
}  # fmt: skip
_OF_A_NATION = re.compile(
    r"\b(?P<nation>northern\s+irish|welsh|scottish|english|irish)\s+(?:uni\w*|colleges?|providers?|institutions?)\b",
    re.I,
)
""" "With a Welsh university"."""


def _place_of_study(text: str, mentions: Mentions) -> Mention | None:
    """A place counts as where to study unless it is said to be where someone lives."""
    return next(
        (
            mention
            for mention in reversed(mentions.all)
            if mention.kind == "place"
            and not lives(text, mention)
            and not works_at(text, mention, mentions)
            and not hoped_for(text, mention.start, mention.end)
        ),
        None,
    )


def works_at(text: str, place: Mention, mentions: Mentions) -> bool:
    """Whether a place stands right after somebody's work ("gas fitter in Shropshire"): they are there already."""
    return any(
        mention.kind == "occupation"
        and re.fullmatch(r"\s*(?:here\s+)?(?:in|from|near|,)\s+", text[mention.end : place.start], re.I)
        for mention in mentions.all
    )


def _region(place: Mention) -> str | None:
    """The town or county named; `None` if it is a whole nation."""
    nation = place.said.lower().replace("n ireland", "northern ireland").removesuffix(" resident")
    return (
        None if nation in (place.record_id.lower(), "ni", "uk", "republic of ireland", "eire") else place.said.title()
    )


def lives(text: str, place: Mention) -> bool:
    """Whether a place is said to be where someone lives or moves to, rather than where a course should be."""
    before = text[: place.start].lower()
    clause = re.split(r"[.?!;]", before)[-1]
    if _LIVES.search(before) or _HERE.match(text[place.end :]):
        return True
    first_person = re.search(
        r"\b(?:i'?m|i\s+am|im|me|client|she|he|we)\b[^.?!;]*\b(?:in|near|from)\s+(?:the\s+)?$", clause
    )
    return first_person is not None and not re.search(
        r"\b(?:course|courses|study|studying|college|look\w*|want|wants|find|degree|uni\w*|module)\b", clause
    )


_HERE = re.compile(r"\s+(?:here|based|born|resident|girl|lad|lass|man|woman|mum|dad)\b", re.I)
""" "Glasgow here": a place that somebody is of."""
_LIVES = re.compile(
    r"(?:\b(?:live|lives|living|lived|stay|stays|staying|born|settled|based|resident|moved?|moving|moves|am|are|is|was|i'?m|im|from|here|home|unemployed|retired|redundant|sacked|laid\s+off|out\s+of\s+work|signed\s+off|jobless|jobseeker|working|work)\s+(?:in|to|from|near)?\s*"
    r"(?:the\s+)?|\bfrom\s+)$",
    re.I,
)
