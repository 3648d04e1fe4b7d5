"""Stuck locks on the sewing line (runbook, "Issue: Transfer Protocol Handshake Failing")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

CLEAR = (
    "UPDATE line_occupancy SET status='AVAILABLE' WHERE department='sewing' "
    "AND locked_at < now() - interval '1 hour';"
)
STUCK = (
    "SELECT count(*) FROM line_occupancy AS l LEFT JOIN transfers AS t ON t.id = l.transfer_id "
    "WHERE l.department = 'sewing' AND l.status = 'LOCKED' AND l.locked_at < now() - interval '10 minutes' "
    "AND (t.id IS NULL OR t.status NOT IN ('INITIATED', 'ACCEPTED'))"
)
"""Locks that no open transfer holds, and that are too old to be one's last moment."""
STALE = (
    *("stuck", "stale", "old", "orphan", "hang", "left", "remain", "stay", "still", "dangling", "expired"),
    *("unreleased", "occupied", "full of", "hours", "since", "last shift", "forgotten", "dead lock"),
    *("never removed", "not removed", "never released", "not released", "never cleared", "not cleared"),
    *("never freed", "not freed"),
    *("weren't freed", "never given", "never gave", "not give", "not cleaned", "not been cleaned"),
    *("weren't unlocked", "did not happen"),
    *("nobody", "no transfer", "without a transfer", "without transfer", "although", "long over"),
)
"""That they should be gone."""
OF_LINES = ("line", "sewing", "QT-09", "handshake", "terminal")
"""Whose; a table has locks, too."""


class TransferStuck(Fault):
    """The line terminals lost their connection after the last shift and never gave their lines back."""

    name = "transfer-stuck"
    title = "Every line of Sewing is locked, and no transfer holds the locks"
    section = 'P2, "Issue: Transfer Protocol Handshake Failing"'
    severity: ClassVar[Severity] = "P2"
    first_reports = (
        "Sewing takes no transfers, it says that no line is available. All our lines are empty!",
        "I cannot hand goods over to Sewing. Something with QT-09.",
        "Transfers from Cutting are refused, the pallets pile up here.",
    )
    affects = ("transfers", "transfer", "qt-09", "handshake", "sewing", "line", "lines")
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("TransfersRefused",)
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "Root cause analysis technique",
        "How to use Slack escalation",
    )
    cause_terms = (("lock", "line_occupancy", "line clearance", "dead lock", "deadlock"), STALE, OF_LINES)
    cause_example = "Stale QT-09 locks: all sewing lines had stayed LOCKED for hours without a transfer."
    remedy = (
        'docker-compose logs backend | grep -i "qt-09" | tail -20',
        'psql -c "SELECT * FROM transfer_logs ORDER BY created_at DESC LIMIT 5;"',
        "psql -c \"SELECT * FROM line_occupancy WHERE status='LOCKED';\"",
        f'psql -c "{CLEAR}"',
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "thorough": (
            "psql -c \"UPDATE line_occupancy SET status='AVAILABLE', locked_at=NULL, transfer_id=NULL "
            "WHERE department='sewing' AND locked_at < now() - interval '30 minutes'\"",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy("the locks are in the database", ("docker-compose restart backend",)),
        "shorter-locks": WrongRemedy(
            "only a transfer expires, and none holds these locks",
            ("sed -i 's/^LINE_LOCK_SECONDS=.*/LINE_LOCK_SECONDS=1/' .env", "docker-compose up -d"),
            ("sed -i 's/^LINE_LOCK_SECONDS=.*/LINE_LOCK_SECONDS=10/' .env", "docker-compose up -d"),
        ),
        "flush-redis": WrongRemedy(
            "Redis only remembers handshakes that are under way",
            ("docker-compose exec -T redis redis-cli flushall",),
        ),
        "invented-lines": WrongRemedy(
            "lines that do not exist take goods that nobody sews",
            (
                'psql -c "INSERT INTO line_occupancy (line, department) '
                "SELECT 'SEW-9' || n, 'sewing' FROM generate_series(1, 9) AS n\"",
            ),
            (
                "psql -c \"UPDATE line_occupancy SET status='LOCKED', locked_at=now() - interval '2 hours' "
                "WHERE department='sewing'\"",
                "psql -c \"DELETE FROM line_occupancy WHERE line LIKE 'SEW-9_' AND department='sewing'\"",
            ),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw how long ago, and whether the locks still name transfers that are over."""
        super().__init__(seed)
        self.minutes = self.random.randrange(75, 300)
        self.names_transfers = self.random.random() < 0.5

    def inject(self, server: Server) -> None:
        """Lock every line of Sewing as a shift's end would have left them."""
        holder = "line_occupancy.id * 2" if self.names_transfers else "NULL"
        server.sql(
            f"UPDATE line_occupancy SET status = 'LOCKED', transfer_id = {holder}, "
            f"locked_at = now() - interval '{self.minutes} minutes' + id * interval '17 seconds' "
            "WHERE department = 'sewing'"
        )

    def cause(self, server: Server) -> bool:
        """Whether a line of Sewing is locked for nobody."""
        return server.sql(STUCK) != "0"

    def heal(self, server: Server) -> None:
        """Give the lines back that no open transfer holds."""
        server.sql(
            "UPDATE line_occupancy AS l SET status = 'AVAILABLE', locked_at = NULL, transfer_id = NULL "
            "WHERE status = 'LOCKED' AND NOT EXISTS (SELECT FROM transfers AS t WHERE t.id = l.transfer_id "
            "AND t.status IN ('INITIATED', 'ACCEPTED'))"
        )
