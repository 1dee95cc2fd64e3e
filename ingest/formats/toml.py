"""Our own text format: `[[course]]`, `[[award]]`, `[[card]]` and `[[occupation]]` blocks, reviewable and editable by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

HEADER = re.compile(r"^\[\[(\w+)\]\]\s*(#.*)?$")
FIELD = re.compile(r"^(\w+)\s*=")


def blocks(content: str) -> Iterator[tuple[str, dict[str, Any], int, dict[str, int]]]:
    """Each top-level block as (kind, data, line of its header, line of each of its fields).

    Raises `tomllib.TOMLDecodeError` if the file is not TOML.
    """
    data = tomllib.loads(content)
    places: dict[str, list[tuple[int, dict[str, int]]]] = {}
    current: dict[str, int] | None = None
    for number, line in enumerate(content.splitlines(), start=1):
        if header := HEADER.match(line):
            current = {}
            places.setdefault(header[1], []).append((number, current))
        elif line.startswith("["):
            current = None
        elif current is not None and (named := FIELD.match(line)):
            current.setdefault(named[1], number)
    for kind, records in data.items():
        if not isinstance(records, list):
            yield kind, {}, 0, {}
            continue
        for record, (line_number, fields) in zip(records, places.get(kind, []), strict=False):
            yield kind, record, line_number, fields


def error_line(error: tomllib.TOMLDecodeError) -> int:
    """The line a TOML error names, 0 if it names none."""
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else 0
