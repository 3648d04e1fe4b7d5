"""A service whose container is down and stays down: what such faults share, whichever service it is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from faults.contract import Fault, Server

DOWN = (
    *("kill", "SIGKILL", "signal 9", "137", "SIGTERM", "signal 15", "terminated", "died", "halted", "exited"),
    *("exit code", "Exit 0"),
    *("shut", "taken down", "took down", "turned off", "switched off"),
    *("was stopped", "been stopped", "got stopped", "stopped by", "stopped it", "stopped erp", "docker stop"),
    *("docker-compose stop", "container stopped", "stopped container", "manually stopped"),
    *("stopped manually", "stopped Postgres", "stopped nginx", "stopped a container"),
    *("stopped the container", "stopped the database", "stopped the DB", "stopped the proxy"),
    *("stopped the reverse", "stopped the server", "stopped the service", "stopped the process"),
    *("stopped the postgres", "stopped the nginx", "stopped the wrong"),
    *("crashed with", "container crashed", "process crashed", "server crashed", "postgres crashed"),
    *("had stopped", "database crashed", "PostgreSQL crashed", "nginx crashed", "proxy crashed"),
)
"""What a report may say that was done to the container; that it was down is no cause."""


def ways_up(service: str) -> Mapping[str, tuple[str, ...]]:
    """The ways to start it again that are as right as the runbook's."""
    return {
        "start": (f"docker start erp-{service}",),
        "up": ("docker-compose up -d",),
        "recreate": (f"docker-compose up -d --force-recreate {service}",),
        "full-restart": ("docker-compose down", "docker-compose up -d"),
    }


class ServiceDown(Fault):
    """A colleague's kill or stop went to the service's container.

    Either way the engine takes it for a wish and leaves the container down, whatever its restart policy.
    """

    @property
    @abstractmethod
    def service(self) -> str:
        """Which one, as the compose file names it."""

    def __init__(self, seed: int) -> None:
        """Draw how it went down."""
        super().__init__(seed)
        self.deed = self.random.choice(("kill -s KILL", "stop"))

    def inject(self, server: Server) -> None:
        """Take it down through the engine."""
        server.run(f"docker {self.deed} erp-{self.service}")

    def cause(self, server: Server) -> bool:
        """Whether the service's container is down."""
        return not server.is_running(self.service)

    def heal(self, server: Server) -> None:
        """Start it again."""
        server.run(f"docker start erp-{self.service}")
