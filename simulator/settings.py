"""Where the data lives, and how the environment moves it."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from simulator.errors import HostProblem


def home() -> Path:
    """The data folder, made if it is missing: DRILL_HOME, else where the system keeps a user's data."""
    moved = os.environ.get("DRILL_HOME")
    folder = Path(moved).expanduser() if moved else user_data_path("drill-simulator", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostProblem(
            f"the data folder {folder} cannot be made: {error.strerror}",
            "set DRILL_HOME to a folder that you may write to",
        ) from error
    return folder.resolve()


def database_url() -> str:
    """The store's address: DRILL_DATABASE_URL, else an SQLite file in the data folder."""
    return os.environ.get("DRILL_DATABASE_URL") or f"sqlite:///{home() / 'drills.sqlite'}"


def log_file() -> Path:
    """Where the trace of an unexpected error is written."""
    return home() / "drill.log"
