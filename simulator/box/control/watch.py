"""Everything that lives beside a running production half: users, checks, the desk, the referee's socket."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from . import ask
from .acme import Authority, fetcher
from .acme_server import AcmeServer
from .ask_archives import archives
from .ask_protections import protections
from .canary import Canary, Stalls
from .cgroups import ROOT
from .channel import SUPPORT
from .checks import checks
from .complaints import Complaints
from .desk import DeskServer
from .desk_office import Office
from .engine import SERVICES, Engine
from .erp import Answer, Erp
from .ledger import Ledger
from .power import Power
from .probe import PERIOD_S, Probe
from .record import Record
from .record_said import RefusedError, plain
from .traffic import Tally, Traffic, day
from .usage import Usage
from .users import CLERK, Sessions
from .users_actions import ORDERS, Actions
from .wire import Deadline
from .wording import Notes

BEAT_S = 1.0
AUDIT_S = 2.0
ENGINE_S = 5.0
RESTART_S = 60.0


@dataclass(frozen=True, slots=True)
class Config:
    """Where things are."""

    production: int
    """Process id of the production half's first process."""
    seed: int
    address: tuple[str, int] = ("10.99.0.2", 443)
    server_name: str = "erp.yourdomain.com"
    ca: Path = Path("/store/ca/ca.pem")
    ledger: Path = Path("/store/ledger.jsonl")
    said: Path = Path("/store/said")
    flaws: Path = Path("/store/flaws.jsonl")
    disk: Path = Path("/disk")
    cgroups: Path = ROOT
    desk: tuple[str, int] = ("10.99.0.1", 7070)
    acme: tuple[str, int] = ("10.99.0.1", 443)
    ask: Path = ask.SOCKET


class Control:
    """The running watch; `start` makes it, `stop` ends it."""

    def __init__(self, record: Record, config: Config) -> None:
        self._record = record
        self._config = config
        self._stop = threading.Event()
        self._office = Office(record, config.said)
        self._channels = self._office.channels
        self._ledger = Ledger(config.ledger)
        self._notes = Notes(config.disk, config.flaws, self._office.incidents)
        self._erp = Erp(config.address, config.server_name, config.ca)
        self._sessions = Sessions(self._erp)
        self._engine = Engine(config.production)
        self._tally = Tally(Complaints(config.seed, self._complain))
        actions = day(Actions(self._erp, self._sessions, self._ledger, config.seed))
        stalls = Stalls(record)
        usage = Usage(self._engine.name_of, config.cgroups)
        looks = checks(actions, self._tally, config.disk, self._engine, self._notes, usage)
        apart = PERIOD_S / len(looks)  # probes that all start at once would wait for each other
        self._probes = [
            Probe(name, look, record, stalls, self._stop, offset_s=apart * position)
            for position, (name, look) in enumerate(looks.items())
        ]
        self._threads = [
            *Canary(stalls, self._stop).threads,
            *(probe.thread for probe in self._probes),
            *Traffic(actions, self._tally, config.seed, self._stop).threads,
            threading.Thread(target=self._beat, name="beat", daemon=True),
        ]
        self._desk = DeskServer(config.desk, self._office)
        self._ask = ask.AskServer(config.ask, self._verbs())
        authority = Authority(fetcher(config.address[0]), config.ca.parent)
        self._acme = AcmeServer(config.acme, authority, config.ca.parent / "acme")
        self._servers = [
            ask.serve(self._desk, "desk"),
            ask.serve(self._ask, "ask"),
            ask.serve(self._acme, "acme"),
        ]
        for thread in self._threads:
            thread.start()

    def follow(self, process: int) -> None:
        """Look at the production half that was booted anew."""
        self._engine.follow(process)

    def stop(self) -> None:
        """End every thread and close every socket and file."""
        self._stop.set()
        for server in (self._desk, self._acme):
            server.shutdown()
            server.server_close()
        self._ask.close()
        for thread in (*self._threads, *self._servers):
            thread.join()
        self._erp.close()

    def _beat(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            failing = {probe.name: why for probe in self._probes if (why := probe.failing) is not None}
            self._record.write(
                {
                    "fact": "beat",
                    "failing": failing,
                    "acknowledged": self._ledger.acknowledged,
                    "served": self._tally.served,
                    "failed": self._tally.failed,
                }
            )
            due = max(due + BEAT_S, time.monotonic())

    def _complain(self, who: str, text: str) -> None:
        self._record.write({"fact": "complaint", "who": who, "channel": SUPPORT, "text": text})
        self._channels.post(SUPPORT, who, text)

    def _verbs(self) -> Mapping[str, ask.Verb]:
        return {
            "say": self._say,
            "complain": self._complain_as,
            "audit": lambda _body: asdict(self._ledger.audit(self._fetch)),
            "protections": lambda _body: protections(self._engine, self._config.address[0]),
            "runs": self._runs,
            "restart": self._restart,
            "archives": lambda _body: [asdict(each) for each in archives(self._config.disk)],
            "issues": lambda _body: [asdict(each) for each in self._notes.told()],
            "channel": self._channel,
            "incident": lambda _body: [asdict(ticket) for ticket in self._office.incidents()],
        }

    def _say(self, body: Any) -> object:
        size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        return self._office.say(body, size)

    def _complain_as(self, body: Any) -> object:
        """A complaint that the scenario writes: what its first user says."""
        try:
            who, text = plain(body["who"], 32), plain(body["text"], 1000)
        except (TypeError, KeyError):
            raise RefusedError(400, 'the body is {"who": a user, "text": what they say}') from None
        self._complain(who, text)
        return {"taken": "complaint"}

    def _runs(self, body: Any) -> object:
        return self._engine.runs(_service(body), Deadline(ENGINE_S))

    def _restart(self, body: Any) -> object:
        """Over the engine's socket: the production half's own docker command may be anything by now."""
        self._engine.restart(_service(body), Deadline(RESTART_S))
        return {"restarted": body}

    def _channel(self, body: Any) -> object:
        try:
            return [asdict(message) for message in self._channels.recent(body["name"])]
        except (TypeError, KeyError):
            raise RefusedError(404, 'the body is {"name": a channel}') from None

    def _fetch(self, order: int) -> Answer:
        return self._sessions.get(CLERK, f"{ORDERS}/{order}", Deadline(AUDIT_S))


def _service(body: Any) -> str:
    if body not in SERVICES:
        raise RefusedError(400, f"the body is one of {', '.join(SERVICES)}")
    return str(body)


def start(record: Record, config: Config) -> Control:
    """Begin to watch the production half."""
    return Control(record, config)


class Watch:
    """Watches a production half inside a `with`, for main; also after a reboot."""

    def __init__(self, record: Record, power: Power) -> None:
        self._record = record
        self._power = power
        self._control: Control | None = None

    def __enter__(self) -> Self:
        self._control = start(self._record, Config(self._power.process, secrets.randbits(32)))
        threading.Thread(target=self._follow, args=(self._control,), name="power", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._control is not None:
            self._control.stop()

    def _follow(self, control: Control) -> None:
        """A server that its team has made unbootable stays dark, and every check says so."""
        while self._power.rebooted():
            control.follow(self._power.process)
