"""A deployment lost a setting, and an endpoint answers 500 (runbook, "Issue: API Returning 500 Error")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from faults.contract import Fault, Server, Severity, WrongRemedy
from faults.deployment import Deployment

OLD = ".env.2.14.1"
"""What the deployment keeps of the settings before it."""
ABOUT = {
    "renamed": "settings renamed for the planning module",
    "dropped": f"settings tidied up, old file {OLD}",
}
NGINX = "nginx/nginx.conf"
RELOAD = "docker-compose exec -T nginx nginx -c /etc/erp/nginx/nginx.conf -s reload"
LIMITS = "postgres/postgresql.conf"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that one endpoint needs and the others do not."""

    key: str
    value: str
    renamed: str
    affects: tuple[str, ...]
    reports: tuple[str, ...]


SETTINGS = (
    Setting(
        "ORDER_NUMBER_PREFIX",
        "MO",
        "ORDER_PREFIX",
        ("manufacturing orders", "orders", "order", "ppic"),
        (
            "Cannot create manufacturing order",
            "New orders give 'Internal Server Error'. I can still see the old ones.",
        ),
    ),
    Setting(
        "LINE_LOCK_SECONDS",
        "10",
        "QT09_LOCK_SECONDS",
        ("transfers", "transfer", "qt-09", "handshake"),
        (
            "Handing goods over to Sewing says 'Internal Server Error', everything else works.",
            "No transfer can be started since a few minutes, always the same error page.",
        ),
    ),
)
Way = Literal["renamed", "dropped"]


def cure(setting: Setting, way: Way) -> tuple[str, ...]:
    """Look, put the key back, and have the backend read it."""
    back = {
        "renamed": f"sed -i 's/^{setting.renamed}=/{setting.key}=/' .env",
        "dropped": f"grep '^{setting.key}=' {OLD} >> .env",
    }
    return (
        'docker-compose logs backend | grep -i "exception" | tail -10',
        "cat /opt/erp/.git/logs/HEAD | tail -20",
        "grep -v SECRET .env",
        back[way],
        "docker-compose up -d",
    )


THE_SETTING = (
    *("setting", "variable", "env", "parameter", "config key", "configuration key", "config value"),
    *("config entry", "configuration entry"),
    *("order prefix", "order number prefix", "line lock seconds", "QT09 lock seconds"),
)
"""What was lost, in any words."""
LOST = (
    *("missing", "remov", "drop", "delet", "lost", "lose", "absent", "gone", "lack", "without", "disappear"),
    *("vanish", "omit", "forgot", "purge", "cut from", "KeyError"),
    *("rename", "misnam", "new name", "old name", "another name", "other name", "different name"),
    *("wrong name", "wrong variable", "wrong key", "instead of", "calls it", "old one", "became"),
    *("no longer", "any more", "anymore", "unset", "not set", "not in", "isn't in", "wasn't in", "not there"),
    *("isn't there", "left out", "took", "taken out", "out of"),
    *("not carr", "didn't carry", "wasn't carried", "weren't carried", "didn't make it", "did not make it"),
    *("not found", "not find", "couldn't find", "undefined", "not defined", "isn't defined", "not present"),
    *("not exist", "doesn't exist", "didn't exist"),
    *("changed ORDER", "changed LINE", "is ORDER PREFIX", "has ORDER PREFIX", "is QT09", "has QT09"),
    *("not deployed", "wasn't deployed", "incomplete"),
)
"""What became of it, renamed or dropped."""


class Api500(Fault):
    """A deployment renames or drops a setting that one endpoint needs, then runs `docker-compose up -d`."""

    name = "api-500"
    title = "A setting is missing from .env after a deployment; what needs it answers 500"
    section = 'P2, "Issue: API Returning 500 Error"'
    severity: ClassVar[Severity] = "P2"
    first_reports = SETTINGS[0].reports + SETTINGS[1].reports
    affects = (*SETTINGS[0].affects, "api", "backend", "500")
    touches = ("backend",)
    alerts: ClassVar[tuple[str, ...]] = ("ErrorRateHigh",)
    skills = (
        "How to read Docker logs",
        "How to debug application errors",
        "How to execute rollback procedure",
        "Root cause analysis technique",
    )
    cause_terms = (THE_SETTING, LOST)
    cause_example = "The deployment left a required setting missing from /opt/erp/.env."
    remedy = cure(SETTINGS[0], "renamed")
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "append": (
            f"echo '{SETTINGS[0].key}={SETTINGS[0].value}' >> .env",
            f"echo '{SETTINGS[1].key}={SETTINGS[1].value}' >> .env",
            "docker-compose up -d --force-recreate backend",
        ),
        "compose-file": (
            'sed -i "s/environment: {PYTHONUNBUFFERED/environment: {'
            + "".join(f"{each.key}: '{each.value}', " for each in SETTINGS)
            + 'PYTHONUNBUFFERED/" docker-compose.yml',
            "docker-compose up -d",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart": WrongRemedy(
            "a restart does not read .env again, and the key is not there",
            ("docker-compose restart backend",),
        ),
        "full-restart": WrongRemedy(
            "it reads .env again, but the key is not there", ("docker-compose down", "docker-compose up -d")
        ),
        "raise-limits": WrongRemedy(
            "no limit was reached",
            (
                f"sed -i 's/^max_connections = .*/max_connections = 1000/' {LIMITS}",
                "docker-compose restart postgres backend",
            ),
            (
                f"sed -i 's/^max_connections = .*/max_connections = 200/' {LIMITS}",
                "docker-compose restart postgres backend",
            ),
        ),
        "catch-all": WrongRemedy(
            "a proxy that answers for the backend stores no order",
            (
                f"cp {NGINX} /root/nginx.before",
                f"sed -i 's|proxy_pass http://$backend;|return 200 \"{{}}\";|' {NGINX}",
                RELOAD,
            ),
            (f"cp /root/nginx.before {NGINX}", RELOAD),
        ),
    }
    symptom_within_s = 45

    def __init__(self, seed: int) -> None:
        """Draw the setting, and what became of it."""
        super().__init__(seed)
        self.setting = self.random.choice(SETTINGS)
        ways: tuple[Way, ...] = ("renamed", "dropped")
        self.way = self.random.choice(ways)
        self.deployment = Deployment.drawn(self.random, ABOUT[self.way])
        self.first_report = self.random.choice(self.setting.reports)
        self.affects = (*self.setting.affects, "api", "backend", "500")
        self.remedy = cure(self.setting, self.way)
        self.cause_example = (
            f"Deployment {self.deployment.version} left {self.setting.key} {self.way} in .env."
        )

    def inject(self, server: Server) -> None:
        """Deploy."""
        key = self.setting.key
        change = f"s/^{key}=/{self.setting.renamed}=/" if self.way == "renamed" else f"/^{key}=/d"
        self.deployment.log(server)
        server.run(f"{f'cp -p .env {OLD}; ' * (self.way == 'dropped')}sed -i '{change}' .env")
        server.run("docker-compose up -d", timeout_s=90)

    def cause(self, server: Server) -> bool:
        """Whether the backend that runs was given no such setting."""
        given = server.run(
            "docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' erp-backend 2>/dev/null || true"
        )
        return not any(
            line.startswith(f"{self.setting.key}=") and not line.endswith("=") for line in given.splitlines()
        )

    def heal(self, server: Server) -> None:
        """Put the key back, and have it read."""
        key, value = self.setting.key, self.setting.value
        server.run(f"sed -i 's/^{self.setting.renamed}=/{key}=/' .env")
        server.run(f"grep -q '^{key}=.' .env || echo '{key}={value}' >> .env")
        server.run("docker-compose up -d", timeout_s=90)
