"""Orders and events that the tests start from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scoring.timeline import Event, Opened, Posted
from simulator.order import Order


def order(**changes: Any) -> Order:
    """A small order; what matters to a test is named by it."""
    plain = Order(
        team="blue",
        members=("ana", "budi"),
        scenario="disk-full",
        level="runbook",
        wait_s=0,
        hold_s=5,
        deadline_min=30,
        limit_min=60,
        seed=7,
    )
    return replace(plain, **changes)


def opened(drill: str, at: float = 1000.0, team: str = "blue", scenario: str = "disk-full") -> Opened:
    """The first event of a drill."""
    return Opened(
        at=at,
        drill=drill,
        team=team,
        members=("ana", "budi"),
        scenario=scenario,
        level="runbook",
        severity="P1",
        affects=("backend", "postgres"),
        cause_terms=(("disk",), ("full",)),
        target_s=600,
        hold_s=5,
        deadline_s=1800,
        seed=7,
    )


def post(at: float, text: str = "hello", who: str = "ana") -> Event:
    """Somebody wrote in the emergency channel."""
    return Posted(at=at, who=who, channel="#erp-emergency", text=text)
