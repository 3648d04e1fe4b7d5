"""An independent witness: looks at the server every 50 ms by ways of its own, and judges by its own rule."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from simulator.server import ProductionServer

PERIOD_S = 0.05
PATIENCE_S = 0.5
NAME = "erp.yourdomain.com"
USER = {"username": "clerk.ppic", "password": "quty-clerk.ppic"}
ORDER = {"product": "Polo Shirt", "quantity": 10, "department": "cutting"}
SERVICES = 12
FREE_SHARE = 0.2
LOOK_INSIDE = """while :; do
    began=$(date +%s.%N)
    disk=$(df --output=avail,size -B1 / | tail -1)
    well=$(docker ps --format '{{.Status}}' | grep -cv unhealthy)
    echo $began $(date +%s.%N) $disk $well
    sleep 0.05
done"""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: when it began and ended (seconds since the epoch), and whether all was well."""

    began: float
    ended: float
    well: bool


@dataclass
class Witness:
    """Looks at health and a saved order from outside, and at disk and services from inside."""

    server: ProductionServer
    seen: dict[str, list[Sight]] = field(default_factory=dict)
    _gone: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Log in once, as a user does in the morning."""
        self._port = self.server.port(443)
        answer = self._ask("POST", "/api/v1/auth/login", USER, {})
        self._headers = {"Authorization": f"Bearer {json.loads(answer)['access_token']}"}

    def start(self) -> None:
        """Look until the server is gone."""
        looks: dict[str, Callable[[], object]] = {
            "health": lambda: self._ask("GET", "/health", None, {}),
            "orders": lambda: self._ask("POST", "/api/v1/ppic/manufacturing-orders", ORDER, self._headers),
        }
        for name, look in looks.items():
            threading.Thread(target=self._outside, args=(name, look), daemon=True).start()
        threading.Thread(target=self._inside, daemon=True).start()

    def onset(self, since: float) -> float:
        """When the first thing broke: the middle between the last good look and the first of two bad ones."""
        return min(found for sights in self.seen.values() for found in _breaks(sights, since))

    def recovery(self, since: float, until: float) -> float:
        """When the last thing was well for good, until the referee's own restart."""
        return max(_last_cure(sights, since, until) for sights in self.seen.values())

    def _outside(self, name: str, look: Callable[[], object]) -> None:
        sights = self.seen.setdefault(name, [])
        due = time.monotonic()
        while not self._gone.wait(max(0.0, due - time.monotonic())):
            began = time.time()
            try:
                look()
                well = True
            except (OSError, http.client.HTTPException, ValueError):
                well = False
            sights.append(Sight(began, time.time(), well))
            due = max(due + PERIOD_S, time.monotonic())

    def _inside(self) -> None:
        disk, services = self.seen.setdefault("disk", []), self.seen.setdefault("services", [])
        _, lines = self.server.container.exec_run(
            ["python3", "-m", "control.enter", "bash", "-c", LOOK_INSIDE], stream=True
        )
        try:
            for line in (line for chunk in lines for line in chunk.splitlines()):
                if len(fields := line.split()) != 5:
                    continue  # cut off by the server's end
                began, ended, free, size, well = fields
                span = float(began), float(ended)
                disk.append(Sight(*span, int(free) > FREE_SHARE * int(size)))
                services.append(Sight(*span, int(well) == SERVICES))
        finally:
            self._gone.set()

    def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None, headers: dict[str, str]
    ) -> bytes:
        """The answer over a connection of its own; ValueError for one that is no success."""
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # who answers is not in question here
        client = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=PATIENCE_S, context=trust)
        try:
            data = None if body is None else json.dumps(body)
            kind = {"Host": NAME, "Content-Type": "application/json"}
            client.request(method, path, data, {**kind, **headers})
            answer = client.getresponse()
            if answer.status >= 300:
                raise ValueError(f"{answer.status} for {path}")
            return answer.read()
        finally:
            client.close()


def _breaks(sights: list[Sight], since: float) -> Iterator[float]:
    """Where two bad looks follow a good one: the middle of the span in which it broke."""
    for before, first, second in zip(sights, sights[1:], sights[2:], strict=False):
        if first.ended > since and before.well and not first.well and not second.well:
            yield (before.began + first.ended) / 2


def _last_cure(sights: list[Sight], since: float, until: float) -> float:
    """Where two good looks follow two bad ones for the last time; `since` where it never broke."""
    within = [sight for sight in sights if since < sight.ended and sight.ended < until]
    runs = zip(within, within[1:], within[2:], within[3:], strict=False)
    cures = [
        (bad.began + good.ended) / 2
        for worse, bad, good, better in runs
        if not worse.well and not bad.well and good.well and better.well
    ]
    return max(cures, default=since)
