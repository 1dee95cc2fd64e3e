from decimal import Decimal

import pytest

from evals.case import Atom
from evals.words import figures, mentions, plain, reading_age, says


def test_plain_is_what_a_reader_sees() -> None:
    assert (
        plain("It costs £1,200 [[1]](http://a.b/c%28).\n\n- \\[Not\\] a **link** &amp; more")
        == "It costs £1,200 . - [Not] a link & more"
    )


@pytest.mark.parametrize(
    ("text", "atom", "expected"),
    [
        ("That is about 60 UK credits.", Atom(number=Decimal(60), unit=("credits",)), True),
        ("That is 60 pounds, not credits at all.", Atom(number=Decimal(60), unit=("ects",)), False),
        ("It costs £1,200.", Atom(number=Decimal(1200), unit=("£",)), True),
        ("It is £12,00.", Atom(number=Decimal(1200), unit=("£",)), False),
        ("1,200 hours", Atom(number=Decimal(1200), unit=("£",)), False),
        ("54 per cent of them", Atom(number=Decimal(54), unit=("%",)), True),
        ("7.5 ECTS", Atom(number=Decimal("7.5"), unit=("ects",)), True),
        ("17.5 ECTS", Atom(number=Decimal("7.5"), unit=("ects",)), False),
        ("The university decides.", Atom(any=("decid*",)), True),
        ("Undecided.", Atom(any=("decid*",)), False),
        ("Nothing here", Atom(any=("no",)), False),
        ("up to £39,160", Atom(any=("£39160",)), True),
    ],
)
def test_says(text: str, atom: Atom, expected: bool) -> None:
    assert says(text, atom) is expected


def test_a_wording_may_hold_signs_and_brackets() -> None:
    assert mentions("call (javascript:alert(1)) now", "(javascript:alert(1))")
    assert mentions("40% fail", "40%")


def test_figures_are_values() -> None:
    assert figures("£1,200.00, 7.5 and 30") == {Decimal(1200), Decimal("7.5"), Decimal(30)}


def test_reading_age_rises_with_long_words_and_sentences() -> None:
    easy = reading_age("The cat sat on the mat. It was a warm day. We had tea and cake.")
    hard = reading_age(
        "Institutional accreditation considerations necessitate comprehensive documentation regarding previously accumulated credit."
    )
    assert easy is not None
    assert hard is not None
    assert easy < 8 < 16 < hard
    assert reading_age("Too short.") is None
