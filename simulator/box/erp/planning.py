"""Calculations for production planning: the weekly capacity plan and the forecast of demand."""

from __future__ import annotations

import logging
import random
from array import array
from collections.abc import Mapping
from threading import Event
from typing import Any

LOG = logging.getLogger("erp.planning")
SLOTS = 1_000_000
"""Quarter hours of all machines in a plan; 8 bytes each."""
PAUSE_S = 0.1
CROWDED_MB = 1100
CROWDED_PAUSE_S = 3.0
REPORT_EVERY = 500_000


def plan_capacity(parameters: Mapping[str, Any], stop: Event) -> None:
    """Try `candidates` plans, and keep the one whose machines are busiest in the sum."""
    draw = random.Random(parameters.get("seed", 0))
    plans: list[tuple[float, array[float]]] = []
    for number in range(int(parameters["candidates"])):
        load = draw.random()
        plans.append((load, array("d", [load]) * SLOTS))
        used_mb = len(plans) * SLOTS * 8 >> 20
        if number % 20 == 0:
            LOG.warning("capacity plan: candidate %d, plans in memory: %d MB", number, used_mb)
        # A crowded process leaves the memory that is left to requests for as long as it can.
        if stop.wait(CROWDED_PAUSE_S if used_mb > CROWDED_MB else PAUSE_S):
            return
    best = max(plans)[0] if plans else 0.0
    LOG.info("capacity plan: best of %d candidates has load %.3f", len(plans), best)


def forecast_demand(parameters: Mapping[str, Any], stop: Event) -> None:
    """Smooth the demand of a product until two rounds differ by less than `tolerance`."""
    demand = [float(week * 7919 % 1000) for week in range(int(parameters.get("weeks", 52)))]
    tolerance = float(parameters["tolerance"])
    rounds, change = 0, float("inf")
    while change >= tolerance and not stop.is_set():
        smoothed = [
            0.5 * here + 0.5 * there for here, there in zip(demand, demand[1:] + demand[:1], strict=True)
        ]
        change = max(abs(new - old) for new, old in zip(smoothed, demand, strict=True))
        demand, rounds = smoothed, rounds + 1
        if rounds % REPORT_EVERY == 0:
            LOG.warning("forecast: not converged after %d rounds, change %g", rounds, change)
    LOG.info("forecast: %.1f pieces a week after %d rounds", demand[0], rounds)
