"""Costs: how many times the bare ASGI function's instructions an update takes."""

import asyncio
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.guard.instructions import counter
from benchmarks.guard.updates import UPDATES, bare, gateway_app, send_updates

FILE = Path(__file__).parent.parent / "costs.json"

ROUNDS = 5
UPDATES_A_ROUND = 200
WARM_UP = 300
"""Updates before any is counted: until then Python specializes its byte code."""

MORE_EXPENSIVE_MAX = 1.10


def this_python() -> str:
    """The interpreter whose instructions these are: another one takes others."""
    return f"{platform.python_implementation()} {platform.python_version().rpartition('.')[0]}"


def kept_costs() -> Mapping[str, Any]:
    """The file: whose instructions they are, and the cost of each update."""
    kept: Mapping[str, Any] = json.loads(FILE.read_text("utf-8"))
    return kept


def measured_costs() -> dict[str, float]:
    """
    The cost of each update, here and now.

    Raises:
        CannotCountError: instructions cannot be counted here.
    """
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    costs = {}
    with counter() as count:
        async with gateway_app() as gateway:
            for name, update in UPDATES.items():
                await send_updates(gateway, update, WARM_UP, count)
                await send_updates(bare, update, WARM_UP, count)
                ratios = []
                for _ in range(ROUNDS):
                    ours = await send_updates(gateway, update, UPDATES_A_ROUND, count)
                    ratios.append(ours / await send_updates(bare, update, UPDATES_A_ROUND, count))
                costs[name] = round(median(ratios), 1)
    return costs


def more_expensive(measured: Mapping[str, float], kept: Mapping[str, float]) -> dict[str, str]:
    """What has become more expensive than allowed, with a sentence for each."""
    return {
        name: f"{cost} times the bare ASGI function, {cost / kept[name]:.2f} of the {kept[name]} "
        "that are kept in benchmarks/costs.json"
        for name, cost in measured.items()
        if cost > MORE_EXPENSIVE_MAX * kept[name]
    }
