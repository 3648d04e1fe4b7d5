"""nginx does not start after a deployment: its configuration has an error (runbook, "Scenario C", expert)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Level, Server, WrongRemedy
from faults.proxy_down import FALSE_FRONT, ProxyDown

CONFIG = "nginx/nginx.conf"
SLIPS = {
    "semicolon": ("keepalive_timeout 30s;", "keepalive_timeout 30s"),
    "spelling": ("proxy_read_timeout 5s;", "proxy_read_timout 5s;"),
    "path": ("live/erp.yourdomain.com/fullchain.pem;", "live/erp.yourdomain.co/fullchain.pem;"),
    "unit": ("client_max_body_size 1m;", "client_max_body_size 1mb;"),
}
"""What stands in the file, and what the deployment made of it; one is drawn by the seed."""
STUB = "events {}\nhttp { server { listen 80; listen 443; return 200 'Quty Karunia ERP'; } }\n"


def _edit(old: str, new: str) -> str:
    return f"sed -i {shlex.quote(f's#{old}#{new}#')} {CONFIG}"


SLIP = (
    *("nginx.conf", "directive", "syntax", "typo", "misspel", "semicolon", "';'", "misconfig", "emerg"),
    *("invalid value", "unit", "1mb", "timout", "keepalive_timeout", "client_max_body_size"),
    *("wrong path", "certificate path", "path in", "path of", "path to", "cannot load", "could not load"),
    *("couldn't load", "not exist", "doesn't exist", "isn't there"),
    *("config error", "configuration error", "error in the", "error into", "wrong config", "bad config"),
    *("broken config", "invalid config", "faulty config", "broke the config", "broke its config"),
    *("broke nginx", "broke the nginx", "broke the proxy", "in the config", "in its config"),
    *("refuses its", "config was broken"),
    *("config was invalid", "config was wrong", "configuration was invalid", "configuration was wrong"),
    *("configuration contained an error", "wrong configuration", "bad nginx configuration"),
    *("bad configuration", "nginx configuration was broken", "nginx file"),
)
"""What is wrong in its file, in each of the ways; that it ended, or any word of a configuration, is not."""


class ProxyMisconfigured(ProxyDown):
    """It fails at every start, and the engine starts it again and again."""

    name = "proxy-down"
    level: ClassVar[Level] = "expert"
    title = "A deployment broke nginx's configuration; it ends at every start"
    skills = (
        "How to check service status",
        "How to read Docker logs",
        "How to use Slack escalation",
        "How to execute rollback procedure",
        "Root cause analysis technique",
    )
    cause_terms = (("nginx", "proxy"), SLIP)
    cause_example = "A deployment had put an error into nginx.conf, so nginx ended at every start."
    remedy: tuple[str, ...] = (
        "docker-compose ps nginx",
        "docker-compose logs --tail 50 nginx",
        _edit(*reversed(SLIPS["spelling"])),
        "docker-compose restart nginx",
        "curl -kv https://erp.yourdomain.com/ | head -20",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "recreate": (
            *(_edit(f"{new}$", old) for old, new in SLIPS.values()),
            "docker-compose up -d --force-recreate nginx",
        ),
        "full-restart": (
            *(_edit(f"{new}$", old) for old, new in SLIPS.values()),
            "docker-compose down",
            "docker-compose up -d",
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-nginx": WrongRemedy("the same file is read again", ("docker-compose restart nginx",)),
        "recreate-nginx": WrongRemedy(
            "a new container reads the same file", ("docker-compose up -d --force-recreate nginx",)
        ),
        "false-front": WrongRemedy(
            "something that answers on port 443 is not the proxy",
            ("docker stop erp-nginx", FALSE_FRONT),
            ("docker rm -f front", "docker start erp-nginx"),
        ),
        "stub": WrongRemedy(
            "a file that starts and serves nothing is no proxy",
            (
                f"cp {CONFIG} /root/nginx.before",
                f"printf %s {shlex.quote(STUB)} > {CONFIG}",
                "docker-compose restart nginx",
            ),
            (f"cp /root/nginx.before {CONFIG}", "docker-compose restart nginx"),
        ),
    }
    relapse_s = 90

    def __init__(self, seed: int) -> None:
        """Draw the slip; its correction is the remedy."""
        super().__init__(seed)
        self.variant = self.random.choice(sorted(SLIPS))
        self.right, self.slip = SLIPS[self.variant]
        self.remedy = tuple(
            _edit(f"{self.slip}$", self.right) if command.startswith("sed ") else command
            for command in type(self).remedy
        )

    def inject(self, server: Server) -> None:
        """Deploy it."""
        server.run(f"{_edit(self.right, self.slip)} && docker restart -t 5 erp-nginx")

    def cause(self, server: Server) -> bool:
        """Whether the proxy would not start with the configuration that lies there, or does not run."""
        test = "docker exec erp-nginx nginx -t -c /etc/erp/nginx/nginx.conf >/dev/null 2>&1"
        return server.run(f"{test} && echo good || echo bad").strip() != "good"

    def heal(self, server: Server) -> None:
        """Correct it."""
        server.run(f"{_edit(f'{self.slip}$', self.right)} && docker restart -t 5 erp-nginx")
