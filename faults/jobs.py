"""Jobs that colleagues leave running beside the stack, each in a container of its own."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from faults.contract import Server

CONTAINERS = "docker ps -a --format '{{.Names}}'"
"""A name a line. States of that list are not asked: what ended while the disk was full stays `Up` in it."""
STATE = "docker inspect -f '{{{{.State.Status}}}} {{{{.State.Pid}}}}' {name}"
"""Such as `running 3456`, `paused 3456`, `exited 0`."""


@dataclass(frozen=True, slots=True)
class Job:
    """A colleague's program: a container of this name runs the file, which lies in a folder of /opt/erp."""

    name: str
    file: str
    """Below /opt/erp."""
    program: str
    """In Python."""

    @property
    def folder(self) -> str:
        """Where its file lies, and what it writes."""
        return f"/opt/erp/{self.file.partition('/')[0]}"

    def start(self, server: Server) -> None:
        """Put the program there and run it as a colleague would, to stay after a reboot."""
        path = shlex.quote(f"/opt/erp/{self.file}")
        server.run(f"mkdir -p {self.folder} && cat > {path} << 'END-OF-FILE'\n{self.program}END-OF-FILE")
        folder = self.folder
        server.run(f"docker rm -f {self.name} 2>/dev/null || true")  # one that was stopped keeps the name
        server.run(
            f"docker run -d --name {self.name} --restart unless-stopped --network erp_default --memory 128m "
            f"-v {folder}:{folder} erp/stack:1 python3 -u /opt/erp/{self.file}"
        )

    def is_halted(self, server: Server) -> bool:
        """Whether it was only stopped in the middle (SIGSTOP, `docker pause`), and may go on any moment.

        Raises ValueError where not even the stack's containers are seen.
        """
        # Of all containers, for a look at this one fails alike where it is gone and where the engine is.
        names = server.run(CONTAINERS).split()
        if not names:
            raise ValueError("the engine shows no container")
        if self.name not in names:
            return False
        state, process = server.run(STATE.format(name=self.name)).split()
        if state != "running":
            return state == "paused"
        return "(stopped)" in server.run(f"grep ^State: /proc/{process}/status")

    def remove(self, server: Server) -> None:
        """End it, and take its folder away with all that it wrote there; idempotent."""
        server.run(f"docker rm -f {self.name} >/dev/null 2>&1 || true; rm -rf {self.folder}")
