"""A real MCP client on the running server: exactly the wanted tools, each called, and nothing of ours in an error."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from assistant.advise import Adviser
from tests.browser.conftest import serving
from tests.ui.alone import run_alone
from ui.tools import Tools

WANTED = ["search_courses", "audit_stack", "plan_stack", "explain_rule", "convert_credit", "ask"]
HNC = {"title": "HNC Care", "credits": 96, "system": "SCQF", "level": 7, "framework": "SCQF", "year": 2020}
CALLS: dict[str, dict[str, Any]] = {
    "search_courses": {"about": "bookkeeping", "max_price_gbp": 0},
    "audit_stack": {"award": "ou-certhe-open", "prior_learning": [HNC], "start_year": 2026},
    "plan_stack": {"award": "ou-certhe-open", "prior_learning": [HNC], "budget_gbp": 3000, "start_year": 2026},
    "explain_rule": {"about": "Does old credit expire?"},
    "convert_credit": {"amount": 30, "from_system": "ECTS", "to_system": "CATS"},
    "ask": {"question": "30 ECTS in UK credits?"},
}


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mcp")
    shutil.copytree(home, folder / "home")
    with serving(folder / "home", folder / "said.txt") as address:
        yield address


@asynccontextmanager
async def client(address: str) -> AsyncIterator[ClientSession]:
    async with (
        streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, *_),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


def with_client(address: str, work: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with client(address) as session:
            return await work(session)

    return run_alone(run())


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_exactly_the_wanted_tools_are_listed_and_described(address: str) -> None:
    async def listed(session: ClientSession) -> Any:
        return (await session.list_tools()).tools

    tools = with_client(address, listed)
    assert sorted(tool.name for tool in tools) == sorted(WANTED)
    for tool in tools:
        assert tool.description
        for name, schema in tool.inputSchema["properties"].items():
            assert name == "question" or len(schema["description"]) > 10, (tool.name, name)
    search = next(tool for tool in tools if tool.name == "search_courses")
    assert search.inputSchema["required"] == ["about"]
    assert "never relaxed" in search.description


def test_no_other_function_of_the_page_can_be_reached(address: str) -> None:
    async def other(session: ClientSession) -> Any:
        resources = (await session.list_resources()).resources
        prompts = (await session.list_prompts()).prompts
        return resources, prompts, await session.call_tool("respond", {})

    resources, prompts, called = with_client(address, other)
    assert (resources, prompts) == ([], [])
    assert called.isError


@pytest.mark.parametrize("name", WANTED)
def test_each_tool_says_what_the_function_says(address: str, adviser: Adviser, name: str) -> None:
    async def called(session: ClientSession) -> Any:
        return await session.call_tool(name, CALLS[name])

    result = with_client(address, called)
    assert not result.isError, text_of(result)
    shown = json.loads(text_of(result))
    expected = getattr(Tools(adviser), name)(**CALLS[name])
    if name == "ask":
        assert shown["answer"] == expected["answer"]
    else:
        assert shown == expected


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("audit_stack", {"award": "ou-certhe-open", "prior_learning": [{"title": "x", "system": "STONES"}]}, "prior_learning[0].system"),
        ("audit_stack", {"award": "a degree in walking", "prior_learning": []}, "award"),
        ("search_courses", {"about": "x", "max_price_gbp": -5}, "max_price_gbp = -5"),
        ("search_courses", {"about": 5}, "5"),
        ("convert_credit", {"amount": 3, "to_system": "GROATS"}, "GROATS"),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence_and_no_traceback(address: str, name: str, given: dict[str, Any], said: str) -> None:
    async def called(session: ClientSession) -> Any:
        return await session.call_tool(name, given)

    result = with_client(address, called)
    assert result.isError
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)
    assert str(Path(__file__).parents[2]) not in text_of(result)


def test_many_clients_at_once_get_their_own_answers(address: str) -> None:
    async def convert(amount: int) -> int:
        async with client(address) as session:
            result = await session.call_tool("convert_credit", {"amount": amount, "from_system": "ECTS"})
            return int(json.loads(text_of(result))["credit"]["exact"])

    async def all_of_them() -> list[int]:
        return list(await asyncio.gather(*(convert(amount) for amount in range(1, 21))))

    assert run_alone(all_of_them()) == [2 * amount for amount in range(1, 21)]
