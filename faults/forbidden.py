"""A user's role was changed, and the API answers 403 (runbook, "Issue: API Returning 403 Forbidden")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy


@dataclass(frozen=True, slots=True)
class Case:
    """Whose role, and what they cannot do without it."""

    user: str
    role: str
    instead: tuple[str, ...]
    affects: tuple[str, ...]
    reports: tuple[str, ...]


CASES = (
    Case(
        "manager.ppic",
        "PPIC_Manager",
        ("PPIC_Clerk", "Warehouse_Clerk"),
        ("approvals", "approve", "orders", "login"),
        (
            "Our manager cannot approve orders any more, the ERP refuses with 403.",
            "Approving is refused since this morning's coffee. All orders of PPIC wait.",
        ),
    ),
    Case(
        "inspector.qc",
        "QC_Inspector",
        ("Warehouse_Clerk", "Finishing_Operator"),
        ("qc", "qc tests", "quality"),
        (
            "QC cannot enter results, the ERP says I am not allowed to do this.",
            "The inspector gets 403 for every test. It all worked before lunch.",
        ),
    ),
    Case(
        "operator.cutting",
        "Cutting_Operator",
        ("Warehouse_Clerk", "QC_Inspector"),
        ("work orders", "work-orders", "cutting"),
        (
            "Cutting gets error 403 when we enter work orders. It worked an hour ago.",
            "I am not allowed to submit work orders any more, says the ERP.",
        ),
    ),
)
BEFORE = "roles_before"
SOURCE = "/app/security.py"
INSIDE = "docker-compose exec -T postgres psql -U postgres -d erp_quty_karunia_prod -c"


def cure(case: Case) -> tuple[str, ...]:
    """The runbook's three checks and its fix."""
    return (
        'curl https://erp.yourdomain.com/api/v1/auth/me -H "Authorization: Bearer $TOKEN"',
        "docker-compose logs backend | grep '\"status\": 403' | tail -5",
        f"psql -c \"SELECT role FROM users WHERE username='{case.user}';\"",
        "cat /opt/erp/rbac.md",
        f"psql -c \"UPDATE users SET role='{case.role}' WHERE username='{case.user}';\"",
    )


ROLE = (
    *("role", "PPIC Manager", "PPIC Clerk", "Warehouse Clerk", "QC Inspector", "Finishing Operator"),
    "Cutting Operator",
    *("manager.ppic", "inspector.qc", "operator.cutting", "users table", "permissions of", "rights of"),
    *("permissions were", "rights were", "permissions had been", "rights had been"),
)
"""Whose rights, or which."""
CHANGED = (
    *("change", "wrong", "lost", "replaced", "update", "set to", "instead", "incorrect", "modified"),
    *("altered", "overwritten", "removed", "demoted", "downgraded", "switched", "swapped", "different"),
    "missing",
    *("mixed up", "assigned", "given", "gave", "by mistake", "should be", "should have", "no longer"),
    *("edited", "became", "become", "taken away", "withdrawn", "Warehouse Clerk", "PPIC Clerk"),
    "Finishing Operator",
)
"""What was done to them, or what they became."""


class Forbidden(Fault):
    """A colleague changed a role by hand."""

    name = "forbidden"
    title = "A user has lost the right role, and is refused with 403"
    section = 'P2, "Issue: API Returning 403 Forbidden"'
    severity: ClassVar[Severity] = "P2"
    first_reports = tuple(report for case in CASES for report in case.reports)
    affects = (*CASES[0].affects, "permission", "role", "403", "api")
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("EndpointForbidden",)
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "Who to call for help",
        "Root cause analysis technique",
    )
    cause_terms = (ROLE, CHANGED)
    cause_example = "The user's role had been changed in the database, so the API answered 403."
    remedy = cure(CASES[0])
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "all-three-accounts": tuple(
            f"psql -c \"UPDATE users SET role='{case.role}' WHERE username='{case.user}'\"" for case in CASES
        ),
        "inside-the-container": tuple(
            f"{INSIDE} \"UPDATE users SET role='{case.role}' WHERE username='{case.user}'\"" for case in CASES
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "everyone-admin": WrongRemedy(
            "rights for everybody are no cure",
            (
                f'psql -c "CREATE TABLE {BEFORE} AS SELECT id, role FROM users"',
                "psql -c \"UPDATE users SET role='Admin'\"",
            ),
            (
                f'psql -c "UPDATE users AS u SET role = b.role FROM {BEFORE} AS b WHERE b.id = u.id"',
                f'psql -c "DROP TABLE {BEFORE}"',
            ),
        ),
        "authorization-off": WrongRemedy(
            "a backend that asks nobody for a role lets a clerk approve",
            (
                f"docker-compose exec -T backend sed -i 's/if user.role not in roles:/if False:/' {SOURCE}",
                "docker-compose restart backend",
            ),
            ("docker-compose up -d --force-recreate backend",),
        ),
        "another-role": WrongRemedy(
            "the user had another role before",
            (
                "psql -c \"UPDATE users SET role='Admin' WHERE username IN "
                "('manager.ppic', 'inspector.qc', 'operator.cutting')\"",
            ),
            tuple(
                f"psql -c \"UPDATE users SET role='{case.role}' WHERE username='{case.user}'\""
                for case in CASES
            ),
        ),
        "restart-backend": WrongRemedy(
            "the role is read from the database at every request", ("docker-compose restart backend",)
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw whose role, and what it becomes."""
        super().__init__(seed)
        self.case = self.random.choice(CASES)
        self.instead = self.random.choice(self.case.instead)
        self.first_report = self.random.choice(self.case.reports)
        self.affects = (*self.case.affects, "permission", "role", "403", "api")
        self.cause_example = (
            f"The role of {self.case.user} had been changed to {self.instead} in the database."
        )
        self.remedy = cure(self.case)

    def inject(self, server: Server) -> None:
        """Change the role."""
        server.sql(f"UPDATE users SET role = '{self.instead}' WHERE username = '{self.case.user}'")

    def cause(self, server: Server) -> bool:
        """Whether the user's role is another one than it was."""
        return server.sql(f"SELECT role FROM users WHERE username = '{self.case.user}'") != self.case.role

    def heal(self, server: Server) -> None:
        """Give the exact role back."""
        server.sql(f"UPDATE users SET role = '{self.case.role}' WHERE username = '{self.case.user}'")
