"""The backend's memory climbs past 1 GB (runbook, "High Memory Usage")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

from faults.compose_edit import without_memory_limit
from faults.contract import Fault, Server, Severity, WrongRemedy

GOES_ON = "SELECT count(*) FROM job_runs WHERE job = 'plan' AND status IN ('REQUESTED', 'RUNNING')"
PLAN = (
    *("candidate", "capacity plan", "plan job", "plan run", "plan request", "job 'plan'", "job plan"),
    *("planner", "planning run", "planning job", "planning request", "oversized plan", "huge plan"),
    *("plan with", "plan of", "production plan"),
)
"""What took it; a release that leaks is another cause."""


class HighMemory(Fault):
    """A capacity plan with thousands of candidates: the backend keeps every one of them in memory."""

    name = "high-memory"
    title = "The backend's memory climbs past 1 GB, and to its limit"
    section = 'P3, "High Memory Usage"'
    severity: ClassVar[Severity] = "P3"
    first_reports = (
        "The ERP feels heavy since a few minutes, like before it stopped last month. Can you look?",
        "Planning says their capacity plan does not come, and pages take longer than in the morning.",
        "Is something running on the server? It stutters a little since just now.",
    )
    affects = ("backend", "memory", "api", "erp", "capacity plan", "planning")
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("HighMemory",)
    skills: ClassVar[tuple[str, ...]] = (
        "How to check service status",
        "How to read Docker logs",
        "How to restart a service",
        "How to debug application errors",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (("memory", "RAM", "GiB", "GB", "MiB", "OOM"), PLAN)
    cause_example = "The backend's memory grew past 1 GB: a capacity plan with far too many candidates."
    remedy: tuple[str, ...] = (
        "docker stats erp-backend --no-stream",
        'docker-compose logs backend | grep -i "memory" | tail -20',
        "docker-compose restart backend",
        "docker stats erp-backend --no-stream",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "recreate": ("docker-compose up -d --force-recreate backend",),
        "stop-and-start": ("docker-compose stop backend", "docker-compose start backend"),
        "cancel-and-kill": (
            "psql -c \"UPDATE job_runs SET status = 'CANCELLED' WHERE status = 'RUNNING'\"",
            "docker kill erp-backend",
            "docker start erp-backend",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "remove-limit": without_memory_limit(),
        "raise-limit": WrongRemedy(
            "it only climbs further", ("docker update --memory 3g --memory-swap 3g erp-backend",),
            ("docker update --memory 1536m --memory-swap 3072m erp-backend",),
        ),
        "kill-and-start": WrongRemedy(
            "what a crash interrupts is begun again",
            ("docker kill erp-backend", "docker start erp-backend"),
        ),
        "restart-redis": WrongRemedy("the cache was never the cause", ("docker-compose restart redis",)),
    }  # fmt: skip
    symptom_within_s = 60
    least_hold_s = 15

    def inject(self, server: Server) -> None:
        """A planner asks for a plan with a few zeros too many."""
        parameters = {
            "candidates": self.random.choice((4_000, 5_000, 20_000, 40_000)),
            "seed": self.random.randrange(1000),
        }
        server.sql(
            "INSERT INTO job_runs (job, parameters, requested_by) "
            f"VALUES ('plan', '{json.dumps(parameters)}', 'manager.ppic')"
        )

    def cause(self, server: Server) -> bool:
        """Whether a plan is still being made, or will be made again at the next start."""
        return int(server.sql(GOES_ON)) > 0

    def heal(self, server: Server) -> None:
        """Nobody wants the plan any more, and the process that holds it ends."""
        server.sql(
            "UPDATE job_runs SET status = 'CANCELLED' WHERE job = 'plan' "
            "AND status IN ('REQUESTED', 'RUNNING')"
        )
        server.run("docker restart -t 5 erp-backend")
