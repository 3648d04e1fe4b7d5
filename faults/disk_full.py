"""The server's disk is full and PostgreSQL cannot write (runbook, "Scenario D: Disk Full")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

LOGS = "/var/lib/docker/containers"
QUIET = "erp-elasticsearch"
"""The service whose engine log has run away: it is open, and quiet enough to stay old."""
OLD = "2 weeks ago"
SHARES = {"rotated": 0.52, "open": 0.35}
"""Of the free space: what old logs take, and what the open one does. A stopped container has the rest."""
REST_KB = 64
RUNBOOK = (
    "df -h /",
    "docker-compose stop alertmanager elasticsearch kibana",
    "docker container prune -f",
    "docker image prune -f",
    "mkdir -p /archives/$(date +%Y%m%d)",
    'find /var/lib/docker/containers -name "*.log" -mtime +7 -delete',
    "docker-compose restart alertmanager elasticsearch kibana",
    "df -h /",
)
DISK = (
    *("disk", "space", "filesystem", "file system", "storage", "drive", "partition", "volume", "bytes free"),
    *("0 bytes", "ENOSPC", "/ was", "on /", "/ to 100"),
)
FULL = (
    *("full", "no space", "100", "ran out", "run out", "out of", "exhausted", "fill", "used up", "all used"),
    *("completely used", "grew", "grown", "overflow"),
    *("ate", "eaten", "took", "taken", "consumed", "occupied", "used every", "no room", "nothing left"),
    *("no block", "every block", "last block", "0 bytes", "zero bytes", "piled up"),
)
"""That nothing is left of it."""
EATERS = (
    *("logs", "log file", "logfile", "container log", "docker log", "json log", "access-"),
    *("elasticsearch log", "elasticsearch's log", "engine log", "old log", "runaway log", "unbounded log"),
    *("log rotation", "logrotate", "log of", ".log"),
    *("export", "stopped container", "stopped one-off", "one-off container", "exited container"),
    *("dead container", "leftover container", "unused container"),
)
"""What really took it; a container that records is another cause."""


class DiskFull(Fault):
    """Old logs, a log that ran away, and a stopped one-off container take the disk to its last block."""

    name = "disk-full"
    title = "The production server's disk is full; PostgreSQL cannot write"
    section = 'P1, "Scenario D: Disk Full"'
    severity: ClassVar[Severity] = "P1"
    first_reports = (
        "I cannot save manufacturing orders any more, it always says error.",
        "Cutting cannot book anything, reading still works sometimes.",
        "Every save fails since a minute ago. Did you change something?",
    )
    affects = (
        "disk",
        "postgres",
        "postgresql",
        "database",
        "orders",
        "transfers",
        "work-orders",
        "qc",
        "erp",
        "backend",
    )
    touches = ("postgres", "elasticsearch")
    alerts: ClassVar[tuple[str, ...]] = ("DiskAlmostFull",)
    skills: ClassVar[tuple[str, ...]] = (
        "How to check service status",
        "How to read Docker logs",
        "How to restart a service",
        "How to perform database recovery",
        "Infrastructure scaling",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (DISK, FULL, EATERS)
    cause_example = "The disk was full (100 %): old container logs and a runaway log had filled it."
    remedy: tuple[str, ...] = RUNBOOK
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "truncate": (
            f"find {LOGS} -name '*.log' -size +100M -exec truncate -s 0 {{}} +",
            f"truncate -s 0 $(docker inspect -f '{{{{.LogPath}}}}' {QUIET})",
            "docker container prune -f",
            "docker-compose restart postgres",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-postgres": WrongRemedy("nothing is freed", ("docker-compose restart postgres",)),
        "delete-open-log": WrongRemedy(
            "a file that is still open frees nothing when it is deleted",
            (f"rm -f $(docker inspect -f '{{{{.LogPath}}}}' {QUIET})", "docker-compose restart postgres"),
            ("docker-compose restart elasticsearch",),
        ),
        "free-a-tenth": WrongRemedy(
            "10 % free is full again soon",
            (
                f"f=$(ls {LOGS}/*/*.log | xargs ls -S | head -1); "
                'truncate -s -$(( $(df --output=size -B1 / | tail -1) / 10 )) "$f"',
                "docker-compose restart postgres",
            ),
        ),
    }
    symptom_within_s = 30

    def inject(self, server: Server) -> None:
        """Take every block in one go: fallocate marks them as used and writes nothing."""
        job = f"erp-export-{self.random.randrange(1000, 9999)}"
        day = self.random.randrange(8, 20)
        server.run(
            f"""set -e
            docker create --name {job} erp/stack:1 true >/dev/null
            free() {{ df --output=avail -B1K / | tail -1; }}
            all=$(free)
            folder=$(dirname $(docker inspect -f '{{{{.LogPath}}}}' erp-backend))
            for n in 1 2 3; do
                f=$folder/access-$n.log
                fallocate -l $((all * {int(SHARES["rotated"] * 100)} / 300))K $f
                touch -d '{day} days ago' $f
            done
            log=$(docker inspect -f '{{{{.LogPath}}}}' {QUIET})
            fallocate -n -l $((all * {int(SHARES["open"] * 100)} / 100))K $log
            touch -d '{OLD}' $log
            layer=$(docker inspect -f '{{{{.GraphDriver.Data.UpperDir}}}}' {job})
            mkdir -p $layer/tmp
            fallocate -l $(( $(free) - {REST_KB} ))K $layer/tmp/export.csv
            while [ $(free) -gt {REST_KB} ]; do
                fallocate -l $(( $(free) / 2 ))K $layer/tmp/export-$RANDOM.csv || break
            done
            """
        )

    def cause(self, server: Server) -> bool:
        """Whether 20 % or less is free: the runbook's own limit."""
        return server.free_share() <= 0.2

    def heal(self, server: Server) -> None:
        """The runbook's steps, and the database back."""
        for command in RUNBOOK:
            server.run(command)
        server.run("docker start erp-postgres")
