"""What a deployment leaves on the server: its line in the deployment log, and its migrations."""

from __future__ import annotations

import random
import shlex
from dataclasses import dataclass

from faults.contract import Server

MIGRATIONS = "/opt/erp/migrations"
DEPLOYER = "Daniel <dev@quty.com>"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A release as `.git/logs/HEAD` shows it."""

    commit: str
    version: str
    about: str

    @classmethod
    def drawn(cls, draw: random.Random, about: str) -> Deployment:
        """A release of the near future, by the seed."""
        return cls(f"{draw.getrandbits(160):040x}", f"2.{draw.randrange(15, 19)}.{draw.randrange(6)}", about)

    def log(self, server: Server) -> None:
        """Append its line to the deployment log, with the time of now."""
        message = shlex.quote(f"pull: deploy {self.version}, {self.about}")
        server.run(
            "before=$(tail -n 1 .git/logs/HEAD | cut -d' ' -f2)\n"
            f'printf "%s {self.commit} {DEPLOYER} %s +0000\\t%s\\n" '
            f'"$before" "$(date +%s)" {message} >> .git/logs/HEAD'
        )


def migrate(server: Server, name: str, up: str, down: str) -> None:
    """Leave a migration's two files, as a deployment does, and apply it."""
    for way, statements in (("up", up), ("down", down)):
        server.run(f"printf '%s\\n' {shlex.quote(statements)} > {MIGRATIONS}/{name}.{way}.sql")
    server.run(f"psql -h localhost -U postgres -d erp_quty_karunia_prod -qf {MIGRATIONS}/{name}.up.sql")
