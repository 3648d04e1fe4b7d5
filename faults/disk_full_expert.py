"""Something writes the disk full, and writes it full again (`disk-full`, expert)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Level, Server, WrongRemedy
from faults.disk_full import RUNBOOK, DiskFull
from faults.jobs import Job

NAMES = ("erp-trace", "erp-capture", "erp-scanner-log", "erp-audit-tap")
PROGRAM = '''\
"""Records what the scanners in the hall send, in segments that are reserved ahead of the writing."""
import os
import time

FOLDER = "{folder}"
SEGMENT = {segment} << 20
LEAST = 64 << 10
KEEP = None  # segments; None keeps everything until the case is closed


def reserve(number, size):
    path = os.path.join(FOLDER, "segment-%06d.bin" % number)
    with open(path, "ab") as segment:
        os.posix_fallocate(segment.fileno(), 0, size)


def rotate():
    kept = sorted(name for name in os.listdir(FOLDER) if name.startswith("segment-"))
    for name in kept[:-KEEP]:
        os.remove(os.path.join(FOLDER, name))


number, size = 0, SEGMENT
while True:
    number += 1
    try:
        reserve(number, size)
        print("segment", number, "reserved:", size, "bytes")
        size = SEGMENT
    except OSError as error:
        print("segment", number, "of", size, "bytes:", error.strerror)
        size = max(LEAST, size // 2)
    if KEEP:
        rotate()
    time.sleep({pause} if size == SEGMENT else 0.02)
'''
FIND = "docker ps -q --filter volume=/opt/erp/recorder"
NOT_CRITICAL = ("alertmanager", "elasticsearch", "kibana")
"""What the runbook's first step stops, and its fourth cannot start while the disk is full."""
CLEAR = "find recorder -name 'segment-*' -delete"
DISK = (
    *("disk", "space", "filesystem", "file system", "storage", "drive", "partition", "volume", "/ was"),
    *("until /", "filled", "fills", "full", "GB", "ENOSPC", "no space"),
)
RECORDER = (
    *("recorder", "recording", "recorded", "segment", "trace", "tracing", "capture", "capturing", "scanner"),
    *("audit", "tap container", "KEEP =", "KEEP=", "retention", ".bin"),
)
"""What writes it full, by whatever name; logs and stopped containers are another cause."""


class DiskFullExpert(DiskFull):
    """A colleague's recorder reserves segment after segment, and none is ever removed."""

    level: ClassVar[Level] = "expert"
    title = "A recorder beside the stack fills the disk, and fills it again when it is freed"
    skills = (
        "How to check service status",
        "How to debug application errors",
        "How to perform database recovery",
        "Root cause analysis technique",
        "Infrastructure scaling",
    )
    cause_terms = (DISK, RECORDER)
    cause_example = (
        "A recorder in a container of its own filled the disk with segments and never rotated them."
    )
    remedy = (
        "df -h /",
        "du -xsh /opt/erp/* | sort -h | tail -3",
        "docker ps",
        f"docker stop $({FIND})",
        CLEAR,
        "docker-compose restart postgres",
        "df -h /",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "rotate": (
            "sed -i 's/^KEEP = None/KEEP = 2/' recorder/*.py",
            CLEAR,
            f"docker restart $({FIND})",
            "docker-compose restart postgres",
        ),
        "remove-the-recorder": (f"docker rm -f $({FIND})", CLEAR, "docker-compose restart postgres"),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "runbook-steps": WrongRemedy(
            "nothing of what they remove is the trouble",
            RUNBOOK,
            (f"docker-compose start {' '.join(NOT_CRITICAL)}",),
        ),
        "delete-only": WrongRemedy(
            "the recorder writes it full again", (CLEAR, "docker-compose restart postgres")
        ),
        "stop-only": WrongRemedy("what it wrote stays", (f"docker stop $({FIND})",)),
        "pause-it": WrongRemedy(
            "it goes on as soon as somebody lets it",
            (f"docker pause $({FIND})", CLEAR, "docker-compose restart postgres"),
            (f"docker unpause $({FIND})",),
        ),
    }
    least_hold_s = 20

    def __init__(self, seed: int) -> None:
        """Draw which recorder it is, and how fast it writes."""
        super().__init__(seed)
        name = self.random.choice(NAMES)
        topic = name.removeprefix("erp-").replace("-", "_")
        program = PROGRAM.format(
            folder="/opt/erp/recorder",
            segment=self.random.choice((192, 224, 256)),
            pause=self.random.choice((0.1, 0.15, 0.2)),
        )
        self.job = Job(name, f"recorder/{topic}.py", program)

    def inject(self, server: Server) -> None:
        """A colleague starts the recorder."""
        self.job.start(server)

    def cause(self, server: Server) -> bool:
        """Whether 20 % or less is free, or the recorder is only halted."""
        return super().cause(server) or self.job.is_halted(server)

    def heal(self, server: Server) -> None:
        """Remove the recorder and what it wrote, and bring back what stopped on the full disk."""
        self.job.remove(server)
        server.run(f"docker start {' '.join(f'erp-{service}' for service in ('postgres', *NOT_CRITICAL))}")
