"""The stack's network itself is broken, so that no basic restart helps (runbook, "Step 3: Recovery")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

NETWORK = "erp_default"
BRIDGE = f"br-$(docker network inspect -f '{{{{.Id}}}}' {NETWORK} | cut -c1-12)"
"""The engine names a network's bridge so, and makes both anew only together."""
GATEWAY = (
    "$(docker network inspect -f '{{range .IPAM.Config}}{{.Gateway}}/{{.Subnet}}{{end}}' "
    f"{NETWORK} | cut -d/ -f1,3)"
)
"""The gateway's address and the network's length, such as `172.18.0.1/16`."""
REPAIR = (f"ip addr replace {GATEWAY} dev {BRIDGE}", f"ip link set dev {BRIDGE} up")
GATEWAYS = (
    "docker inspect -f '{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}' "
    "erp-postgres erp-backend erp-nginx || true"
)
"""A line a container: the gateways of the networks in which it stands, by whatever name."""
ADDRESSES = "ip -4 -br addr show up"
UP = "docker-compose up -d"
DEEDS = {
    f"ip link set dev {BRIDGE} down": "was down",
    f"ip addr flush dev {BRIDGE}": "had lost its address",
}
"""What breaks the bridge, and how a report words it."""
STACKS_NETWORK = (
    *("bridge", "br-", "interface", "gateway", "erp_default", "docker network", "docker's network"),
    *("docker's own network", "network of docker", "virtual switch"),
    *("stack network", "stack's network", "network of the stack", "network of the whole stack"),
    *("compose network", "container network", "containers' network"),
)
"""Which network; that of the house or of the provider is another one."""
BROKEN = (
    *("down", "address", "lost", "lack", "broke", "corrupt", "damage", "faulty", "defect", "unusable"),
    *("dead", "disabled", "inactive", "flush", "shut", "misconfigured", "unreachable"),
    *("no IP", "without IP", "without an IP", "its IP", "no gateway", "no longer up", "not up"),
    *("gateway was gone", "gone from its", "IP was gone", "removed the IP", "IP removed", "took the IP"),
    *("stopped working", "did not work", "didn't work", "not working", "switched off", "switched the"),
    "turned off",
)
"""Without its address, or down."""


class FullRestart(Fault):
    """Who tidied up the server's interfaces took the stack's bridge for a leftover."""

    name = "full-restart"
    title = "The network of the whole stack is broken: only taking it down and up again helps"
    section = 'P1, "Step 3: Recovery"'
    severity: ClassVar[Severity] = "P1"
    target_min = 15
    first_reports = (
        "It loads and loads and nothing ever comes, not even an error.",
        "The ERP is dead in the whole building. We wait for minutes and the page stays white.",
        "All tablets in Cutting hang since just now, and the office too.",
    )
    affects = (
        "network",
        "bridge",
        "stack",
        "docker",
        "erp",
        "site",
        "page",
        "nginx",
        "proxy",
        "backend",
        "api",
        "database",
        "postgres",
        "postgresql",
        "login",
        "orders",
        "stock",
        "transfers",
        "work-orders",
        "qc",
        "health",
    )
    touches = ("postgres", "backend", "nginx")
    skills = (
        "How to SSH to production server",
        "How to check service status",
        "How to restart a service",
        "Who to call for help",
        "How to use Slack escalation",
        "Full docker-compose restart",
    )
    cause_terms = (STACKS_NETWORK, BROKEN)
    cause_example = "The bridge of the stack's network was broken, so nothing reached the stack."
    remedy: tuple[str, ...] = (
        "docker-compose ps",
        "docker-compose logs --tail 50 nginx | tail -20",
        "docker-compose down",
        "sleep 10",
        UP,
        "docker-compose ps",
        "bash /opt/erp/deploy.sh health_check",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "repair-the-bridge": REPAIR,
        "reboot": ("reboot",),
        "step-by-step": (
            "docker-compose stop",
            "docker-compose rm -f",
            f"docker network rm {NETWORK}",
            UP,
        ),
        # the last one: a fault that goes in after it breaks a network in which nothing stands any more
        "another-network": (
            "printf 'networks:\\n  default:\\n    name: erp_second\\n' >> docker-compose.yml",
            UP,
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy(
            "the backend comes back into the same network", ("docker-compose restart backend",)
        ),
        "restart-everything": WrongRemedy(
            "every container comes back into the same network", ("docker-compose restart",)
        ),
        "recreate-everything": WrongRemedy(
            "new containers stand in the same network", ("docker-compose up -d --force-recreate",)
        ),
        "without-the-data": WrongRemedy(
            "the network is new, and what was booked today is gone with the volumes",
            ("docker-compose down -v", "sleep 10", UP),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw how the bridge is broken."""
        super().__init__(seed)
        self.deed = self.random.choice(sorted(DEEDS))
        self.cause_example = (
            f"The bridge of the stack's network {DEEDS[self.deed]}: nothing reached the stack."
        )

    def inject(self, server: Server) -> None:
        """Break the bridge."""
        server.run(self.deed)

    def cause(self, server: Server) -> bool:
        """Whether a container stands in no network, or in one whose gateway is on no bridge that is up."""
        networks = [line.split() for line in server.run(GATEWAYS).splitlines()]
        alive = {word.partition("/")[0] for word in server.run(ADDRESSES).split()}
        return len(networks) < 3 or not all(gateways and alive.issuperset(gateways) for gateways in networks)

    def heal(self, server: Server) -> None:
        """Bring the bridge up with its address, as the engine made it."""
        server.run(" && ".join(REPAIR))
