"""The store's two tables, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class Drill(SQLModel, table=True):
    """One team practising one scenario once. The only row here that is ever updated."""

    id: str = Field(primary_key=True)
    team: str = Field(index=True)
    busy: str | None = Field(default=None, unique=True)
    """The team's name while the drill runs, else null: the database allows one running drill a team."""
    members: list[str] = Field(sa_column=Column(JSON, nullable=False))
    scenario: str
    level: str
    secret: bool
    wait_s: float | None
    hold_s: float | None
    deadline_min: float
    limit_min: float
    seed: int
    state: str
    created: float
    """Seconds since the epoch, this machine's clock: only the list of drills shows it."""
    container: str | None = None
    referee_pid: int | None = None
    referee_started: float | None = None
    position: str | None = Field(default=None, sa_column=Column(Text))
    """How far the flight record was read; written in the same transaction as the events it led to."""


class TimelineRow(SQLModel, table=True):
    """One event of a drill's timeline. Rows are only ever added."""

    __tablename__ = "timeline"
    __table_args__ = (UniqueConstraint("drill", "digest"),)

    drill: str = Field(primary_key=True, foreign_key="drill.id")
    seq: int = Field(primary_key=True)
    at: float
    """Seconds since the epoch, the engine's clock."""
    kind: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str
    """Of kind and data: an event that is appended twice is stored once."""
