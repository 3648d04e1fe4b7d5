"""The backend does not come up after a change of its start (`api-crash`, expert)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.api_crash import STAND_IN, ApiCrash
from faults.contract import Level, Server, WrongRemedy
from faults.deployment import Deployment

COMPOSE = "/opt/erp/docker-compose.yml"
CHANGES = (
    ("'--no-access-log',", "'--no-access-log', '--log-level', 'warn',", "backend logs less"),
    ("'app.main:app'", "'app.main:application'", "new entry point of the backend"),
    ("'--timeout-keep-alive', '30'", "'--timeout-keep-alive', '30s'", "keep-alive with its unit"),
    ("'0.0.0.0', '--port'", "'backend.erp', '--port'", "backend listens on its own name only"),
)
"""What a colleague's deployment changes in the compose file, and how the git log calls it."""
STATE = "{{.State.Status}} {{.State.Health.Status}}"
BACK = "sed -i " + " ".join(f'-e "s/{after}/{before}/"' for before, after, _ in CHANGES) + f" {COMPOSE}"
"""Takes back whichever of the changes was made."""
START = (
    *("option", "argument", "parameter", "flag", "start command", "backend's command", "uvicorn's command"),
    *("command in", "command line", "start line", "docker-compose.yml", "compose.yml", "compose file"),
    "compose command",
    *("log level", "entry point", "entrypoint", "attribute", "app.main", "ASGI", "module path"),
    *("module name", "wrong module", "import", "application object", "keep-alive", "keepalive", "listen"),
    *("bind", "backend.erp", "0.0.0.0", "host name", "hostname"),
)
"""What is wrong with its start."""


class ApiCrashExpert(ApiCrash):
    """A deployment starts the backend with an argument that it does not take: it restarts for ever."""

    level: ClassVar[Level] = "expert"
    title = "The backend's start fails after a deployment, again and again"
    skills: ClassVar[tuple[str, ...]] = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to execute rollback procedure",
        "Root cause analysis technique",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("backend", "API", "compose", "uvicorn", "app.main"),
        START,
    )
    cause_example = (
        "The last deployment changed the backend's command in docker-compose.yml, and its start failed."
    )
    remedy: tuple[str, ...] = (
        "docker-compose ps backend",
        "docker-compose logs backend --tail 200",
        "cat /opt/erp/.git/logs/HEAD | tail -20",
        BACK,
        "docker-compose up -d backend",
        "curl https://erp.yourdomain.com/health",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "recreate-all": (BACK, "docker-compose up -d --force-recreate"),
        "down-and-up": (BACK, "docker-compose down", "docker-compose up -d"),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart": WrongRemedy("the start still fails", ("docker-compose restart backend",)),
        "recreate": WrongRemedy(
            "the file still says the same", ("docker-compose up -d --force-recreate backend",)
        ),
        "full-restart": WrongRemedy(
            "the file still says the same", ("docker-compose down", "docker-compose up -d")
        ),
        "stand-in": WrongRemedy(
            "a server that answers 200 is not the ERP", (STAND_IN,), ("docker rm -f helper",)
        ),
    }

    def inject(self, server: Server) -> None:
        """Deploy the change, and leave its line in the git log."""
        before, after, about = self.random.choice(CHANGES)
        server.run(f'sed -i "s/{before}/{after}/" {COMPOSE}')
        Deployment.drawn(self.random, about).log(server)
        server.run("docker-compose up -d backend 2>/dev/null")

    def cause(self, server: Server) -> bool:
        """Whether the backend is down, between two failing starts, or in one."""
        state = server.run(f"docker inspect -f '{STATE}' erp-backend 2>/dev/null || echo missing")
        return state.strip() != "running healthy"

    def heal(self, server: Server) -> None:
        """Take the change back, and start the backend with what the file then says."""
        server.run(f"{BACK} && docker-compose up -d backend 2>/dev/null")
