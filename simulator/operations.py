"""What a command can do with drills: begin, follow, end, and be the team's hands from outside."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import partial

from scoring import marks, report
from scoring.timeline import EndAsked, Ended, Event
from simulator import belongings, engine, image, keys, referee
from simulator.errors import BuildProblem, Conflict, EngineProblem, NotFound, UsageProblem
from simulator.order import Order
from simulator.server import ProductionServer
from simulator.store import DrillRow, Store
from simulator.wait import wait_until

POLL_S = 0.3
END_WITHIN_S = 120.0


def begin(order: Order) -> str:
    """Begin a drill: its id; the referee prepares the server in a process of its own."""
    lacking = image.missing()
    if lacking:
        raise BuildProblem(f"not built yet: {', '.join(lacking)}", "run `drill build` first")
    with Store.open() as store:
        row = store.begin(order)
    referee.spawn(row.id)
    return row.id


def follow(drill_id: str, after: int = 0) -> Iterator[Event]:
    """The drill's events as they come, until it has ended and its server is gone."""
    seen = after
    with Store.open() as store:
        while True:
            over = store.drill(drill_id).state == "ended"
            news = store.timeline(drill_id, after=seen)
            seen += len(news)
            yield from news
            if over:
                return
            if not wait_until(partial(_has_news, store, drill_id, seen), within_s=2, every_s=POLL_S):
                revive(drill_id)


def revive(drill_id: str) -> bool:
    """Start the referee of a running drill again if it died; whether it had."""
    with Store.open() as store:
        row = store.drill(drill_id)
        if row.state == "ended" or referee.is_alive(row) or referee.is_starting(row):
            return False
        referee.spawn(drill_id)
        # Until it has written who it is, the next look would take the dead one for it and start another.
        wait_until(lambda: store.drill(drill_id).referee != row.referee, within_s=referee.STARTS_WITHIN_S)
        return True


def revive_all() -> list[str]:
    """Start every dead referee of a running drill again; the drills it was done for."""
    return [row.id for row in _running() if revive(row.id)]


def stop(drill_id: str) -> None:
    """End the drill and score what was reached."""
    _ask_for_the_end(drill_id, "stopped")


def abort(drill_id: str) -> None:
    """End the drill without a score."""
    _ask_for_the_end(drill_id, "aborted")


def shell(drill_id: str, who: str) -> int:
    """A login shell of this member on the server; its exit code."""
    row = _member(drill_id, who)
    production = ProductionServer.existing(row.id)
    program = shutil.which("ssh")
    if program is None:
        raise NotFound("there is no ssh on this machine", "install an SSH client, then run this again")
    return subprocess.run(
        [program, *_ssh_options(), "-p", str(production.port(22)), f"{who}@{engine.host()}"], check=False
    ).returncode


def say(drill_id: str, who: str, channel: str, text: str) -> None:
    """Write in a channel on the team's behalf."""
    _say(drill_id, who, {"kind": "slack", "channel": channel, "text": text})


def declare(drill_id: str, who: str, severity: str, affects: str, summary: str) -> None:
    """Open an incident ticket on the team's behalf."""
    _say(drill_id, who, {"kind": "ticket", "severity": severity, "affects": affects, "summary": summary})


def file_report(drill_id: str, who: str, text: str) -> None:
    """File the incident report on the team's behalf. Raises UsageProblem for what is no report."""
    try:
        report.parse(text)
    except report.NotAReport as error:
        raise UsageProblem(
            str(error), "fill the template of `drill report template`, then file it again"
        ) from error
    _say(drill_id, who, {"kind": "report", "text": text})


def clean() -> list[str]:
    """Remove every container and volume of drills that have ended or are not in this store; what it was."""
    return belongings.leftovers(engine.connect(), frozenset(row.id for row in _running()))


def beat(drill_id: str) -> dict[str, str] | None:
    """The checks that fail now, and why; None before the first observation."""
    with Store.open() as store:
        timeline = store.timeline(drill_id)
    return marks.failing(timeline, float("inf")) if len(timeline) > 1 else None


def join_lines(drill_id: str) -> list[str]:
    """What the team types to get in."""
    row = _drill(drill_id)
    port = ProductionServer.existing(drill_id).port(22)
    options = " ".join(_ssh_options())
    logins = [f"ssh {options} -p {port} {member}@{engine.host()}" for member in row.order.members]
    return [*logins, f"drill shell --as {row.order.members[0]}"]


def _ssh_options() -> list[str]:
    """Every drill's server is new, so its host key is nobody's to remember."""
    return [
        "-q",
        "-i",
        str(keys.private_key()),
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
    ]


def _ask_for_the_end(drill_id: str, how: str) -> None:
    with Store.open() as store:
        if store.drill(drill_id).state == "ended":
            raise Conflict(f"the drill {drill_id} has ended", f"see its card with `drill score {drill_id}`")
        last = max((event.at for event in store.timeline(drill_id)), default=0.0)
        store.append(drill_id, [EndAsked(last, how)])
        revive(drill_id)
        ended = wait_until(lambda: store.drill(drill_id).state == "ended", within_s=END_WITHIN_S)
    if not ended:
        raise EngineProblem(
            f"the drill {drill_id} was asked to end and has not within {END_WITHIN_S:.0f} s",
            "see `drill status`; when the engine answers again, `drill clean` removes what is left",
        )


def _say(drill_id: str, who: str, said: dict[str, str]) -> None:
    row = _member(drill_id, who)
    with Store.open() as store:
        has_ended = any(isinstance(event, Ended) for event in store.timeline(row.id))
    if has_ended:
        raise Conflict(f"the drill {drill_id} has ended", f"see its card with `drill score {drill_id}`")
    ProductionServer.existing(row.id).ask("say", {"who": who, **said})


def _running() -> list[DrillRow]:
    with Store.open() as store:
        return list(store.running())


def _drill(drill_id: str) -> DrillRow:
    with Store.open() as store:
        return store.drill(drill_id)


def _member(drill_id: str, who: str) -> DrillRow:
    row = _drill(drill_id)
    if who not in row.order.members:
        raise NotFound(f"{who} is no member of this drill", f"use one of {', '.join(row.order.members)}")
    return row


def _has_news(store: Store, drill_id: str, seen: int) -> bool:
    return bool(store.timeline(drill_id, after=seen)) or store.drill(drill_id).state == "ended"
