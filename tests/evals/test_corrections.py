import json
import shutil
from pathlib import Path

import pytest

from evals.case import OWN, own_cases
from evals.corrections import NotReviewed, add_reviewed, as_line, draft_cases


def test_a_correction_is_drafted_reviewed_and_added(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    shutil.copytree(OWN, folder)
    given = tmp_path / "feedback.jsonl"
    lines = [
        {"question": "Is 20 ECTS 10 credits?", "reason": "it is 40"},
        {"question": "no reason"},
        {"turns": ["a", "b"], "edit": "Better."},
    ]
    given.write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n", encoding="utf-8")
    drafts, problems = draft_cases(given)
    assert [draft.turns for draft in drafts] == [("Is 20 ECTS 10 credits?",), ("a", "b")]
    assert [problem.line for problem in problems] == [2, 4]

    reviewed = tmp_path / "reviewed.jsonl"
    reviewed.write_text(as_line(drafts[0]), encoding="utf-8")
    with pytest.raises(NotReviewed, match="not reviewed"):
        add_reviewed(reviewed, folder)

    case = {
        **json.loads(as_line(drafts[0])),
        "note": "from an adviser",
        "facts": [{"number": "40", "unit": ["credits"]}],
    }
    reviewed.write_text(json.dumps(case) + "\n", encoding="utf-8")
    before = len(own_cases(folder).cases)
    assert add_reviewed(reviewed, folder) == [drafts[0].name]
    assert len(own_cases(folder).cases) == before + 1
    with pytest.raises(NotReviewed, match="already among our cases"):
        add_reviewed(reviewed, folder)
