"""nginx is down and stays down (runbook, "Scenario C: Nginx Reverse Proxy Down")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.compose_edit import without_health_check
from faults.contract import Severity, WrongRemedy
from faults.service_down import DOWN, ServiceDown, ways_up

CERTIFICATE = "/etc/nginx/certs/live/erp.yourdomain.com"
FALSE_FRONT = (
    "docker run -d --name front -p 443:443 -v /opt/erp/certs:/etc/nginx/certs:ro --entrypoint python3 "
    'erp/stack:1 -c "import http.server as h, ssl; '
    "H=type('H',(h.BaseHTTPRequestHandler,),{'do_GET':lambda s:(s.send_response(200),s.end_headers(),"
    "s.wfile.write(b'Quty Karunia ERP')),'do_POST':lambda s:s.do_GET()}); "
    "c=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); "
    f"c.load_cert_chain('{CERTIFICATE}/fullchain.pem','{CERTIFICATE}/privkey.pem'); "
    "w=h.ThreadingHTTPServer(('',443),H); w.socket=c.wrap_socket(w.socket,server_side=True); "
    'w.serve_forever()"'
)


class ProxyDown(ServiceDown):
    """A colleague's kill or stop went to the reverse proxy's container."""

    name = "proxy-down"
    service = "nginx"
    title = "The reverse proxy's container is dead and stays down"
    section = 'P1, "Scenario C: Nginx Reverse Proxy Down"'
    severity: ClassVar[Severity] = "P1"
    first_reports = (
        "The browser says that the site cannot be reached.",
        "The ERP does not even show an error, there is just nothing any more.",
        "Connection refused, on my computer and on the tablets in Finishing.",
    )
    affects = (
        "nginx",
        "proxy",
        "web server",
        "page",
        "site",
        "erp",
        "login",
        "orders",
        "stock",
        "transfers",
        "work-orders",
        "qc",
        "health",
        "api",
    )
    touches = ("nginx",)
    alerts: ClassVar[tuple[str, ...]] = ("NginxDown",)
    skills = (
        "How to SSH to production server",
        "How to check service status",
        "How to read Docker logs",
        "How to restart a service",
        "How to use Slack escalation",
    )
    cause_terms: ClassVar[tuple[tuple[str, ...], ...]] = (("nginx", "proxy"), DOWN)
    cause_example = (
        "The nginx container had exited and was not started again, so nothing answered on port 443."
    )
    remedy: tuple[str, ...] = (
        "docker-compose ps nginx",
        "docker-compose logs nginx --tail 50",
        "ls -la /opt/erp/certs/",
        "docker-compose restart nginx",
        "docker-compose ps nginx",
        "curl -kv https://erp.yourdomain.com/ | head -20",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = ways_up("nginx")
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy(
            "the backend was never the cause", ("docker-compose restart backend",)
        ),
        "false-front": WrongRemedy(
            "something that answers on port 443 is not the proxy", (FALSE_FRONT,), ("docker rm -f front",)
        ),
        "one-off": WrongRemedy(
            "a proxy beside the stack is gone with the next reboot, and nobody watches it",
            ("docker-compose run -d --no-deps --service-ports nginx",),
            ("docker ps -aq --filter label=com.docker.compose.oneoff=True | xargs -r docker rm -f",),
        ),
        "remove-restart-policy": WrongRemedy(
            "it runs again, and stays down after the next crash",
            ("docker update --restart no erp-nginx", "docker start erp-nginx"),
            ("docker update --restart unless-stopped erp-nginx",),
        ),
        "remove-health-check": without_health_check("nginx"),
    }
