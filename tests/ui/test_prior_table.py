"""Rows of earlier study: what can be read is read whole, and what cannot is said with its row and column."""

from decimal import Decimal

import pytest

from assistant.profile import PriorLearning
from ui.prior_table import COLUMN_NAMES, LONGEST_TEXT, MOST_ROWS, read_rows, read_text, row_of
from ui.words import words

W = words("en")
LABELS = {name: W(key) for name, key in COLUMN_NAMES.items()}
HNC = PriorLearning("HNC Care", Decimal(96), "SCQF", 7, "SCQF", 2016, "SQA", None)
MODULE = PriorLearning("K102", Decimal("30"), "CATS", 4, "FHEQ", 2021, "The Open University", True)


def said(read: object) -> list[str]:
    return [fault.say(W) for fault in read.faults]  # type: ignore[attr-defined]


def test_a_row_goes_to_the_form_and_back_unchanged() -> None:
    assert read_rows([row_of(HNC), row_of(MODULE)]).items == (HNC, MODULE)


def test_cells_copied_from_a_spreadsheet_are_read_by_their_headings() -> None:
    pasted = "Title\tWho awarded it\tCredits\tKind of credit\tLevel\tYear finished\nHNC Care\tSQA\t96\tSCQF points\t7\t2016\n"
    assert read_text(pasted, LABELS).items == (HNC,)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_file_may_part_its_cells_in_three_ways(mark: str) -> None:
    text = mark.join(("title", "credits", "system", "level", "year", "awarding_body", "credit_bearing"))
    text += "\r\n" + mark.join(("K102", "30", "CATS", "4", "2021", "The Open University", "yes")) + "\r\n"
    assert read_text("\ufeff" + text, LABELS).items == (MODULE,)


def test_a_file_with_a_mark_at_its_start_may_begin_with_a_quote() -> None:
    assert read_text('\ufeff"Title, in full",Credits\n"K102",30\n', LABELS | {"title": "Title, in full"}).items == (
        PriorLearning("K102", Decimal(30)),
    )


def test_quoted_cells_may_hold_commas() -> None:
    assert read_text('Title,Credits\n"Care, an introduction","1,000"\n', LABELS).items == (
        PriorLearning("Care, an introduction", Decimal(1000)),
    )


def test_without_headings_the_columns_come_in_the_order_of_the_form() -> None:
    assert read_text("HNC Care\t96\tSCQF\t7\tSCQF\t2016\tSQA", LABELS).items == (HNC,)


def test_what_was_not_said_stays_not_said() -> None:
    assert read_rows([{"title": "An evening class"}]).items == (PriorLearning("An evening class"),)


def test_every_problem_is_said_with_its_row_and_column_and_nothing_is_taken() -> None:
    read = read_text("title,credits,level,year\nFine,10,4,2020\n,ten,4.5,2020\nLate,10,4,1492\n", LABELS)
    assert read.items == ()
    assert not read.usable
    assert said(read) == [
        "Row 2: there is no title.",
        "Row 2, Credits: “ten” is not a number, for example 15.",
        "Row 2, Level: “4.5” is not a whole number.",
        "Row 3, Year finished: “1492” is not a year, for example 2021.",
    ]
    assert [row["title"] for row in read.rows] == ["Fine", "", "Late"]


def test_rows_put_under_others_are_numbered_on() -> None:
    assert said(read_text("title,credits\nX,ten\n", LABELS).shifted(2)) == [
        "Row 3, Credits: “ten” is not a number, for example 15."
    ]


def test_a_column_nobody_knows_is_left_out_and_that_is_said() -> None:
    read = read_text("title,grade\nK102,Pass 1\n", LABELS)
    assert read.usable
    assert read.items == (PriorLearning("K102"),)
    assert said(read) == ["I do not know the column “grade”, so I left it out."]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "There are no rows in it."),
        (" \n\n", "There are no rows in it."),
        ("title,credits\n", "There are no rows in it."),
        ("credits,level\n10,4\n", "There is no column “Title”. The columns I found are: credits, level."),
        ("PK\x03\x04\x00\x00", "This is not a text file that I can read. Please save it as “CSV UTF-8”."),
        ("x" * (LONGEST_TEXT + 1), "This file is too big. I can read up to 64 KB."),
        ("title\n" + "x\n" * (MOST_ROWS + 1), "There are 61 rows, and I can read 60."),
    ],
)
def test_a_text_that_is_no_table_is_refused_in_words(text: str, fault: str) -> None:
    read = read_text(text, LABELS)
    assert (said(read), read.items) == ([fault], ())


@pytest.mark.parametrize(
    ("column", "cell"),
    [("credits", "-5"), ("credits", "2001"), ("credits", "1e9"), ("credits", "NaN"), ("system", "points"), ("framework", "Level scale"),
     ("year", "21"), ("level", "13"), ("credit_bearing", "maybe")],
)  # fmt: skip
def test_impossible_cells_are_faults(column: str, cell: str) -> None:
    (fault,) = read_rows([{"title": "X", column: cell}]).faults
    assert (fault.row, fault.column, fault.found) == (1, column, cell)  # type: ignore[union-attr]


def test_a_level_goes_by_the_scale_of_its_credit_where_none_is_named() -> None:
    scotland, england = read_rows([{"title": "A", "system": "SCQF", "level": "7"}, {"title": "B", "level": "L4"}]).items
    assert (scotland.framework, england.framework) == ("SCQF", "FHEQ")
