"""Search over the shipped corpus: hard filters hold, irrelevance is nothing, and the fused order is right."""

from decimal import Decimal

import numpy as np
import pytest

from assistant.advise import Adviser
from assistant.chain import CorpusRetriever, advice_chain
from assistant.fitting import carries_credit
from assistant.limits import Constraints
from assistant.quantities import levels_said
from corpus.courses import Listing, Mode
from corpus.credit import Framework
from corpus.embedding import SentenceEmbedder


@pytest.fixture(scope="module")
def library(adviser: Adviser):
    return adviser.shelf.current()


@pytest.mark.parametrize(
    "wanted",
    [
        Constraints(max_price=Decimal(0)),
        Constraints(max_price=Decimal(300), mode=Mode.ONLINE),
        Constraints(level=levels_said("level 4")[0]),
        Constraints(level=levels_said("SCQF level 11")[0]),
        Constraints(nation="Scotland", credit_bearing=True),
        Constraints(credit_bearing=False),
    ],
)
def test_every_course_that_passes_states_what_was_asked_for(library, wanted: Constraints) -> None:
    filtered = library.searcher.filter(wanted)
    assert filtered.ids
    for course_id in filtered.ids:
        course = library.catalogue.course(course_id)
        if wanted.max_price is not None:
            assert course.price_gbp is not None
            assert course.price_gbp <= wanted.max_price
        if wanted.mode is not None:
            assert course.mode is wanted.mode
        if wanted.level is not None:
            assert wanted.level.number in library.table.levels_in(course.at_level, wanted.level.level.framework)
        if wanted.nation is not None:
            assert course.nation in (wanted.nation, "UK")
        if wanted.credit_bearing is not None:
            assert carries_credit(course) is wanted.credit_bearing


def test_a_level_is_matched_across_frameworks(library) -> None:
    found = library.searcher.filter(Constraints(level=levels_said("level 4")[0])).ids
    frameworks = {library.catalogue.course(course_id).level_framework for course_id in found}
    assert {Framework.FHEQ, Framework.SCQF} <= frameworks


def test_what_a_page_does_not_state_is_counted_and_not_passed(library) -> None:
    (excluded,) = library.searcher.filter(Constraints(max_price=Decimal(100))).excluded
    assert 0 < excluded.not_stated < excluded.failed


def test_only_courses_on_offer_are_found(library, embedder: SentenceEmbedder) -> None:
    offered = {course.id for course in library.catalogue.courses if course.listing is not Listing.AWARD_PART}
    for query in ("programming", "nursing module", "accounting and finance", "medical education"):
        for found in library.searcher.courses([query], embedder.encode([query]), 20):
            assert found.record_id in offered


@pytest.mark.parametrize("query", ["what is the capital of peru", "best pizza recipe", "who won the match"])
def test_nothing_relevant_is_nothing(library, embedder: SentenceEmbedder, query: str) -> None:
    assert library.searcher.cards([query], embedder.encode([query]), 5) == ()


def test_a_rare_word_decides_between_cards_that_sound_alike(library, embedder: SentenceEmbedder) -> None:
    query = "does my Google certificate count towards a degree?"
    best = library.searcher.cards([query], embedder.encode([query]), 1)[0]
    assert "Google" in library.catalogue.card(best.record_id).text


def test_the_same_search_gives_the_same_order(library, embedder: SentenceEmbedder) -> None:
    vectors = embedder.encode(["project management"])
    assert library.searcher.courses(["project management"], vectors, 9) == library.searcher.courses(
        ["project management"], vectors, 9
    )


def test_vectors_are_unit_length_and_in_input_order(embedder: SentenceEmbedder) -> None:
    texts = ["a much longer sentence about studying in the evening", "short", "a longer sentence"]
    together = embedder.encode(texts)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together, np.vstack([embedder.encode([text]) for text in texts]), atol=1e-4)
    assert embedder.encode([]).shape == (0, 384)


def test_the_corpus_is_a_langchain_retriever(adviser: Adviser, embedder: SentenceEmbedder) -> None:
    documents = CorpusRetriever(shelf=adviser.shelf, embedder=embedder).invoke("what is recognition of prior learning")
    assert documents
    assert all(document.metadata["url"].startswith("http") for document in documents)
    assert CorpusRetriever(shelf=adviser.shelf, embedder=embedder).invoke("best pizza recipe") == []


def test_the_flow_is_a_langchain_runnable(adviser: Adviser) -> None:
    first, second = advice_chain(adviser).batch([{"message": "30 ECTS in UK credits?"}, {"message": "hello"}])
    assert "60 UK credits" in first.answer.claims[0].text
    assert second.answer.outcome == "advised"
