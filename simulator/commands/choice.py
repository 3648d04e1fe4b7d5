"""Which scenario is played: the one that was named, or the one that the team has practised least."""

from __future__ import annotations

import random
from collections import Counter

from faults import catalogue
from faults.contract import Fault
from scoring.scorecard import QUIET
from simulator.commands.common import find_scenario
from simulator.commands.results import card_of
from simulator.errors import UsageProblem
from simulator.store import Store

SURPRISE = "surprise"


def is_surprise(scenario: str | None, surprise: bool, monthly: bool, month: str | None) -> bool:
    """Whether the drill is a surprise. Raises UsageProblem unless exactly one way to choose was taken."""
    if (scenario is not None) + surprise + monthly != 1:
        raise UsageProblem(
            "it is not said what to practise" if scenario is None else "too much is said of what to practise",
            "use one of --scenario NAME, --surprise and --monthly",
        )
    if month is not None and not monthly:
        raise UsageProblem(
            f"{month!r} stands where only a month may", "write --monthly before it, or leave it out"
        )
    return surprise or scenario == SURPRISE


def least_practised(team: str, level: str, seed: int) -> type[Fault]:
    """One of the scenarios of this level that the team has practised least; the seed draws which.

    The drill in which nothing breaks has no levels, and is one of them at each.
    """
    pool = [fault for fault in catalogue.surprises() if fault.level == level or not fault.breaks]
    if not any(fault.breaks for fault in pool):
        return find_scenario(catalogue.scenarios()[0].name, level)  # which says that there is no such level
    times = _practised(team)
    practised = {fault: times[_key(fault.name, fault.level)] for fault in pool}
    least = min(practised.values())
    return random.Random(seed).choice([fault for fault in pool if practised[fault] == least])


def _practised(team: str) -> Counter[tuple[str, str]]:
    """How often the team has played each scenario and level to its end."""
    with Store.open() as opened:
        mine = [row for row in opened.drills(running=False) if row.order.team == team]
        cards = [card_of(opened.timeline(row.id)) for row in mine]
    return Counter(
        _key(card.scenario, card.level) for card in cards if card is not None and card.void is None
    )


def _key(scenario: str, level: str) -> tuple[str, str]:
    return (scenario, "" if scenario == QUIET else level)
