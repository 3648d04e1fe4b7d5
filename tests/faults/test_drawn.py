"""What the seed draws: the same drill again, several kinds of it, and words that fit each."""

from __future__ import annotations

import pytest

from faults import catalogue
from faults.contract import Fault
from scoring.wording import mentions, says
from tests.faults.fake_server import FakeServer

SEEDS = range(40)
DRAWN = (
    "api-500", "database-down", "forbidden", "full-restart", "network-cut", "proxy-down", "qc-down",
    "slow-stock", "transfer-stuck", "typo", "work-orders-blocked",
)  # fmt: skip
"""Scenarios that are injected in several ways."""


def case(fault: type[Fault]) -> str:
    """How a test names it."""
    return f"{fault.name}-{fault.level}"


@pytest.mark.parametrize("fault", catalogue.scenarios(), ids=case)
def test_its_own_words_are_understood(fault: type[Fault]) -> None:
    """Whatever the seed, the example of a root cause is a right one, and what the bot declares counts."""
    for seed in SEEDS:
        drawn = fault(seed)
        assert all(mentions(drawn.cause_example, terms) for terms in drawn.cause_terms)
        assert says(drawn.affects[0], drawn.affects)
        assert drawn.first_report in fault.first_reports
        assert drawn.remedy


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
