"""The communication plans of the runbook, one row a severity. Change a plan here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EMERGENCY = "#erp-emergency"
SUPPORT = "#erp-support"
MANAGEMENT = "management@qutykarunia.com"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a team must say at a severity, where, and when (times in seconds)."""

    name: str
    """The severity's name in the runbook's table."""
    channel: str | None
    """Where it is told; None where no urgent communication is needed."""
    whole_channel: bool
    """Whether the first notice must reach everybody (`@channel`)."""
    notice_fields: tuple[str, ...]
    notice_within_s: float
    """From the detection to the first notice: the runbook's response time."""
    update_every_s: float | None
    """The longest silence in the channel until the resolution; None where no updates are asked."""
    resolved_fields: tuple[str, ...]
    mail_to: str | None


PLANS: Mapping[str, Plan] = {
    "P1": Plan(
        name="CRITICAL",
        channel=EMERGENCY,
        whole_channel=True,
        notice_fields=("Detected", "Impact", "Status", "ETA"),
        notice_within_s=5 * 60,
        update_every_s=5 * 60,
        resolved_fields=("Duration", "Root Cause", "Preventive Measures", "Post-Incident Review"),
        mail_to=MANAGEMENT,
    ),
    "P2": Plan(
        name="HIGH",
        channel=SUPPORT,
        whole_channel=False,
        notice_fields=("Affected Users", "Impact", "Status", "ETA"),
        notice_within_s=15 * 60,
        update_every_s=10 * 60,
        resolved_fields=("Root Cause", "Action", "Duration"),
        mail_to=None,
    ),
    "P3": Plan(
        name="MEDIUM",
        channel=SUPPORT,
        whole_channel=False,
        notice_fields=(),
        notice_within_s=30 * 60,
        update_every_s=None,
        resolved_fields=("Root Cause", "Duration"),
        mail_to=None,
    ),
    "P4": Plan(
        name="LOW",
        channel=None,
        whole_channel=False,
        notice_fields=(),
        notice_within_s=60 * 60,
        update_every_s=None,
        resolved_fields=(),
        mail_to=None,
    ),
}
