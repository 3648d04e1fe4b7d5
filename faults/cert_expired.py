"""The ERP's certificate is past its date, so that no client talks to it (monthly list; DevOps' renewal)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy

LIVE = "/opt/erp/certs/live/erp.yourdomain.com"
LIFE_DAYS = 90
RELOAD = "docker-compose exec -T nginx nginx -s reload"
KEEP = f"rm -rf /root/live.before; cp -a {LIVE} /root/live.before"
BACK = (
    f"rm -rf {LIVE} && cp -a /root/live.before {LIVE}",
    "docker-compose restart nginx",
)
RENEW = ("dehydrated --register --accept-terms", "dehydrated --cron")
UACME = (
    "UACME_CHALLENGE_PATH=/opt/erp/acme uacme -a https://ca.qutykarunia.com/directory -c /root/uacme "
    "-h /usr/share/uacme/uacme.sh"
)
VERIFY = (
    "openssl s_client -connect 10.99.0.2:443 -servername erp.yourdomain.com -verify_return_error "
    "-verify_hostname erp.yourdomain.com -CAfile /store/ca/ca.pem -no-CApath </dev/null >/dev/null 2>&1 "
    "&& echo good || echo bad"
)
TOO_OLD = (
    *("expired", "expiry", "expiration", "expires", "outdated", "out of date", "too old", "lapse", "overdue"),
    *("invalid since", "ran out", "run out", "notAfter", "no longer valid", "not valid any", "validity"),
    *("valid until", "good until", "valid to"),
    *("past its", "end date", "end of life", "90 days", "days were over", "days ended"),
    *("date had passed", "date passed"),
    *("never renewed", "not been renewed", "had renewed", "nobody renewed", "not renew"),
    *("didn't renew", "wasn't renewed"),
    *("couldn't renew", "forgot to renew", "forgotten to renew", "no renewal", "renewal never"),
    *("renewal was never", "renewal had never", "renewal failed", "renewal did not", "renewal didn't"),
    *("renewal missing", "renewal cron missing", "without renewal", "missed renewal", "missed the renewal"),
)
"""That its time is over, or that nobody renewed it."""


class CertExpired(Fault):
    """Nobody noticed that the renewal never ran on this server."""

    name = "cert-expired"
    title = "nginx serves a certificate that is past its date; every client refuses it"
    section = 'P1, "Scenario C: Nginx Reverse Proxy Down" (the certificate); "Certificate renewal"'
    severity: ClassVar[Severity] = "P1"
    first_reports = (
        "The browser warns that the connection is not private and will not let me in.",
        "Since this minute there is a security warning in front of the ERP, on every computer.",
        "The tablets on the sewing floor say that the site's identity cannot be verified.",
    )
    affects = (
        "certificate",
        "ssl",
        "tls",
        "https",
        "nginx",
        "proxy",
        "page",
        "site",
        "login",
        "orders",
        "stock",
        "transfers",
        "work-orders",
        "qc",
        "health",
        "api",
        "erp",
    )
    touches = ("nginx",)
    alerts: ClassVar[tuple[str, ...]] = ("NginxDown",)
    skills = (
        "How to SSH to production server",
        "How to read Docker logs",
        "How to use Slack escalation",
        "Certificate renewal",
    )
    cause_terms = (("cert", "SSL expired", "TLS expired", "expired SSL", "expired TLS"), TOO_OLD)
    cause_example = (
        "The TLS certificate had expired: it was never renewed, as no ACME account was registered."
    )
    remedy = (
        "docker-compose ps nginx",
        "ls -la /opt/erp/certs/",
        "curl -kv https://erp.yourdomain.com/ 2>&1 | head -40",
        "cat /opt/erp/certs/README",
        *RENEW,
        "docker-compose exec -T nginx nginx -s reload",
        "curl https://erp.yourdomain.com/health",
    )
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "restart": (*RENEW, "docker-compose restart nginx"),
        "recreate": (*RENEW, "docker-compose up -d --force-recreate nginx"),
        "other-client": (
            f"{UACME} -y new",
            f"{UACME} -t EC issue erp.yourdomain.com",
            f"install -m 644 /root/uacme/erp.yourdomain.com/cert.pem {LIVE}/fullchain.pem",
            f"install -m 600 /root/uacme/private/erp.yourdomain.com/key.pem {LIVE}/privkey.pem",
            RELOAD,
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-nginx": WrongRemedy("the old file is read again", ("docker-compose restart nginx",)),
        "no-reload": WrongRemedy(
            "nginx goes on with the certificate that it read when it started", (KEEP, *RENEW), BACK
        ),
        "plain-http": WrongRemedy(
            "passwords in the clear are no cure, and clients ask for HTTPS",
            (
                "cp nginx/nginx.conf /root/nginx.before",
                "sed -i 's/listen 443 ssl/listen 443/; s/return 301 .*/proxy_pass http:\\/\\/backend:8000;/' "
                "nginx/nginx.conf",
                "docker-compose restart nginx",
            ),
            ("cp /root/nginx.before nginx/nginx.conf", "docker-compose restart nginx"),
        ),
        "self-signed": WrongRemedy(
            "nobody trusts a certificate that signs itself",
            (
                KEEP,
                f"openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=erp.yourdomain.com "
                f"-addext subjectAltName=DNS:erp.yourdomain.com -keyout {LIVE}/privkey.pem "
                f"-out {LIVE}/fullchain.pem",
                RELOAD,
            ),
            BACK,
        ),
        "clock-back": WrongRemedy(
            "the users' clocks go on",
            ("date -s '60 days ago'", "docker-compose restart nginx"),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw for how long it has been out of date."""
        super().__init__(seed)
        self.late_min = self.random.randrange(1, 240)

    def inject(self, server: Server) -> None:
        """Time has passed: the certificate in use is one of LIFE_DAYS days that nobody renewed."""
        end = -self.late_min / (24 * 60)
        server.control("python3", "-m", "control.pki", str(end - LIFE_DAYS), str(end))
        server.run("kill -HUP $(docker inspect -f '{{.State.Pid}}' erp-nginx)")

    def cause(self, server: Server) -> bool:
        """Whether a client that trusts the company's authority refuses what is served now."""
        return server.control("sh", "-c", VERIFY).strip() != "good"

    def heal(self, server: Server) -> None:
        """A fresh certificate of the same authority, and nginx reads it."""
        server.control("python3", "-m", "control.pki", "0", str(LIFE_DAYS))
        server.run("docker restart erp-nginx")
