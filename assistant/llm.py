"""A language model behind one narrow seam. The one place that imports langchain's chat models.

A model only rewords claims that already passed every rule; its words then go through the same claim gate.
"""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Claim, ClaimKind, Draft, Outcome

TIME_LIMIT = 20.0
"""Seconds a model may take before the plain words are used."""
LONGEST_QUESTION = 1_000


class ModelUnavailable(Exception):
    """The model could not be reached, took too long or refused. `reason` is safe to show: it holds no key and no text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=400, description="One sentence in plain words")
    statements: list[str] = Field(description="Ids of the statements it rests on, such as S1")


class Reworded(BaseModel):
    """The reply of the rewording prompt."""

    model_config = ConfigDict(extra="forbid")

    sentences: list[Sentence] = Field(min_length=1, max_length=24)


class LanguageModel(Protocol):
    """Fills a schema from a prompt. `name` is "provider:model", or what tests call it."""

    name: str

    def fill(self, prompt: str, schema: type[BaseModel]) -> BaseModel:
        """An instance of `schema`. Raises `ModelUnavailable` if none comes back in time."""
        ...


class ChatModel:
    """Any LangChain chat model, by its `init_chat_model` string ("ollama:llama3.2", "openai:gpt-4o-mini")."""

    def __init__(self, name: str) -> None:
        from langchain.chat_models import init_chat_model

        self.name = name
        try:
            self._model: Any = init_chat_model(name, temperature=0)
        except Exception as error:
            # Every provider's client refuses in its own way: no package, no key, no such model.
            reason = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise ModelUnavailable(f"model {name!r} cannot be set up: {reason}") from error
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="model")

    def fill(self, prompt: str, schema: type[BaseModel]) -> BaseModel:
        task = self._pool.submit(self._model.with_structured_output(schema).invoke, prompt)
        done, _ = wait([task], timeout=TIME_LIMIT)
        if not done:
            task.cancel()
            raise ModelUnavailable(f"the language model did not answer within {TIME_LIMIT:.0f} seconds")
        # Whatever a remote model or its client raises, the answer must still come: the plain words are ready.
        if (error := task.exception()) is not None:
            raise ModelUnavailable(f"the language model failed ({type(error).__name__})")
        reply = task.result()
        if not isinstance(reply, schema):
            raise ModelUnavailable("the language model's reply was not in the agreed form")
        return reply


def reword(draft: Draft, question: str, model: LanguageModel) -> Draft:
    """The draft in the model's words. Each of its sentences cites exactly what the statements it names cite.

    Course lines stay as they are: they are records, not prose. Raises `ModelUnavailable` if there is nothing usable.
    """
    prose = [claim for claim in draft.claims if not claim.bullet]
    if draft.outcome is not Outcome.ADVISED or not any(claim.cites for claim in prose):
        return draft
    numbered = {f"S{place}": claim for place, claim in enumerate(prose, start=1)}
    statements = "\n".join(f"{name}: {claim.text}" for name, claim in numbered.items())
    prompt = fill_prompt("reword", question=question[:LONGEST_QUESTION], statements=statements)
    reply = model.fill(prompt, Reworded)
    assert isinstance(reply, Reworded)
    reworded = tuple(_claim(sentence, numbered) for sentence in reply.sentences)
    bullets = tuple(claim for claim in draft.claims if claim.bullet)
    return Draft(
        draft.outcome,
        reworded + bullets,
        draft.picks,
        draft.pathways,
        draft.questions,
        draft.ask_others,
        draft.notices,
        core=1,
    )


def _claim(sentence: Sentence, numbered: dict[str, Claim]) -> Claim:
    named = [numbered[name] for name in sentence.statements if name in numbered]
    cites = tuple(dict.fromkeys(source for claim in named for source in claim.cites))
    # Resting on nothing known it is a fact without a source, which the gate drops.
    kind = ClaimKind.FACT if cites or not named else named[0].kind
    return Claim(sentence.text, kind, cites)


class PromptError(Exception):
    """A prompt file and the variables given to it do not fit."""


def fill_prompt(name: str, **values: str) -> str:
    """The prompt `prompts/<name>.md` with its variables filled. Raises `PromptError` for missing or unknown ones."""
    template = _template(name)
    wanted = set(template.get_identifiers())
    if wanted != set(values):
        raise PromptError(f"prompts/{name}.md: needs {sorted(wanted)}, was given {sorted(values)}")
    return template.substitute(values)


@cache
def _template(name: str) -> string.Template:
    return string.Template((Path(__file__).parent / "prompts" / f"{name}.md").read_text(encoding="utf-8"))
