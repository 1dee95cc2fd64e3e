"""What counts of what you have done, and the provably best way to close the gap. Pure: no files, no model, no clock.

problem = read_problem(json.load(file))
answer = to_json(solve(problem, table))
"""

from assistant.stacking.audit import Audit, audit
from assistant.stacking.output import Json, to_json
from assistant.stacking.problem import NotProvedError, Problem, ProblemError
from assistant.stacking.read import read_problem
from assistant.stacking.result import Result, solve
from corpus.credit import FrameworkTable

__all__ = [
    "Audit",
    "NotProvedError",
    "Problem",
    "ProblemError",
    "Result",
    "answer_problem",
    "audit",
    "read_problem",
    "solve",
    "to_json",
]


def answer_problem(raw: object, table: FrameworkTable) -> Json:
    """Parsed JSON in, JSON out (rule S9), with `id` and `title` echoed if they are there. Raises `ProblemError`."""
    problem = read_problem(raw)
    echoed: Json = {name: value for name, value in (("id", problem.id), ("title", problem.title)) if value is not None}
    return {**echoed, **to_json(solve(problem, table))}
