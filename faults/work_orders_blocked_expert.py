"""A job locks the table of work orders again and again (`work-orders-blocked`, expert)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Level, Server, WrongRemedy
from faults.work_orders_blocked import KILL, WAITERS, WorkOrdersBlocked

JOBS = "/opt/erp/reports"
JOB = """#!/bin/bash
# Totals of the work orders for the office's screen. The table is locked so that they add up.
while :; do
    psql -q -h localhost -U postgres -d erp_quty_karunia_prod >/dev/null 2>&1 <<'END'
BEGIN;
LOCK TABLE work_orders IN {mode} MODE;
SELECT department, sum(quantity) FROM work_orders GROUP BY department \\watch 2
END
    sleep 3
done
"""
THE_JOB = "[r]eports/"
"""Matches the job and not the shell that looks for it."""
BY_A_JOB = (
    *("job", "script", "shell loop", "bash loop", "background process", "background task", "scheduled task"),
    *("cron", "dashboard", "totals", "cutting-report", "shift-summary"),
    *("report script", "report job", "report loop", "reports/", "reporting", "office report"),
    *("office's report", "report that", "report locks", "report takes", "report keeps", "report holds"),
    "a report",
)
"""Who takes it again; the session alone, or who reported it, is not the cause."""


class WorkOrdersBlockedAgain(WorkOrdersBlocked):
    """A job of the office holds the lock, and takes it again after its session was ended."""

    level: ClassVar[Level] = "expert"
    title = "A job locks the table of work orders, and begins anew when its session is ended"
    cause_terms = (("lock", "block", "exclusive", "AccessExclusiveLock", "ShareRowExclusiveLock"), BY_A_JOB)
    cause_example = "A report job locked work_orders in a transaction that it kept open, over and over."
    remedy = (
        'psql -c "SELECT * FROM pg_locks WHERE NOT granted;"',
        f'psql -c "{WAITERS}"',
        "ps -ef --forest | grep -B 2 psql",
        f"pkill -f '{THE_JOB}'",
        f'psql -c "{KILL}"',
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "end-the-job-only": (f"pkill -f '{THE_JOB}'", "pkill -x psql"),
        "take-it-away": (f"rm -r {JOBS}", f"pkill -f '{THE_JOB}'", f'psql -c "{KILL}"'),
        "without-its-lock": (
            f"sed -i '/^LOCK/d' {JOBS}/*.sh",
            f"pkill -f '{THE_JOB}'",
            f'psql -c "{KILL}"',
            f"for job in {JOBS}/*.sh; do setsid $job </dev/null >/dev/null 2>&1 & done",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "end-the-session": WrongRemedy("the job opens another one", (f'psql -c "{KILL}"',)),
        "stopped-not-ended": WrongRemedy(
            "a job that is only held goes on when somebody lets it",
            (f"pkill -STOP -f '{THE_JOB}'", f'psql -c "{KILL}"'),
            (f"pkill -CONT -f '{THE_JOB}'",),
        ),
        "restart-postgres": WrongRemedy(
            "the job comes back with the database", ("docker-compose restart postgres",)
        ),
        "restart-backend": WrongRemedy("the lock is the job's", ("docker-compose restart backend",)),
    }
    least_hold_s = 15

    def __init__(self, seed: int) -> None:
        """Draw the job."""
        super().__init__(seed)
        self.mode = self.random.choice(("EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"))
        self.job = f"{JOBS}/{self.random.choice(('cutting-report', 'shift-summary', 'work-order-totals'))}.sh"

    def inject(self, server: Server) -> None:
        """Leave the job's script, as the office's IT does, and start it."""
        script = shlex.quote(JOB.format(mode=self.mode))
        server.run(f"mkdir -p {JOBS}; printf '%s' {script} > {self.job}; chmod +x {self.job}")
        if not _runs(server):  # asked on its own: the command that starts the job looks like the job
            server.run(f"setsid {self.job} </dev/null >/dev/null 2>&1 &")

    def cause(self, server: Server) -> bool:
        """Whether a session holds the lock, or the job is only halted and may go on any moment.

        A job that goes on takes the lock within the hold; one that was mended does not.
        """
        return super().cause(server) or _runs(server, "-r T")

    def heal(self, server: Server) -> None:
        """End the job and whoever holds such a lock."""
        server.run(f"pkill -KILL -f '{THE_JOB}' || true; rm -rf {JOBS}")
        super().heal(server)


def _runs(server: Server, only: str = "") -> bool:
    """Whether the job is there; `only` narrows it down by options of pgrep."""
    # Exit code 1 is that of no match: any other is a look that failed.
    return int(server.run(f"pgrep -c {only} -f '{THE_JOB}' || [ $? = 1 ]")) > 0
