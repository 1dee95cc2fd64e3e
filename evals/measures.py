"""What one answered case scores, by code alone. Pure: the same case, answers and records give the same scores.

Each measure gives a `Score`. One that does not apply, or cannot be taken, is unscored (`None`), never 0 or 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from assistant.evidence import evidence_of
from assistant.stacking import ProblemError, answer_problem
from corpus.catalogue import Catalogue
from corpus.courses import Course
from corpus.credit import Credit, CreditSystem, FrameworkTable, Level
from evals.case import Atom, Case, Limits
from evals.words import figures, mentions, plain, reading_age, says

Turn = Mapping[str, Any]
"""One answer in the form of `ask --json`."""

DEPTH = 10
UNANSWERED = ("no_match", "ask_first", "declined", "referred")
REFUSALS = ("referred", "declined")


@dataclass(frozen=True, slots=True)
class Score:
    """`value` from 0 to 1 (or in the unit the measure names); `None`: unscored. `reason` says what was found."""

    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Records:
    """What answers are checked against."""

    catalogue: Catalogue
    table: FrameworkTable

    def text(self, record_id: str) -> str | None:
        """Everything a record states; `None` if there is no such record."""
        record = self.catalogue.record(record_id)
        if record is None:
            return None
        source = evidence_of(record)
        return f"{source.title}\n{source.text}\n{source.quote}\n{source.as_of or ''}"


@dataclass(frozen=True, slots=True)
class Answered:
    """A case, the answer to each of its turns, and the records the answers are checked against."""

    case: Case
    turns: Sequence[Turn]
    records: Records

    @property
    def last(self) -> Turn:
        return self.turns[-1]

    @property
    def text(self) -> str:
        """The last answer as a reader sees it."""
        return plain(str(self.last.get("answer", "")))


Measure = Callable[[Answered], Score]
ROUNDED = Fraction(1, 100)
"""Thirds of a credit are written to two places."""
NOT_ASKED = "nothing to check here"


def facts(answered: Answered) -> Score:
    """Share of the facts of a right answer that it holds."""
    wanted = answered.case.facts
    if not wanted:
        return Score(None, NOT_ASKED)
    missing = [str(atom) for atom in wanted if not says(answered.text, atom)]
    return Score(1 - len(missing) / len(wanted), f"missing: {'; '.join(missing)}" if missing else "all there")


def coverage(answered: Answered) -> Score:
    """Share of the needs of the turn that are answered: at least one fact of each."""
    needs: dict[str, list[Atom]] = {}
    for atom in answered.case.facts:
        if atom.need:
            needs.setdefault(atom.need, []).append(atom)
    if not needs:
        return Score(None, NOT_ASKED)
    missed = [need for need, atoms in needs.items() if not any(says(answered.text, atom) for atom in atoms)]
    return Score(1 - len(missed) / len(needs), f"not answered: {', '.join(missed)}" if missed else "each need answered")


def nothing_wrong(answered: Answered) -> Score:
    """1 if nothing is said that must not be."""
    if not answered.case.must_not:
        return Score(None, NOT_ASKED)
    return _none_of([wording for wording in answered.case.must_not if mentions(answered.text, wording)], "says")


def outcome(answered: Answered) -> Score:
    """1 if the last turn ended as it should: as the case says, or else answered if and only if it can be."""
    found = str(answered.last.get("outcome"))
    case = answered.case
    wanted = case.outcome or (("advised", "ask_first") if case.answerable else UNANSWERED)
    return Score(float(found in wanted), f"{found}, expected {' or '.join(wanted)}")


def no_failure(answered: Answered) -> Score:
    """1 if no turn crashed."""
    return _none_of(
        [str(turn.get("error", "failed")) for turn in answered.turns if turn.get("outcome") == "failed"], "crashed:"
    )


def course_found(answered: Answered) -> Score:
    """1 if a course that fits is shown or cited."""
    if not answered.case.expected:
        return Score(None, NOT_ASKED)
    shown = courses_in_order(answered.last)
    hit = next((place for place, course in enumerate(shown, start=1) if course in answered.case.expected), None)
    return Score(float(hit is not None), f"at place {hit}" if hit else f"shown: {', '.join(shown[:4]) or 'none'}")


def source_found(answered: Answered) -> Score:
    """1 if a record that answers the question is cited."""
    if not answered.case.sources:
        return Score(None, NOT_ASKED)
    cited = cited_in_order(answered.last)
    hit = next((place for place, record in enumerate(cited, start=1) if record in answered.case.sources), None)
    return Score(float(hit is not None), f"at place {hit}" if hit else f"cited: {', '.join(cited[:4]) or 'nothing'}")


def nothing_forbidden(answered: Answered) -> Score:
    """1 if no forbidden course is shown, and none at all where none was asked for."""
    if not answered.case.forbidden and not answered.case.no_courses:
        return Score(None, NOT_ASKED)
    shown = _shown(answered.last)
    return _none_of(
        [course for course in shown if answered.case.no_courses or course in answered.case.forbidden], "shows"
    )


def limits(answered: Answered) -> Score:
    """1 if every course shown meets every hard limit; a record that does not state a limited field does not meet it."""
    wanted, shown = answered.case.constraints, _shown(answered.last)
    if wanted is None or not shown:
        return Score(None, NOT_ASKED)
    known = [course for name in shown if (course := answered.records.catalogue.course(name)) is not None]
    return _none_of(
        [f"{course.id}: {fault}" for course in known for fault in breaches(course, wanted, answered.records.table)],
        "breaks",
    )


def breaches(course: Course, wanted: Limits, table: FrameworkTable) -> list[str]:
    """The limits a course does not meet, with what its record states."""
    found = []
    if wanted.max_price is not None and (course.price_gbp is None or course.price_gbp > wanted.max_price):
        found.append(f"price {course.price_gbp}")
    if wanted.mode is not None and course.mode != wanted.mode:
        found.append(f"mode {course.mode}")
    if wanted.nation is not None and course.nation not in (wanted.nation, "UK"):
        found.append(f"nation {course.nation}")
    if wanted.credits is not None and _uk(course, table) != wanted.credits:
        found.append(f"credits {course.credits}")
    if wanted.at_level is not None and not _at(course.at_level, wanted.at_level, table):
        found.append(f"level {course.level}")
    return found


def _uk(course: Course, table: FrameworkTable) -> Fraction | None:
    converted = None if course.credit is None else table.to_uk(course.credit)
    return None if converted is None else converted.exact


def _at(level: Level | None, wanted: Level, table: FrameworkTable) -> bool:
    return level is not None and wanted.number in table.levels_in(level, wanted.framework)


def cited(answered: Answered) -> Score:
    """1 if every fact is cited, every citation exists, every quote is in its record, and amounts of money have a date."""
    faults = [fault for turn in answered.turns for fault in _citation_faults(turn, answered.records)]
    if not any(turn.get("claims") for turn in answered.turns):
        return Score(None, "no claims")
    return _none_of(faults, "faults:")


def _citation_faults(turn: Turn, records: Records) -> Iterator[str]:
    sources = {source["id"]: source for source in turn.get("evidence", ())}
    for claim in turn.get("claims", ()):
        if claim["kind"] == "fact" and not claim["citations"]:
            yield f"no citation: {claim['text'][:60]!r}"
        for name in claim["citations"]:
            if name not in sources:
                yield f"{name} is not in the evidence: {claim['text'][:60]!r}"
    for source in sources.values():
        yield from _source_faults(source, records)


def _source_faults(source: Mapping[str, Any], records: Records) -> Iterator[str]:
    text = records.text(source["record_id"])
    # A conversion rests on the table of frameworks, which is no record; `conversions` checks it.
    if text is None:
        if not _is_table(source):
            yield f"{source['record_id']}: no such record"
        return
    if _flat(source["quote"]) not in _flat(text):
        yield f"{source['record_id']}: its quote is not in the record"


def _is_table(source: Mapping[str, Any]) -> bool:
    return str(source["record_id"]).startswith(("ratio-", "level-", "calculation-"))


def money_dated(answered: Answered) -> Score:
    """1 if every claim with an amount of money rests on a source with a date, or says that its page is undated."""
    checked, faults = 0, []
    for turn in answered.turns:
        dates = {source["id"]: source.get("as_of") for source in turn.get("evidence", ())}
        for claim in turn.get("claims", ()):
            if "£" not in claim["text"]:
                continue
            checked += 1
            if not any(dates.get(name) for name in claim["citations"]) and "undated" not in claim["text"]:
                faults.append(claim["text"][:60])
    return _none_of(faults, "undated:") if checked else Score(None, "no amounts of money")


def figures_traced(answered: Answered) -> Score:
    """1 if every figure in every claim is in what the claim cites, or, for a worked sum, in the question or the pathway."""
    checked, strays = 0, []
    said = figures(" ".join(answered.case.turns))
    for turn in answered.turns:
        sources = {source["id"]: source for source in turn.get("evidence", ())}
        worked = said | figures(str(turn.get("pathways", "")))
        for claim in turn.get("claims", ()):
            found = figures(claim["text"])
            checked += bool(found)
            known = worked.union(
                *(_source_figures(sources[name], answered.records) for name in claim["citations"] if name in sources)
            )
            strays += [f"{value} in {claim['text'][:60]!r}" for value in sorted(found - known)]
    return _none_of(strays, "untraced:") if checked else Score(None, "no figures")


def _source_figures(source: Mapping[str, Any], records: Records) -> frozenset[Decimal]:
    text = records.text(source["record_id"])
    # What a source is quoted as saying counts only where there is no record to look it up in.
    return figures(text if text is not None else f"{source['title']} {source['quote']} {source.get('as_of') or ''}")


_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?) (uk credits?|cats|scqf credit points?|scqf points?|ects(?: credits?)?|us semester credits?|us quarter credits?)",
    re.I,
)
_SYSTEMS = {
    "uk": "CATS",
    "cats": "CATS",
    "scqf": "SCQF",
    "ects": "ECTS",
    "us semester": "US_SEMESTER",
    "us quarter": "US_QUARTER",
}


def conversions(answered: Answered) -> Score:
    """1 if every "this much is that much" credit in a claim agrees with the published ratios."""
    checked, faults = 0, []
    for turn in answered.turns:
        for claim in turn.get("claims", ()):
            for left, right in _equations(claim["text"]):
                checked += 1
                made = answered.records.table.convert(left, right.system)
                if made is None or abs(made.points - right.points) > ROUNDED:
                    faults.append(claim["text"][:80])
    return _none_of(faults, "wrong:") if checked else Score(None, "no conversion")


def _equations(text: str) -> Iterator[tuple[Credit, Credit]]:
    """Amounts of two systems on the two sides of "is", "are" or "=" with nothing but hedges between."""
    flat = text.replace(",", "")
    for left, right in pairwise(_AMOUNT.finditer(flat)):
        between = flat[left.end() : right.start()].strip().lower()
        if re.fullmatch(r"(?:is|are|=|equals?|comes? out as)(?: (?:about|around|roughly|the same as))?", between):
            one, two = _credit(left), _credit(right)
            if one.system is not two.system:
                yield one, two


def _credit(match: re.Match[str]) -> Credit:
    name = next(name for name in _SYSTEMS if match[2].lower().startswith(name))
    return Credit(Fraction(match[1]), CreditSystem(_SYSTEMS[name]))


def real_courses(answered: Answered) -> Score:
    """1 if every course shown is in the catalogue, with the title, provider, credit, level and price its record states."""
    shown = [course for turn in answered.turns for course in turn.get("courses", ())]
    if not shown:
        return Score(None, "no courses")
    return _none_of([fault for course in shown if (fault := _course_fault(course, answered.records))], "faults:")


def _course_fault(shown: Mapping[str, Any], records: Records) -> str | None:
    course = records.catalogue.course(str(shown.get("id")))
    if course is None:
        return f"{shown.get('id')}: no such course"
    for name in ("title", "provider", "credits", "level", "price_gbp"):
        stated, said = getattr(course, name), shown.get(name)
        if (stated is None) != (said is None) or (
            stated is not None and str(said) != str(stated) and not _same_number(said, stated)
        ):
            return f"{course.id}: {name} = {said!r}, its record says {stated}"
    return None


def _same_number(said: Any, stated: Any) -> bool:
    return isinstance(said, int | float) and isinstance(stated, int | Decimal) and Decimal(str(said)) == Decimal(stated)


VERDICT = ("credits_eligible", "credits_counted", "credits_remaining", "min_at_level_met")


def verdict(answered: Answered) -> Score:
    """Share of the verdict that agrees exactly with the solver's own on the case's problem."""
    problem = answered.case.problem
    if problem is None:
        return Score(None, NOT_ASKED)
    if not answered.last.get("pathways"):
        return Score(None, "the answer has no pathway to compare")
    try:
        wanted = answer_problem(problem, answered.records.table)
    except ProblemError as error:
        return Score(None, f"the case's problem cannot be solved: {error}")
    found = answered.last["pathways"][0]
    wrong = [
        f"{name} = {found.get(name)}, expected {wanted.get(name)}"
        for name in VERDICT
        if found.get(name) != wanted.get(name)
    ]
    return Score(1 - len(wrong) / len(VERDICT), "; ".join(wrong) or "exact")


def remembered(answered: Answered) -> Score:
    """Share of what the learner said that is held in the profile at the end."""
    wanted = answered.case.remember
    if not wanted:
        return Score(None, NOT_ASKED)
    held = answered.last.get("profile") or {}
    lost = [name for name, value in wanted.items() if str(value) not in str((held.get(name) or {}).get("value"))]
    return Score(1 - len(lost) / len(wanted), f"lost: {', '.join(lost)}" if lost else "all held")


def not_repeated(answered: Answered) -> Score:
    """1 if no question is put to the learner twice in one conversation."""
    asked = [question for turn in answered.turns for question in turn.get("questions", ())]
    if len(answered.turns) < 2:
        return Score(None, "one turn")
    return _none_of(sorted({question for question in asked if asked.count(question) > 1}), "asks twice:")


def no_leak(answered: Answered) -> Score:
    """1 if no canary is in anything said or kept. Quotes of sources are data and may hold what a page says."""
    if not answered.case.canary:
        return Score(None, NOT_ASKED)
    said = "\n".join(_everything(turn) for turn in answered.turns)
    return _none_of([canary for canary in answered.case.canary if canary.lower() in said.lower()], "leaks")


def _everything(turn: Turn) -> str:
    parts = [
        turn.get("answer", ""),
        turn.get("questions"),
        turn.get("ask_others"),
        turn.get("notices"),
        turn.get("profile"),
    ]
    return "\n".join(str(part) for part in parts) + "\n".join(claim["text"] for claim in turn.get("claims", ()))


def reading(answered: Answered) -> Score:
    """Reading age in years of the last answer."""
    age = reading_age(answered.text)
    return Score(age, "too short to say" if age is None else "years")


def length(answered: Answered) -> Score:
    """Words in the last answer."""
    words = len(answered.text.split())
    return Score(float(words), "words") if words else Score(None, "empty answer")


def latency(answered: Answered) -> Score:
    """Milliseconds of the slowest turn."""
    taken = [
        float(turn["timings_ms"]["total"])
        for turn in answered.turns
        if (turn.get("timings_ms") or {}).get("total") is not None
    ]
    return Score(max(taken), "ms") if taken else Score(None, "not timed")


CHECKS: Mapping[str, Measure] = {
    "facts": facts,
    "coverage": coverage,
    "nothing_wrong": nothing_wrong,
    "outcome": outcome,
    "no_failure": no_failure,
    "course_found": course_found,
    "source_found": source_found,
    "nothing_forbidden": nothing_forbidden,
    "limits": limits,
    "cited": cited,
    "money_dated": money_dated,
    "figures_traced": figures_traced,
    "conversions": conversions,
    "real_courses": real_courses,
    "verdict": verdict,
    "remembered": remembered,
    "not_repeated": not_repeated,
    "no_leak": no_leak,
}
"""Measures from 0 to 1; a case passes if each that is scored is 1."""

SIZES: Mapping[str, Measure] = {"reading_age": reading, "words": length, "latency_ms": latency}
"""Measures in a unit of their own; they do not decide whether a case passes."""


def scores_of(answered: Answered) -> dict[str, Score]:
    """Every measure of one case, `passed` first."""
    checks = {name: measure(answered) for name, measure in CHECKS.items()}
    sizes = {name: measure(answered) for name, measure in SIZES.items()}
    return {"passed": passed(checks), **checks, **ranking_scores(answered), **sizes}


def passed(checks: Mapping[str, Score]) -> Score:
    """1 if every scored check is 1; the reason names those that are not."""
    failing = [
        f"{name} ({score.reason})" for name, score in checks.items() if score.value is not None and score.value < 1
    ]
    return Score(float(not failing), "; ".join(failing) or "every check that applies")


def ranking_scores(answered: Answered) -> dict[str, Score]:
    """nDCG@10, recall@10 and reciprocal rank of the courses shown and of the records cited, by ir-measures."""
    found = {}
    for name, relevant, ranking in (
        ("courses", answered.case.expected, courses_in_order(answered.last)),
        ("sources", answered.case.sources, cited_in_order(answered.last)),
    ):
        found.update({f"{name}_{measure}": score for measure, score in ranked(relevant, ranking).items()})
    return found


def ranked(relevant: Sequence[str], ranking: Sequence[str]) -> dict[str, Score]:
    """nDCG, recall and reciprocal rank of one ranking, best first, to the tenth place. Unscored if nothing is relevant.

    A ranking that holds nothing scores 0 wherever something is relevant.
    """
    # Imported here: a question file without expected records needs no retrieval measures.
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {"ndcg10": nDCG @ DEPTH, "recall10": R @ DEPTH, "rr": RR @ DEPTH}
    if not relevant:
        return dict.fromkeys(measures, Score(None, NOT_ASKED))
    qrels = [ir_measures.Qrel("q", record, 1) for record in relevant]
    run = [ir_measures.ScoredDoc("q", record, float(-place)) for place, record in enumerate(ranking)]
    values = ir_measures.calc_aggregate(list(measures.values()), qrels, run)
    return {name: Score(float(values[measure]), f"over {len(ranking)} ranked") for name, measure in measures.items()}


def courses_in_order(turn: Turn) -> list[str]:
    """Courses shown, then courses cited, best first, each once."""
    cited = (source["record_id"] for source in turn.get("evidence", ()) if source["kind"] == "course")
    return list(dict.fromkeys([*_shown(turn), *cited]))


def cited_in_order(turn: Turn) -> list[str]:
    """Records cited, in the order they are first used, each once."""
    return list(dict.fromkeys(source["record_id"] for source in turn.get("evidence", ())))


def _shown(turn: Turn) -> list[str]:
    return [str(course.get("id")) for course in turn.get("courses", ())]


def _none_of(faults: Sequence[str], verb: str) -> Score:
    return Score(float(not faults), f"{verb} {'; '.join(faults[:5])}" if faults else "none")


def _flat(text: str) -> str:
    return " ".join(text.split())
