"""Credit and level conversion (rules S1 and S2), against figures worked by hand."""

from fractions import Fraction

import pytest

from corpus.catalogue import frameworks
from corpus.credit import Credit, CreditSystem, Framework, Level

TABLE = frameworks()


@pytest.mark.parametrize(
    ("points", "system", "whole"),
    [
        ("60", CreditSystem.CATS, 60),
        ("96", CreditSystem.SCQF, 96),
        ("30", CreditSystem.ECTS, 60),
        ("7.5", CreditSystem.ECTS, 15),
        ("12", CreditSystem.US_SEMESTER, 48),
        ("9", CreditSystem.US_QUARTER, 24),
        ("10", CreditSystem.US_QUARTER, 26),
        ("370", CreditSystem.TQT_HOURS, 37),
        ("369", CreditSystem.TQT_HOURS, 36),
    ],
)
def test_uk_credits_are_exact_and_rounded_down(points: str, system: CreditSystem, whole: int) -> None:
    conversion = TABLE.to_uk(Credit(Fraction(points), system))
    assert conversion is not None
    assert conversion.whole == whole


def test_a_quarter_credit_keeps_its_third_until_it_is_rounded() -> None:
    conversion = TABLE.to_uk(Credit(Fraction(10), CreditSystem.US_QUARTER))
    assert conversion is not None
    assert conversion.exact == Fraction(80, 3)


@pytest.mark.parametrize("system", [CreditSystem.LOCAL, CreditSystem.NONE])
def test_credit_without_a_published_ratio_converts_to_nothing(system: CreditSystem) -> None:
    assert TABLE.to_uk(Credit(Fraction(10), system)) is None
    assert TABLE.convert(Credit(Fraction(10), system), CreditSystem.ECTS) is None


def test_conventions_are_marked_and_official_ratios_are_not() -> None:
    marked = {system for system in CreditSystem if (ratio := TABLE.ratio(system)) is not None and ratio.convention}
    assert marked == {
        CreditSystem.ECTS,
        CreditSystem.US_SEMESTER,
        CreditSystem.US_QUARTER,
        CreditSystem.TQT_HOURS,
    }


@pytest.mark.parametrize(("scqf", "fheq"), [(6, 3), (7, 4), (8, 5), (9, 6), (10, 6), (11, 7), (12, 8)])
def test_scqf_levels_in_fheq(scqf: int, fheq: int) -> None:
    assert TABLE.level_in(Level(Framework.SCQF, scqf), Framework.FHEQ) == fheq


@pytest.mark.parametrize(("fheq", "scqf"), [(4, (7,)), (5, (8,)), (6, (9, 10)), (7, (11,)), (8, (12,))])
def test_one_to_many_levels_stay_one_to_many(fheq: int, scqf: tuple[int, ...]) -> None:
    assert TABLE.levels_in(Level(Framework.FHEQ, fheq), Framework.SCQF) == scqf


@pytest.mark.parametrize("framework", [Framework.RQF, Framework.CQFW, Framework.FHEQ])
def test_frameworks_that_share_numbers_match_themselves(framework: Framework) -> None:
    assert TABLE.levels_in(Level(framework, 5), Framework.FHEQ) == (5,)
    assert TABLE.level_in(Level(framework, 4), Framework.SCQF) == 7


def test_irish_level_8_is_an_honours_degree_and_not_a_doctorate() -> None:
    assert TABLE.levels_in(Level(Framework.NFQ, 8), Framework.FHEQ) == (6,)
    assert TABLE.levels_in(Level(Framework.NFQ, 8), Framework.SCQF) == (10,)


def test_a_comparison_without_a_published_match_is_unknown() -> None:
    assert TABLE.at_least(Level(Framework.SCQF, 2), Level(Framework.FHEQ, 4)) is None


def test_negative_credit_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        Credit(Fraction(-1), CreditSystem.CATS)
