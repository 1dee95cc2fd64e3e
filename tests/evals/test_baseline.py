from collections.abc import Sequence

import numpy as np
import pytest
from pydantic import BaseModel

from assistant.llm import ModelUnavailable
from corpus.catalogue import Catalogue, Snapshot
from corpus.embedding import SentenceEmbedder, Vectors
from corpus.passages import Passage, split_passages
from evals.baseline import Dense, Lexical, QuickStart, Reply, Retrieved
from evals.measures import Records

WANTED = (
    "ol-bookkeeping",
    "ou-w101",
    "ects-to-uk-credits",
    "glasgow-cosca-counselling-skills",
    "cg-2382-22",
    "cavc-celta",
)


@pytest.fixture(scope="module")
def some(records: Records, embedder: SentenceEmbedder) -> tuple[list[Passage], Vectors]:
    catalogue = records.catalogue
    everything = split_passages(Snapshot(catalogue.courses, (), catalogue.cards, ()))
    passages = [passage for passage in everything if passage.record_id in WANTED]
    return passages, np.asarray(embedder.encode([passage.text for passage in passages]))


def first(found: Sequence[Passage]) -> str:
    return found[0].record_id


def test_each_baseline_finds_the_obvious(some: tuple[list[Passage], Vectors], embedder: SentenceEmbedder) -> None:
    for search in (Dense(*some, embedder), Lexical(some[0]), QuickStart(*some, embedder)):
        assert first(search("introduction to bookkeeping and accounting")) == "ol-bookkeeping"
    assert Lexical(some[0])("zzz qqq") == []


def test_answers_have_the_form_that_is_measured(some: tuple[list[Passage], Vectors], records: Records) -> None:
    turn = Retrieved("bm25", records.catalogue, Lexical(some[0])).converse(["introduction to bookkeeping"])[0]
    assert turn["courses"][0]["id"] == turn["evidence"][0]["record_id"] == "ol-bookkeeping"
    assert turn["outcome"] == "advised"


class Unreachable:
    name = "test:gone"

    def fill(self, prompt: str, schema: type[BaseModel]) -> BaseModel:
        raise ModelUnavailable("nobody there")


class Parrot(Unreachable):
    def fill(self, prompt: str, schema: type[BaseModel]) -> BaseModel:
        return Reply(answer=prompt[-30:])


def test_the_quick_start_with_a_model(some: tuple[list[Passage], Vectors], records: Records) -> None:
    def answer(model: Unreachable, catalogue: Catalogue = records.catalogue) -> object:
        return Retrieved("q", catalogue, Lexical(some[0]), model).converse(["bookkeeping"])[0]

    assert "Question: bookkeeping" in answer(Parrot())["answer"]  # type: ignore[index]
    assert answer(Unreachable())["outcome"] == "failed"  # type: ignore[index]
