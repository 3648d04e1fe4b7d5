"""Imports go one way: simulator to faults and scoring, which import neither it nor each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NO_ENGINE_NO_SQL = {"docker", "testcontainers", "sqlalchemy", "sqlmodel", "psycopg", "sqlite3"}
SQL = {"sqlalchemy", "sqlmodel", "psycopg", "sqlite3"}
SQL_FILES = {"store.py", "tables.py", "database.py"}
FORBIDDEN = {
    "scoring": NO_ENGINE_NO_SQL | {"simulator", "faults", "typer", "rich"},
    "faults": NO_ENGINE_NO_SQL | {"simulator", "scoring", "typer", "rich"},
}


def imports(file: Path) -> Iterator[str]:
    """The top-level packages that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "a relative import"


@pytest.mark.parametrize("package", FORBIDDEN)
def test_the_pure_packages_import_nothing_of_the_rest(package: str) -> None:
    """No simulator, engine, SQL or terminal in scoring or faults, and neither imports the other."""
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    found = {f"{file.name}: {name}" for file in files for name in imports(file) if name in FORBIDDEN[package]}
    assert found == set()


def test_only_the_store_speaks_sql() -> None:
    """One border to the database."""
    files = [file for file in (ROOT / "simulator").rglob("*.py") if "box" not in file.relative_to(ROOT).parts]
    assert {file.name for file in files if SQL & set(imports(file))} <= SQL_FILES


def test_only_the_screen_draws() -> None:
    """rich is imported by the screen alone, and nothing else prints."""
    for file in (ROOT / "simulator").rglob("*.py"):
        parts = file.relative_to(ROOT).parts
        if "box" in parts or "screen" in parts:
            continue
        assert "rich" not in set(imports(file)), file
        calls = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
        assert "print" not in {call.id for call in calls if isinstance(call, ast.Name)}, file


def test_nothing_is_imported_from_beside() -> None:
    """Every import is absolute and no star, so that a reader finds where a name comes from."""
    for package in ("simulator", "scoring", "faults"):
        for file in (ROOT / package).rglob("*.py"):
            if "box" in file.relative_to(ROOT).parts:
                continue
            assert "a relative import" not in set(imports(file)), file
            stars = [
                node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)
            ]
            assert not any(name.name == "*" for node in stars for name in node.names), file
