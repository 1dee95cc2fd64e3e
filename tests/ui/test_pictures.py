"""The pictures and their text equivalents: the same figures as the outlook, told without colour, and inert."""

import dataclasses
import datetime
import json
import re
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from assistant.advise import Adviser
from assistant.outlook import Outlook, outlook
from assistant.outlook_levels import Part, Way
from assistant.outlook_words import cost_words
from assistant.profile import LearnerProfile, PriorLearning
from assistant.shelf import Library
from assistant.stacking.awards import Incomplete
from assistant.stacking.problem import Objective
from ui.pictures import LOOKS, TEXT, stack_figure, timeline_figure
from ui.stack_html import incomplete_html, levels_table, lists_html, route_words, stack_html, timeline_table
from ui.words import words

START = datetime.date(2026, 11, 25)
W = words("en")
HOSTILE = "<img src=x onerror=alert(1)> <a href='javascript:alert(1)'>Cheap & good</a>"


def study(amount: int, level: int, year: int) -> PriorLearning:
    return PriorLearning(f"Study worth {amount}", Decimal(amount), "CATS", level, "FHEQ", year)


LEARNER = LearnerProfile().with_facts(
    {"prior_learning": (study(60, 4, 2022), study(30, 5, 2022), study(40, 6, 2009)), "hours_per_week": Decimal(8)},
    "form",
)


@pytest.fixture(scope="module")
def library(adviser: Adviser) -> Library:
    return adviser.shelf.current()


def seen(library: Library, award_id: str, profile: LearnerProfile = LEARNER) -> Outlook:
    found = outlook(library, profile, award_id, Objective.CHEAPEST, START)
    assert isinstance(found, Outlook)
    return found


def hostile(found: Outlook) -> Outlook:
    """The same outlook from a feed that tries to put HTML on the page."""
    steps = tuple(
        dataclasses.replace(step, course=dataclasses.replace(step.course, title=HOSTILE, start_date=HOSTILE))
        for step in found.steps
    )
    award = dataclasses.replace(found.award, title=HOSTILE)
    lines = tuple(dataclasses.replace(line, what=HOSTILE, why=f"Because {HOSTILE}") for line in found.needed)
    return dataclasses.replace(
        found, award=award, steps=steps, needed=lines, assumptions=(HOSTILE,), unknown=(HOSTILE,)
    )


def test_every_award_is_drawn_with_the_figures_of_its_outlook(library: Library) -> None:
    drawn = 0
    for award in library.catalogue.awards:
        found = outlook(library, LEARNER, award.id, Objective.CHEAPEST, START)
        if isinstance(found, Incomplete):
            assert award.title.split("'")[0] in incomplete_html(found, award, W)
            continue
        drawn += 1
        same_figures(found)
    assert drawn > 100


def same_figures(found: Outlook) -> None:
    """Picture and table against the outlook, part by part."""
    figure = stack_figure(found, W)
    named = {W.of("stack.state", part): part for part in Part}
    shown = {named[trace.name]: trace for trace in figure.data}
    for part in Part:
        whole, *levels = [value or 0 for value in shown[part].x] if part in shown else [0]
        assert sum(levels) == found.sum_of(part)
        makes_the_award = part in (Part.EARNED, Part.PLANNED, Part.MISSING)
        assert whole == (found.sum_of(part) if makes_the_award else 0)
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == found.total
    assert [note.x for note in figure.layout.annotations if note.xref != "paper"] == [found.total]
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] >= found.total
    table = read(levels_table(found, W))
    assert {named[name] for name in table[0][1:]} >= {part for part in Part if found.sum_of(part)}
    *levels, award = table[1:]
    for place, name in enumerate(table[0][1:], start=1):
        assert sum(Fraction(row[place]) for row in levels) == Fraction(award[place]) == found.sum_of(named[name])


class Cells(HTMLParser):
    """The rows of a table as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def read(table: str) -> list[list[str]]:
    parser = Cells()
    parser.feed(table)
    return parser.rows


def test_each_bar_says_its_amounts_in_words(library: Library) -> None:
    figure = stack_figure(seen(library, "ou-certhe-open"), W)
    said = [note.text.replace("<br>", " ") for note in figure.layout.annotations]
    assert "Award (120): Earned 90, In plan 60" in said
    assert "Level 6: Too old 40" in said
    assert "Level 4: Earned 60, In plan 60" in said


def test_levels_carry_the_name_of_another_framework(library: Library) -> None:
    said = [note.text for note in stack_figure(seen(library, "scqf-masters"), W).layout.annotations]
    assert "Level 11 (SCQF): Missing 150" in said


def test_parts_differ_in_pattern_and_not_only_in_colour() -> None:
    assert len({(look.pattern, look.solid) for look in LOOKS.values()}) == len(Part)


@pytest.mark.parametrize("page", ["#ffffff", "#1a262e"])
def test_bars_stand_out_on_light_and_dark(page: str) -> None:
    """WCAG 2.2, 1.4.11: at least 3:1 for graphics."""
    assert min(contrast(look.colour, page) for look in LOOKS.values()) >= 3


def test_text_stands_out_on_the_page_it_is_for() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5:1 for text."""
    assert contrast(TEXT[False], "#ffffff") >= 4.5
    assert contrast(TEXT[True], "#1a262e") >= 4.5


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True])
def test_figures_keep_still_and_fetch_nothing(library: Library, dark: bool) -> None:
    found = seen(library, "ou-open-degree")
    for figure in (stack_figure(found, W, dark=dark), timeline_figure(found, W, dark=dark)):
        assert figure is not None
        layout = figure.layout
        assert (layout.dragmode, layout.hovermode) == (False, False)
        assert layout.xaxis.fixedrange
        assert layout.yaxis.fixedrange
        assert layout.font.color == TEXT[dark]
        assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
        assert not re.search(r"https?:|//", figure.to_json())
        assert "transition" not in json.loads(figure.to_json())["layout"]


def test_the_timeline_is_the_plan_in_weeks_with_its_exits(library: Library) -> None:
    found = seen(library, "ou-open-degree")
    figure = timeline_figure(found, W)
    assert figure is not None
    bars, stops = figure.data
    assert list(bars.base) == [float(step.stage.begins / 8) for step in found.steps]
    assert list(bars.x) == [float(step.stage.hours / 8) for step in found.steps]
    ends = [base + length for base, length in zip(bars.base, bars.x, strict=True)]
    held = [bool(point.own or point.size) for point in found.exits[1:]]
    assert list(stops.x) == [end for end, there in zip(ends, held, strict=True) if there]
    assert figure.layout.xaxis.title.text == "Weeks"
    assert any("You can stop here with" in note.text for note in figure.layout.annotations)


def test_without_weekly_hours_the_timeline_is_in_hours_and_says_what_to_tell(library: Library) -> None:
    found = seen(library, "ou-certhe-open", LEARNER.without("hours_per_week"))
    figure = timeline_figure(found, W)
    assert figure is not None
    assert figure.layout.xaxis.title.text == "Study hours"
    assert list(figure.data[0].x) == [600.0]
    table = timeline_table(found, W)
    assert W("stack.timeline_no_pace") in table
    assert read(table)[1][1] == "600 hours in all"


def test_with_no_course_to_take_there_is_no_timeline(library: Library) -> None:
    found = seen(library, "fheq-certhe")
    assert timeline_figure(found, W) is None
    assert W("stack.timeline_title") not in stack_html(found, W)


def test_the_timeline_table_says_what_the_picture_says(library: Library) -> None:
    found = seen(library, "ou-open-degree")
    head, *rows = read(timeline_table(found, W))
    assert head == ["Courses", "Weeks", "UK credits", "Cost", "Award"]
    assert len(rows) == len(found.steps)
    assert [row[2] for row in rows] == ["60", "90", "120", "150"]
    assert rows[0][1] == "Weeks 1–75"
    assert rows[-1][3] == "at least £3,636, plus 3 courses without a published price"
    assert "Diploma of Higher Education Open" in rows[-1][4]


def test_money_is_never_made_up() -> None:
    assert cost_words(Decimal("1099.5")) == "£1,099.50"
    assert cost_words(Decimal(0)) == "free"
    assert cost_words(None) == "no published price"
    assert cost_words(Decimal(120), 1) == "at least £120, plus 1 course without a published price"
    assert cost_words(Decimal(0), 2) == "not known: 2 courses without a published price"


def test_the_three_lists_give_reasons_and_say_when_they_are_empty(library: Library) -> None:
    found = seen(library, "ou-certhe-open")
    lists = lists_html(found, W)
    assert "<strong>Study worth 60</strong> 60 credits at level 4." in lists
    assert "<li>Study worth 40 is from 2009" in lists
    assert "In the plan: 60 credits at level 4." in lists
    nothing = lists_html(seen(library, "ou-certhe-open", LearnerProfile()), W)
    assert W("stack.nothing_counts") in nothing
    assert W("stack.nothing_lost") in nothing


def test_the_whole_view_names_who_decides_and_how_sure_it_is(library: Library) -> None:
    found = seen(library, "ou-certhe-open")
    page = stack_html(found, W)
    assert "The Open University decides. Ask for its answer in writing before you pay." in page
    assert "May count towards Certificate of Higher Education Open" in page
    assert "90 of 120 credits counted." in page
    assert W("stack.proved") in page
    assert found.way is Way.FINISHES
    assert W("stack.plan_none") not in page
    poor = LEARNER.with_facts({"budget_gbp": Decimal(100), "weeks_available": 30}, "form")
    over = stack_html(seen(library, "ou-certhe-open", poor), W)
    assert "<p>It would work with £3,536 more and 45 more weeks.</p>" in over
    assert W("stack.plan_none") not in over
    partly = stack_html(seen(library, "ou-open-degree"), W)
    assert W("stack.plan_none") in partly
    assert W("stack.proved") not in partly


def test_a_route_says_what_it_costs_and_how_long_it_takes(library: Library) -> None:
    cheapest, fastest = seen(library, "ou-certhe-open").routes
    assert route_words(cheapest, W) == "Cheapest: £3,636, 75 weeks"
    assert route_words(fastest, W) == "Fastest: not known: 1 course without a published price, 38 weeks"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_nothing_from_a_record_becomes_markup(library: Library, language: str) -> None:
    found = hostile(seen(library, "ou-open-degree"))
    w = words(language)
    page = stack_html(found, w)
    assert "<img" not in page
    assert "href='javascript" not in page
    assert "&lt;img src=x" in page
    figures = [stack_figure(found, w), timeline_figure(found, w)]
    said = [note.text for figure in figures if figure for note in figure.layout.annotations]
    assert not [text for text in said if re.search(r"<(?!br>)", text)]
    assert any("&lt;img" in text for text in said)
