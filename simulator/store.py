"""What the drills leave behind: orders, states and append-only timelines. The only SQL.

Every event is committed before it counts. An event that is appended twice is stored once, and the
position in the flight record moves in the same transaction, so a referee that was killed at any point
goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from scoring.timeline import Event, Timeline, from_record, to_record
from simulator import database, settings
from simulator.errors import Conflict, NotFound, StoreProblem
from simulator.order import Order
from simulator.tables import Drill, TimelineRow

__all__ = ["DrillRow", "Order", "Referee", "State", "Store"]

State = Literal["preparing", "running", "documenting", "ended"]


@dataclass(frozen=True, slots=True)
class Referee:
    """The referee's process: its id alone could be another process's by now."""

    pid: int
    started: float
    """When the process started, in the unit of whoever wrote it: it is only compared."""


@dataclass(frozen=True, slots=True)
class DrillRow:
    """A drill as the store knows it."""

    id: str
    order: Order
    state: State
    created: float
    container: str | None
    referee: Referee | None


class Store:
    """The drills and their timelines, in SQLite or PostgreSQL."""

    def __init__(self, address: str, engine: Engine) -> None:
        """Use `Store.open`."""
        self._address = address
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """The store at this address (default: DRILL_DATABASE_URL, else the data folder's file)."""
        address = url or settings.database_url()
        return cls(address, database.connect(address))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """As it is: `with Store.open() as store` closes it at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the connections back, whatever happened."""
        self.close()

    def begin(self, order: Order) -> DrillRow:
        """A new drill in state `preparing`. Raises Conflict when the team has one running."""
        while True:
            with self._session(writes=True) as session:
                _refuse_second(session, order.team)
                drill = _drill(_next_id(session), order)
                session.add(drill)
                try:
                    session.flush()
                except IntegrityError:
                    # another process took the id or began for this team in between; whoever did
                    # has committed, so the next round sees it
                    session.rollback()
                    continue
                return _row(drill)

    def append(self, drill_id: str, events: Sequence[Event], position: str | None = None) -> int:
        """Add events that are not there yet, and the position read so far; how many were added."""
        records = {_digest(*to_record(event)): event for event in events}
        with self._session(writes=True) as session:
            drill = _locked(session, drill_id)
            mine = col(TimelineRow.drill) == drill_id
            known = select(TimelineRow.digest).where(mine, col(TimelineRow.digest).in_(records))
            for digest in session.exec(known).all():
                del records[digest]
            last = session.exec(select(func.max(TimelineRow.seq)).where(mine)).one() or 0
            for seq, (digest, event) in enumerate(records.items(), start=last + 1):
                kind, data = to_record(event)
                session.add(
                    TimelineRow(drill=drill_id, seq=seq, at=event.at, kind=kind, data=data, digest=digest)
                )
            if position is not None:
                drill.position = position
            return len(records)

    def timeline(self, drill_id: str, after: int = 0) -> Timeline:
        """The drill's events in the order in which they were appended, without the first `after`."""
        with self._session() as session:
            _found(session.get(Drill, drill_id), drill_id)
            rows = session.exec(
                select(TimelineRow)
                .where(TimelineRow.drill == drill_id, col(TimelineRow.seq) > after)
                .order_by(col(TimelineRow.seq))
            ).all()
            return tuple(_event(row) for row in rows)

    def position(self, drill_id: str) -> str | None:
        """How far the drill's flight record was read, as `append` was told."""
        with self._session() as session:
            return _found(session.get(Drill, drill_id), drill_id).position

    def drill(self, drill_id: str) -> DrillRow:
        """The drill of that id. Raises NotFound."""
        with self._session() as session:
            return _row(_found(session.get(Drill, drill_id), drill_id))

    def drills(
        self, month: str | None = None, scenario: str | None = None, running: bool | None = None
    ) -> tuple[DrillRow, ...]:
        """The drills, oldest first: of a month (`2026-11`, UTC), of a scenario, running or not."""
        query = select(Drill).order_by(col(Drill.created), col(Drill.id))
        if month is not None:
            query = query.where(col(Drill.id).startswith(f"D-{month.replace('-', '')}", autoescape=True))
        if scenario is not None:
            query = query.where(Drill.scenario == scenario)
        if running is not None:
            query = query.where((Drill.state != "ended") if running else (Drill.state == "ended"))
        with self._session() as session:
            return tuple(_row(drill) for drill in session.exec(query).all())

    def running(self, team: str | None = None) -> tuple[DrillRow, ...]:
        """The drills that have not ended, oldest first; only this team's when one is named."""
        return tuple(row for row in self.drills(running=True) if team in (None, row.order.team))

    def update(
        self,
        drill_id: str,
        *,
        state: State | None = None,
        container: str | None = None,
        referee: Referee | None = None,
    ) -> DrillRow:
        """Note what changed about a drill; None leaves it. Raises Conflict to revive an ended one."""
        with self._session(writes=True) as session:
            drill = _locked(session, drill_id)
            if state is not None and state != drill.state:
                if drill.state == "ended":
                    raise Conflict(f"the drill {drill_id} has ended", "start a new one with `drill start`")
                drill.state = state
                drill.busy = None if state == "ended" else drill.team
            if container is not None:
                drill.container = container
            if referee is not None:
                drill.referee_pid, drill.referee_started = referee.pid, referee.started
            return _row(drill)

    @contextmanager
    def _session(self, writes: bool = False) -> Iterator[Session]:
        engine = database.writing(self._engine) if writes else self._engine
        with database.translated(self._address), Session(engine, expire_on_commit=False) as session:
            yield session
            session.commit()


def _refuse_second(session: Session, team: str) -> None:
    running = session.exec(select(Drill).where(Drill.busy == team)).first()
    if running is not None:
        raise Conflict(
            f"team {team} has the drill {running.id} running",
            f"go on with `drill resume {running.id}`, or end it with `drill stop {running.id}`",
        )


def _next_id(session: Session) -> str:
    prefix = time.strftime("D-%Y%m%d-", time.gmtime())
    today = select(Drill.id).where(col(Drill.id).startswith(prefix))
    last = session.exec(today.order_by(func.length(Drill.id).desc(), col(Drill.id).desc())).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def _locked(session: Session, drill_id: str) -> Drill:
    """The drill's row, held until the end of the transaction: one writer a timeline at a time."""
    query = select(Drill).where(Drill.id == drill_id).with_for_update()
    return _found(session.exec(query).first(), drill_id)


def _found(drill: Drill | None, drill_id: str) -> Drill:
    if drill is None:
        raise NotFound(f"there is no drill {drill_id}", "list the drills with `drill status --all`")
    return drill


def _digest(kind: str, data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([kind, data], sort_keys=True).encode()).hexdigest()


def _drill(drill_id: str, order: Order) -> Drill:
    return Drill(
        id=drill_id,
        team=order.team,
        busy=order.team,
        members=list(order.members),
        scenario=order.scenario,
        level=order.level,
        secret=order.secret,
        wait_s=order.wait_s,
        hold_s=order.hold_s,
        deadline_min=order.deadline_min,
        limit_min=order.limit_min,
        seed=order.seed,
        state="preparing",
        created=time.time(),
    )


def _row(drill: Drill) -> DrillRow:
    order = Order(
        team=drill.team,
        members=tuple(drill.members),
        scenario=drill.scenario,
        level=drill.level,
        wait_s=drill.wait_s,
        hold_s=drill.hold_s,
        deadline_min=drill.deadline_min,
        limit_min=drill.limit_min,
        seed=drill.seed,
        secret=drill.secret,
    )
    referee = None
    if drill.referee_pid is not None and drill.referee_started is not None:
        referee = Referee(drill.referee_pid, drill.referee_started)
    state: State = drill.state  # type: ignore[assignment]  # only `update` writes it
    return DrillRow(drill.id, order, state, drill.created, drill.container, referee)


def _event(row: TimelineRow) -> Event:
    try:
        return from_record(row.kind, row.data)
    except (KeyError, TypeError) as error:
        raise StoreProblem(
            f"event {row.seq} of the drill {row.drill} is of a kind that this version does not know",
            "use the version of drill-simulator that recorded it, or a newer one",
        ) from error
