"""Two pictures of an `Outlook`: credits by level, and the courses over time. The only module that uses plotly. Pure.

Nothing is told by colour alone: every bar has its amounts in words above it, and each part its own pattern. One figure
serves light and dark pages: the background is clear and the bars stand out on both; text takes its colour from `dark`,
or from the page through `stack.css`. Nothing moves, nothing can be dragged. The figures hold no address; a page that
shows them serves plotly.js itself (`gr.Plot` brings it along, and the plotly package has it as a file).

Vertical positions are pixels from the top, so that text above a bar never meets another bar, whatever the width.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import plotly.graph_objects as go

from assistant.evidence import amount
from assistant.outlook import Exit, Outlook, Step
from assistant.outlook_levels import LevelCredit, Part
from assistant.outlook_words import cost_words
from corpus.credit import SAME_NUMBERS, Framework
from ui.words import Words

CHARACTERS = 42
"""Of a line of text above a bar: what fits beside 360 pixels at this size."""
FONT_SIZE, LINE, BAR, GAP = 13, 18, 22, 16
"""Pixels: letters, a line of text, a bar, the space below it."""
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
TEXT = {False: "#16232b", True: "#e9eff2"}
GRID = "rgba(127, 141, 150, 0.35)"
CLEAR = "rgba(0, 0, 0, 0)"


@dataclass(frozen=True, slots=True)
class Look:
    """How one part is drawn. The colours reach 3:1 on white and on the dark page's #1a262e."""

    colour: str
    pattern: str
    solid: bool = False


LOOKS = {
    Part.EARNED: Look("#1b8a80", "", solid=True),
    Part.PLANNED: Look("#3a7fc1", "/"),
    Part.MISSING: Look("#7f8d96", ""),
    Part.CAPPED: Look("#b8701f", "x"),
    Part.EXPIRED: Look("#b0579f", "."),
    Part.EXCLUDED: Look("#c25550", "-"),
}
MAKE_THE_AWARD = (Part.EARNED, Part.PLANNED, Part.MISSING)


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its text above. `top` and `middle` are pixels from the top of the picture."""

    lines: tuple[str, ...]
    top: float

    @property
    def middle(self) -> float:
        return self.top + LINE * len(self.lines) + BAR / 2

    @property
    def bottom(self) -> float:
        return self.middle + BAR / 2 + GAP


def stack_figure(found: Outlook, w: Words, *, dark: bool = False) -> go.Figure:
    """Credits by level as horizontal bars, the whole award first, with a line where the award is complete."""
    whole = LevelCredit(None, {part: sum_ for part in MAKE_THE_AWARD if (sum_ := found.sum_of(part))})
    bars = [(f"{w('stack.award')} ({amount_of(found.total)})", whole)]
    bars += [(level_label(row, found.framework, w), row) for row in found.levels]
    rows = _placed(_wrapped(f"{label}: {amounts_words(row, w)}") for label, row in bars)
    figure = go.Figure()
    for part in Part:
        amounts = [row.of(part) for _, row in bars]
        if any(amounts):
            figure.add_trace(_part(part, amounts, rows, w))
    figure.add_vline(x=float(found.total), line={"color": LOOKS[Part.MISSING].colour, "width": 2, "dash": "dash"})
    figure.add_annotation(
        text=amount_of(found.total), x=float(found.total), y=0, yanchor="bottom", xanchor="center", showarrow=False
    )
    most = max(found.total, *(sum(row.amounts.values(), Fraction(0)) for _, row in bars))
    return _finished(figure, rows, dark, w("stack.picture_credits"), most)


def timeline_figure(found: Outlook, w: Words, *, dark: bool = False) -> go.Figure | None:
    """The courses one after the other, in weeks or, if the weekly hours are not known, in study hours; a diamond where
    something is held if one stops. `None` if there is no course to take."""
    if not found.steps:
        return None
    per_unit = found.hours_per_week or 1
    held_after = [exit_words(point, found, w) for point in found.exits[1:]]
    rows = _placed(
        _step_lines(step, "" if held == before else held, w)
        for step, held, before in zip(found.steps, held_after, ("", *held_after), strict=False)
    )
    begins = [float(step.stage.begins / per_unit) for step in found.steps]
    lengths = [float(step.stage.hours / per_unit) for step in found.steps]
    figure = go.Figure(
        go.Bar(
            base=begins,
            x=lengths,
            y=[row.middle for row in rows],
            width=BAR,
            orientation="h",
            marker=_marker(LOOKS[Part.PLANNED]),
            hoverinfo="skip",
        )
    )
    stops = [place for place, held in enumerate(held_after) if held]
    figure.add_trace(
        go.Scatter(
            x=[begins[place] + lengths[place] for place in stops],
            y=[rows[place].middle for place in stops],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 16,
                "color": LOOKS[Part.EARNED].colour,
                "line": {"color": TEXT[dark], "width": 1.5},
            },
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    unit = w("stack.timeline_weeks") if found.hours_per_week else w("stack.plan_hours")
    return _finished(figure, rows, dark, unit, Fraction(begins[-1] + lengths[-1]), legend=False)


def level_label(row: LevelCredit, framework: Framework, w: Words) -> str:
    """ "Level 6", "Level 9 (SCQF)", "Level: not stated", "Any level"."""
    if row.any_level:
        return w("stack.picture_no_level")
    if row.level is None:
        return f"{w('panel.fact.level')}: {w('panel.not_stated')}"
    return w("stack.picture_level", level=row.level if framework in SAME_NUMBERS else f"{row.level} ({framework})")


def amounts_words(row: LevelCredit, w: Words) -> str:
    """ "Earned 30, In plan 60", in the order in which the parts are drawn."""
    return ", ".join(f"{w.of('stack.state', part)} {amount_of(row.of(part))}" for part in Part if row.of(part)) or "0"


def amount_of(value: Fraction) -> str:
    return amount(int(value) if value == int(value) else float(value))


def period_words(step: Step, w: Words) -> str:
    """ "Weeks 1–38"; the study hours if the weekly hours are not known."""
    first, last = step.stage.first_week, step.stage.last_week
    if first is None or last is None:
        return w("panel.value.hours_in_all", n=step.stage.hours)
    return w("stack.timeline_week", week=first) if first == last else f"{w('stack.timeline_weeks')} {first}–{last}"


def exit_words(point: Exit, found: Outlook, w: Words) -> str:
    """What somebody who stops here may hold; empty if there is no award for it."""
    smaller = point.own or ((point.size,) if point.size else ())
    held = (found.award,) if point.completes else smaller
    return w("stack.exit_point", award="; ".join(award.title for award in held)) if held else ""


def _step_lines(step: Step, held: str, w: Words) -> tuple[str, ...]:
    """Title, when, size and price of a course, and what is held after it if that is more than before."""
    size = w("panel.value.uk_credits", n=step.stage.credits)
    facts = f"{period_words(step, w)} · {size} · {cost_words(step.stage.price)}"
    return (*_wrapped(step.course.title), *_wrapped(facts), *(_wrapped(f"◆ {held}") if held else ()))


def _wrapped(text: str) -> tuple[str, ...]:
    """Lines that fit a phone, as plotly shows them: it reads a little HTML in texts, so all of it is escaped."""
    return tuple(html.escape(line, quote=False) for line in textwrap.wrap(text, CHARACTERS))


def _placed(texts: Iterable[tuple[str, ...]]) -> list[Row]:
    """The rows from the top down."""
    rows: list[Row] = []
    for lines in texts:
        rows.append(Row(lines, rows[-1].bottom if rows else 0))
    return rows


def _marker(look: Look) -> dict[str, object]:
    outline = {"color": look.colour, "width": 1.5}
    if not look.pattern:
        return {"color": look.colour if look.solid else CLEAR, "line": outline}
    pattern = {
        "shape": look.pattern,
        "fgcolor": look.colour,
        "bgcolor": CLEAR,
        "fillmode": "replace",
        "size": 7,
        "solidity": 0.35,
    }
    return {"color": look.colour, "pattern": pattern, "line": outline}


def _part(part: Part, amounts: Sequence[Fraction], rows: Sequence[Row], w: Words) -> go.Bar:
    return go.Bar(
        name=w.of("stack.state", part),
        x=[float(value) if value else None for value in amounts],  # None draws nothing, 0 an outline
        y=[row.middle for row in rows],
        width=BAR,
        orientation="h",
        marker=_marker(LOOKS[part]),
        hoverinfo="skip",
    )


def _finished(
    figure: go.Figure, rows: Sequence[Row], dark: bool, unit: str, most: Fraction, *, legend: bool = True
) -> go.Figure:
    height = rows[-1].bottom
    above, below = (64 if legend else 8), 52
    for row in rows:
        figure.add_annotation(
            text="<br>".join(row.lines), x=0, xref="paper", xanchor="left", y=row.top, yanchor="top", align="left",
            showarrow=False, borderpad=0,
        )  # fmt: skip
    figure.update_layout(
        template=None,
        barmode="stack",
        bargap=0,
        height=height + above + below,
        margin={"l": 10, "r": 14, "t": above, "b": below, "pad": 0},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"family": FONTS, "size": FONT_SIZE, "color": TEXT[dark]},
        showlegend=legend,
        legend={
            "orientation": "h", "x": 0, "xanchor": "left", "xref": "paper", "y": 1, "yanchor": "top", "yref": "container",
            "traceorder": "normal", "itemclick": False, "itemdoubleclick": False, "bgcolor": CLEAR,
        },
        dragmode=False,
        hovermode=False,
        modebar={"remove": ["toImage", "zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"]},
    )  # fmt: skip
    figure.update_xaxes(
        title={"text": unit, "standoff": 6, "font": {"size": FONT_SIZE}},
        range=[0, float(most) * 1.03],
        fixedrange=True,
        gridcolor=GRID,
        zeroline=True,
        zerolinecolor=GRID,
        nticks=7,
    )
    figure.update_yaxes(range=[height, 0], fixedrange=True, visible=False)
    return figure
