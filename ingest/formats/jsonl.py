"""One JSON object a line: course records in the shape that `stack-advisor ask --json` prints, or any kind named in `record`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any


class LineError(ValueError):
    """A line that is not a JSON object."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(line, found, expected)
        self.line, self.found, self.expected = line, found, expected


def lines(content: str) -> Iterator[tuple[str, dict[str, Any], int, dict[str, int]]]:
    """Each line as (kind, data, line number, {}); empty lines are skipped. Raises `LineError` at the first bad line."""
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_float=Decimal)
        except json.JSONDecodeError as error:
            raise LineError(number, f"{error.msg} at column {error.colno}", "one JSON object") from error
        if not isinstance(record, dict):
            raise LineError(number, type(record).__name__, "one JSON object")
        data = {key: value for key, value in record.items() if value is not None and key != "record"}
        yield str(record.get("record", "course")), data, number, {}
