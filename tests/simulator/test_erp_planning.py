"""The backend's calculations: right for what planners usually ask, and ended by a shutdown."""

from __future__ import annotations

import threading

from simulator.box.erp import planning


class Soon(threading.Event):
    """Set by itself after some looks at it, as a shutdown would."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        """Count the look."""
        self.looks -= 1
        return self.looks < 0

    def wait(self, timeout: float | None = None) -> bool:
        """Count the look, and do not wait."""
        return self.is_set()


def test_a_forecast_with_a_tolerance_converges() -> None:
    """The demand of a year is smooth after a finite number of rounds."""
    planning.forecast_demand({"weeks": 52, "tolerance": 0.5}, threading.Event())


def test_a_forecast_without_tolerance_goes_on_until_the_process_ends() -> None:
    """No change is ever below zero: only the shutdown ends it."""
    stop = Soon(looks=2_000)
    planning.forecast_demand({"weeks": 8, "tolerance": 0}, stop)
    assert stop.looks < 0


def test_a_plan_tries_as_many_candidates_as_were_asked_for_or_ends_with_the_process() -> None:
    """Three candidates are three looks at the event; a shutdown ends thousands at once."""
    asked = Soon(looks=10)
    planning.plan_capacity({"candidates": 3}, asked)
    assert asked.looks == 7
    planning.plan_capacity({"candidates": 5_000}, Soon(looks=2))
