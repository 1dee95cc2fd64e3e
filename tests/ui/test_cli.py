"""The commands as a user runs them: output, exit codes, and one clear line for anything unusable."""

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ui.cli import main

ROOT = Path(__file__).parents[2]
PROBLEM = {
    "id": "p",
    "prior_learning": [{"id": "a", "title": "HNC", "credits": 96, "system": "SCQF", "level": 7, "framework": "SCQF"}],
    "target_award": {"title": "CertHE", "provider": "U", "framework": "FHEQ", "level": 4, "total_credits": 120},
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str, home: Path | None = None) -> tuple[int, str, str]:
    code = main(arguments, {"STACK_ADVISOR_HOME": str(home)} if home else {})
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_ask_prints_the_contract_as_json(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code, out, _ = run(capsys, "ask", "30 ECTS in UK credits?", "--json", home=home)
    result = json.loads(out)
    assert code == 0
    assert list(result) == [
        "answer", "outcome", "claims", "evidence", "courses", "pathways", "profile", "limits", "questions", "follow_ups",
        "ask_others", "notices", "dropped", "timings_ms", "model", "corpus",
    ]  # fmt: skip
    assert result["model"] == "none"
    assert set(result["timings_ms"]) == {"read", "gather", "reason", "write", "gate", "total"}


def test_ask_reads_a_profile(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text('{"nation": "Wales"}', encoding="utf-8")
    code, out, _ = run(capsys, "ask", "hello", "--json", "--profile", str(file), home=home)
    assert (code, json.loads(out)["profile"]["nation"]) == (0, {"value": "Wales", "from": "file"})


def test_plan_from_a_file_a_line_file_and_standard_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    single, lines = tmp_path / "p.json", tmp_path / "p.jsonl"
    single.write_text(json.dumps(PROBLEM), encoding="utf-8")
    lines.write_text(
        json.dumps(PROBLEM) + '\n{"id": "bad"}\n' + json.dumps({**PROBLEM, "id": "q"}) + "\n", encoding="utf-8"
    )
    code, out, _ = run(capsys, "plan", str(single), "--json")
    assert (code, json.loads(out)["credits_counted"], json.loads(out)["id"]) == (0, 96, "p")
    code, out, _ = run(capsys, "plan", str(single))
    assert code == 0
    assert "Still needed: 24 credits" in out
    code, out, _ = run(capsys, "plan", str(lines))
    results = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [result["id"] for result in results] == ["p", "bad", "q"]
    assert set(results[1]) == {"id", "error"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(single.read_text(encoding="utf-8")))
    assert run(capsys, "plan", "-", "--json")[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "expected one JSON object"),
        ("[" * 100_000, "JSON"),
        ('{"target_award": 5}', "target_award"),
        ("null", "expected"),
    ],
)
def test_an_unusable_problem_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "p.json"
    file.write_text(content, encoding="utf-8")
    code, out, err = run(capsys, "plan", str(file), "--json")
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_missing_files_ports_in_use_and_bad_profiles_are_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path
) -> None:
    assert run(capsys, "plan", str(tmp_path / "none.json"))[0] == 2
    assert run(capsys, "ingest", str(tmp_path / "none.toml"), home=tmp_path)[0] == 2
    bad = tmp_path / "profile.json"
    bad.write_text('{"age": "old"}', encoding="utf-8")
    code, _, err = run(capsys, "ask", "hello", "--profile", str(bad), home=home)
    assert (code, err.count("\n")) == (2, 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run(capsys, "serve", "--port", str(port), home=home)
    assert code == 2
    assert f"port {port}" in err


def test_a_folder_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    code, _, err = run(capsys, "ingest", home=blocked)
    assert (code, err.count("\n")) == (2, 1)


def test_ingest_dry_run_reports_and_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[[course]]\nid = "x"\n', encoding="utf-8")
    report = tmp_path / "report.json"
    data = tmp_path / "home"
    code, out, _ = run(capsys, "ingest", str(broken), "--dry-run", "--report", str(report), home=data)
    assert code == 1
    assert "broken.toml:1: x title" in out
    problems = json.loads(report.read_text(encoding="utf-8"))["problems"]
    assert {problem["field"] for problem in problems} >= {"title", "provider", "url"}
    assert not data.exists()


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "p.json"]])
def test_help_and_plan_do_not_load_torch_or_chroma(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "p.json").write_text(json.dumps(PROBLEM), encoding="utf-8")
    code = (
        "import sys\nfrom ui.cli import main\n"
        f"try: main({arguments!r}, {{}})\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'langchain', 'gradio', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_wrong_usage_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["fly"], {})
    assert stop.value.code == 2
