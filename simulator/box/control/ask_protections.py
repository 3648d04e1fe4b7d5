"""The facts that a team must not change on the way: limits, restart policies, health checks, roles, rows."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import Any

from .engine import CONTAINERS, Engine
from .erp import FailedError
from .wire import Deadline

PSQL = "/usr/bin/psql"  # the control half's own
DATABASE = "erp_quty_karunia_prod"
CONNECT_S = 2
QUERY_S = 10
INSPECT_S = 2.0
ROLES = "select username, role from users order by 1"
COUNTS = {"stock": "select count(*) from stock", "users": "select count(*) from users"}


def protections(engine: Engine, host: str) -> dict[str, object]:
    """The facts as they are now. What cannot be seen is null, and `errors` says why."""
    errors: list[str] = []
    containers: dict[str, object] = {}
    for name in CONTAINERS:
        try:
            containers[name] = _container(engine.get(f"/containers/{name}/json", Deadline(INSPECT_S)))
        except FailedError as error:
            containers[name] = None
            errors.append(f"{name}: {error}")
    roles = _query(host, ROLES, errors)
    rows = {table: _query(host, query, errors) for table, query in COUNTS.items()}
    return {
        "containers": containers,
        "roles": None if roles is None else hashlib.md5(roles.encode(), usedforsecurity=False).hexdigest(),
        "rows": {table: int(count) if count and count.isdecimal() else None for table, count in rows.items()},
        "errors": errors,
    }


def _container(about: dict[str, Any]) -> dict[str, object]:
    try:
        health = about["Config"].get("Healthcheck") or {}
        return {
            "memory": about["HostConfig"]["Memory"],
            "restart": about["HostConfig"]["RestartPolicy"]["Name"],
            "health_check": bool(health.get("Test")) and health["Test"] != ["NONE"],
            "image": about["Config"]["Image"],
        }
    except (TypeError, KeyError, AttributeError) as error:
        raise FailedError("wrong", "the engine's answer is not a container's") from error


def _query(host: str, query: str, errors: list[str]) -> str | None:
    command = [PSQL, "-X", "-h", host, "-U", "postgres", "-d", DATABASE, "-At", "-c", query]
    environment = os.environ | {"PGCONNECT_TIMEOUT": str(CONNECT_S)}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=QUERY_S, env=environment, check=True
        )
    except subprocess.CalledProcessError as error:
        errors.append(f"psql: {str(error.stderr).strip()[:200]}")
    except (subprocess.TimeoutExpired, OSError) as error:
        errors.append(f"psql: {error}")
    else:
        return done.stdout.strip()
    return None
