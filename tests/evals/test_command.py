"""The whole command, over the real assistant."""

import json
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.index import current_generation
from evals.attack import poisoned_shelf
from evals.case import attacks
from evals.command import main


def evals(home: Path, *arguments: object) -> int:
    return main([str(argument) for argument in arguments], {"STACK_ADVISOR_HOME": str(home)})


def test_a_question_file_nobody_has_seen(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "q.jsonl", tmp_path / "out"
    file.write_text(
        '{"id": "a", "turns": ["20 ECTS in UK credits?"], "mood": "keen"}\n{oops\n{"id": 2, "turns": ["hello", ""]}\n',
        encoding="utf-8",
    )
    assert evals(home, "run", file, "--out", out) == 1
    lines = [json.loads(line) for line in (out / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], len(line["turns"])) for line in lines] == [("a", 1), (2, 2)]
    assert "40 UK credits" in lines[0]["turns"][0]["answer"]
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("q.jsonl")]
    assert len(said) == 1
    assert said[0].startswith("q.jsonl:2 not JSON")
    assert {"report.html", "report.md", "summary.json", "scores.jsonl"} <= {path.name for path in out.iterdir()}

    (out / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines[:1]), encoding="utf-8")
    assert evals(home, "run", file, "--out", out, "--resume") == 1
    assert len((out / "answers.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("content", ["", "\n\n", "{oops\n"])
def test_a_file_without_cases_is_unusable_and_says_one_line(
    home: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(content, encoding="utf-8")
    assert evals(home, "run", file, "--out", tmp_path / "out") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_file_that_is_not_there(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evals(home, "run", tmp_path / "none.jsonl", "--out", tmp_path / "out") == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_poison_is_in_the_copy_and_never_in_the_index(home: Path, embedder) -> None:
    with poisoned_shelf(home, attacks(), embedder) as shelf:
        assert any(course.id.startswith("poison-") for course in shelf.current().catalogue.courses)
    generation = current_generation(home)
    assert generation is not None
    assert not any(course.id.startswith("poison-") for course in Catalogue.open(generation / "records.json").courses)
