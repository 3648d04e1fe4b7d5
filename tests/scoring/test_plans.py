"""The plans are the runbook's."""

from __future__ import annotations

import pytest

from scoring.plans import PLANS
from scoring.wording import LABELS


def test_every_severity_has_a_plan() -> None:
    """P1 to P4, with the response times of the runbook's table in minutes."""
    assert {name: plan.notice_within_s / 60 for name, plan in PLANS.items()} == {
        "P1": 5,
        "P2": 15,
        "P3": 30,
        "P4": 60,
    }


def test_updates() -> None:
    """A P1 is told of every 5 minutes, a P2 every 10, and the others when they are over."""
    assert [plan.update_every_s for plan in PLANS.values()] == [300, 600, None, None]


@pytest.mark.parametrize("severity", PLANS)
def test_every_asked_field_can_be_read(severity: str) -> None:
    """A plan asks for no field that no message could state."""
    plan = PLANS[severity]
    assert {*plan.notice_fields, *plan.resolved_fields} <= set(LABELS)
