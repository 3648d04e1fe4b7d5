"""The log index: follows the containers' logs and searches them.

GET /_search?q=WORDS[&size=N] answers in Elasticsearch's shape, newest first. The index holds the last
lines of every container in memory. Files are opened for one read at a time, so that a log which is deleted
frees its space.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs

from .web import Answer, listen

CONTAINERS = Path(os.environ.get("CONTAINERS_DIR", "/var/lib/docker/containers"))
PERIOD_S = 2.0
BACKLOG_BYTES = 128 * 1024  # of a log that grows faster, only its end is read
MAX_LINES = 20_000
PORT = 9200
KEEP_NEWEST = "DELETE FROM line WHERE rowid <= (SELECT max(rowid) FROM line) - ?"


class Index:
    """The searchable lines, with where reading stopped in each file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE line USING fts5(message, time UNINDEXED, container)")
        self._offsets: dict[Path, int] = {}
        self._names: dict[str, str] = {}

    def poll(self) -> None:
        """Read what every log has gained since the last time."""
        found = {path: path.stat().st_size for path in CONTAINERS.glob("*/*-json.log")}
        self._offsets = {path: offset for path, offset in self._offsets.items() if path in found}
        for path, size in found.items():
            offset = self._offsets.get(path, 0)
            if size < offset:  # rotated or truncated
                offset = 0
            if size > offset:
                self._read(path, max(offset, size - BACKLOG_BYTES), size)

    def _read(self, path: Path, start: int, end: int) -> None:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(end - start)
        whole = data.rfind(b"\n") + 1
        self._offsets[path] = start + whole if whole else start
        rows = [row for line in data[:whole].splitlines() if (row := _parsed(line))]
        name = self._name(path.parent)
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO line (message, time, container) VALUES (?, ?, ?)",
                [(message, time, name) for message, time in rows],
            )
            self._db.execute(KEEP_NEWEST, (MAX_LINES,))

    def _name(self, folder: Path) -> str:
        if folder.name not in self._names:
            config = json.loads((folder / "config.v2.json").read_text())
            self._names[folder.name] = str(config["Name"]).lstrip("/")
        return self._names[folder.name]

    def search(self, words: str, size: int) -> list[dict[str, Any]]:
        """The newest lines that hold all the words; without words, the newest of all."""
        terms = " ".join(f'"{term}"' for term in re.findall(r"[\w.-]+", words))
        condition, values = ("WHERE line MATCH ?", [terms]) if terms else ("", [])
        query = f"SELECT rowid, time, container, message FROM line {condition} ORDER BY rowid DESC LIMIT ?"
        with self._lock:
            rows = self._db.execute(query, [*values, size]).fetchall()
        return [
            {"_id": str(row), "_source": {"@timestamp": time, "container": container, "message": message}}
            for row, time, container, message in rows
        ]


def _parsed(line: bytes) -> tuple[str, str] | None:
    """Message and time of one line of Docker's log; None for a line that was cut at the start of a read."""
    try:
        entry = json.loads(line)
        return str(entry["log"]).rstrip("\n"), str(entry["time"])
    except (ValueError, KeyError, TypeError):
        return None


def answer(index: Index, url: SplitResult) -> Answer:
    """What Elasticsearch would answer, for the few questions that are asked here."""
    if url.path.endswith("/_search"):
        query = parse_qs(url.query)
        size = query.get("size", ["50"])[0]
        hits = index.search(query.get("q", [""])[0], min(int(size), 500) if size.isdigit() else 50)
        return _json(200, {"hits": {"total": {"value": len(hits)}, "hits": hits}})
    if url.path in ("/", "/_cluster/health"):
        return _json(200, {"cluster_name": "erp-logs", "status": "green"})
    return _json(404, {"error": "not found", "status": 404})


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(json.dumps(body), status, "application/json")


def main() -> None:
    index = Index()
    stop = listen(f"log index of {CONTAINERS}", PORT, partial(answer, index))
    while not stop.is_set():
        try:
            index.poll()
        except OSError as error:  # a container was removed between the listing and the read
            print(f"skipped: {error}", file=sys.stderr)
        stop.wait(PERIOD_S)


if __name__ == "__main__":
    main()
