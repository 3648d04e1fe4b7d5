"""The backend cannot reach the database: five ways in which a network lets two containers down."""

from __future__ import annotations

import random
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

NETWORK = "erp_default"
POSTGRES = "erp-postgres"
COMPOSE = "docker-compose.yml"
SEEN = "curl https://erp.yourdomain.com/health"
LOOK = (
    "docker network inspect erp_default",
    "docker-compose exec -T backend getent hosts postgres",
    "iptables -L DOCKER-USER -n -v",
)
UNPIN = f"sed -i '/extra_hosts: ..postgres:/d' {COMPOSE}"
REACHES = "import socket\nfor n in range(40):\n    socket.create_connection(('postgres', 5432), 0.9).close()"
"""Connects by the service's name, again and again; what is lost is sent again after a second: too late."""
ADDRESS = (
    f"$(docker inspect -f '{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}}{{{{end}}}}' {POSTGRES})"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut the network: the deed, its undoing, what cures it, and how a report words it."""

    deed: str
    undo: str
    cure: tuple[str, ...]
    why: str


def _firewall(match: str, share: str) -> Cut:
    """A rule that was meant for clients from outside and hits the neighbour as well."""
    rule = f"DOCKER-USER {match} -j DROP"
    again = f"while iptables -D {rule} 2>/dev/null; do :; done"
    why = f"A firewall rule (iptables, DOCKER-USER) dropped {share} of the packets to the database's port."
    return Cut(f"iptables -I {rule}", again, (f"iptables -D {rule}",), why)


def _pinned(address: str) -> Cut:
    """An entry of a move of the database that was called off: names in a container's hosts file win."""
    line = f"    extra_hosts: ['postgres:{address}']"
    return Cut(
        f'sed -i "/container_name: erp-backend/a\\{line}" {COMPOSE} && docker-compose up -d backend',
        f"{UNPIN} && docker-compose up -d backend",
        (UNPIN, "docker-compose up -d backend"),
        f"An entry in the backend's hosts file named {address}, where no database is, for postgres.",
    )


LEAVE = f"docker network disconnect {NETWORK} {POSTGRES}"
JOIN = f"docker network connect --alias postgres {NETWORK} {POSTGRES}"
REJOIN = f"{LEAVE} 2>/dev/null; {JOIN}"
BACK = f"docker network connect {NETWORK} {POSTGRES} && docker restart -t 5 {POSTGRES}"
"""Into the network by hand, which gives no alias. Connections survive a cut of a moment, and no restart."""
CUTS: Mapping[str, Callable[[random.Random], Cut]] = {
    "dropped": lambda _random: _firewall("-p tcp --dport 5432", "all"),
    "lossy": lambda _random: _firewall(
        "-p tcp --dport 5432 -m statistic --mode random --probability 0.25", "a quarter"
    ),
    "off": lambda _random: Cut(
        LEAVE, REJOIN, (JOIN,), "The database's container was no longer in the stack's network."
    ),
    "nameless": lambda _random: Cut(
        f"{LEAVE} && {BACK}",
        REJOIN,
        ("docker-compose up -d --force-recreate postgres",),
        "The database's container was in the network without its alias postgres, so the name was unknown.",
    ),
    "misnamed": lambda drawn: _pinned(f"10.20.{drawn.randrange(1, 9)}.{drawn.randrange(10, 99)}"),
}


CUT = (
    *("firewall", "iptables", "DOCKER-USER", "rule", "packet", "dport", "DROP for"),
    *("network disconnect", "disconnected from erp", "disconnected from its"),
    *("disconnected from the network", "disconnected from the stack", "disconnected from the compose"),
    "disconnected from the docker",
    *("from erp_default", "of erp_default", "attached to erp_default", "connected to erp_default"),
    *("in erp_default", "into erp_default", "left erp_default", "of the network", "left the network"),
    *("left the compose", "left the stack", "in the stack's network", "in the compose network"),
    *("from the compose network", "from the stack's network", "of the compose network"),
    *("of the stack's network", "not in the network", "detached", "not part of", "wasn't part of"),
    *("alias", "service name", "DNS", "lookup", "name resolution", "not resolve", "couldn't resolve"),
    *("can't resolve", "cannot resolve", "not be resolved", "couldn't be resolved", "resolved to"),
    *("name was unknown", "unknown name", "without its name", "could not translate", "host name"),
    *("extra_hosts", "hosts file", "hosts entry", "/etc/hosts", "wrong IP", "wrong address", "old IP"),
    *("old address", "stale IP", "stale address", "dead IP", "dead address", "hard-coded", "hardcoded"),
    *("pinned", "pointed", "points to", "10.20."),
)
"""How the way was cut, in each of the ways; that there was no connection is the symptom."""


class NetworkCut(Fault):
    """The containers run and are healthy by themselves; only the way between them is broken."""

    name = "network-cut"
    title = "The backend cannot reach the database over the network"
    section = 'P1, "Step 1: Immediate Assessment"; monthly list, "Network connectivity issue"'
    severity: ClassVar[Severity] = "P1"
    first_reports = (
        "Every click takes ages and then there is an error.",
        "I wait and wait, and in the end nothing is saved.",
        "Login hangs. My colleague in Cutting sees the same.",
    )
    affects = (
        "database",
        "network",
        "connection",
        "postgres",
        "postgresql",
        "backend",
        "api",
        "login",
        "orders",
        "stock",
        "transfers",
        "work-orders",
        "qc",
        "health",
        "erp",
    )
    touches = ("backend", "postgres")
    alerts: ClassVar[tuple[str, ...]] = ("ErrorRateHigh", "DatabaseDown", "LatencyHigh")
    skills = (
        "How to check service status",
        "How to read Docker logs",
        "How to use Slack escalation",
        "How to debug application errors",
        "Firewall rule changes",
    )
    cause_terms = (CUT, ("postgres", "database", "DB", "5432"))
    cause_example = _firewall("-p tcp --dport 5432", "all").why
    remedy: tuple[str, ...] = (*LOOK, "iptables -D DOCKER-USER -p tcp --dport 5432 -j DROP", SEEN)
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "everything-anew": (
            "iptables -F DOCKER-USER",
            "iptables -A DOCKER-USER -j RETURN",
            UNPIN,
            "docker-compose down",
            "docker-compose up -d",
        ),
        "recreate-all": (
            "iptables -F DOCKER-USER",
            UNPIN,
            "docker-compose up -d --force-recreate",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy("the backend is not the cause", ("docker-compose restart backend",)),
        "recreate-backend": WrongRemedy(
            "a new backend stands in the same network",
            ("docker-compose up -d --no-deps --force-recreate backend",),
        ),
        "restart-database": WrongRemedy(
            "the database is not the cause", ("docker-compose restart postgres",)
        ),
        "hard-coded-address": WrongRemedy(
            "an address changes when its container is made anew; the name must work",
            (
                "cp .env /root/env.before",
                f'sed -i "s/@postgres:/@{ADDRESS}:/" .env',
                "docker-compose up -d --no-deps backend",
            ),
            ("cp /root/env.before .env", "docker-compose up -d --no-deps backend"),
        ),
        "published-port": WrongRemedy(
            "the way over the server's own address is an address again",
            (
                "cp .env /root/env.before",
                "sed -i 's/@postgres:/@10.99.0.2:/' .env",
                "docker-compose up -d --no-deps backend",
            ),
            ("cp /root/env.before .env", "docker-compose up -d --no-deps backend"),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw how the network is cut; the remedy goes with it."""
        super().__init__(seed)
        self.variant = self.random.choice(sorted(CUTS))
        self.cut = CUTS[self.variant](self.random)
        self.remedy = (*LOOK, *self.cut.cure, SEEN)
        self.cause_example = self.cut.why

    def inject(self, server: Server) -> None:
        """Cut it."""
        server.run(self.cut.deed)

    def cause(self, server: Server) -> bool:
        """Whether the backend fails to reach the database by the name that everything here uses."""
        command = f"docker exec erp-backend python3 -c {shlex.quote(REACHES)} 2>/dev/null"
        return server.run(f"{command} && echo good || echo bad").strip() != "good"

    def heal(self, server: Server) -> None:
        """Mend it."""
        server.run(self.cut.undo)
