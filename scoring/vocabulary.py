"""How people name what fails. Add a word here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

CHECKS: Mapping[str, tuple[str, ...]] = {
    "health": ("ERP", "system", "API", "backend"),
    "login": ("log in", "sign in", "logging in", "auth", "authentication"),
    "stock": ("warehouse", "inventory"),
    "stock-search": ("stock search", "search", "warehouse", "stock"),
    "orders": ("order", "PPIC"),
    "approve": ("approval", "approving", "approved", "permission", "role", "403"),
    "transfers": ("transfer", "QT-09", "handshake"),
    "work-orders": ("work order", "cutting"),
    "qc": ("quality", "QC test", "inspection"),
    "refusal": ("permission", "role", "authorization", "RBAC", "access control"),
    "page": ("website", "web", "frontend", "nginx", "ERP"),
    "wording": ("typo", "spelling", "misspelling", "text", "error message", "login page", "sign-in page"),
    "disk": ("space", "storage", "filesystem"),
    "services": ("container",),
    "memory": ("RAM", "memory leak", "OOM"),
    "cpu": ("processor", "load", "core"),
}
"""How people name what a steady-state check watches."""

SERVICES: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgresql", "postgre", "database", "db"),
    "redis": ("cache",),
    "backend": ("back end", "API"),
    "nginx": ("proxy", "reverse proxy", "web server", "webserver"),
    "prometheus": (),
    "alertmanager": (),
    "elasticsearch": (),
    "kibana": (),
    "grafana": (),
    "node-exporter": (),
    "postgres-exporter": (),
    "redis-exporter": (),
}
"""The stack's services, and how people name them."""

SYSTEM = ("ERP", "application", "website", "web server", "webserver")
"""What a P1 may name, as the runbook's own message does: "ERP System Down"."""

ANYTHING = (
    *("system", "production", "site", "server", "app", "web", "page", "service", "tablet"),
    *("user", "everybody", "everyone", "nobody", "everything", "nothing", "everywhere"),
    *("500", "502", "503", "504", "timeout"),
)
"""What tells of the ERP in a P1 too, unless something else is named that it may belong to."""

OUTAGE = (
    *("outage", "incident", "P1", "down", "offline", "stopped", "failure", "fails", "failing", "failed"),
    *("unavailable", "unreachable", "not reachable", "not working", "does not work", "interruption"),
    *("disruption", "crash", "crashed", "cannot work", "cannot log in", "cannot access", "can't log in"),
    *("nobody can log in", "nobody can work", "gangguan", "mati"),
)
"""What tells that something is out of order, whatever it is."""

UNRELATED = (
    *("coffee", "coffee machine", "kitchen", "canteen", "printer", "toner", "fax", "headset", "keyboard"),
    *("telephone", "projector", "air conditioning", "air conditioner", "elevator"),
)
"""Things that have servers, users and pages of their own."""
