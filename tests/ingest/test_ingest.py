"""A user's own catalogue beside the shipped one: added once checked, kept for later builds, replaced by name."""

import datetime
from pathlib import Path

import pytest

from corpus.catalogue import SHIPPED, Catalogue
from corpus.index import current_generation
from ingest.home import catalogue_paths
from ingest.run import BadData, ingest, refresh
from tests.ingest.test_reading_data import GOOD_COURSE
from tests.ingest.test_sync import CountingEmbedder

TODAY = datetime.date(2026, 11, 23)


def titles(home: Path) -> set[str]:
    generation = current_generation(home)
    assert generation is not None
    return {course.title for course in Catalogue.open(generation / "records.json").courses}


def test_an_added_catalogue_stays_and_a_new_one_of_its_name_replaces_it(tmp_path: Path) -> None:
    home, feed = tmp_path / "home", tmp_path / "college.toml"
    embedder = CountingEmbedder()
    feed.write_text(GOOD_COURSE, encoding="utf-8")
    ingest(home, (feed,), TODAY, lambda: embedder)
    assert "Example course" in titles(home)
    assert catalogue_paths(home) == (SHIPPED, home / "catalogues")
    feed.unlink()
    assert refresh(home, TODAY, embedder) is None
    feed.write_text(GOOD_COURSE.replace("Example course", "Renamed course"), encoding="utf-8")
    done = ingest(home, (feed,), TODAY, lambda: embedder)
    assert (done.embedded, done.removed) == (1, 0)
    assert titles(home) >= {"Renamed course"}
    assert "Example course" not in titles(home)


def test_a_bad_catalogue_changes_nothing(tmp_path: Path) -> None:
    home, feed = tmp_path / "home", tmp_path / "college.toml"
    feed.write_text(GOOD_COURSE, encoding="utf-8")
    ingest(home, (feed,), TODAY, CountingEmbedder)
    before = current_generation(home)
    feed.write_text(GOOD_COURSE + 'level = "high"\n', encoding="utf-8")
    with pytest.raises(BadData, match=r"college\.toml:12"):
        ingest(home, (feed,), TODAY, CountingEmbedder)
    assert current_generation(home) == before
    assert refresh(home, TODAY, CountingEmbedder()) is None
