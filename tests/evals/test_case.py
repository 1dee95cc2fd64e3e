import json
from pathlib import Path

import pytest

from evals.case import OWN, CaseError, attacks, learners, own_cases, read_foreign, split_of, twins
from evals.measures import Records


def write(folder: Path, *lines: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8"
    )
    return file


def test_our_cases_are_enough_and_of_every_kind() -> None:
    cases = own_cases().cases
    assert len(cases) >= 240
    assert len({case.category for case in cases}) >= 12
    assert len(attacks()) >= 60
    assert len(twins()) >= 40
    assert len(learners()) >= 25
    assert sum(case.group == "low prior attainment" for case in cases) >= 20
    assert 0.2 < sum(case.split == "test" for case in cases) / len(cases) < 0.45


def test_every_record_that_our_cases_name_is_in_the_catalogue(records: Records) -> None:
    named = {name for case in own_cases().cases for name in (*case.expected, *case.forbidden, *case.sources)}
    made_by_code = {name for name in named if name.startswith(("level-", "ratio-"))}
    assert {name for name in named - made_by_code if records.catalogue.record(name) is None} == set()


def test_a_split_never_changes() -> None:
    assert [split_of(f"search-{number:03d}") for number in range(1, 7)] == ["dev", "dev", "dev", "dev", "test", "dev"]


def test_our_own_cases_are_read_strictly(tmp_path: Path) -> None:
    right = {"id": "a-1", "turns": ["hello"], "split": split_of("a-1")}
    wrong_split = {"id": "a-2", "turns": ["x"], "split": "dev" if split_of("a-2") == "test" else "test"}
    write(tmp_path, right, {**right, "colour": "red"}, wrong_split, {"id": "a-4", "turns": []}, right)
    with pytest.raises(CaseError) as caught:
        own_cases(tmp_path)
    found = [str(problem) for problem in caught.value.problems]
    assert [line.split(" ", 1)[0] for line in found] == ["cases.jsonl:2", "cases.jsonl:3", "cases.jsonl:4", "cases:"]
    assert "colour" in found[0]
    assert "a-1" in found[3]


def test_foreign_files_keep_what_can_be_used_and_say_one_line_for_the_rest(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        {"id": 7, "turns": ["one"], "persona": {"age": 3}, "expected": "not a list", "constraints": {"level": "four"}},
        "{broken",
        "[1, 2]",
        {"turns": ["no id"]},
        {"id": "x", "turns": "not a list"},
        "",
        {"id": "two", "turns": ["a", "b"]},
    )
    loaded = read_foreign(file)
    assert [(case.id, case.turns) for case in loaded.cases] == [(7, ("one",)), ("two", ("a", "b"))]
    assert [problem.line for problem in loaded.problems] == [1, 1, 2, 3, 4, 5]
    assert all("\n" not in str(problem) for problem in loaded.problems)


def test_bytes_that_are_not_text_are_one_problem(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b'\xff\xfe{"id": 1}\n{"id": "a", "turns": ["x"]}\n')
    loaded = read_foreign(file)
    assert ([case.id for case in loaded.cases], len(loaded.problems)) == (["a"], 1)


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    assert "no cases" in str(read_foreign(write(tmp_path)).problems[0])


def test_own_folder_holds_nothing_unread() -> None:
    assert all(file.suffix == ".jsonl" for file in OWN.iterdir())
