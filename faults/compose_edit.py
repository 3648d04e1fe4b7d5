"""Wrong remedies that take a protection out of the compose file, and put it back."""

from __future__ import annotations

from faults.contract import WrongRemedy


def without_health_check(service: str) -> WrongRemedy:
    """The service runs, and nobody watches it."""
    return _edited(
        service,
        "it runs again, but nobody would see the next outage",
        "python3 -c \"import yaml; d=yaml.safe_load(open('docker-compose.yml')); "
        f"del d['services']['{service}']['healthcheck']; "
        "yaml.safe_dump(d, open('docker-compose.yml', 'w'))\"",
    )


def without_memory_limit() -> WrongRemedy:
    """The backend may take what it likes."""
    return _edited(
        "backend",
        "without its limit the backend takes the whole server down next time",
        "sed -i '/mem_limit: 1536m/d' docker-compose.yml",
    )


def _edited(service: str, why: str, edit: str) -> WrongRemedy:
    up = f"docker-compose up -d {service}"
    return WrongRemedy(
        why,
        ("cp docker-compose.yml /root/compose.before", edit, up),
        ("cp /root/compose.before docker-compose.yml", up),
    )
