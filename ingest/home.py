"""The shipped catalogue, and those a user added to it."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus.catalogue import SHIPPED


def catalogue_paths(home: Path) -> tuple[Path, ...]:
    """The shipped catalogue and, after it, those added by `stack-advisor ingest PATH`."""
    added = home / "catalogues"
    return (SHIPPED, added) if added.is_dir() and any(added.iterdir()) else (SHIPPED,)


def with_added(home: Path, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The catalogues as they would be once `paths` are added; a path replaces an added one of the same name."""
    names = {path.name for path in paths}
    added = home / "catalogues"
    kept = tuple(sorted(item for item in added.iterdir() if item.name not in names)) if added.is_dir() else ()
    return (SHIPPED, *kept, *paths)


def keep_catalogues(home: Path, paths: tuple[Path, ...]) -> None:
    """Copies checked catalogues into the data folder, so that every later build includes them."""
    added = home / "catalogues"
    added.mkdir(parents=True, exist_ok=True)
    for path in paths:
        target, fresh = added / path.name, added / f".{path.name}.new"
        shutil.copytree(path, fresh) if path.is_dir() else shutil.copyfile(path, fresh)
        if target.is_dir():
            shutil.rmtree(target)
        fresh.replace(target)
