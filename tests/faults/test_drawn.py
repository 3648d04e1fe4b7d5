"""What the seed draws: the same drill again, several kinds of it, and words that fit each."""

from __future__ import annotations

import shlex

import pytest

from faults import catalogue
from faults.api_500 import Api500
from faults.contract import Fault
from faults.forbidden import Forbidden
from scoring.declaration import declarations
from scoring.plans import PLANS
from scoring.timeline import Posted, Ticket
from scoring.wording import mentions
from simulator import referee, script
from simulator.store import DrillRow
from tests.faults.fake_server import FakeServer
from tests.simulator import samples

SEEDS = range(40)
DRAWN = (
    "api-500", "database-down", "forbidden", "full-restart", "network-cut", "proxy-down", "qc-down",
    "slow-stock", "transfer-stuck", "typo", "work-orders-blocked",
)  # fmt: skip
"""Scenarios that are injected in several ways."""
BY_CASE = {
    "ORDER_NUMBER_PREFIX": "orders", "LINE_LOCK_SECONDS": "transfers",
    "manager.ppic": "approve", "inspector.qc": "qc", "operator.cutting": "work-orders",
}  # fmt: skip
"""The check that fails where this setting is lost, or this user's role."""
FAILS = {
    "api-crash": "health", "cert-expired": "page", "database-down": "health", "disk-full": "disk",
    "full-restart": "health", "high-cpu": "cpu", "high-memory": "memory", "network-cut": "health",
    "pool-exhausted": "orders", "proxy-config": "page", "proxy-down": "page", "qc-down": "qc",
    "query-timeouts": "work-orders", "slow-stock": "stock-search", "transfer-stuck": "transfers",
    "typo": "wording", "work-orders-blocked": "work-orders",
}  # fmt: skip
"""A check that fails in each other scenario."""


def case(fault: type[Fault]) -> str:
    """How a test names it."""
    return f"{fault.name}-{fault.level}"


@pytest.mark.parametrize("fault", catalogue.scenarios(), ids=case)
def test_its_own_words_are_understood(fault: type[Fault]) -> None:
    """Whatever the seed, the example of a root cause is a right one, and its first report is one of them."""
    for seed in SEEDS:
        drawn = fault(seed)
        assert all(mentions(drawn.cause_example, terms) for terms in drawn.cause_terms)
        assert drawn.first_report in fault.first_reports
        assert drawn.remedy


@pytest.mark.parametrize("fault", catalogue.scenarios(), ids=case)
def test_what_the_bot_declares_counts(fault: type[Fault]) -> None:
    """Its ticket, and its notice where there is one, name what fails in the drill that was drawn."""
    for seed in SEEDS:
        order = samples.order(scenario=fault.name, level=fault.level, seed=seed)
        drill = referee._opened(DrillRow("d1", order, "running", 0.0, None, None))
        drawn = fault(seed)
        said = declarations(bot_says(drawn))
        assert {each.severity for each in said} == {fault.severity}
        assert len(said) == (1 if PLANS[fault.severity].channel is None else 2)
        assert all(each.names({fails(drawn): "500 for POST"}, drill) for each in said)
        assert not any(each.names({}, drill) for each in said)


def bot_says(fault: Fault) -> tuple[Ticket | Posted, ...]:
    """The events that the bot's commands make of its declaration."""
    found: list[Ticket | Posted] = []
    for command in script.declaration(fault, script.Times(0.0, 0.0)):
        match shlex.split(command):
            case ["incident", "open", "--severity", severity, "--affects", what, "--summary", summary]:
                found.append(Ticket(1.0, "bot", severity, what, summary))
            case ["slack", channel, text]:
                found.append(Posted(2.0, "bot", channel, text))
    return tuple(found)


def fails(fault: Fault) -> str:
    """A check that fails in the drill that was drawn."""
    match fault:
        case Api500():
            return BY_CASE[fault.setting.key]
        case Forbidden():
            return BY_CASE[fault.case.user]
        case _:
            return FAILS[fault.name]


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_is_one_drill_and_seeds_differ(name: str) -> None:
    """The same seed does the same to the server, and forty seeds do it in at least two ways."""

    def deeds(seed: int) -> tuple[str, ...]:
        server = FakeServer()
        catalogue.find(name)(seed).inject(server)
        return tuple(server.done)

    assert all(deeds(seed) == deeds(seed) for seed in SEEDS)
    assert len({deeds(seed) for seed in SEEDS}) >= 2


def test_the_quiet_drill_is_no_scenario() -> None:
    """It is found by name and among the surprises, but nobody can choose it; it lasts 5 to 10 minutes."""
    quiet = catalogue.find("quiet")
    assert quiet in catalogue.surprises() and quiet not in catalogue.scenarios()
    assert {300 <= quiet(seed).lasts_s <= 600 for seed in SEEDS} == {True}
