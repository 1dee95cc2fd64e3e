"""Reading + evidence -> findings: what follows from the records and rules. Typed results, no wording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.answer import Pick
from assistant.library import Library
from assistant.needs import Need
from assistant.profile import LearnerProfile
from assistant.quantities import CreditSaid
from assistant.reading import Reading
from assistant.retrieval import Filtered, Found
from corpus.cards import Card, Jurisdiction, Occupation, Reach, Topic
from corpus.courses import Award, Course, Strength
from corpus.credit import Conversion, Credit, CreditSystem, Framework, Level, LevelMatch

MOST_COURSES = 4
MOST_CARDS = 3
MOST_OF_ONE_PROVIDER = 2
SURE = 0.62
"""A card this close to the question is shown even beside a list of courses."""
ALSO = 0.08
"""How much less similar than the best card a further card for the same sentence may be."""


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
class Findings:
    """Everything worth saying, unworded."""

    credits: tuple[CreditTurned, ...] = ()
    levels: tuple[LevelTurned, ...] = ()
    occupation: Occupation | None = None
    leading: Leading | None = None
    named: tuple[Course | Award, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    picks: tuple[Pick, ...] = ()
    filtered: Filtered | None = None
    looked_for_courses: bool = False
    question: Question | None = None
    small_talk: bool = False
    out_of_scope: bool = False

    @property
    def empty(self) -> bool:
        found = (self.credits, self.levels, self.occupation, self.leading, self.named, self.unknown_codes, self.cards, self.picks)
        return not any(found)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What retrieval brought for one reading: per sentence its cards, and courses over the whole turn."""

    cards: tuple[tuple[Found, ...], ...]
    courses: tuple[Found, ...]
    filtered: Filtered | None


def gather(reading: Reading, library: Library) -> Gathered:
    """Cards for each sentence, and courses that meet every constraint. Nothing below the relevance gate comes back."""
    searcher = library.searcher
    # With several sentences the whole message blurs them: each sentence looks for its own rule.
    places = range(len(reading.queries)) if len(reading.queries) == 1 else range(1, len(reading.queries))
    cards = tuple(
        searcher.cards(reading.queries[place : place + 1], reading.vectors[place : place + 1], MOST_CARDS * 2)
        for place in places
    )
    filtered = searcher.filter(reading.constraints)
    among = filtered.ids if reading.constraints else None
    courses = searcher.courses(reading.queries, reading.vectors, MOST_COURSES * 3, among)
    return Gathered(cards, courses, filtered if reading.constraints else None)


def reason(reading: Reading, profile: LearnerProfile, gathered: Gathered, library: Library) -> Findings:
    """What the records and rules say about this turn for this learner."""
    credits = _credits_turned(reading, library)
    levels = _levels_turned(reading, library)
    occupation = _goal(reading, profile, library)
    leading = _leading(reading, profile, library)
    named = tuple(
        record for record_id in reading.mentions.ids("course") if isinstance(record := library.catalogue.record(record_id), Course)
    )
    looking = reading.need(Need.SEARCH, Need.COMPARE) and not reading.need(Need.OUT_OF_SCOPE)
    picks = _picks(reading, gathered, library, occupation) if looking else ()
    cards = _cards(reading, profile, gathered, library, beside_courses=bool(picks))
    findings = Findings(
        credits=credits,
        levels=levels,
        occupation=occupation,
        leading=leading,
        named=named,
        unknown_codes=reading.mentions.ids("unknown_code"),
        cards=cards,
        picks=picks,
        filtered=gathered.filtered,
        looked_for_courses=looking,
        question=_question(reading, profile, cards),
    )
    main = reading.needs[0][0]
    return Findings(
        **{name: getattr(findings, name) for name in Findings.__dataclass_fields__ if name not in ("small_talk", "out_of_scope")},
        small_talk=main is Need.SMALL_TALK and findings.empty,
        out_of_scope=main is Need.OUT_OF_SCOPE and findings.empty,
    )


def _credits_turned(reading: Reading, library: Library) -> tuple[CreditTurned, ...]:
    """Conversions asked for: a target system is named, or an amount in a foreign system stands in a question about converting."""
    turned = []
    for said in reading.credits:
        wanted = reading.target_system or CreditSystem.CATS
        foreign = said.system is not None and said.system is not CreditSystem.CATS
        if reading.target_system is None and not (foreign and reading.need(Need.CONVERT)):
            continue
        if said.credit.system is wanted:
            continue
        conversion = library.table.to_uk(said.credit)
        result = library.table.convert(said.credit, wanted)
        if conversion is not None and result is not None:
            turned.append(CreditTurned(said, conversion, result, said.system is None))
    return tuple(turned)


def _levels_turned(reading: Reading, library: Library) -> tuple[LevelTurned, ...]:
    """Level comparisons: a level of one framework in a question about converting."""
    if not reading.need(Need.CONVERT, Need.EXPLAIN):
        return ()
    turned = []
    for said in reading.levels:
        if said.framework is None or said.framework in (Framework.FHEQ, Framework.RQF, Framework.CQFW):
            continue
        match = library.table.match(said.level, Framework.FHEQ)
        if match is not None:
            turned.append(LevelTurned(said.level, match))
    return tuple(turned)


def _goal(reading: Reading, profile: LearnerProfile, library: Library) -> Occupation | None:
    """The occupation this turn is about: one it names, or the known goal when it asks for a way there."""
    if not reading.need(Need.FIT, Need.STACK, Need.SEARCH, Need.REQUIREMENT, Need.PLAN):
        return None
    wanted = reading.facts.get("occupation")
    if wanted is None and reading.need(Need.FIT):
        wanted = profile.get("occupation")
    return library.catalogue.occupation(wanted) if wanted else None


def _leading(reading: Reading, profile: LearnerProfile, library: Library) -> Leading | None:
    """Courses known to count towards the award this turn names as its target."""
    target = reading.facts.get("target_award")
    if target is None or not reading.need(Need.STACK, Need.SEARCH, Need.PLAN):
        return None
    award = library.catalogue.award(target)
    if award is None:
        return None
    courses = [
        (course, claim.strength)
        for course in library.catalogue.on_offer()
        for claim in course.stacks_into
        if claim.award_id == award.id and claim.strength is not Strength.PREPARATORY
    ]
    return Leading(award, tuple(courses)) if courses else None


def _picks(reading: Reading, gathered: Gathered, library: Library, occupation: Occupation | None) -> tuple[Pick, ...]:
    """Up to four courses, at most two of one provider while others fit."""
    found = [course for hit in gathered.courses if (course := library.catalogue.course(hit.record_id)) is not None]
    if occupation is not None and occupation.short_courses is Reach.NO:
        # Nobody gets into this work by short courses: only what prepares for the real route may be shown.
        found = [course for course in found if course.kind == "access" or any(c.strength is Strength.PREPARATORY for c in course.stacks_into)]
    chosen: list[Course] = []
    for course in found:
        if sum(course.provider == other.provider for other in chosen) < MOST_OF_ONE_PROVIDER:
            chosen.append(course)
    chosen += [course for course in found if course not in chosen]
    return tuple(Pick(course, _why(reading)) for course in chosen[:MOST_COURSES])


def _why(reading: Reading) -> str:
    wanted = reading.constraints
    met = [
        "free" if wanted.max_price == 0 else "within your price" if wanted.max_price is not None else "",
        str(wanted.mode.value).replace("_", " ") if wanted.mode else "",
        f"at level {wanted.level.number}" if wanted.level else "",
        f"in {wanted.nation}" if wanted.nation else "",
    ]
    named = ", ".join(part for part in met if part)
    return f"Close to what you asked for; {named}, as you asked" if named else "Close to what you asked for"


def _cards(
    reading: Reading, profile: LearnerProfile, gathered: Gathered, library: Library, *, beside_courses: bool
) -> tuple[Card, ...]:
    """The best card of each sentence, then close seconds; fewer beside a list of courses."""
    nation = reading.facts.get("nation") or profile.get("nation")
    best: dict[str, float] = {}
    for found in gathered.cards:
        ranked = [
            (card, hit.similarity, hit.rank + _place_bonus(card, nation))
            for hit in found
            if (card := library.catalogue.card(hit.record_id)) is not None
        ]
        ranked.sort(key=lambda entry: -entry[2])
        for card, similarity, rank in ranked[:2]:
            close = rank >= ranked[0][2] - ALSO
            if close and (not beside_courses or similarity >= SURE):
                best[card.id] = max(best.get(card.id, 0.0), rank)
    order = sorted(best, key=lambda card_id: (-best[card_id], card_id))
    most = 1 if beside_courses else MOST_CARDS - 1 + (len(gathered.cards) > 1)
    cards = [card for card_id in order[:most] if (card := library.catalogue.card(card_id)) is not None]
    referral = [card for card in cards if card.topic is Topic.REFERRAL]
    return tuple(referral[:1]) if referral and cards[0].topic is Topic.REFERRAL else tuple(cards)


def _place_bonus(card: Card, nation: str | None) -> float:
    """A rule of the learner's own nation is preferred, one of another nation put back."""
    if nation is None or Jurisdiction.UK in card.jurisdiction or Jurisdiction.WORLD in card.jurisdiction:
        return 0.0
    return 0.06 if nation in [str(place) for place in card.jurisdiction] else -0.06


def _question(reading: Reading, profile: LearnerProfile, cards: tuple[Card, ...]) -> Question | None:
    """The one fact that would change this answer most and is not known yet."""
    known_nation = reading.facts.get("nation") or profile.get("nation")
    if reading.need(Need.FUND) and known_nation is None and any(card.topic is Topic.FUNDING for card in cards):
        return Question.NATION
    if reading.need(Need.STACK) and not (reading.facts.get("target_award") or profile.get("target_award") or reading.facts.get("occupation")):
        return Question.TARGET_AWARD
    prior = (*profile.prior_learning, *reading.facts.get("prior_learning", ()))
    if reading.need(Need.STACK) and any(item.credits is None or item.level is None for item in prior):
        return Question.PRIOR_CREDIT
    return None
