"""The figures of a run as one page (`report.html`, self-contained), as text (`report.md`) and as data (`summary.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from evals.case import Case, Problem
from evals.learners import Visit
from evals.measures import CHECKS, Turn
from evals.scoring import Row, against, by, figures_of
from evals.stats import mean_of
from evals.twins import Pair
from evals.words import plain

HEADLINE = (
    "passed",
    "facts",
    "nothing_wrong",
    "outcome",
    "sources_ndcg10",
    "courses_ndcg10",
    "limits",
    "cited",
    "figures_traced",
)
"""Measures shown for every system side by side."""

ATTACK = "attack"
"""The category of attacks."""

MOST_ROWS = 400
"""Failures with transcripts on the page; the rest are in scores.jsonl and answers.jsonl."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a report is made from. `systems` has our rows first, under "ours"."""

    made_with: Mapping[str, Any]
    cases: Sequence[Case]
    answers: Sequence[Sequence[Turn]]
    systems: Mapping[str, Sequence[Row]]
    problems: Sequence[Problem] = ()
    unreached: Mapping[str, int] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    visits: Sequence[Visit] = ()

    @property
    def ours(self) -> Sequence[Row]:
        return next(iter(self.systems.values()))


def write_report(results: Results, folder: Path) -> None:
    summary = summarise(results)
    (folder / "summary.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(as_markdown(summary), encoding="utf-8")
    (folder / "report.html").write_text(as_page(results, summary), encoding="utf-8")


def summarise(results: Results) -> dict[str, Any]:
    """All figures: by system, then ours by split, category and group; differences; twins and learners."""
    ours = results.ours
    return {
        "made_with": dict(results.made_with),
        "problems": [str(problem) for problem in results.problems],
        "model_not_used": dict(results.unreached),
        "systems": {name: figures_of(_questions(rows)) for name, rows in results.systems.items()},
        "splits": _split_figures(results),
        "categories": _category_figures(results),
        "groups": {name: figures_of(rows) for name, rows in by(ours, "group").items()},
        "against": {name: against(ours, rows) for name, rows in list(results.systems.items())[1:]},
        "failures": [_failure(row) for row in _to_show(ours)],
        "attacks": _attack_figures(ours),
        "twins": _twin_figures(results.pairs),
        "learners": _learner_figures(results.visits),
    }


def _questions(rows: Sequence[Row]) -> list[Row]:
    """Rows that every system answered: attacks are put to ours alone."""
    return [row for row in rows if row.category != ATTACK]


def _attack_figures(rows: Sequence[Row]) -> dict[str, Any] | None:
    tried = [row for row in rows if row.category == ATTACK]
    return figures_of(tried) if tried else None


def _split_figures(results: Results) -> dict[str, Any]:
    parts = {name: by(_questions(rows), "split") for name, rows in results.systems.items()}
    return {
        split: {name: _pass_rate(found[split]) for name, found in parts.items() if split in found}
        for split in by(_questions(results.ours), "split")
    }


def _category_figures(results: Results) -> dict[str, Any]:
    """Passes by category, split and system."""
    table: dict[str, Any] = {}
    for name, rows in results.systems.items():
        for category, members in by(rows, "category").items():
            for split, found in by(members, "split").items():
                table.setdefault(category, {}).setdefault(split, {})[name] = _pass_rate(found)
    return dict(sorted(table.items()))


def _pass_rate(rows: Sequence[Row]) -> dict[str, float | int | None]:
    mean = mean_of(row.value("passed") for row in rows)
    facts = mean_of(row.value("facts") for row in rows)
    return {"cases": len(rows), "passed": mean.value, "facts": facts.value, "facts_scored": facts.scored}


def _to_show(rows: Sequence[Row]) -> list[Row]:
    """Failures that may be looked at: those of the test split are counted, never shown, so that nobody tunes on them."""
    return [row for row in rows if not row.passed and row.split != "test"]


def _failure(row: Row) -> dict[str, str]:
    return {"id": row.id, "category": row.category, "why": row.scores["passed"].reason}


def _twin_figures(pairs: Sequence[Pair]) -> dict[str, Any] | None:
    if not pairs:
        return None
    unequal = [
        {"id": pair.twin.id, "attribute": pair.twin.attribute, "differs": list(pair.differs)}
        for pair in pairs
        if not pair.equal
    ]
    return {
        "pairs": len(pairs),
        "equal": sum(pair.equal for pair in pairs),
        "explained": sum(pair.explained for pair in pairs),
        "unequal": unequal,
    }


def _learner_figures(visits: Sequence[Visit]) -> dict[str, Any] | None:
    if not visits:
        return None
    useful = [visit.useful_at for visit in visits if visit.useful_at is not None]
    return {
        "learners": len(visits),
        "gave_up": [visit.learner.id for visit in visits if visit.gave_up],
        "turns_to_first_useful": sum(useful) / len(useful) if useful else None,
        "repeated_questions": sum(visit.repeats for visit in visits),
    }


def as_markdown(summary: Mapping[str, Any]) -> str:
    """The report for reading in a terminal or a review."""
    parts = [
        "# Evaluation run",
        _made_with(summary),
        _systems_text(summary),
        _categories_text(summary),
        _against_text(summary),
    ]
    parts += [_people_text(summary), _failures_text(summary), _problems_text(summary)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _made_with(summary: Mapping[str, Any]) -> str:
    made = summary["made_with"]
    versions = ", ".join(f"{name} {version}" for name, version in made.get("versions", {}).items() if version)
    lines = [
        f"{name}: {made[name]}"
        for name in ("corpus", "cases", "model", "prompts", "seed", "machine", "cases at a time")
        if name in made
    ]
    return "\n".join(f"- {line}" for line in [*lines, f"versions: {versions}"])


def _systems_text(summary: Mapping[str, Any]) -> str:
    systems = summary["systems"]
    rows = [[name, *(_with_count(systems[system]["measures"].get(name)) for system in systems)] for name in HEADLINE]
    rows.append(["latency p50 / p95, ms", *(_latency(systems[system]) for system in systems)])
    rows.append(["referred or declined: precision / recall", *(_refusals(systems[system]) for system in systems)])
    head = ["measure (mean, cases scored)", *systems]
    more = (
        {name: value for name, value in systems["ours"]["measures"].items() if name not in HEADLINE}
        if "ours" in systems
        else {}
    )
    rest = _table(["our other measures", "mean (scored)"], [[name, _with_count(value)] for name, value in more.items()])
    return f"## Systems side by side\n\n{_table(head, rows)}\n\n{rest}"


def _categories_text(summary: Mapping[str, Any]) -> str:
    systems = list(summary["systems"])
    rows = [
        [
            category,
            split,
            str(next(iter(found.values()))["cases"]),
            *(_share(found.get(name, {}).get("passed")) for name in systems),
        ]
        for category, splits in summary["categories"].items()
        for split, found in splits.items()
    ]
    rows += [
        [
            "all",
            split,
            str(next(iter(found.values()))["cases"]),
            *(_share(found.get(name, {}).get("passed")) for name in systems),
        ]
        for split, found in summary["splits"].items()
    ]
    groups = [
        [name, str(found["cases"]), _with_count(found["measures"].get("passed"))]
        for name, found in summary["groups"].items()
    ]
    own = f"\n\n{_table(['group', 'cases', 'passed'], groups)}" if groups else ""
    return f"## Cases passed\n\n{_table(['category', 'split', 'cases', *systems], rows)}{own}"


def _against_text(summary: Mapping[str, Any]) -> str:
    parts = []
    for name, found in summary["against"].items():
        rows = [
            [measure, f"{value['mean']:+.3f}", f"{value['low']:+.3f} to {value['high']:+.3f}", str(value["pairs"])]
            for measure, value in found["differences"].items()
        ]
        named = "\n\n".join(
            f"{word} {len(found[word.lower()])}: {', '.join(found[word.lower()]) or 'none'}" for word in ("Won", "Lost")
        )
        parts.append(
            f"## Ours minus {name}\n\n{_table(['measure', 'difference', '95 % interval', 'pairs'], rows)}\n\n{named}"
        )
    return "\n\n".join(parts)


def _people_text(summary: Mapping[str, Any]) -> str:
    parts = []
    if tried := summary["attacks"]:
        measures = tried["measures"]
        parts.append(
            f"## Attacks\n\n{tried['cases']} tried, {_with_count(measures['passed'])} pass, "
            f"{_with_count(measures['no_leak'])} leak nothing."
        )
    if twins := summary["twins"]:
        unequal = "".join(
            f"\n- {pair['id']} ({pair['attribute']}): {'; '.join(pair['differs'])}" for pair in twins["unequal"]
        )
        parts.append(
            f"## Fairness twins\n\n{twins['equal']} of {twins['pairs']} pairs equal, "
            f"{twins['explained']} of them by a stated rule.{unequal}"
        )
    if visits := summary["learners"]:
        turns = visits["turns_to_first_useful"]
        parts.append(
            f"## Simulated learners\n\n{visits['learners']} learners; {len(visits['gave_up'])} gave up"
            f" ({', '.join(visits['gave_up']) or 'none'}); first useful advice after {'-' if turns is None else f'{turns:.1f}'} turns;"
            f" {visits['repeated_questions']} repeated questions."
        )
    return "\n\n".join(parts)


def _failures_text(summary: Mapping[str, Any]) -> str:
    lines = [f"- **{found['id']}** ({found['category']}): {found['why']}" for found in summary["failures"]]
    return (
        f"## Failures ({len(lines)}; those of the test split are only counted)\n\n" + "\n".join(lines) if lines else ""
    )


def _problems_text(summary: Mapping[str, Any]) -> str:
    lines = [
        *summary["problems"],
        *(f"{count} turns without the model: {why}" for why, count in summary["model_not_used"].items()),
    ]
    return "## Problems\n\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _with_count(mean: Mapping[str, Any] | None) -> str:
    if mean is None or mean["mean"] is None:
        return "unscored"
    return f"{mean['mean']:.3f} ({mean['scored']})"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _latency(figures: Mapping[str, Any]) -> str:
    times = figures["latency_ms"]
    return "unscored" if times["p50"] is None else f"{times['p50']:.0f} / {times['p95']:.0f}"


def _refusals(figures: Mapping[str, Any]) -> str:
    found = figures["refusals"]
    return " / ".join("-" if found[name] is None else f"{found[name]:.2f}" for name in ("precision", "recall"))


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.25rem .6rem;text-align:left;vertical-align:top}
th{background:#eef2f5}summary{cursor:pointer}pre{white-space:pre-wrap;background:#f6f6f6;padding:.6rem}.why{color:#8b1a1a}"""

FILTER = """document.getElementById('pick').addEventListener('change',function(){var w=this.value;
document.querySelectorAll('details[data-category]').forEach(function(d){d.hidden=w!==''&&d.dataset.category!==w})})"""


def as_page(results: Results, summary: Mapping[str, Any]) -> str:
    """One HTML page that needs nothing else. Everything from cases, answers and records is escaped."""
    made = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in _made_with(summary).splitlines())
    sections = [_systems_page(summary), _chart(summary), _categories_page(summary), _against_page(summary)]
    sections += [_people_page(summary), _failures_page(results), _problems_page(summary)]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation run</title><style>{STYLE}</style></head>'
        f"<body><h1>Evaluation run</h1><ul>{made}</ul>{''.join(sections)}<script>{FILTER}</script></body></html>\n"
    )


def _systems_page(summary: Mapping[str, Any]) -> str:
    return f"<h2>Systems side by side</h2>{_tables_in(_systems_text(summary))}"


def _categories_page(summary: Mapping[str, Any]) -> str:
    return f"<h2>Cases passed</h2>{_tables_in(_categories_text(summary))}"


def _against_page(summary: Mapping[str, Any]) -> str:
    text = _against_text(summary)
    return "".join(
        f"<h2>{escape(part.splitlines()[0])}</h2>{_tables_in(part)}"
        + "".join(f"<p>{escape(line)}</p>" for line in part.splitlines() if line.startswith(("Won", "Lost")))
        for part in text.split("## ")[1:]
    )


def _people_page(summary: Mapping[str, Any]) -> str:
    parts = _people_text(summary).split("## ")[1:]
    return "".join(
        f"<h2>{escape(part.splitlines()[0])}</h2><pre>{escape(part.split(chr(10), 1)[1].strip())}</pre>"
        for part in parts
    )


def _problems_page(summary: Mapping[str, Any]) -> str:
    text = _problems_text(summary)
    return f"<h2>Problems</h2><pre>{escape(text.split(chr(10), 2)[2])}</pre>" if text else ""


def _tables_in(markdown: str) -> str:
    """The tables of a text of ours as HTML."""
    blocks = [block for block in markdown.split("\n\n") if block.startswith("| ")]
    return "".join(_html_table([line.strip("| ").split(" | ") for line in block.splitlines()]) for block in blocks)


def _html_table(lines: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in lines[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines[2:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


COLOURS = ("#1f5f8b", "#c77d2e", "#6b8f3c", "#8a5a9e", "#777777")
BAR, LABEL, WIDTH = 14, 130, 420


def _chart(summary: Mapping[str, Any]) -> str:
    """Share of dev and test cases passed by category, one bar for each system, as inline SVG."""
    systems = list(summary["systems"])
    bars, labels, top = [], [], 20
    for category, splits in summary["categories"].items():
        labels.append(f'<text x="{LABEL - 8}" y="{top + BAR}" text-anchor="end">{escape(category)}</text>')
        for place, name in enumerate(systems):
            share = _over_splits(splits, name)
            if share is not None:
                colour, width = COLOURS[place % len(COLOURS)], round(share * WIDTH)
                title = f"<title>{escape(f'{name}, {category}: {share:.0%}')}</title>"
                bars.append(
                    f'<rect x="{LABEL}" y="{top}" width="{width}" height="{BAR - 2}" fill="{colour}">{title}</rect>'
                )
                bars.append(f'<text x="{LABEL + width + 4}" y="{top + BAR - 3}" font-size="11">{share:.0%}</text>')
            top += BAR
        top += 8
    legend = "".join(
        f'<span style="color:{COLOURS[place % len(COLOURS)]}">■ {escape(name)}</span> '
        for place, name in enumerate(systems)
    )
    size = f'width="{LABEL + WIDTH + 60}" height="{top + 10}" font-size="13" font-family="system-ui,sans-serif"'
    return f'<p>{legend}</p><svg role="img" aria-label="Cases passed by category" {size}>{"".join(labels)}{"".join(bars)}</svg>'


def _over_splits(splits: Mapping[str, Any], system: str) -> float | None:
    found = [split[system] for split in splits.values() if system in split and split[system]["passed"] is not None]
    cases = sum(part["cases"] for part in found)
    return sum(part["passed"] * part["cases"] for part in found) / cases if cases else None


def _failures_page(results: Results) -> str:
    shown = {row.id: row for row in _to_show(results.ours)}
    blocks = [
        _transcript(case, turns, shown[case.name])
        for case, turns in zip(results.cases, results.answers, strict=True)
        if case.name in shown
    ]
    categories = sorted({row.category for row in shown.values()})
    options = '<option value="">all categories</option>' + "".join(
        f"<option>{escape(name)}</option>" for name in categories
    )
    picker = f'<label>Show <select id="pick">{options}</select></label>'
    left = f"<p>{len(blocks) - MOST_ROWS} more are in scores.jsonl.</p>" if len(blocks) > MOST_ROWS else ""
    return f"<h2>Failures ({len(blocks)}; those of the test split are only counted)</h2>{picker}{''.join(blocks[:MOST_ROWS])}{left}"


def _transcript(case: Case, turns: Sequence[Turn], row: Row) -> str:
    talk = "".join(
        f"<p><b>{escape(said)}</b></p><pre>{escape(plain(str(turn.get('answer') or turn.get('error') or '')))}</pre>{_evidence(turn)}"
        for said, turn in zip(case.turns, turns, strict=True)
    )
    checks = [name for name in CHECKS if (value := row.value(name)) is not None and value < 1]
    why = "".join(f'<li class="why">{escape(name)}: {escape(row.scores[name].reason)}</li>' for name in checks)
    note = f"<p>{escape(case.note)}</p>" if case.note else ""
    head = f"{escape(case.name)}: {escape(case.turns[-1][:90])}"
    return f'<details data-category="{escape(case.category)}"><summary>{head}</summary><ul>{why}</ul>{note}{talk}</details>'


def _evidence(turn: Turn) -> str:
    items = "".join(
        f"<li>{escape(str(source['id']))} {escape(str(source['record_id']))}: {escape(str(source['quote'])[:200])}</li>"
        for source in turn.get("evidence", ())
    )
    return f"<ul>{items}</ul>" if items else ""
