"""Coroutines run in a thread of their own: where a browser test ran before in the same process, this thread has a loop already."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_alone(work: Coroutine[Any, Any, Result]) -> Result:
    """What `asyncio.run` gives, whatever this thread is doing."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
