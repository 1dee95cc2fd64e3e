"""Awards that count in their provider's own credits: HKU SPACE's three quarters in theme and at level, one pathway only."""

from dataclasses import replace
from fractions import Fraction

import pytest

from assistant.stacking import solve
from assistant.stacking.awards import award_target, problem_from_records
from assistant.stacking.problem import Candidate, PriorItem, Target, UsedFor
from corpus.catalogue import SHIPPED, Snapshot, frameworks
from corpus.credit import CreditSystem, Framework
from ingest.parse import parse_records
from ingest.read import read_sources

TABLE = frameworks()


@pytest.fixture(scope="module")
def target() -> Target:
    parsed = parse_records(read_sources([SHIPPED / "awards" / "hku-space.toml"]).records)
    award = next(award for award in Snapshot.of(parsed.records).awards if award.id == "hku-space-cert-prof")
    found = award_target(award, TABLE, 2026)
    assert isinstance(found, Target)
    return found


def held(number: int, credits_: int, **changes: object) -> PriorItem:
    item = PriorItem(
        id=f"m{number}",
        title=f"Microcredential {number}",
        credits=Fraction(credits_),
        system=CreditSystem.LOCAL,
        level=5,
        framework=Framework.HKQF,
        year=2025,
        awarding_body="HKU SPACE",
        subject="professional practice",
    )
    return replace(item, **changes)


def test_the_quotas_are_read_from_the_record(target: Target) -> None:
    assert target.own_credit
    assert target.total_credits == 30
    assert [(minimum.level, minimum.credits) for minimum in target.min_credits_at_or_above] == [(5, 23)]
    assert [share.fraction for share in target.min_shares_in_subject] == [Fraction(3, 4)]


def test_own_credit_counts_one_for_one_and_other_credit_is_not_turned_into_it(target: Target) -> None:
    elsewhere = held(2, 20, awarding_body="Westbury University", system=CreditSystem.CATS)
    audit = solve(problem_from_records(target, [held(1, 9), elsewhere]), TABLE).audit
    assert [(item.id, item.credits) for item in audit.counts] == [("m1", 9)]
    assert [left.reason.code for left in audit.does_not_count] == ["NOT_CONVERTIBLE"]


def test_credit_of_one_pathway_does_not_count_in_another(target: Target) -> None:
    used = held(1, 9, used_for_award=UsedFor("Certificate in Something Else"))
    audit = solve(problem_from_records(target, [used]), TABLE).audit
    assert [left.reason.code for left in audit.does_not_count] == ["ALREADY_USED_FOR_AWARD"]


@pytest.mark.parametrize(
    ("subject", "level", "feasible"),
    [("professional practice", 5, True), ("art", 5, False), ("professional practice", 4, False)],
)
def test_three_quarters_must_be_in_theme_and_at_level(target: Target, subject: str, level: int, feasible: bool) -> None:
    last = Candidate(
        id="c1",
        title="The last course",
        awarding_body="HKU SPACE",
        credits=Fraction(12),
        system=CreditSystem.LOCAL,
        level=level,
        framework=Framework.HKQF,
        subject=subject,
    )
    problem = replace(problem_from_records(target, [held(1, 9), held(2, 9)]), candidates=(last,))
    planning = solve(problem, TABLE).planning
    assert planning is not None
    assert planning.feasible is feasible
