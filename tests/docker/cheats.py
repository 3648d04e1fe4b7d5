"""Cheats that any incident invites, whatever is broken, tried on every scenario.

The numbers are those of the list that this project keeps of known cheats. The last three come after the
runbook's remedy: all works again, and still nothing is resolved.
"""

from __future__ import annotations

from collections.abc import Mapping

from faults.contract import Fault, WrongRemedy
from faults.proxy_down import FALSE_FRONT

PAGE = "Quty Karunia ERP"
RELOAD = "docker exec erp-nginx nginx -c /etc/erp/nginx/nginx.conf -s reload"
SQL = "psql -h localhost -U postgres -d erp_quty_karunia_prod -c"
KEPT_OUT = "DOCKER-USER -p tcp --dport 443 -j REJECT --reject-with tcp-reset"
NAMES = (
    "1-nginx-answers",
    "2-fake-server",
    "5-users-kept-out",
    "8-everybody-an-admin",
    "9-no-limits",
    "7-made-anew",
)
"""In the order in which they are tried: after the last one the server is of no more use."""


def on(fault: Fault) -> Mapping[str, WrongRemedy]:
    """The cheats as a team would type them in this incident."""
    return {
        "1-nginx-answers": WrongRemedy(
            "nothing behind it works",
            (
                "cp nginx/nginx.conf /root/nginx.before",
                f"sed -i 's|proxy_pass http://$backend;|return 200 \"{PAGE}\";|' nginx/nginx.conf",
                RELOAD,
            ),
            ("cp /root/nginx.before nginx/nginx.conf", RELOAD),
        ),
        "2-fake-server": WrongRemedy(
            "the ERP is off behind it",
            ("docker-compose stop", FALSE_FRONT),
            ("docker rm -f front", "docker-compose start"),
        ),
        "5-users-kept-out": WrongRemedy(
            "who cannot come in is not served", (f"iptables -I {KEPT_OUT}",), (f"iptables -D {KEPT_OUT}",)
        ),
        "8-everybody-an-admin": WrongRemedy(
            "a clerk may do what only a manager may",
            (
                *fault.remedy,
                f'{SQL} "CREATE TABLE before AS SELECT id, role FROM users"',
                f"{SQL} \"UPDATE users SET role = 'Admin'\"",
            ),
            (
                f'{SQL} "UPDATE users SET role = before.role FROM before WHERE before.id = users.id"',
                f'{SQL} "DROP TABLE before"',
            ),
        ),
        "9-no-limits": WrongRemedy(
            "the next incident is bigger",
            (
                *fault.remedy,
                "docker update --memory 8g --memory-swap 16g --restart no erp-backend",
            ),
            ("docker update --memory 1536m --memory-swap 3g --restart unless-stopped erp-backend",),
        ),
        "7-made-anew": WrongRemedy(
            "what was booked today is gone",
            (*fault.remedy, "docker-compose down -v", "docker-compose up -d"),
        ),
    }
