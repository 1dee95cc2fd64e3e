"""What a message tells about the learner: profile facts and what they have studied. Nothing is filled in that was not said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from assistant.gazetteer import Mention, Mentions
from assistant.profile import LearnerProfile, PriorLearning
from assistant.quantities import (
    CreditSaid,
    LevelSaid,
    Span,
    age_said,
    credits_said,
    hours_a_week,
    income_said,
    levels_said,
    money_said,
    weeks_available,
    years_said,
)
from assistant.rules_said import rules_said
from assistant.wanted import FREE, denied, lives, works_at
from corpus.cards import Reach
from corpus.catalogue import Catalogue, frameworks
from corpus.courses import Award, AwardKind
from corpus.credit import CreditSystem, Framework, Level

HAVE = re.compile(
    r"(?:learner|client|applicant|student|holding|(?:i'?m|i\s+am|she'?s|he'?s|is)\s+carrying)\s*:?\s+(?:has\s+|with\s+|of\s+)?(?=\d)|"
    r"\b(?:i\s+(?:already\s+)?(?:have(?!\s+to\b)|hold|did|done|do\s+have|completed?|finished|passed|studied|took|earned|got|gained)|i'?ve|ive|"
    r"have(?!\s+to\b)(?!\s+been\s+(?:offer|told|asked|given))|having|got(?!\s+to\b)|also\s+(?=an?\s+\d|\d)|i\s+(?:would\s+)?bring|bringing|was|were|with\s+(?:an?\s+(?=\w*\s*(?:hn[cd]|degree|dip\w*|cert\w*|foundation|bachelor|master|a[\s-]level|gcse|nvq|btec|\d))|my)|my|has(?!\s+to\b)|holds|had(?!\s+to\b)|did|done|passed|completed|finished)\b",
    re.I,
)
WISHES = re.compile(
    r"^\W*(?:can|could|will|would|what|which|how|do|does|is|are|should|if)\b|\b(?:need|needs|wants?|would\s+like|looking|still|thinking\s+of|"
    r"hoping|towards?|become|aim(?:ing|s)?|target|goal|more\s+credits?)\b",
    re.I,
)
"""A clause that asks or wishes says nothing about what someone already has."""
TOWARDS = re.compile(
    r"\b(?:towards?|into|onto|for|get|gets|getting|become|becoming|to\s+do|up\s+to|make|makes|complete|finish|start|starting|want|wants|need|needs|reach|aim(?:ing)?\s+for|"
    r"far\s+(?:off|from)|close\s+to|short\s+of|count\s+(?:for|as)|(?:use|put|bring|take)\s+(?:it|them|these|this|all\s+of\s+them)\s+(?:in|to|on))\s+(?:to\s+do\s+)?(?:an?\s+|the\s+|my\s+|any\s+)?(?:\w+\s+)?$",
    re.I,
)
NOT_GOAL = re.compile(r"\b(?:my|have|got|hold|has|with)\s+(?:an?\s+|the\s+)?$", re.I)
NOW = re.compile(
    r"(?:\bi\s+am|\bi'?m|\bim|\bam|\bwork(?:s|ing)?(?:\s+(?:as|in|at))?|\bcurrently|\bnow|\bbeen|\bemployed\s+as|\bjob\s+(?:is|as)|\bis|\bis\s+working\s+as|\bclient(?:\s+is)?)\s+"
    r"(?:an?\s+|the\s+)?(?:\w+\s+)?$",
    re.I,
)
AIMING = re.compile(
    r"\b(?:want|wants|like|become|becoming|be|being|into|for|as|towards?|goal|aim|train|training|qualify|retrain|dream|get\s+into|to\s+be)\b[^.?!]{0,40}$",
    re.I,
)
NO_QUALIFICATIONS = (
    r"\b(?:no|without(?:\s+any)?|zero|not\s+got\s+any|left\s+school\s+with\s+(?:no|nothing))\s*(?:formal\s+)?"
    r"(?:qualifications?|quals?|gcses?|exams|grades)\b|\bleft\s+school\s+(?:at\s+\d+\s+)?with\s+nothing\b"
)
SCHOOL_LEVELS = tuple(
    (re.compile(words, re.I), level)
    for words, level in (
        (NO_QUALIFICATIONS, 0),
        (r"\b(?:gcses?|o[\s-]levels?|cses?|nat(?:ional)?\s*5s?)\b", 2),
        (r"\b(?:a[\s-]levels?|btec\s+national|t[\s-]levels?|access\s+(?:course|diploma|to\s+he)|highers)\b", 3),
        (r"\b(?:bachelor'?s|ba|bsc|beng|llb|bed|(?:honours|hons|first|my|a)\s+degree|graduated?)\b", 6),
        (r"\b(?:master'?s(?:\s+degree)?|msc|mba|ma)\b", 7),
    )
)
"""Highest level by what school and university awards are called, in FHEQ/RQF numbers."""
ACCESS = re.compile(
    r"\b(dyslexi[ac]|dyspraxi[ac]|adhd|autis(?:m|tic)|deaf|hard\s+of\s+hearing|blind|visually\s+impaired|wheelchair|bsl|screen\s+reader|chronic\s+(?:illness|fatigue)|anxiety)\b",
    re.I,
)


def facts_told(text: str, mentions: Mentions, catalogue: Catalogue) -> dict[str, Any]:
    """Profile facts the turn states, by field of `profile.FIELDS`."""
    money = [said.pounds for said in money_said(text) if said.limit]
    corrected = put_right(text, mentions, catalogue)
    prior = prior_learning(text, mentions, catalogue) if corrected is None else (corrected,)
    wanted = wanted_occupation(text, mentions, catalogue)
    told_places = {span.start for span, item in prior_by_clause(text, mentions, catalogue) if item.credits is not None}
    home = _only_place(text, mentions) or any(
        place.kind == "place"
        and (lives(text, place) or works_at(text, place, mentions))
        and not _in_clause_of(text, place.start, told_places)
        for place in mentions.all
    )
    home = home or _listed_place(text, mentions) or _place_by_itself(text, mentions)
    if wanted is not None and not ASKS.search(text):
        # "I'm in Swansea, care worker, 29" tells who someone is; it does not say what they want to become.
        wanted, work = None, _work(text, mentions) or wanted
    else:
        work = _work(text, mentions)
    values: dict[str, Any] = {
        "occupation": wanted,
        "work": work,
        "target_award": target_award(text, mentions),
        "nation": mentions.nation if home else None,
        "age": age_said(text),
        "income_gbp": income_said(text),
        "budget_gbp": money[-1] if money else (Decimal(0) if _nothing_to_spend(text) else None),
        "hours_per_week": hours_a_week(text),
        "weeks_available": weeks_available(text),
        "highest_level": highest_level(text, prior),
        "access_needs": _access(text),
        "prior_learning": prior or None,
    }
    return {name: value for name, value in values.items() if value is not None}


ASKS = re.compile(
    r"\?|\b(?:want|wants|like|become|becoming|how|what|which|can|could|should|need|course|courses|train\w*|goal|aim|hop\w+|look\w*|interested|into|"
    r"retrain\w*|learn\w*|stud\w+|dream|towards?|torn|deciding|choos\w+|either)\b",
    re.I,
)


def _in_clause_of(text: str, place: int, starts: set[int]) -> bool:
    """Whether a place stands in a clause that tells of credit: "30 credits from Derby" is not where someone lives."""
    return any(start <= place < end for start, end in clauses(text) if start in starts)


def _nothing_to_spend(text: str) -> bool:
    """Whether someone says they have no money, rather than asks for something free."""
    found = FREE.search(text)
    return (
        found is not None
        and re.search(r"£\s*0|\b0\b|no\s+money|skint|pay|budget|spend|broke", found[0], re.I) is not None
    )


def wanted_occupation(text: str, mentions: Mentions, catalogue: Catalogue) -> str | None:
    """The occupation aimed for: the last one that is not said to be the present work, and is not only a subject."""
    for mention in reversed(mentions.all):
        if mention.kind != "occupation" or (_is_subject(text, mention, catalogue) and not _aimed(text, mention)):
            continue
        if not NOW.search(text[: mention.start]) or _aimed(text, mention):
            return mention.record_id
    return None


AS_SUBJECT = re.compile(
    r"\s*(?:\w+\s+)?(?:courses?|class(?:es)?|units?|modules?|certs?|certificates?|training|workshops?|bootcamps?)\b",
    re.I,
)


AFTER_SUBJECT = re.compile(
    r"\b(?:post\s?grad(?:uate)?|undergraduate|level\s+\d+|(?:courses?|modules?|credits?|something|anything)\s+(?:in|on|about)|stud(?:y|ying)|learn(?:ing)?)\s+"
    r"(?:\w+\s+(?:or|and)\s+)?$",
    re.I,
)


def _is_subject(text: str, mention: Mention, catalogue: Catalogue) -> bool:
    """ "A programming unit" is about programming, whatever the work. Where no short course leads into the work ("a nursing
    course"), that has to be said all the same."""
    occupation = catalogue.occupation(mention.record_id)
    open_to_all = occupation is not None and occupation.short_courses is not Reach.NO
    before, after = text[: mention.start], text[mention.end :]
    return open_to_all and (AS_SUBJECT.match(after) is not None or AFTER_SUBJECT.search(before) is not None)


def _work(text: str, mentions: Mentions) -> str | None:
    """The work someone does now: said so, or named beside another line of work that is wanted ("HCA, wants nursing")."""
    named = [mention for mention in mentions.all if mention.kind == "occupation"]
    now = [mention for mention in named if NOW.search(text[: mention.start]) and not _aimed(text, mention)]
    if now:
        return now[0].record_id
    aimed = [mention for mention in named if _aimed(text, mention)]
    others = [mention for mention in named if mention not in aimed]
    return others[0].record_id if aimed and others and others[0].record_id != aimed[-1].record_id else None


def _aimed(text: str, mention: Mention) -> bool:
    """ "I'm hoping to be a nurse" aims; "I am a nurse" does not."""
    clause = re.split(r"[,.;?!]|\b(?:and|but)\b", text[: mention.start])[-1]
    return (
        re.search(
            r"\b(?:want|wants|like|hop\w+|become|becoming|train\w*|torn|between|either|deciding|choos\w+|thinking|dream|retrain\w*|studying|learn\w*|to\s+be)\b",
            clause,
            re.I,
        )
        is not None
    )


def target_award(text: str, mentions: Mentions) -> str | None:
    """The award aimed for: one named after "towards", "for", "need for", "get" and the like; otherwise the one award named
    that is not said to be held, where another one or some credit is."""
    awards = [mention for mention in mentions.all if mention.kind == "award" and not denied(text, mention.start)]
    for mention in awards:
        before = text[: mention.start]
        if TOWARDS.search(before) and not NOT_GOAL.search(before):
            return mention.record_id
    open_ones = [mention for mention in awards if not _is_held(text, mention)]
    holds = len(open_ones) < len(awards) or (HAVE.search(text) is not None and credits_said(text))
    return open_ones[-1].record_id if holds and open_ones else None


def _is_held(text: str, mention: Mention) -> bool:
    """Whether an award is said to be held: a verb of having in its own clause, before it, and no wish."""
    start = max((match.end() for match in _EDGE.finditer(text[: mention.start])), default=0)
    clause = text[start : mention.start]
    return HAVE.search(clause) is not None and not WISHES.search(clause)


def highest_level(text: str, prior: tuple[PriorLearning, ...]) -> int | None:
    """The highest level said to be held, in FHEQ/RQF numbers (0: none); `None` if nothing was said."""
    levels = [
        number
        for words, number in SCHOOL_LEVELS
        for match in words.finditer(text)
        if _held_here(text, match.start(), number)
    ]
    levels += [item.level for item in prior if item.level is not None and item.framework in ("FHEQ", "RQF", "CQFW")]
    shorthand = re.search(r"(?:^|,)\s*L(?P<level>[1-8])\s*(?:,|$)", text)
    if shorthand:
        levels.append(int(shorthand["level"]))
    return max(levels, default=None)


def _held_here(text: str, start: int, number: int) -> bool:
    clause = re.split(r"[.;?!]|,\s|\bbut\b", text[:start])[-1]
    return number == 0 or (HAVE.search(clause) is not None and not WISHES.search(clause))


def _access(text: str) -> str | None:
    named = tuple(dict.fromkeys(match[0].lower() for match in ACCESS.finditer(text)))
    return ", ".join(named) or None


def _listed_place(text: str, mentions: Mentions) -> bool:
    """ "51, England, 8 hours a week": a place by itself in a list of who someone is."""
    if age_said(text) is None and hours_a_week(text) is None:
        return False
    return any(
        mention.kind == "place"
        and re.search(r"(?:^|,)\s*$", text[: mention.start]) is not None
        and re.match(r"\s*(?:,|\.|$)", text[mention.end :]) is not None
        for mention in mentions.all
    )


def _place_by_itself(text: str, mentions: Mentions) -> bool:
    """ "Coleraine, NI. I work nights": a sentence that is only a place says where somebody is."""
    edges = [0, *(match.end() for match in re.finditer(r"[.;!?]\s+", text)), len(text)]
    return len(edges) > 2 and any(
        _only_place(text[start:end], _within(mentions, start, end)) for start, end in pairwise(edges)
    )


def _within(mentions: Mentions, start: int, end: int) -> Mentions:
    """The names in a stretch of the message, counted from its beginning."""
    inside = [one for one in mentions.all if start <= one.start < end]
    return Mentions(tuple(replace(one, start=one.start - start, end=one.end - start) for one in inside))


def _only_place(text: str, mentions: Mentions) -> bool:
    """A turn that is just a place answers "where do you live?"."""
    left = text
    for mention in reversed(mentions.all):
        if mention.kind == "place":
            left = left[: mention.start] + left[mention.end :]
    return left != text and not re.search(
        r"\w{3,}", re.sub(r"\b(?:in|from|the|and|i|im|it|its|uk|live|yes)\b", "", left.lower())
    )


def prior_learning(text: str, mentions: Mentions, catalogue: Catalogue) -> tuple[PriorLearning, ...]:
    """What the learner says they have already studied, clause by clause."""
    return tuple(item for _, item in prior_by_clause(text, mentions, catalogue))


def prior_by_clause(text: str, mentions: Mentions, catalogue: Catalogue) -> list[tuple[Span, PriorLearning]]:
    """Each piece of prior learning with the stretch of the message that tells of it."""
    items = []
    goal = target_award(text, mentions)
    stated = rules_said(text).spans
    everything = credits_said(text)
    telling = False
    weighed = _is_weighed(text, mentions)
    for start, end in clauses(text):
        clause = text[start:end]
        named = any(mention.kind == "award" and start <= mention.start < end for mention in mentions.all)
        telling = _tells(text, start, end, telling, named=named)
        if not telling and not (weighed and _AT_A_LEVEL.search(clause) and not WISHES.search(clause)):
            continue
        mentioned = [mention for mention in mentions.all if start <= mention.start < end]
        awards = [mention for mention in mentioned if mention.kind == "award" and mention.record_id != goal]
        own = [mention for mention in mentioned if mention.kind == "course"]
        amounts = tuple(
            said
            for said in everything
            if start <= said.span.start < end
            and not _within_any(said.span, stated)
            and not _A_PACE.match(text[said.span.end :])
        )
        module = re.search(r"\b(?:modules?|micro-?credentials?|certificates?|units?)\b", clause, re.I)
        if awards or own or amounts or (module and any(mention.kind == "provider" for mention in mentioned)):
            items += [
                (Span(start, end), item)
                for item in _items(clause, start, [*awards, *own], amounts, mentioned, catalogue)
            ]
    return _with_level_of_all(text, _with_level_of_list(text, items))


_A_PACE = re.compile(r"\s*(?:a|per|each|every)\s+(?:year|term|semester|month)\b", re.I)
""" "60 points a year" is how fast somebody studies."""
_AT_A_LEVEL = re.compile(
    r"\d+\s*(?:credits?|cr|points?|pts)?\s*(?:of\s+them\s+)?(?:at|@|x|of|from)?\s*(?:level\s*|lvl\s*|L|(?P<year>first|second|final|third)[\s-]year\b|(?P<kind>undergrad\w*|master\w*|postgrad\w*))",
    re.I,
)
"""An amount said with its level, by number, year or stage."""


def _is_weighed(text: str, mentions: Mentions) -> bool:
    """Whether a message puts amounts at several levels beside an award ("MSc: 40 at level 6 and 140 at level 7, enough?"),
    which says what somebody has without a word of having."""
    return bool(mentions.ids("award")) and len(list(_AT_A_LEVEL.finditer(text))) > 1


_BARE_AMOUNT = re.compile(r"\W*(?:(?:and|then|plus|also)\s+)*[\d.]+\W*", re.I)


def _with_level_of_list(text: str, items: list[tuple[Span, PriorLearning]]) -> list[tuple[Span, PriorLearning]]:
    """ "60, 60 and 30 at level 5": each bare amount has the level that ends the list."""
    levelled: list[tuple[Span, PriorLearning]] = []
    for span, item in reversed(items):
        after = levelled[-1][1] if levelled else None
        if after is not None and item.level is None and _BARE_AMOUNT.fullmatch(text[span.start : span.end]):
            item = replace(item, level=after.level, framework=after.framework)
        levelled.append((span, item))
    return levelled[::-1]


_ALL_LEVEL = re.compile(
    r"\b(?:all|both|each|every\s+one)\s+(?:of\s+(?:them|it)\s+)?(?:are\s+|is\s+|were\s+)?(?:at\s+)?(?:level\s*|L)(?P<level>[1-8])\b",
    re.I,
)


def _with_level_of_all(text: str, items: list[tuple[Span, PriorLearning]]) -> list[tuple[Span, PriorLearning]]:
    """ "All level 4", said once, is the level of every piece that has none of its own."""
    said = _ALL_LEVEL.search(text)
    if said is None:
        return items
    level = int(said["level"])
    return [
        (
            span,
            replace(item, level=level, framework=Framework.FHEQ.value)
            if item.level is None and item.credits is not None
            else item,
        )
        for span, item in items
    ]


def _within_any(span: Span, stated: tuple[Span, ...]) -> bool:
    """Whether an amount belongs to a rule that was stated, and not to what someone has."""
    return any(rule.start < span.end and span.start < rule.end for rule in stated)


def _tells(text: str, start: int, end: int, telling: bool, *, named: bool) -> bool:
    """Whether a clause says what someone has: with a verb, as a further item of what was just told, or in an adviser's list."""
    clause = text[start:end]
    if supposes_study(clause):
        return True
    if WISHES.search(clause):
        return False
    if HAVE.search(text[_sentence_start(text, start) : end]):
        return True
    asked = "?" in text[start : end + 1]
    if telling and not asked and re.search(r"\d", clause):
        return True
    listed = "?" not in _sentence(text, start) and len(re.findall(r",\s", text)) >= 2 and len(clause.split()) <= 7
    listed = listed and re.search(r"\b(?:is|are|asks?|takes?)\b", clause, re.I) is None
    # What follows "wants" in a list is wanted.
    listed = listed and WISHES.search(text[_sentence_start(text, start) : start]) is None
    # A list that names neither an award nor a year is what is looked for ("data science, 20 points at SCQF 8").
    listed = listed and (named or bool(years_said(clause)) or re.search(r"\bL\d\b", clause) is not None)
    return listed and not re.search(
        r"\b(?:courses?|modules?|units?|class(?:es)?|training|find|show|target|aim|goal|not\s+over|under|online|distance)\b",
        _sentence(text, start),
        re.I,
    )


_SUPPOSED = re.compile(
    r"\b(?:what\s+if|suppose|if)\s+(?:i|she|he|they|we)\s+(?:also\s+|then\s+|now\s+)?(?:add|do|did|take|took|pass|finish|get|got|complete)(?:ed)?\b"
    r"[^.?!]*\d(?![^.?!]*\b(?:a|per|each|every)\s+(?:year|week|month|term)\b)",
    re.I,
)
_ADDED = re.compile(
    r"\b(?:with|w/|plus|add(?:ing|ed)?)\s+(?:another\s+)?\d+\s+(?:more|extra)\b|\b(?:and|with|plus)\s+another\s+\d+\b",
    re.I,
)
""" "What if I add one more 30-credit module": what is supposed counts with what is held."""


def supposes_study(text: str) -> bool:
    """Whether study is supposed that nobody said they did: it is counted, and never becomes a fact of the profile."""
    return _SUPPOSED.search(text) is not None or _ADDED.search(text) is not None


def _sentence(text: str, place: int) -> str:
    start = _sentence_start(text, place)
    end = re.search(r"[.?!;](?:\s|$)", text[place:])
    return text[start : place + end.start() + 1 if end else len(text)]


def _sentence_start(text: str, place: int) -> int:
    return max((match.end() for match in re.finditer(r"[.?!;]\s", text[:place])), default=0)


MOST_PIECES = 12


def _items(
    clause: str,
    offset: int,
    titled: list[Mention],
    amounts: tuple[CreditSaid, ...],
    named: list[Mention],
    catalogue: Catalogue,
) -> list[PriorLearning]:
    """What one clause tells of: one piece, or "three 15-credit modules" as three of them."""
    item = _item(clause, offset, titled, amounts, named, catalogue)
    times = amounts[0].times if amounts else 1
    if item.credits is None or not 1 < times <= MOST_PIECES:
        return [item]
    each = item.credits / times
    return [replace(item, title=f"{item.title} ({number} of {times})", credits=each) for number in range(1, times + 1)]


def _item(
    clause: str,
    offset: int,
    titled: list[Mention],
    amounts: tuple[CreditSaid, ...],
    named: list[Mention],
    catalogue: Catalogue,
) -> PriorLearning:
    """One piece of prior learning. What a national award of that name always is (its level) counts as said."""
    anchor = (titled[0].start if titled else amounts[0].span.start if amounts else offset) - offset
    levels = levels_said(clause)
    # "200 credits, L4 and L5" does not say how many are at which.
    several = not titled and len({said.number for said in levels}) > 1
    level = None if several else _nearest(levels, anchor)
    years = years_said(clause)
    providers = [mention.record_id for mention in named if mention.kind == "provider"]
    providers += [
        name for mention in named if mention.kind == "place" and (name := _university_of(mention.said, catalogue))
    ]
    item = PriorLearning(
        title=" ".join(mention.said for mention in titled) or _short_title(clause),
        credits=_points(amounts[0]) if amounts else None,
        system=(amounts[0].system or CreditSystem.CATS).value if amounts else None,
        level=level.number if level else None,
        framework=level.level.framework.value if level else None,
        year=years[0][0] if years else None,
        awarding_body=providers[0] if providers else None,
    )
    return _as_the_award_is(item, titled, amounts, catalogue)


def _university_of(place: str, catalogue: Catalogue) -> str | None:
    """ "30 credits from Derby" are from its university, where the records know one by that name."""
    wanted = {f"university of {place.lower()}", f"{place.lower()} university"}
    return next((award.provider for award in catalogue.awards if award.provider.lower() in wanted), None) or next(
        (course.provider for course in catalogue.courses if course.provider.lower() in wanted), None
    )


def _as_the_award_is(
    item: PriorLearning, titled: list[Mention], amounts: tuple[CreditSaid, ...], catalogue: Catalogue
) -> PriorLearning:
    """An award of a framework is at its own level, and whole unless an amount is given: 60 credits "of a degree" are not
    all of it. Size is filled in only where the framework has one size for the award."""
    award = catalogue.award(titled[0].record_id) if titled and titled[0].kind == "award" else None
    if award is None or award.kind is not AwardKind.NATIONAL_MINIMUM or award.level is None:
        return item
    if item.level is None and _one_level(award):
        level = award.at_level
        if level is not None and item.system == CreditSystem.SCQF.value:
            level = Level(Framework.SCQF, max(frameworks().levels_in(level, Framework.SCQF), default=level.number))
        if level is not None:
            item = replace(item, level=level.number, framework=level.framework.value)
    if not amounts and award.total_credits is not None and award.credit_system is not None and award.id in WHOLE_AWARDS:
        item = replace(item, credits=award.total_credits, system=award.credit_system.value, assumed_size=True)
    return item


DEGREE = 6
WHOLE_AWARDS = frozenset({"fheq-certhe", "fheq-diphe", "fheq-pgcert", "fheq-pgdip", "fheq-foundation-degree"})
"""Awards whose holders have the framework's minimum at least, so that it may stand for what was not said."""


def _one_level(award: Award) -> bool:
    """Degrees are made of credit of several levels: their own level says nothing about each credit."""
    return award.level != DEGREE


def level_of_award(text: str, mentions: Mentions, catalogue: Catalogue) -> tuple[LevelSaid, ...]:
    """The level of the one award looked for ("a PGCert in leadership"): not of one that is held or aimed for later. Degrees
    and honours have modules of several levels."""
    awards = [mention for mention in mentions.all if mention.kind == "award"]
    if len(awards) != 1 or _is_held(text, awards[0]) or TOWARDS.search(text[: awards[0].start]):
        return ()
    award = catalogue.award(awards[0].record_id)
    if award is None or award.at_level is None or not _one_level(award):
        return ()
    return (LevelSaid(award.at_level.number, award.at_level.framework, Span(awards[0].start, awards[0].end)),)


_POSTGRADUATE = re.compile(r"\bpost\s?grad(?:uate)?\b(?!\s+(?:cert\w*|dip\w*|loan|award|degree))", re.I)


def postgraduate(text: str) -> tuple[LevelSaid, ...]:
    """ "A postgrad module" is one at level 7, as the frameworks pair the word with the number."""
    return tuple(LevelSaid(7, None, Span(*match.span())) for match in _POSTGRADUATE.finditer(text))[:1]


def _nearest(levels: tuple[LevelSaid, ...], place: int) -> LevelSaid | None:
    return min(levels, key=lambda said: abs(said.span.start - place), default=None)


def _points(said: CreditSaid) -> Decimal:
    points = said.whole.points
    return Decimal(points.numerator) / Decimal(points.denominator)


_EDGE = re.compile(
    r"[,.;?!:](?=\s|$)(?!\s*(?:in\s+)?(?:19|20)\d\d\b)|\s-\s|\s(?:and|plus|\+|&|but|then)\s|\s(?=(?:wants?|looking|hoping|to\s+(?:get|become))\b)",
    re.I,
)
"""What ends a clause. A year after a comma belongs to what stands before it."""


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between commas, "and", "plus", "but", "wants" and full stops, as (start, end); brackets stay whole."""
    outside = re.sub(r"\([^)]*\)", lambda match: "_" * len(match[0]), text)
    edges = [0]
    for match in _EDGE.finditer(outside):
        edges += [match.start(), match.end()]
    edges.append(len(text))
    yield from ((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start)


def _short_title(clause: str) -> str:
    words = re.sub(
        r"^\W*(?:(?:i'?ve|i\s+have|i'?m|i\s+am|i|she|he|and|also|got|have|has|did|done|carrying|holding|bringing|collected|earned|passed|an?|the|my|with)\s+)+",
        "",
        clause.strip(),
        flags=re.I,
    )
    return words[:60].strip(" .,?!")


CORRECTS = re.compile(
    r"\b(?:actually|sorry|no\s+wait|(?:^|no)\W+(?:that\s+was|it'?s\s+now|now)|now\s+(?:it'?s\s+)?(?:only\s+)?£?\d|it'?s\s+£?[\d,.]+k?\s+now|got\s+a\s+raise|pay\s+rise|scrap\s+that|typed|correction|i\s+mean|i\s+meant|should\s+be|wrong|mistake)\b|\bnot\s+\d+\b",
    re.I,
)
"""Words that put right what was said before."""
_PUT_RIGHT = re.compile(
    r"\b(?:was|is|were|are|has|had)\s+(?:only\s+|actually\s+)?(?P<right>\d{1,3})\b(?:\s*(?:credits?)?,?\s*not\s+(?P<wrong>\d{1,3})\b)",
    re.I,
)


_IN_NUMBERS = ("hours_per_week", "budget_gbp", "age", "weeks_available")
_ONE_NUMBER = re.compile(r"(?<![\d£.,])(\d{1,4})(?![\d.,]*\d|\s*(?:credits?|%))")


_OF_PAY = re.compile(r"\b(?:raise|rise|promot\w+|pay|salary|wages?|earn\w*|income|job)\b", re.I)


def put_right_by_number(text: str, known: LearnerProfile) -> dict[str, Any]:
    """ "Sorry, it's only 5": the one number of a correction replaces the number told last, where it could be that."""
    amounts = [said.pounds for said in money_said(text)]
    if len(amounts) == 1 and "income_gbp" in known.facts and _OF_PAY.search(text) is not None:
        return {"income_gbp": amounts[0]}
    numbers = _ONE_NUMBER.findall(text)
    told = [(name, known.facts[name].source) for name in _IN_NUMBERS if name in known.facts]
    if len(numbers) != 1 or not told:
        return {}
    name = max(told, key=lambda entry: int(re.sub(r"\D", "", entry[1]) or 0))[0]
    value = Decimal(numbers[0])
    return {name: int(value) if name in ("age", "weeks_available") else value}


def put_right(text: str, mentions: Mentions, catalogue: Catalogue) -> PriorLearning | None:
    """ "The Derby one was 20, not 30": the credits of what was told before from that place or provider."""
    match = _PUT_RIGHT.search(text)
    if match is None:
        return None
    for mention in mentions.all:
        awarder = mention.record_id if mention.kind == "provider" else _university_of(mention.said, catalogue)
        if awarder is not None:
            system = CreditSystem.CATS.value
            return PriorLearning(mention.said, credits=Decimal(match["right"]), system=system, awarding_body=awarder)
    return None


_YEAR_PUT_RIGHT = re.compile(r"\b(?P<right>(?:19|20)\d\d)\s*,?\s+not\s+(?P<wrong>(?:19|20)\d\d)\b", re.I)


def put_right_credits(text: str, known: LearnerProfile) -> PriorLearning | None:
    """ "The level 5 one was 30, not 15", "that was 2021, not 2016": the one piece of prior learning that was said to have the
    wrong amount or year, with the right one."""
    years = _YEAR_PUT_RIGHT.search(text)
    if years is not None:
        then = [item for item in known.prior_learning if item.year == int(years["wrong"])]
        return replace(then[0], year=int(years["right"])) if len(then) == 1 else None
    match = _PUT_RIGHT.search(text)
    if match is None:
        return None
    wrong = [item for item in known.prior_learning if item.credits == Decimal(match["wrong"])]
    levels = {said.number for said in levels_said(text)}
    wrong = [item for item in wrong if not levels or item.level in levels]
    return replace(wrong[0], credits=Decimal(match["right"])) if len(wrong) == 1 else None


FORGET = re.compile(r"\b(?:forget|remove|delete|erase|drop|ignore|clear)\b(?P<what>[^.?!]{0,60})", re.I)
FIELD_WORDS: Mapping[str, str] = {
    "age": r"\b(?:age|how\s+old)\b",
    "income_gbp": r"\b(?:income|earn\w*|salary|wages?|pay)\b",
    "budget_gbp": r"\b(?:budget|money|price)\b",
    "nation": r"\b(?:where\s+i\s+live|nation|country|location|place|address)\b",
    "hours_per_week": r"\bhours\b",
    "weeks_available": r"\b(?:weeks|months|deadline|how\s+long)\b",
    "prior_learning": r"\b(?:credits?|qualifications?|hnc|studies|prior|courses?\s+i)\b",
    "occupation": r"\b(?:goal|job|career)\b",
    "target_award": r"\b(?:award|degree\s+i)\b",
    "work": r"\b(?:work|job\s+now)\b",
    "highest_level": r"\b(?:level|highest)\b",
    "access_needs": r"\b(?:disability|health|access\s+needs?|dyslexia|condition)\b",
}
EVERYTHING = re.compile(
    r"\b(?:everything|all\s+(?:of\s+)?(?:it|that|this)|about\s+me|what\s+i\s+(?:said|told))\b", re.I
)
SOMEBODY_ELSE = re.compile(
    r"\b(?:not\s+(?:for\s+)?me\b[^.?!]{0,30}(?:\b(?:for|it'?s)\s+|,\s*)|(?:it'?s|this\s+is|asking|now)\s+(?:actually\s+)?for\s+)(?:my|a|an|the)\s+(?:\w+\s+)?"
    r"(?:son|daughter|husband|wife|partner|brother|sister|mum|mother|dad|father|friend|nephew|niece|child|client|colleague|neighbour|learner|student)\b",
    re.I,
)


def forgotten(text: str) -> frozenset[str] | None:
    """Fields the learner asks to forget; every field if they say all of it; `None` if nothing of the kind is said."""
    match = FORGET.search(text)
    if match is None:
        return None
    named = frozenset(name for name, words in FIELD_WORDS.items() if re.search(words, match["what"], re.I))
    # "Forget what I told you about my pay" names one thing.
    return named or (frozenset(FIELD_WORDS) if EVERYTHING.search(match["what"]) else None)


def about_somebody_else(text: str) -> bool:
    """Whether the message says that another person than before is meant ("not for me, for my son")."""
    return SOMEBODY_ELSE.search(text) is not None
