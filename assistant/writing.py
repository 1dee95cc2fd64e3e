"""Findings -> draft: plain words, each sentence with what it rests on. No figure is made here that a record does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from assistant.answer import Answer, AskOther, Audience, Claim, ClaimKind, Draft, Outcome
from assistant.choosing import Chosen
from assistant.compare import MOST_COMPARED, Field, compare_lines, differences, listed
from assistant.costs import Sum
from assistant.evidence import Evidence, amount, credit_words, evidence_of, level_words, mode_words
from assistant.funding import Verdict
from assistant.pathway import Nearest, Pathway, usable_credits
from assistant.reason import CreditTurned, Findings, LeftOut, LevelTurned, Question
from assistant.retrieval import Filtered
from assistant.schemes import Condition, Held
from assistant.stacking import Audit
from assistant.stacking.output import number
from corpus.cards import Card, Occupation, Reach, Topic
from corpus.courses import Award, Course, Listing, Strength
from corpus.credit import SAME_NUMBERS, Credit, CreditSystem, Framework, Ratio
from corpus.passages import sentences

MOST_SENTENCES, LEAST_OF_CARDS = 11, 4
"""An answer aims at eight sentences before its list of courses; rules get at least three of them."""

SYSTEM_NAMES = {
    CreditSystem.CATS: "UK credits",
    CreditSystem.SCQF: "SCQF credit points",
    CreditSystem.CQFW: "Welsh (CQFW) credits",
    CreditSystem.RQF: "RQF credits",
    CreditSystem.ECTS: "ECTS credits",
    CreditSystem.US_SEMESTER: "US semester credits",
    CreditSystem.US_QUARTER: "US quarter credits",
}

SIMPLE_SENTENCES = 3
"""Sentences of rules in an answer that is asked for simply."""

QUESTIONS = {
    Question.NATION: "Which UK nation do you live in? Each one has its own funding, so it changes the answer.",
    Question.TARGET_AWARD: "Which award are you aiming for, and at which university or college? "
    "Each one sets its own rules on what counts.",
    Question.PRIOR_CREDIT: "How many credits does your earlier study carry, at what level, and when did you finish? "
    "Your transcript shows it, and without it nobody can say what counts.",
    Question.SUBJECT: "What would you like to learn, or what job is it for?",
}

GREETING = (
    "Glad to help. I check with you, before you pay, whether a short course adds up to something bigger. "
    "Tell me what you would like to do, what you have studied already, and where you live."
)
OUT_OF_SCOPE = (
    "I cannot help with that. I only give information on courses, credit, and how to pay for study. "
    "You could ask me what a course counts towards, or who to ask about it."
)
NOTHING = "I do not know. Nothing in my records answers this, and I will not guess."


def knows_nothing(answer: Answer) -> bool:
    """Whether all an answer says is that it knows nothing."""
    return answer.outcome is Outcome.NO_MATCH and [claim.text for claim in answer.claims] == [NOTHING]


FITTING = "These courses in my records come closest to what you asked for:"
NO_PAGE = "No course in my records is known to fit all that you asked for."
NO_COURSE = "I found no course on sale by itself in my records that fits this."


def write(findings: Findings, audience: Audience = Audience.LEARNER) -> Draft:
    """The answer, most direct part first, worded for its audience: the facts and the courses are the same for all."""
    if findings.small_talk:
        return Draft(Outcome.ADVISED, (Claim(GREETING, ClaimKind.ADVICE),))
    if findings.out_of_scope:
        return Draft(Outcome.DECLINED, (Claim(OUT_OF_SCOPE, ClaimKind.ADVICE),))
    direct = _direct(findings, audience)
    courses = list(_courses(findings))
    # Where courses are what was asked for, they (or that there are none) come first; rules beside them follow.
    claims = [*courses, *direct] if findings.search_first and not _leads(findings) else [*direct, *courses]
    questions = (QUESTIONS[findings.question],) if findings.question else ()
    if not claims:
        return Draft(
            Outcome.NO_MATCH,
            (Claim(NOTHING, ClaimKind.CAUTION),),
            questions=questions or (QUESTIONS[Question.SUBJECT],),
        )
    referred = bool(findings.cards) and findings.cards[0].card.topic is Topic.REFERRAL and not findings.picks
    nothing_fits = findings.looked_for_courses and not (findings.picks or findings.parts)
    answers_else = _leads(findings) or findings.asked_more
    nothing_fits = nothing_fits and ((findings.search_first and not answers_else) or not direct)
    return Draft(
        outcome=Outcome.REFERRED if referred else Outcome.NO_MATCH if nothing_fits else Outcome.ADVISED,
        claims=tuple(claims),
        picks=findings.picks,
        pathways=(findings.pathway.to_json(),) if findings.pathway else (),
        questions=() if referred else questions,
        follow_ups=() if referred else _follow_ups(findings),
        # One question to take along is asked; two are put off.
        ask_others=_asks(tuple(chosen.card for chosen in findings.cards))[:1],
    )


def _leads(findings: Findings) -> bool:
    """Whether something must be read before any course: a regulated occupation, an audit, a sum, a named record."""
    return bool(
        (findings.occupation and findings.occupation.short_courses is Reach.NO)
        or findings.pathway or findings.sums or findings.credits or findings.levels or findings.named or findings.own_awards
        or findings.noted or findings.schemes
    )  # fmt: skip


MOST_FOLLOW_UPS = 3
NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")


def _follow_ups(findings: Findings) -> tuple[str, ...]:
    """Messages that what this answer leaves open calls for, in the learner's own voice, most useful first."""
    if findings.question is Question.NATION:
        return tuple(f"I live in {nation}" for nation in NATIONS)
    sent: list[str] = []
    if findings.picks:
        sent += ["Does the first one count towards a larger award?", "Compare these"] if len(findings.picks) > 1 else []
        sent += ["Are there cheaper ones?"] if any(pick.course.price_gbp for pick in findings.picks) else []
    if findings.pathway is not None:
        sent += ["What should I take next?", "Who decides, and what do I ask them?"]
    if findings.occupation is not None:
        sent.append(f"How long does it take to become a {findings.occupation.title.lower()}?")
    if findings.unstated and not findings.picks:
        sent.append("Show me the ones that come close")
    sent += [card.asks[0] for card in findings.related]
    return tuple(dict.fromkeys(sent))[:MOST_FOLLOW_UPS]


def write_referral(cards: tuple[Card, ...], *, refuses: bool = False) -> Draft:
    """The fixed text of referral cards, word for word. `refuses`: they say no rather than who can help."""
    claims = tuple(
        Claim(sentence, ClaimKind.FACT, (evidence_of(card),)) for card in cards for sentence in sentences(card.text)
    )
    return Draft(Outcome.DECLINED if refuses else Outcome.REFERRED, claims, ask_others=_asks(cards))


def _known_line(known: tuple[str, ...]) -> str:
    if not known:
        return "I know nothing about you yet."
    return f"This is what I know about you: {'; '.join(known)}. You can change or delete each of these."


def _direct(findings: Findings, audience: Audience) -> list[Claim]:
    """What answers the question itself: calculations and named records first, then rules, then ways into the work."""
    noted = (
        [Claim(f"Noted: {'; '.join(findings.noted)}.", ClaimKind.ADVICE)]
        if findings.noted and findings.pathway is None
        else []
    )
    if findings.known is not None:
        noted.append(Claim(_known_line(findings.known), ClaimKind.ADVICE))
    claims = [*noted, *_calculated(findings), *_scheme_claims(findings.schemes), *_named_records(findings)]
    if findings.occupation is not None and findings.occupation.short_courses is Reach.NO:
        # Where no short course leads into the work, that is the direct answer, whatever else a rule adds.
        claims += [*_reach_claims(findings.occupation)][:1]
    elif findings.occupation is not None and not findings.occupation_card:
        claims += _reach_claims(findings.occupation)
    closing = [_held_claim(award) for award in findings.held] if findings.pathway is None else []
    if findings.occupation is not None:
        closing += _route_claims(findings.occupation)
    room = max(LEAST_OF_CARDS, MOST_SENTENCES - len(claims) - len(closing))
    if audience is Audience.SIMPLE:
        closing, room = closing[:1], SIMPLE_SENTENCES
    for chosen in findings.cards:
        shown = list(_card_claims(chosen, audience, leading=not claims and findings.yes_or_no))[:room]
        claims += shown
        room -= len(shown)
    claims += closing
    if findings.deciding is not None and not any(DECIDES.search(claim.text) for claim in claims):
        claims.append(Claim(sentences(findings.deciding.text)[0], ClaimKind.FACT, (evidence_of(findings.deciding),)))
    return claims


DECIDES = re.compile(r"\bdecid|\bup\s+to\s+the\b|\bdoes\s+not\s+have\s+to\b", re.I)


def _calculated(findings: Findings) -> Iterator[Claim]:
    if findings.pathway is not None:
        yield from _pathway_claims(findings.pathway)
    for sum_ in findings.sums:
        records = [findings.sum_awards[award_id] for award_id in sum_.records]
        yield _sum_claim(sum_, [findings.figure_cards[name] for name in sum_.figures], records, findings.uk_ratio)
    for turned in findings.credits:
        yield from _credit_claims(turned)
    for level in findings.levels:
        yield from _level_claims(level)
    if findings.credits:
        yield Claim(
            "That is the size only: the level has to fit too, and the university or college you want to join decides "
            "what it takes.",
            ClaimKind.CAUTION,
        )
    if findings.nearest:
        yield from _nearest_claims(findings.nearest)


def _scheme_claims(schemes: tuple[Held, ...]) -> Iterator[Claim]:
    """For each scheme the conditions that what was said decides: those not met first."""
    for held in schemes:
        yield from _conditions(held.scheme, held.conditions)


def _conditions(scheme: str, conditions: tuple[Condition, ...]) -> Iterator[Claim]:
    failed = [condition for condition in conditions if condition.reason.verdict is Verdict.NOT_MET]
    lead = (
        f"On what you told me, it does not meet the conditions of {scheme} by itself."
        if failed
        else f"Nothing you told me rules out {scheme}, but not every condition is known."
    )
    yield Claim(lead, ClaimKind.CAUTION)
    for condition in (*failed, *(condition for condition in conditions if condition not in failed)):
        source = evidence_of(condition.card)
        working = Evidence(
            f"calculation-{condition.card.id}", "card", f"How this was worked out: {condition.card.title}", source.url,
            source.as_of, source.confidence, condition.reason.sentence, condition.reason.sentence,
        )  # fmt: skip
        yield Claim(condition.reason.sentence, ClaimKind.FACT, (source, working), bullet=True)


def _named_records(findings: Findings) -> Iterator[Claim]:
    """The award or the courses that the turn names."""
    if findings.leading is not None:
        yield from _leading_claims(findings.leading.award, findings.leading.courses)
    room = MOST_OF_AWARD if len(findings.own_awards) == 1 else MOST_OF_EACH
    for award in findings.own_awards:
        yield from _award_claims(award, room)
    if findings.why_not:
        yield from (_why_not_claim(left_out, findings.known_limits) for left_out in findings.why_not)
    elif len(findings.named) > 1:
        yield from _comparison(findings.named)
    else:
        yield from (claim for course in findings.named for claim in _named_claims(course))
    if findings.unknown_codes:
        yield Claim(
            f"I hold no record of a course with the code {', '.join(findings.unknown_codes)}, so I say nothing about it.",
            ClaimKind.CAUTION,
        )
    if findings.unknown_names:
        named = " or ".join(f"“{name}”" for name in findings.unknown_names)
        yield Claim(
            f"I hold no record of {named}, so I cannot say what it offers or accepts, or whether it is any good.",
            ClaimKind.CAUTION,
        )


def _held_claim(award: Award) -> Claim:
    told = " ".join(sentences(award.notes or "")[:2])
    return Claim(f"About the {_short_name(award)}: {told}", ClaimKind.FACT, (evidence_of(award),))


def _card_claims(chosen: Chosen, audience: Audience, *, leading: bool) -> Iterator[Claim]:
    """The chosen sentences of a card, with its date if they name an amount and no date; for an adviser its terse form."""
    card = chosen.card
    if audience is Audience.ADVISER and card.for_adviser is not None:
        dated = "" if re.search(r"\bas of\b", card.for_adviser, re.I) else f" (As of {date_words(card.as_of)}.)"
        yield Claim(f"{card.for_adviser}{dated}", ClaimKind.FACT, (evidence_of(card),))
        return
    parts = sentences(card.text)
    shown = [parts[number] for number in chosen.lines]
    undated = card.stability != "settled" and not re.search(r"\b(?:as of|20\d\d)\b", " ".join(shown), re.I)
    for sentence in shown:
        text = sentence if leading else _without_verdict(sentence)
        if undated and re.search(r"[£%]|per cent", sentence):
            text = f"{text.rstrip('.')} (as of {date_words(card.as_of)})."
        yield Claim(text, ClaimKind.FACT, (evidence_of(card),))


def _without_verdict(sentence: str) -> str:
    """A further card without its leading yes or no, which answered another way of asking."""
    rest = re.sub(r"^(?:Yes|No),\s+", "", sentence)
    return rest[0].upper() + rest[1:]


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_words(seen: str) -> str:
    """ "2024-07-22" as "22 July 2024"; a year or an academic year stays as it is."""
    parts = seen.split("-")
    if len(parts) == 1:
        return seen
    month = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return month if len(parts) == 2 else f"{int(parts[2])} {month}"


def _credit_claims(turned: CreditTurned) -> Iterator[Claim]:
    ratio = turned.conversion.ratio
    said = f"{amount_of(turned.conversion.credit)}"
    result = amount_of(turned.result)
    size = (
        "about "
        if ratio.convention
        or turned.result.system in (CreditSystem.ECTS, CreditSystem.US_SEMESTER, CreditSystem.US_QUARTER)
        else ""
    )
    working = f"{said} = {result}. {ratio.note}"
    evidence = Evidence(
        f"ratio-{ratio.system.lower().replace('_', '-')}", "card", f"Credit ratio: {SYSTEM_NAMES.get(ratio.system, ratio.system)}",
        ratio.url, ratio.as_of, "high", working, working,
    )  # fmt: skip
    assumed = " (taking your credits as UK credits)" if turned.assumed_system else ""
    yield Claim(f"{said[0].upper() + said[1:]} is {size}{result}{assumed}.", ClaimKind.FACT, (evidence,))
    yield Claim(ratio.note, ClaimKind.FACT, (evidence,))


def amount_of(credit: Credit) -> str:
    """ "30 ECTS credits", "52.5 UK credits"; thirds are given to two places."""
    number = round(float(credit.points), 2)
    return f"{amount(number)} {SYSTEM_NAMES.get(credit.system, str(credit.system))}"


def _sum_claim(worked_out: Sum, cards: list[Card], awards: list[Award], adding: Ratio | None) -> Claim:
    """A sum with the rule it rests on; sums of the learner's own amounts rest on what a UK credit is."""
    records: list[Card | Award] = [*cards, *awards]
    sources = tuple(dict.fromkeys(map(evidence_of, records)))
    if sources:
        url, as_of, confidence = sources[0].url, sources[0].as_of, sources[0].confidence
    else:
        assert adding is not None, "the framework table knows UK credits"
        url, as_of, confidence = adding.url, adding.as_of, "high"
    working = Evidence(
        f"calculation-{'-'.join(worked_out.figures) or 'credits'}", "card", "How this was worked out", url, as_of, confidence,
        worked_out.text, worked_out.text,
    )  # fmt: skip
    return Claim(worked_out.text, ClaimKind.FACT, (*sources, working))


def _level_claims(turned: LevelTurned) -> Iterator[Claim]:
    numbers = " or ".join(str(number) for number in turned.match.levels)
    there = {
        Framework.FHEQ: f"level {numbers} in England, Wales and Northern Ireland",
        Framework.SCQF: f"SCQF level {numbers} in Scotland",
        Framework.NFQ: f"NFQ level {numbers} in Ireland",
        Framework.EQF: f"EQF level {numbers}, the European ladder (the UK no longer takes part in it, so it is a guide only)",
    }.get(turned.match.to, f"{turned.match.to} level {numbers}")
    own = f"Level {turned.level.number}" if turned.level.framework in SAME_NUMBERS else f"{turned.level}"
    text = f"{own} is broadly the same height as {there}."
    evidence = Evidence(
        f"level-{turned.level.framework.lower()}-{turned.level.number}-{turned.match.to.lower()}", "card",
        f"Level comparison: {turned.level}",
        turned.match.url, turned.match.as_of, "high", text, text,
    )  # fmt: skip
    yield Claim(text, ClaimKind.FACT, (evidence,))
    yield Claim("It compares how hard the study is, not what is in it.", ClaimKind.CAUTION)


def _reach_claims(occupation: Occupation) -> Iterator[Claim]:
    """Whether short courses get someone into the work, and why."""
    evidence = evidence_of(occupation)
    yield from (Claim(sentence, ClaimKind.FACT, (evidence,)) for sentence in sentences(occupation.why)[:2])


def _route_claims(occupation: Occupation) -> Iterator[Claim]:
    """The real ways in."""
    evidence = evidence_of(occupation)
    routes = [route.route for route in occupation.routes[:2]]
    if routes:
        yield Claim(f"Usual ways in: {'; or '.join(routes)}.", ClaimKind.FACT, (evidence,))
    if occupation.entry_level:
        yield Claim(f"Level usually asked for: {occupation.entry_level.rstrip('.')}.", ClaimKind.FACT, (evidence,))


def _pathway_claims(pathway: Pathway) -> Iterator[Claim]:
    """The audit in words: what counts, what does not and why, what is still needed."""
    audit, award = pathway.result.audit, pathway.award
    first, further = _counted_line(pathway), [*_limit_lines(audit), *_level_lines(audit)]
    reasons = [left_out.reason.sentence for left_out in audit.does_not_count]
    # What a national minimum does not state, the provider does; that is said once, below.
    assumed = [
        text for text in pathway.result.assumptions if "does not state" not in text and "decides what" not in text
    ][:2]
    further += _expiry_lines(pathway)
    evidence = _calculation(award, (first, *further, *reasons, *assumed))
    cites = (
        (evidence_of(award), evidence)
        if pathway.floor is None
        else (evidence_of(award), evidence_of(pathway.floor), evidence)
    )
    yield Claim(first, ClaimKind.FACT, cites)
    yield from (Claim(line, ClaimKind.FACT, cites) for line in further)
    if pathway.said:
        used = _calculation(award, (f"I used the limits you gave: {'; '.join(pathway.said.words())}.",))
        yield Claim(used.quote, ClaimKind.FACT, (used,))
    yield from (Claim(reason, ClaimKind.FACT, (evidence,), bullet=True) for reason in reasons)
    if pathway.split:
        yield Claim(
            f"You did not say how big the pieces of {listed(pathway.split)} are. A course counts as a whole, so it may be less.",
            ClaimKind.CAUTION,
        )
    yield from _next_course_claims(pathway)
    yield from (Claim(text, ClaimKind.CAUTION, (evidence,)) for text in assumed)
    yield Claim(
        "This compares size and level only. The university has to admit you, check that the subject fits, and may have "
        "limits it does not publish.",
        ClaimKind.CAUTION,
    )


def _expiry_lines(pathway: Pathway) -> list[str]:
    """When credit that counts now stops counting, where the award sets an age limit."""
    counted = {item.id: item.name for item in pathway.result.audit.counts}
    return [
        f"{counted[expiry.item_id]} counts for a start before {date_words(expiry.stops_counting.isoformat())}."
        for expiry in pathway.expiries
        if expiry.item_id in counted and expiry.stops_counting is not None
    ]


def _next_course_claims(pathway: Pathway) -> Iterator[Claim]:
    """The one course in the records that closes most of what is missing."""
    step = pathway.next_course
    course = next((course for course in pathway.courses if step is not None and course.id == step.course_id), None)
    if course is not None:
        source = evidence_of(course)
        yield Claim(f"Of the courses I know of, {course.title} would close most of the gap.", ClaimKind.FACT, (source,))


def _calculation(award: Award, lines: Iterable[str]) -> Evidence:
    """What the engine worked out by the award's rules, as something that can be cited and opened."""
    working = " ".join(lines)
    source = award.source
    title = f"How this was worked out: {award.title}"
    return Evidence(
        f"calculation-{award.id}", "card", title, source.url, source.seen, source.confidence, working, working
    )


def _counted_line(pathway: Pathway) -> str:
    audit, title = pathway.result.audit, pathway.award.title
    total = number(pathway.target.total_credits)
    if not audit.credits_counted:
        return f"From what you told me, nothing can be counted towards {title} yet."
    short = max((minimum.shortfall for minimum in audit.level_minimums), default=Fraction(0))
    needed = max(audit.credits_remaining, short)
    if not needed:
        return f"By size alone, what you told me could cover the {total} credits of {title}; that does not give you the award."
    usable = usable_credits(audit, pathway.target.total_credits)
    counted, missing = number(usable), number(needed)
    return f"At most {counted} UK credits could count towards {title}; at least {missing} more credits would be needed to reach {total}."


def _limit_lines(audit: Audit) -> Iterator[str]:
    """Credit that a cap leaves out, while more is still needed."""
    if audit.credits_not_counted_because_of_caps and audit.credits_remaining:
        cap = audit.effective_transfer_cap
        limit = "they are over its limits" if cap is None else f"at most {number(cap)} may come from elsewhere"
        yield (
            f"{number(audit.credits_not_counted_because_of_caps)} of the {audit.credits_eligible} credits you could bring "
            f"are left out: {limit}, and a course counts as a whole or not at all."
        )


def _level_lines(audit: Audit) -> Iterator[str]:
    for minimum in audit.level_minimums:
        if minimum.shortfall:
            yield (
                f"At level {minimum.at_or_above} or above you would have {minimum.have} of the {number(minimum.required)} "
                f"credits it asks for, so you need at least {number(minimum.shortfall)} more at that level."
            )


def _nearest_claims(nearest: tuple[Nearest, ...]) -> Iterator[Claim]:
    """What the credit could add up to, nearest first."""
    for place, near in enumerate(nearest):
        line = (
            f"{near.award.title}: at most {number(near.usable)} of your UK credits could count, "
            f"{number(near.prospect.to_find)} more needed."
        )
        cites = (evidence_of(near.award), _calculation(near.award, (line,)))
        if place == 0:
            yield Claim(
                "By national minimums, these are the awards your credit is nearest to; a university's own rules decide.",
                ClaimKind.FACT,
                cites,
            )
        yield Claim(line, ClaimKind.FACT, cites, bullet=True)


def _short_name(award: Award) -> str:
    return award.title.split(" (")[0]


MOST_OF_AWARD, MOST_OF_EACH = 4, 1
"""Statements of an award's record beside its size and level: where one award is asked about, and where several are."""


def _award_claims(award: Award, most: int) -> Iterator[Claim]:
    """What the record of a provider's award states: size and level, what it is built of, its rules."""
    cited = evidence_of(award)
    yield Claim(f"{cited.quote}.", ClaimKind.FACT, (cited,))
    stated = [award.structure or "", *(rule.note for rule in award.rules), *sentences(award.notes or "")]
    for text in list(dict.fromkeys(filter(None, stated)))[:most]:
        yield Claim(text, ClaimKind.FACT, (cited,))


def _leading_claims(award: Award, courses: tuple[tuple[Course, Strength], ...]) -> Iterator[Claim]:
    """What an award is built of, and the courses known to count towards it."""
    cited = evidence_of(award)
    yield Claim(f"{cited.quote}.", ClaimKind.FACT, (cited,))
    stated = [award.structure or "", *(rule.note for rule in award.rules), *sentences(award.notes or "")]
    yield from (Claim(text, ClaimKind.FACT, (cited,)) for text in list(dict.fromkeys(filter(None, stated)))[:3])
    if not courses:
        yield Claim(
            "I know of no course on sale by itself that counts towards it; ask the provider.", ClaimKind.CAUTION
        )
    for course, strength in courses[:4]:
        verb = "listed as part of it" if strength is Strength.PUBLISHED else "may count"
        yield Claim(f"{course.title}: {verb}.", ClaimKind.FACT, (evidence_of(course), cited), bullet=True)


def _named_claims(record: Course) -> Iterator[Claim]:
    """A course named by the learner: what its page states, and where it is known to count."""
    evidence = evidence_of(record)
    yield Claim(_course_line(record), ClaimKind.FACT, (evidence,))
    counted = [claim for claim in record.stacks_into if claim.strength is not Strength.PREPARATORY]
    if not counted:
        yield Claim(
            f"{record.title} is not known to count towards any award in my records.", ClaimKind.CAUTION, (evidence,)
        )
    for claim in counted[:2]:
        verb = "Its page lists it as part of" if claim.strength is Strength.PUBLISHED else "It may count towards"
        yield Claim(f"{verb} {claim.award}.", ClaimKind.FACT, (evidence,))


COMPARED = (
    Field.CREDIT, Field.LEVEL, Field.PRICE, Field.MODE, Field.TIME, Field.ENTRY, Field.COUNTS_TOWARDS, Field.RECOGNITION,
)  # fmt: skip
"""What an answer compares; the page's own comparison has every field."""


def _comparison(courses: tuple[Course, ...]) -> Iterator[Claim]:
    """Courses side by side: the same fields of each, as their pages state them."""
    courses = courses[:MOST_COMPARED]
    sources = tuple(evidence_of(course) for course in courses)
    rows = compare_lines(courses)
    yield Claim(differences(rows), ClaimKind.ADVICE)
    for row in rows:
        if row.field in COMPARED and any(row.cells):
            cells = "; ".join(f"{_short(course)}: {row.words(place)}" for place, course in enumerate(courses))
            yield Claim(f"{row.label}. {cells}.", ClaimKind.FACT, sources, bullet=True)
    unstated = [row.label.lower() for row in rows if row.field in COMPARED and not any(row.cells)]
    if unstated:
        yield Claim(f"None of the pages states: {listed(unstated)}.", ClaimKind.CAUTION)


def _short(course: Course) -> str:
    return course.code or re.sub(r"\s*\([^)]*\)", "", course.title)


def _why_not_claim(left_out: LeftOut, limits: Mapping[str, str]) -> Claim:
    """Why a course was not among those recommended: the limits it breaks, or that its page leaves open."""
    course = left_out.course
    broken = [limits[name] for name, verdict in left_out.failing.items() if verdict is False and name in limits]
    unknown = [limits[name] for name, verdict in left_out.failing.items() if verdict is None and name in limits]
    reasons = []
    if broken:
        reasons.append(f"it does not meet what you asked for ({', '.join(broken)})")
    if unknown:
        reasons.append(f"its page does not say whether it meets what you asked for ({', '.join(unknown)})")
    if not left_out.close:
        reasons.append("it is about something else than you asked for")
    why = " and ".join(reasons) or "other courses came closer to your words, though it meets every limit you set"
    return Claim(f"I left it out because {why}. {_course_line(course)}", ClaimKind.FACT, (evidence_of(course),))


def _courses(findings: Findings) -> Iterator[Claim]:
    if not findings.looked_for_courses:
        return
    if not findings.picks:
        if not findings.occupation:
            yield Claim(NO_PAGE if findings.unstated else NO_COURSE, ClaimKind.CAUTION)
        yield from _parts_claims(findings.parts)
        if not findings.occupation and not findings.parts:
            yield from _blocking(findings.filtered)
        yield from _unstated_claims(findings.unstated)
        return
    yield Claim(FITTING, ClaimKind.ADVICE)
    for pick in findings.picks:
        line = f"{_course_line(pick.course)} {_recognition(pick.course)}"
        yield Claim(line, ClaimKind.FACT, (evidence_of(pick.course),), bullet=True)
    if findings.free_online is not None:
        first = sentences(findings.free_online.text)[0]
        yield Claim(first, ClaimKind.FACT, (evidence_of(findings.free_online),))
    yield from _parts_claims(findings.parts)
    yield from _unstated_claims(findings.unstated)
    if not any(pick.course.stacks_into for pick in findings.picks):
        yield Claim("None of these is known to count towards an award in my records.", ClaimKind.CAUTION)
    yield Claim(
        "My records hold no figures on how many finish these or what they do next. "
        "Check price, start date and place on the course page before you pay.",
        ClaimKind.ADVICE,
    )


def _recognition(course: Course) -> str:
    """The evidence line of a recommended course: what its page says of recognition, or that it says nothing."""
    if course.recognition is None:
        return "Recognition: none stated."
    first = sentences(course.recognition)[0]
    return first if first.endswith((".", "!", "?")) else f"{first}."


def _parts_claims(courses: tuple[Course, ...]) -> Iterator[Claim]:
    """Parts of longer awards and courses not known to run now: worth a question, never offered as something to buy."""
    if courses:
        yield Claim(
            "These fit, but my records do not confirm that you can sign up for one by itself today, so ask the provider:",
            ClaimKind.CAUTION,
        )
    for course in courses:
        yield Claim(
            f"{_course_line(course)} {_recognition(course)}", ClaimKind.CAUTION, (evidence_of(course),), bullet=True
        )


def _unstated_claims(courses: tuple[Course, ...]) -> Iterator[Claim]:
    """Near misses, named as such: what was asked for is never relaxed silently."""
    if courses:
        yield Claim("These come close, but their pages do not say everything you asked for:", ClaimKind.CAUTION)
    for course in courses:
        yield Claim(_course_line(course), ClaimKind.CAUTION, (evidence_of(course),), bullet=True)


def _course_line(course: Course) -> str:
    price = (
        "price not stated"
        if course.price_gbp is None
        else "free"
        if course.price_gbp == 0
        else f"£{amount(course.price_gbp)}"
    )
    dated = (
        ""
        if course.price_gbp in (None, 0)
        else f" (as of {date_words(course.seen)})"
        if course.seen
        else " (page undated)"
    )
    credit = {"none": "no credit", "not stated": "credit not stated"}.get(credit_words(course), credit_words(course))
    level = "level not stated" if course.level is None else f"level {level_words(course)}"
    title = re.sub(r"\s*\((?:generic entry|general terms)[^)]*\)", "", course.title)
    several = " (a range of courses: choose one on its page)" if course.listing is Listing.RANGE else ""
    return f"{title}, {course.provider}{several}: {price}{dated}; {mode_words(course)}; {credit}; {level}."


LIMIT_NOUNS = {
    "level": "level", "credits": "amount of credit", "max_price": "price", "mode": "way of studying", "nation": "place", "region": "place",
    "credit_bearing": "credit", "max_weeks": "length", "max_hours": "hours a week", "no_exams": "way of being tested",
    "no_degree": "entry rule", "language": "language", "starts_from": "start date", "starts_by": "start date",
}  # fmt: skip


def _blocking(filtered: Filtered | None) -> Iterator[Claim]:
    """The limit that takes most courses away, and the nearest way round it."""
    if filtered is None:
        return
    for excluded in sorted(filtered.excluded, key=lambda entry: -entry.failed)[:1]:
        yield Claim(
            f"What rules most out is the {LIMIT_NOUNS[excluded.constraint]} you asked for; many pages do not state it. "
            "You could ask again without it and check with the provider.",
            ClaimKind.ADVICE,
        )


def _asks(cards: tuple[Card, ...]) -> tuple[AskOther, ...]:
    return tuple(dict.fromkeys(AskOther(card.ask.who, card.ask.question) for card in cards if card.ask))[:2]
