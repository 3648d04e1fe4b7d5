"""The steady state: what must hold on a healthy server, seen from outside."""

from __future__ import annotations

import os
from pathlib import Path

from .engine import Engine
from .erp import FailedError
from .probe import Look
from .traffic import Action, Tally
from .usage import Usage
from .wording import Notes

FREE_SHARE = 0.20
"""The runbook's "Should show > 20% free"."""

ACTIONS = (
    *("health", "login", "stock", "stock-search", "orders", "approve", "transfers", "work-orders", "qc"),
    *("refusal", "page"),
)


def checks(
    actions: dict[str, Action],
    tally: Tally,
    disk: Path,
    engine: Engine,
    notes: Notes,
    usage: Usage,
) -> dict[str, Look]:
    """Every check by its name."""
    looks: dict[str, Look] = {name: tally.doing(actions[name]) for name in ACTIONS}
    looks["wording"] = notes.unless_noted(tally.doing(actions["wording"]))
    looks["disk"] = lambda _deadline: enough_free(disk)
    looks["services"] = engine.services
    looks["memory"] = lambda _deadline: usage.memory()
    looks["cpu"] = lambda _deadline: usage.cpu()
    return looks


def enough_free(disk: Path) -> None:
    """More than FREE_SHARE of `disk` is free, as the kernel counts it."""
    try:
        size = os.statvfs(disk)
    except OSError as error:
        raise FailedError("error", f"disk: {error.strerror}") from error
    share = size.f_bavail / size.f_blocks if size.f_blocks else 0.0
    if share <= FREE_SHARE:
        raise FailedError("error", f"{100 * share:.1f} % free")
