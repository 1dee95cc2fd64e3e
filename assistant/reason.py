"""Reading + evidence -> findings: what follows from the records and rules. Typed results, no wording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

import numpy as np

from assistant.ages import ages
from assistant.answer import Pick
from assistant.caps import caps
from assistant.choosing import Chosen, choose
from assistant.costs import Sum, beside_budget
from assistant.fitting import failing
from assistant.follow import SUPPOSING, Narrowing
from assistant.gazetteer import COMMON_PROVIDER_WORDS, LONG, plain
from assistant.limits import Constraints, limit_words
from assistant.needs import Need
from assistant.own_awards import own_awards
from assistant.pathway import Nearest, Pathway
from assistant.profile import LearnerProfile
from assistant.quantities import CreditSaid, money_said, years_said
from assistant.reading import SEARCHED, Reading
from assistant.retrieval import Filtered, Found
from assistant.rules_said import rules_said
from assistant.schemes import Held, conditions, money_sums
from assistant.shelf import Library
from assistant.sums import sums
from corpus.cards import Card, Occupation, Reach, Topic
from corpus.catalogue import Catalogue
from corpus.courses import Award, AwardKind, Course, Listing, Strength
from corpus.credit import SAME_NUMBERS, Conversion, Credit, CreditSystem, Framework, Level, LevelMatch, Ratio

MOST_COURSES = 4
MOST_OF_ONE_PROVIDER = 2
WORSE = 0.6
"""How much lower than the best course a further one may rank: a filled list is not a better list."""
AWARD_NAMED, AWARD_ALIKE = 0.55, 0.70
"""Least similarity of an award to be meant, if the turn names a word of its provider, and if it does not."""
MOST_UNSTATED = 2
MOST_PARTS = 3
FEW = 2
"""With fewer courses than this, parts of longer awards that fit are named as well."""
MOST_UNKNOWN = 2
DEPTH = 12
"""How many cards one question brings, before the learner's nation reorders them."""


HERE = re.compile(
    r"\bover\s+here\b|\bhere\b|\bcomes?\s+to\b|\bworth\b|\bin\s+(?:britain|the\s+uk|england|our\s+credits?)\b|\bour\s+credits?\b",
    re.I,
)
"""What asks for an amount of foreign credit in the UK's own."""
TO_GO = re.compile(
    r"\bhow\s+(?:far|close|near)\b|\bfar\s+off\b|\bstill\s+(?:need|missing|to\s+do)\b|\bleft\s+to\s+do\b|\bhow\s+m(?:any|uch)\s+more\b|\bshort\s+of\b",
    re.I,
)
"""What asks how much of an award is still to do, whatever else the turn says."""
WHO_DECIDES = "who-decides-credit-transfer"
PENNY = Decimal("0.01")
CHAT = 0.5
"""A message this surely small talk is nothing else."""


class Question(StrEnum):
    """The one thing worth asking back, most consequential first."""

    NATION = "nation"
    TARGET_AWARD = "target_award"
    PRIOR_CREDIT = "prior_credit"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class CreditTurned:
    """An amount of credit in another system. `conversion` is to UK credits; `result` is the amount asked for."""

    said: CreditSaid
    conversion: Conversion
    result: Credit
    assumed_system: bool


@dataclass(frozen=True, slots=True)
class LevelTurned:
    """A level in another framework."""

    level: Level
    match: LevelMatch


@dataclass(frozen=True, slots=True)
class Leading:
    """What is known about courses that lead to an award: each with the strength its page gives."""

    award: Award
    courses: tuple[tuple[Course, Strength], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A course that a turn asks about because it was not recommended, with the limits it does not meet."""

    course: Course
    failing: Mapping[str, bool | None]
    close: bool = True
    """Whether it is about what was looked for."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything worth saying, unworded."""

    sums: tuple[Sum, ...] = ()
    figure_cards: Mapping[str, Card] = field(default_factory=dict)
    """The card behind each figure that a sum was worked out with."""
    sum_awards: Mapping[str, Award] = field(default_factory=dict)
    """The awards whose size a sum was worked out with."""
    uk_ratio: Ratio | None = None
    credits: tuple[CreditTurned, ...] = ()
    levels: tuple[LevelTurned, ...] = ()
    occupation: Occupation | None = None
    occupation_card: bool = False
    """Whether one of the cards already says what short courses can do for the occupation."""
    held: tuple[Award, ...] = ()
    """National awards the learner says they have: what such an award normally carries."""
    leading: Leading | None = None
    own_awards: tuple[Award, ...] = ()
    """Awards of a provider that the turn is about, for what their records state."""
    pathway: Pathway | None = None
    nearest: tuple[Nearest, ...] = ()
    named: tuple[Course, ...] = ()
    why_not: tuple[LeftOut, ...] = ()
    known_limits: Mapping[str, str] = field(default_factory=dict)
    """The limits of the search in words, by name."""
    unknown_codes: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()
    cards: tuple[Chosen, ...] = ()
    picks: tuple[Pick, ...] = ()
    filtered: Filtered | None = None
    unstated: tuple[Course, ...] = ()
    """Courses at least as close as the worst one picked, whose pages leave open something that was asked for."""
    parts: tuple[Course, ...] = ()
    """Parts of longer awards, or courses not known to run now, that fit where few others do: to ask about, not to buy."""
    looked_for_courses: bool = False
    known: tuple[str, ...] | None = None
    """All that is known about the person, in words, if they ask for it."""
    noted: tuple[str, ...] = ()
    """What a turn that asks nothing told or asked to forget, in words."""
    schemes: tuple[Held, ...] = ()
    """The schemes that pay which this turn is about, with the conditions that what was said decides."""
    deciding: Card | None = None
    """The card on who decides, where a turn is about credit counting somewhere."""
    free_online: Card | None = None
    """The card on free open online courses, where one of those shown is such and credit was asked about."""
    question: Question | None = None
    related: tuple[Card, ...] = ()
    """Cards that those shown point to, for a next question."""
    search_first: bool = False
    """Whether courses are the main thing asked for."""
    asked_more: bool = False
    """Whether something else was asked beside courses."""
    asked: int = 1
    """How many things were asked."""
    yes_or_no: bool = True
    small_talk: bool = False
    out_of_scope: bool = False

    @property
    def empty(self) -> bool:
        found = (
            self.sums,
            self.credits,
            self.levels,
            self.occupation,
            self.held,
            self.leading,
            self.own_awards,
            self.pathway,
            self.nearest,
            self.schemes,
            self.named,
            self.why_not,
            self.unknown_codes,
            self.unknown_names,
            self.cards,
            self.picks,
            self.noted,
            self.known,
        )
        return not any(found)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What retrieval brought for one reading: per sentence its cards, and courses over the whole turn."""

    cards: tuple[tuple[Found, ...], ...]
    courses: tuple[Found, ...]
    awards: tuple[Found, ...]
    unstated: tuple[Found, ...]
    """Courses as close as these whose pages do not state something that was asked for."""
    parts: tuple[Found, ...]
    """Parts of longer awards within every limit; whether they are sold by themselves is not known."""
    limits: Constraints
    filtered: Filtered | None


def gather(reading: Reading, limits: Constraints, library: Library) -> Gathered:
    """Cards for each sentence, and courses within every limit. Nothing below the relevance gate comes back."""
    searcher = library.searcher
    cards = tuple(
        searcher.cards((query,), vector[np.newaxis], DEPTH)
        for query, vector in zip(reading.queries, reading.vectors, strict=True)
    )
    filtered = searcher.filter(limits)
    among = filtered.ids if limits else None
    if Narrowing.OTHERS in reading.narrowing:
        among = searcher.on_offer - frozenset(reading.seen) if among is None else among - frozenset(reading.seen)
    courses = (
        _by_limits_alone(filtered, library)
        if reading.no_subject and limits
        else searcher.courses(reading.subjects, reading.subject_vectors, MOST_COURSES * 3, among)
    )
    courses = courses or _ranges(filtered, limits, library)
    awards = searcher.awards(reading.queries, reading.vectors, DEPTH)
    unstated = (
        searcher.courses(reading.subjects, reading.subject_vectors, MOST_UNSTATED, filtered.unstated)
        if among is not None
        else ()
    )
    parts = searcher.parts(reading.subjects, reading.subject_vectors, MOST_PARTS, filtered.parts)
    return Gathered(cards, courses, awards, unstated, parts, limits, filtered if limits else None)


def _by_limits_alone(filtered: Filtered, library: Library) -> tuple[Found, ...]:
    """What meets every limit of a search that names no subject: those known to count towards something first."""
    fitting = [course for course in library.catalogue.courses if course.id in filtered.ids]
    fitting.sort(key=lambda course: (not course.stacks_into, course.credits is None, course.title))
    return tuple(Found(course.id, 1.0, 1.0, "") for course in fitting[: MOST_COURSES * 3])


LIMITS_OF_A_RANGE = 2
"""With fewer limits a range of courses that keeps to all of them says too little."""


def _ranges(filtered: Filtered, limits: Constraints, library: Library) -> tuple[Found, ...]:
    """Where no single course is about what was asked: ranges to choose from that meet every limit. What they are about is not
    in their records, so they may hold the subject."""
    if len(limits.names()) < LIMITS_OF_A_RANGE:
        return ()
    fitting = [c for c in library.catalogue.courses if c.id in filtered.ids and c.listing is Listing.RANGE]
    return tuple(Found(course.id, 0.0, 0.0, "") for course in fitting if course.credits is not None)


def narrowed(reading: Reading, catalogue: Catalogue) -> Constraints:
    """The limits of a turn that asks for cheaper or shorter courses than those shown: below the best of them."""
    shown = [course for course_id in reading.shown if (course := catalogue.course(course_id)) is not None]
    prices = [course.price_gbp for course in shown if course.price_gbp is not None]
    weeks = [int(course.weeks) for course in shown if course.weeks is not None]
    limits = reading.constraints
    # "Cheaper, below £1,400" says how much cheaper.
    if (
        Narrowing.CHEAPER in reading.narrowing
        and prices
        and not any(said.limit for said in money_said(reading.message))
    ):
        limits = replace(limits, max_price=max(min(prices) - PENNY, Decimal(0)))
    if Narrowing.SHORTER in reading.narrowing and weeks:
        limits = replace(limits, max_weeks=max(min(weeks) - 1, 1))
    return limits


def reason(
    reading: Reading, profile: LearnerProfile, gathered: Gathered, library: Library, start_year: int
) -> Findings:
    """What the records and rules say about this turn for this learner, whose profile already holds what the turn told."""
    meant = _award_meant(reading, gathered, library)
    pathway = _pathway(reading, profile, meant, library, start_year)
    occupation = _goal(reading, profile, library)
    silent = (reading.tells_only and not reading.follows) or (reading.asks_what_is_known and bool(profile.facts))
    leading = _leading(meant, library)
    # Of the question, not of who asks: a health condition must not bring in the health degrees.
    own = own_awards(" ".join(reading.queries), reading.mentions, library.catalogue)
    named = _named(reading, library)
    looking = named == () and leading is None and _is_a_search(reading, gathered, own, pathway)
    picks = _picks(gathered, library, occupation) if looking else ()
    looking = looking and not silent
    cards = () if silent else _cards(reading, profile, gathered, library)
    about_counting = reading.need(Need.STACK, Need.RECOGNISE) and reading.needs[0][0] is not Need.SEARCH
    about_counting = about_counting and any(chosen.card.topic is Topic.TRANSFER for chosen in cards)
    worked_out, sum_awards = _worked_out(reading, profile, named, pathway, library, start_year)
    findings = Findings(
        sums=worked_out,
        figure_cards={name: library.catalogue.figures()[name].card for entry in worked_out for name in entry.figures},
        sum_awards=sum_awards,
        uk_ratio=library.table.ratio(CreditSystem.CATS),
        credits=_credits_turned(reading, library),
        levels=_levels_turned(reading, library),
        occupation=occupation,
        occupation_card=occupation is not None
        and any(occupation.id in library.card_occupations[chosen.card.id] for chosen in cards),
        held=_held(reading, library),
        leading=None if pathway else leading,
        own_awards=() if pathway or leading or looking or not reading.need(*ABOUT_AWARDS) else own,
        pathway=pathway,
        nearest=() if pathway or leading else _nearest(reading, profile, library, start_year),
        named=named,
        why_not=_left_out(reading, named, gathered, library),
        known_limits=limit_words(gathered.limits),
        unknown_codes=reading.mentions.ids("unknown_code"),
        unknown_names=reading.mentions.ids("unknown_name")[:MOST_UNKNOWN],
        cards=cards,
        picks=picks,
        filtered=gathered.filtered,
        unstated=_unstated(gathered, library) if looking else (),
        parts=_parts(gathered, library, picks) if looking else (),
        looked_for_courses=looking,
        yes_or_no=reading.yes_or_no,
        deciding=library.catalogue.card(WHO_DECIDES) if pathway or about_counting else None,
        asked_more=len(reading.queries) > 1 and not all(reading.only_courses),
        search_first=looking and reading.needs[0][0] is Need.SEARCH,
        related=_related(cards, library),
        asked=len(reading.queries),
        free_online=_free_online(reading, picks, library),
        known=_known(profile, library) if reading.asks_what_is_known else None,
        noted=_noted(reading, profile, library) if reading.tells_only else (),
        schemes=conditions(reading, profile, named, library.catalogue, library.table),
        question=None if leading else _question(reading, profile, cards),
    )
    main = reading.needs[0][0]
    return replace(
        findings,
        small_talk=main is Need.SMALL_TALK and (findings.empty or reading.needs[0][1] >= CHAT),
        out_of_scope=main is Need.OUT_OF_SCOPE and findings.empty and not reading.constraints,
    )


ABOUT_AWARDS = (
    Need.REQUIREMENT, Need.EXPLAIN, Need.STACK, Need.PLAN, Need.RECOGNISE, Need.EVIDENCE, Need.COMPARE, Need.CONVERT,
)  # fmt: skip
"""Needs that what an award of a provider asks for answers."""


def _named(reading: Reading, library: Library) -> tuple[Course, ...]:
    """The courses a turn is about: named, or pointed at."""
    return tuple(
        record
        for record_id in (*_courses_named(reading), *reading.referred)
        if isinstance(record := library.catalogue.record(record_id), Course)
    )


def _is_a_search(reading: Reading, gathered: Gathered, own: tuple[Award, ...], pathway: Pathway | None) -> bool:
    """Whether courses are to be shown, unless the turn names one: a rule, an award's own record or an audit may answer better."""
    if not _looks_for_courses(reading) or (own and reading.need(Need.REQUIREMENT)):
        # "How many units is the HNC, and how many are core?" asks about the award, though it may read like a search.
        return False
    beside_a_plan = dict(reading.needs).get(Need.SEARCH, 0.0) >= BESIDE_A_PLAN
    return not _answered_by_a_rule(reading, gathered) and (pathway is None or beside_a_plan)


def _worked_out(
    reading: Reading,
    profile: LearnerProfile,
    named: tuple[Course, ...],
    pathway: Pathway | None,
    library: Library,
    start_year: int,
) -> tuple[tuple[Sum, ...], dict[str, Award]]:
    """Every sum the turn asks for, and the awards, by id, that sums may have read from."""
    awards = _records(reading.mentions.ids("award"), library)
    providers = reading.mentions.ids("provider")
    of_providers = [award for award in library.catalogue.awards if award.provider in providers]
    found = sums(reading, profile, library.table, _figure_values(library), awards)
    found += _money(reading, profile, named, library)
    if pathway is None:
        found += tuple(caps(reading.message, reading.credits, awards, library.table))
        found += tuple(ages(reading.message, start_year, of_providers))
    return found, {award.id: award for award in (*awards, *of_providers)}


def _records(award_ids: Iterable[str], library: Library) -> list[Award]:
    return [award for award_id in award_ids if (award := library.catalogue.award(award_id)) is not None]


def _figure_values(library: Library) -> dict[str, Decimal]:
    return {name: figure.value for name, figure in library.catalogue.figures().items()}


def _money(reading: Reading, profile: LearnerProfile, named: tuple[Course, ...], library: Library) -> tuple[Sum, ...]:
    """Sums about money beside those that the message's own prices ask for: a budget, loans."""
    beside = beside_budget(reading.message, named[0].price_gbp, profile.get("budget_gbp")) if len(named) == 1 else ()
    return (*beside, *money_sums(reading, profile, library.catalogue, library.table))


def _courses_named(reading: Reading) -> tuple[str, ...]:
    """Courses that a turn is about by name. In a search with limits a title ("non-medical prescribing") says what is looked
    for, and several courses may have it; a code names one course wherever it stands."""
    searched = reading.needs[0][0] is Need.SEARCH
    return tuple(
        mention.record_id
        for mention in reading.mentions.all
        if mention.kind == "course" and not (searched and not any(char.isdigit() for char in mention.said))
    )


def _credits_turned(reading: Reading, library: Library) -> tuple[CreditTurned, ...]:
    """Conversions asked for: a target system is named, or an amount in a foreign system stands in a question about converting."""
    turned = []
    for said in reading.credits:
        wanted = reading.target_system or CreditSystem.CATS
        foreign = said.system is not None and said.system is not CreditSystem.CATS
        asked = reading.need(Need.CONVERT) or HERE.search(reading.message) is not None
        if reading.target_system is None and not (foreign and asked):
            continue
        if said.credit.system is wanted:
            continue
        conversion = library.table.to_uk(said.credit)
        result = library.table.convert(said.credit, wanted)
        if conversion is not None and result is not None:
            turned.append(CreditTurned(said, conversion, result, said.system is None))
    return tuple(turned)


LADDER_WORDS = (
    (Framework.SCQF, re.compile(r"\b(?:scotland|scottish|scqf)\b", re.I)),
    (Framework.NFQ, re.compile(r"\b(?:ireland|irish|nfq)\b(?<!northern ireland)", re.I)),
    (Framework.EQF, re.compile(r"\b(?:eqf|european\s+(?:qualifications?\s+)?(?:framework|level))\b", re.I)),
    (Framework.FHEQ, re.compile(r"\b(?:england|english|uk|british|fheq|rqf|wales|welsh|cqfw)\b", re.I)),
)
"""How people name the ladder that a level should be turned into."""


def _levels_turned(reading: Reading, library: Library) -> tuple[LevelTurned, ...]:
    """Level comparisons: each level said, on every other ladder named; a foreign one always on England's too."""
    named = [framework for framework, words in LADDER_WORDS if words.search(reading.message)]
    if not (reading.need(Need.CONVERT, Need.EXPLAIN, Need.REQUIREMENT) or len(named) > 1):
        return ()
    turned = []
    for level in _levels_meant(reading, library):
        home = level.framework in SAME_NUMBERS
        wanted = [to for to in named if to is not level.framework and not (home and to is Framework.FHEQ)]
        if not home and Framework.FHEQ not in wanted:
            wanted.append(Framework.FHEQ)
        turned += [LevelTurned(level, match) for to in wanted if (match := library.table.match(level, to)) is not None]
    return tuple(dict.fromkeys(turned))


def _levels_meant(reading: Reading, library: Library) -> tuple[Level, ...]:
    """The levels said; else those of the awards named ("an English HNC", "GCSEs" by its card)."""
    if reading.levels:
        return tuple(dict.fromkeys(said.level for said in reading.levels))
    awards = [
        award for award_id in reading.mentions.ids("award") if (award := library.catalogue.award(award_id)) is not None
    ]
    return tuple(dict.fromkeys(award.at_level for award in awards if award.at_level is not None))


def _goal(reading: Reading, profile: LearnerProfile, library: Library) -> Occupation | None:
    """The occupation this turn is about: one it names, or the known goal when it asks for a way there."""
    if not reading.need(Need.FIT, Need.STACK, Need.REQUIREMENT, Need.PLAN):
        return None
    wanted = reading.facts.get("occupation")
    if wanted is None and reading.need(Need.FIT):
        wanted = profile.get("occupation")
    return library.catalogue.occupation(wanted) if wanted else None


def _held(reading: Reading, library: Library) -> tuple[Award, ...]:
    """Awards named as already held, whose national record says what they normally carry."""
    if not reading.need(Need.STACK, Need.FIT, Need.RECOGNISE, Need.PLAN):
        return ()
    target = reading.facts.get("target_award")
    return tuple(
        award
        for mention in reading.mentions.all
        if mention.kind == "award"
        and mention.record_id != target
        and (award := library.catalogue.award(mention.record_id)) is not None
        and award.kind is AwardKind.NATIONAL_MINIMUM
        and award.notes
        and any(mention.said.lower() in item.title.lower() for item in reading.facts.get("prior_learning", ()))
    )


def _pathway(
    reading: Reading, profile: LearnerProfile, meant: Award | None, library: Library, start_year: int
) -> Pathway | None:
    """What the learner holds against the award they aim for, when the turn is about adding up."""
    target = reading.facts.get("target_award") or profile.get("target_award")
    about_stacking = (
        reading.need(Need.STACK, Need.PLAN)
        or "prior_learning" in reading.facts
        or SUPPOSING.search(reading.message) is not None
        or TO_GO.search(reading.message) is not None
    )
    award = library.catalogue.award(target) if target else meant
    if award is None or not about_stacking or not profile.prior_learning:
        return None
    told = {item.awarding_body for item in reading.facts.get("prior_learning", ())}
    providers = [provider for provider in reading.mentions.ids("provider") if provider not in told]
    own = library.pathways.own_version(award, providers, profile.get("nation"))
    said = rules_said(reading.message)
    if said.start_year is None:
        # "Applying for 2027" names the start, too.
        later = [year for year, _ in years_said(reading.message) if year > start_year]
        said = replace(said, start_year=max(later)) if later else said
    found = library.pathways.towards(own, profile, said.start_year or start_year, said)
    return found if isinstance(found, Pathway) else None


def _nearest(reading: Reading, profile: LearnerProfile, library: Library, start_year: int) -> tuple[Nearest, ...]:
    """The awards nearest to what the learner holds, when they ask what it adds up to and name none."""
    named = reading.facts.get("target_award") or reading.facts.get("occupation")
    asks = reading.need(Need.STACK, Need.PLAN) or (reading.tells_only and "prior_learning" in reading.facts)
    if named or not asks or not any(item.credits for item in profile.prior_learning):
        return ()
    return library.pathways.nearest(profile, start_year)


def _leading(award: Award | None, library: Library) -> Leading | None:
    """The award this turn is about, with the courses known to count towards it."""
    if award is None:
        return None
    towards = library.pathways.courses_towards(award.id)
    courses = tuple((course, strength) for course, strength in towards if course.listing is Listing.COURSE)
    return Leading(award, courses) if courses or award.kind is AwardKind.AWARD else None


def _award_meant(reading: Reading, gathered: Gathered, library: Library) -> Award | None:
    """A real award named as the target, or one whose name and provider the turn comes close to."""
    target = reading.facts.get("target_award")
    named = library.catalogue.award(target) if target else None
    if named is not None and named.kind is AwardKind.AWARD:
        return named
    if not reading.need(Need.STACK, Need.PLAN):
        return named
    levels = {award.level for award_id in reading.mentions.ids("award") if (award := library.catalogue.award(award_id))}
    words = set(plain(reading.message).split())
    for hit in gathered.awards:
        award = library.catalogue.award(hit.record_id)
        if award is None or award.kind is not AwardKind.AWARD or (levels and award.level not in levels):
            continue
        own_words = {word for word in plain(award.provider).split() if len(word) >= LONG} - COMMON_PROVIDER_WORDS
        if hit.similarity >= (AWARD_NAMED if own_words & words else AWARD_ALIKE):
            return award
    return named


def _left_out(reading: Reading, named: tuple[Course, ...], gathered: Gathered, library: Library) -> tuple[LeftOut, ...]:
    """The course that "why not the Google one?" means: one named, or the closest of the provider named that was not shown."""
    if not reading.why_not or not reading.follows:
        return ()
    providers = reading.mentions.ids("provider")
    own = [course for course in library.catalogue.courses if course.provider in providers and not course.same_as]
    asked = [*named] or [course for course in own if course.id not in reading.shown]
    among = frozenset(course.id for course in asked)
    found = library.searcher.courses(reading.subjects, reading.subject_vectors, 1, among)
    closest = [course for course in asked if found and course.id == found[0].record_id] or asked
    return tuple(
        LeftOut(course, failing(course, gathered.limits, library.table), bool(found or named)) for course in closest[:1]
    )


def _picks(gathered: Gathered, library: Library, occupation: Occupation | None) -> tuple[Pick, ...]:
    """Up to four courses, at most two of one provider while others fit."""
    least = _least_rank(gathered)
    found = [
        course
        for hit in gathered.courses
        if hit.rank >= least and (course := library.catalogue.course(hit.record_id)) is not None
    ]
    if occupation is not None and occupation.short_courses is Reach.NO:
        # Nobody gets into this work by short courses: only what prepares for the real route may be shown.
        found = [
            course
            for course in found
            if course.kind == "access" or any(c.strength is Strength.PREPARATORY for c in course.stacks_into)
        ]
    chosen: list[Course] = []
    for course in found:
        if sum(course.provider == other.provider for other in chosen) < MOST_OF_ONE_PROVIDER:
            chosen.append(course)
    chosen += [course for course in found if course not in chosen]
    why = _why(gathered.limits)
    return tuple(Pick(course, why) for course in chosen[:MOST_COURSES])


def _least_rank(gathered: Gathered) -> float:
    return max((hit.rank for hit in (*gathered.courses, *gathered.unstated)), default=0.0) - WORSE


def _unstated(gathered: Gathered, library: Library) -> tuple[Course, ...]:
    close = [hit for hit in gathered.unstated if hit.rank >= _least_rank(gathered)]
    return tuple(course for hit in close if (course := library.catalogue.course(hit.record_id)) is not None)


BESIDE, BESIDE_A_PLAN = 0.45, 0.75
"""Least probability of a search for courses to be shown beside another need, and beside an audit of what someone holds."""
SURE, CLEARLY = 0.60, 0.70
"""A turn this surely a search is one; a less sure one is answered by a rule alone if one is this similar."""


def _looks_for_courses(reading: Reading) -> bool:
    """Whether courses are asked for: as the main thing, in a sentence of its own, or clearly enough beside another need."""
    search = dict(reading.needs).get(Need.SEARCH, 0.0)
    # Two limits or more on what can only be a course ("a cert, 2 weeks at most, under £900") make up for a doubtful reading.
    likely = search >= SEARCHED or len(reading.constraints.names()) > 1
    main = reading.needs[0][0] is Need.SEARCH and likely
    asked = main or any(reading.only_courses) or search >= BESIDE
    return asked and not reading.need(Need.OUT_OF_SCOPE)


def _answered_by_a_rule(reading: Reading, gathered: Gathered) -> bool:
    """Whether a doubtful search is rather a question that a card answers ("LLE for a history module?")."""
    search = dict(reading.needs).get(Need.SEARCH, 0.0)
    closest = max((hit.similarity for cards in gathered.cards for hit in cards), default=0.0)
    doubtful = search < SURE and reading.needs[0][0] is not Need.SEARCH and not any(reading.only_courses)
    return doubtful and closest >= CLEARLY


FREE_ONLINE = "mooc-certificate"


def _free_online(reading: Reading, picks: tuple[Pick, ...], library: Library) -> Card | None:
    """What a certificate of a free open course is worth, where credit was asked about and such courses are shown."""
    open_courses = any(pick.course.kind == "mooc" and pick.course.credits is None for pick in picks)
    asks = re.search(r"\bcredits?\b", reading.message, re.I) is not None
    return library.catalogue.card(FREE_ONLINE) if open_courses and asks else None


FIELD_TITLES = {
    "goal": "your goal", "occupation": "the work you want", "work": "your work now", "target_award": "the award you want",
    "nation": "where you live",
    "age": "your age", "income_gbp": "your yearly income", "budget_gbp": "your budget", "hours_per_week": "your study hours a week",
    "weeks_available": "how long you have",
    "highest_level": "your highest level", "access_needs": "what you need to take part", "prior_learning": "what you have studied",
}  # fmt: skip


def _noted(reading: Reading, profile: LearnerProfile, library: Library) -> tuple[str, ...]:
    """Each fact in words a person would use; what was forgotten, by name only."""
    forgot = tuple(f"I have forgotten {FIELD_TITLES[name]}" for name in sorted(reading.forgets) if name in FIELD_TITLES)
    return (*forgot, *(words for name in reading.facts if (words := _fact_words(name, profile.get(name), library))))


def _fact_words(name: str, value: object, library: Library) -> str:
    """Numbers stay out of it: the profile shows them, and what was said in words is not always said in figures."""
    match name:
        case "nation":
            return f"you live in {value}"
        case "occupation" | "work":
            occupation = library.catalogue.occupation(str(value))
            title = str(value) if occupation is None else occupation.title.lower()
            return f"you want to work as: {title}" if name == "occupation" else f"you work as: {title}"
        case "target_award":
            award = library.catalogue.award(str(value))
            return f"you are aiming for: {award.title}" if award else ""
    return FIELD_TITLES.get(name, "")


def _known(profile: LearnerProfile, library: Library) -> tuple[str, ...]:
    """Every fact of the profile with its value."""
    return tuple(
        words if ":" in words or name == "nation" else f"{words}: {_value_words(name, fact.value)}"
        for name, fact in profile.facts.items()
        if (words := _fact_words(name, fact.value, library))
    )


def _value_words(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(item.title for item in value)
    if not isinstance(value, int | Decimal):
        return str(value)
    match name:
        case "budget_gbp" | "income_gbp":
            # No sign: money with one is a fact of a page, and has its date.
            return f"{value:,} pounds"
        case "hours_per_week":
            return f"{value} hours"
        case "weeks_available":
            return f"{value} weeks"
    return f"{value}"


def _related(cards: tuple[Chosen, ...], library: Library) -> tuple[Card, ...]:
    shown = {chosen.card.id for chosen in cards}
    named = dict.fromkeys(card_id for chosen in cards for card_id in chosen.card.see_also if card_id not in shown)
    return tuple(card for card_id in named if (card := library.catalogue.card(card_id)) is not None)[:2]


def _parts(gathered: Gathered, library: Library, picks: tuple[Pick, ...]) -> tuple[Course, ...]:
    """Where few courses fit, the parts that fit as well; otherwise those that come closer than any course."""
    closest = max((hit.rank for hit in gathered.courses), default=0.0)
    least = closest if len(picks) >= FEW else max((closest, *(hit.rank for hit in gathered.parts))) - WORSE
    return tuple(
        course
        for hit in gathered.parts
        if hit.rank >= least and (course := library.catalogue.course(hit.record_id)) is not None
    )


def _why(limits: Constraints) -> str:
    """One line on why a course is shown: what it keeps to."""
    named = ", ".join(limit_words(limits).values())
    return f"Close to what you asked for; {named}, as you asked" if named else "Close to what you asked for"


def _cards(reading: Reading, profile: LearnerProfile, gathered: Gathered, library: Library) -> tuple[Chosen, ...]:
    """Cards for each thing asked; beside courses only what is close to the question."""
    return choose(
        reading,
        profile,
        gathered.cards,
        library.catalogue,
        library.card_owners,
        library.card_awards,
        library.card_schemes,
    )


def _question(reading: Reading, profile: LearnerProfile, cards: tuple[Chosen, ...]) -> Question | None:
    """The one fact that would change this answer most and is not known yet."""
    known_nation = reading.mentions.nation or reading.facts.get("nation") or profile.get("nation")
    if reading.tells_only and not reading.follows and not (profile.prior_learning or profile.get("occupation")):
        return Question.SUBJECT
    if reading.need(Need.FUND) and known_nation is None and any(chosen.card.topic is Topic.FUNDING for chosen in cards):
        return Question.NATION
    if reading.need(Need.STACK) and not (
        reading.facts.get("target_award") or profile.get("target_award") or reading.facts.get("occupation")
    ):
        return Question.TARGET_AWARD
    if reading.need(Need.STACK) and any(item.credits is None or item.level is None for item in profile.prior_learning):
        return Question.PRIOR_CREDIT
    return None
