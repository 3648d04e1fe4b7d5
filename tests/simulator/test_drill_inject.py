"""When a fault goes in: told by a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from scoring.timeline import CheckFailed, Injected, Voided
from simulator.drill import STEADY_FOR_S, STEADY_WITHIN_S, Over
from tests.simulator.test_drill_quiet import BEGAN, Clock, drill


@dataclass
class Noisy(Clock):
    """A server of which a check fails for a while before all hold."""

    steady_from: float = BEGAN

    def all_held_s(self, since: float = 0.0) -> float:
        """For how long all has held."""
        return max(0.0, self.now - max(self.steady_from, since))

    def trouble(self) -> str:
        """What fails."""
        return "transfers (no answer in time)"


def test_nothing_is_broken_while_a_check_fails_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its failing on would be no symptom, and the fault would seem to have no effect."""
    armed = drill("api-crash", 1)
    clock = Noisy(armed.timeline, steady_from=BEGAN + 30)
    armed.follower = clock  # type: ignore[assignment]
    monkeypatch.setattr(
        armed.fault,
        "inject",
        lambda _server: clock.append(CheckFailed(clock.now + 0.5, "health", clock.now, "down")),
    )
    armed.inject()
    injected = next(event.at for event in clock.timeline if isinstance(event, Injected))
    assert injected == pytest.approx(BEGAN + 30 + STEADY_FOR_S, abs=1)


def test_a_server_that_never_holds_is_not_broken_at_all() -> None:
    """The drill is void with what fails, and the fault stays out."""
    armed = drill("api-crash", 1)
    clock = Noisy(armed.timeline, steady_from=BEGAN + 2 * STEADY_WITHIN_S)
    armed.follower = clock  # type: ignore[assignment]
    with pytest.raises(Over):
        armed.inject()
    assert [event.why for event in clock.timeline if isinstance(event, Voided)] == [
        "the healthy server does not hold: transfers (no answer in time)"
    ]
    assert not [event for event in clock.timeline if isinstance(event, Injected)]
