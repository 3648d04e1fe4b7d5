"""The facts that a team must not change on the way: limits, restart policies, health checks, roles, rows."""

from __future__ import annotations

import hashlib
import os
import subprocess

from .engine import CONTAINERS, Engine
from .erp import FailedError
from .wire import Deadline

PSQL = "/usr/bin/psql"  # the control half's own
DATABASE = "erp_quty_karunia_prod"
CONNECT_S = 2
QUERY_S = 10
INSPECT_S = 2.0
ROLES = "select username, role from users order by 1"
PER_CONTAINER = ("memory limit", "restart policy", "health check", "image")
RIGHTS = (
    "select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = 'erp' "
    "union all select table_name || privilege_type, null, null, null, null "
    "from information_schema.role_table_grants "
    "where grantee in ('erp', 'PUBLIC') and table_schema = 'public' order by 1"
)
"""What the backend's account may do: nobody cures anything by making it a superuser."""
DIGESTS = {"roles": ROLES, "rights of the backend": RIGHTS}
COUNTS = {
    "stock": "stock",
    "users": "users",
    "stock_movements": "stock_movements",
    "line_occupancy": "line_occupancy",
    # what grows: the part that every server begins with
    "work_orders": "work_orders where id <= 40000",
    "transfers": "transfers where id <= 5000",
    "qc_tests": "qc_tests where id <= 10000",
}


def protections(engine: Engine, host: str) -> dict[str, str | int | bool | None]:
    """The facts as they are now, by name; null is what cannot be seen, which proves nothing."""
    facts: dict[str, str | int | bool | None] = {}
    facts["container engine is Debian's"] = engine.is_genuine(Deadline(INSPECT_S))
    for name in CONTAINERS:
        facts.update(_container(name, engine))
    for name, query in DIGESTS.items():
        rows = _query(host, query)
        facts[name] = None if rows is None else hashlib.md5(rows.encode(), usedforsecurity=False).hexdigest()
    for table, rows_of in COUNTS.items():
        count = _query(host, f"select count(*) from {rows_of}")
        facts[f"rows of {table}"] = int(count) if count and count.isdecimal() else None
    return facts


def _container(name: str, engine: Engine) -> dict[str, str | int | bool | None]:
    seen: dict[str, str | int | bool | None] = dict.fromkeys(f"{name} {what}" for what in PER_CONTAINER)
    try:
        about = engine.get(f"/containers/{name}/json", Deadline(INSPECT_S))
        health = about["Config"].get("Healthcheck") or {}
        values = (
            about["HostConfig"]["Memory"],
            about["HostConfig"]["RestartPolicy"]["Name"],
            bool(health.get("Test")) and health["Test"] != ["NONE"],
            about["Config"]["Image"],
        )
    except (FailedError, TypeError, KeyError, AttributeError):
        return seen  # no such container now, or an engine that is down: the check `services` tells
    return dict(zip(seen, values, strict=True))


def _query(host: str, query: str) -> str | None:
    """What psql prints; None if the database cannot be asked, which the ERP's checks tell."""
    command = [PSQL, "-X", "-h", host, "-U", "postgres", "-d", DATABASE, "-At", "-c", query]
    environment = os.environ | {"PGCONNECT_TIMEOUT": str(CONNECT_S)}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=QUERY_S, env=environment, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout.strip()
