"""Funding arithmetic from dated figures; a figure that is missing is never guessed."""

import datetime
from decimal import Decimal

import pytest

from assistant.funding import (
    Learner,
    Module,
    Verdict,
    lle_left,
    lle_module_reasons,
    lle_share_of_year,
    overall,
    price_per_credit,
    scotland_part_time_reasons,
    study_time,
    wales_part_time_reasons,
)

VALUES = {
    "lle_start_date": 20270101,
    "lle_full_gbp": 40000,
    "lle_year_fee_gbp": 10000,
    "lle_year_credits": 120,
    "lle_min_module_credits": 30,
    "lle_tuition_age_limit": 60,
    "lle_min_level": 4,
    "lle_max_level": 6,
    "ptfg_income_limit_gbp": 25000,
    "ptfg_min_credits": 30,
    "ptfg_max_credits": 119,
    "ptfg_min_scqf_level": 7,
    "ptfg_max_scqf_level": 10,
    "wales_pt_min_intensity_percent": 25,
    "hours_per_uk_credit": 10,
}
FIGURES = {name: (Decimal(value), f"card-{name}") for name, value in VALUES.items()}
MODULE = Module(
    credits=Decimal(30),
    level=4,
    parent_course=True,
    start=datetime.date(2027, 1, 1),
    subject_group=True,
    provider=True,
)
LEARNER = Learner(nation="England", age_at_start=59, income_gbp=Decimal(25000))
CONDITIONS = ["credits", "level", "parent_course", "start_date", "age", "nation", "subject_group", "provider"]


def verdicts(reasons):
    return {reason.condition: reason.verdict for reason in reasons}


def lle(module=MODULE, learner=LEARNER, figures=FIGURES):
    return lle_module_reasons(module, learner, figures)


def changed(value, **fields):
    return type(value)(**{name: fields.get(name, getattr(value, name)) for name in value.__slots__})


def test_every_limit_itself_is_met():
    assert verdicts(lle()) == dict.fromkeys(CONDITIONS, Verdict.MET)
    assert overall(lle()) is Verdict.MET


@pytest.mark.parametrize(
    ("condition", "module", "learner"),
    [
        ("credits", {"credits": Decimal("29.5")}, {}),
        ("level", {"level": 3}, {}),
        ("level", {"level": 7}, {}),
        ("parent_course", {"parent_course": False}, {}),
        ("start_date", {"start": datetime.date(2026, 12, 31)}, {}),
        ("age", {}, {"age_at_start": 60}),
        ("nation", {}, {"nation": "Wales"}),
        ("subject_group", {"subject_group": False}, {}),
        ("provider", {"provider": False}, {}),
    ],
)
def test_one_condition_that_is_not_met(condition, module, learner):
    reasons = lle(changed(MODULE, **module), changed(LEARNER, **learner))
    assert [name for name, verdict in verdicts(reasons).items() if verdict is not Verdict.MET] == [condition]
    assert overall(reasons) is Verdict.NOT_MET


def test_nothing_stated_is_nothing_known():
    assert set(verdicts(lle(Module(), Learner())).values()) == {Verdict.NOT_KNOWN}


@pytest.mark.parametrize(
    ("figure", "condition"),
    [
        ("lle_min_module_credits", "credits"),
        ("lle_min_level", "level"),
        ("lle_max_level", "level"),
        ("lle_start_date", "start_date"),
        ("lle_tuition_age_limit", "age"),
    ],
)
def test_a_missing_figure_is_not_known(figure, condition):
    without = {name: value for name, value in FIGURES.items() if name != figure}
    assert verdicts(lle(figures=without))[condition] is Verdict.NOT_KNOWN


def test_a_known_limit_fails_even_if_the_other_is_missing():
    without = {name: value for name, value in FIGURES.items() if name != "lle_max_level"}
    assert verdicts(lle(changed(MODULE, level=3), figures=without))["level"] is Verdict.NOT_MET


def test_a_reason_names_its_card_and_says_the_date_in_words():
    start = lle()[3]
    assert start.figure_id == "card-lle_start_date"
    assert start.sentence == "The start date must be at least 1 January 2027; here it is 1 January 2027."


def test_one_condition_not_met_outweighs_one_not_known():
    assert overall(lle(changed(MODULE, credits=Decimal(10)), Learner())) is Verdict.NOT_MET


def test_hours_and_weeks():
    found = study_time(Decimal(30), Decimal(7), FIGURES)
    assert (found.hours, found.weeks, found.figure_id) == (300, 43, "card-hours_per_uk_credit")
    assert study_time(Decimal(30), None, FIGURES).weeks is None
    assert study_time(Decimal(30), Decimal(7), {}) is None


@pytest.mark.parametrize(
    ("price", "size", "each"),
    [
        (Decimal(500), Decimal(30), Decimal("16.67")),
        (Decimal(0), Decimal(30), Decimal("0.00")),
        (None, Decimal(30), None),
        (Decimal(500), None, None),
        (Decimal(500), Decimal(0), None),
    ],
)
def test_price_per_credit(price, size, each):
    assert price_per_credit(price, size) == each


def test_entitlement_left_is_an_estimate_and_never_below_zero():
    found = lle_left(Decimal(3), FIGURES)
    assert (found.pounds, found.figure_ids) == (10000, ("card-lle_full_gbp", "card-lle_year_fee_gbp"))
    assert "estimate" in found.sentence
    assert lle_left(Decimal(5), FIGURES).pounds == 0
    assert lle_left(Decimal(1), {}) is None


def test_share_of_a_year():
    assert lle_share_of_year(Decimal(30), FIGURES).pounds == Decimal("2500.00")
    assert lle_share_of_year(Decimal(30), {}) is None


@pytest.mark.parametrize(
    ("size", "level", "learner", "verdict"),
    [
        (Decimal(30), 7, Learner(nation="Scotland", income_gbp=Decimal(25000)), Verdict.MET),
        (Decimal(29), 7, Learner(nation="Scotland", income_gbp=Decimal(25000)), Verdict.NOT_MET),
        (Decimal(120), 7, Learner(nation="Scotland", income_gbp=Decimal(25000)), Verdict.NOT_MET),
        (Decimal(30), 11, Learner(nation="Scotland", income_gbp=Decimal(25000)), Verdict.NOT_MET),
        (Decimal(30), 7, Learner(nation="Scotland", income_gbp=Decimal(25001)), Verdict.NOT_MET),
        (Decimal(30), 7, Learner(nation="England", income_gbp=Decimal(25000)), Verdict.NOT_MET),
        (Decimal(30), 7, Learner(nation="Scotland"), Verdict.NOT_KNOWN),
    ],
)
def test_scottish_part_time_grant(size, level, learner, verdict):
    assert overall(scotland_part_time_reasons(size, level, learner, FIGURES)) is verdict


@pytest.mark.parametrize(
    ("size", "verdict"), [(Decimal(30), Verdict.MET), (Decimal(29), Verdict.NOT_MET), (None, Verdict.NOT_KNOWN)]
)
def test_welsh_intensity(size, verdict):
    assert overall(wales_part_time_reasons(size, Decimal(120), Learner(nation="Wales"), FIGURES)) is verdict
