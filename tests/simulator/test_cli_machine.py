"""drill build and clean, and what goes wrong underneath any command."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from simulator import engine, image
from simulator.errors import CommandFailed, EngineProblem, HostProblem
from tests.simulator import fakes
from tests.simulator.command import Drill


class TestMachine:
    """drill build, clean, and what goes wrong underneath."""

    def test_a_build_tells_its_steps(self, drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lines without a terminal; JSON tells what was built."""

        def build(progress: Any) -> list[str]:
            with progress.step("golden disk"):
                progress.advance(1, 2)
            return ["golden disk"]

        monkeypatch.setattr(image, "missing", lambda: [])
        monkeypatch.setattr(image, "build", build)
        done = drill("build")
        assert "golden disk …" in done.err and "golden disk: done" in done.err and "40 %" in done.err
        assert drill("build", "--json").json == {"built": ["golden disk"], "missing": []}

    def test_a_build_starts_the_engine_before_it_asks_it_anything(
        self, drill: Drill, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On a machine on which everything is built and no engine runs."""
        running: list[bool] = []

        class Everything:
            """An engine that has every image and volume."""

            def get(self, name: str) -> str:
                return name

            images = volumes = property(lambda self: self)

        def connect() -> Everything:
            if not running:
                raise EngineProblem("no container engine answers", "start it")
            return Everything()

        def ensure() -> Everything:
            running.append(True)
            return connect()

        monkeypatch.setattr(engine, "connect", connect)
        monkeypatch.setattr(engine, "ensure", ensure)
        done = drill("build")
        assert (done.code, done.out) == (0, "all was built already\n")

    def test_a_build_that_fails_says_at_which_step(
        self, drill: Drill, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The step and one error."""

        def build(progress: Any) -> None:
            with progress.step("golden disk"):
                raise HostProblem("no space left", "free 3 GB")

        monkeypatch.setattr(image, "build", build)
        done = drill("build")
        assert done.code == 7
        assert "golden disk: failed" in done.err and done.err.endswith("drill: no space left; free 3 GB\n")

    def test_clean_says_what_it_removed(self, drill: Drill, fake: fakes.Operations) -> None:
        """Each thing by name, or that nothing was left."""
        assert drill("clean").out == "nothing was left\n"
        fake.left = ["container drill-x", "volume drill-x"]
        assert drill("clean").out == "removed container drill-x\nremoved volume drill-x\n"
        assert drill("clean", "--json").json == {"removed": fake.left}

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (EngineProblem("the engine\nstopped", "start it"), 5),
            (CommandFailed("df\n-h", 3, "one\ntwo"), 5),
            (HostProblem("no space left", "free 3 GB"), 7),
        ],
    )
    def test_an_error_is_one_line(
        self, drill: Drill, fake: fakes.Operations, running: str, error: Any, code: int
    ) -> None:
        """Whatever happened, and what to do next."""
        fake.fails = error
        drill("stop").error(code, error.remedy)

    def test_nobody_sees_a_trace(
        self, drill: Drill, fake: fakes.Operations, running: str, home: Path
    ) -> None:
        """An error that nobody foresaw is one line, with the file that holds its trace."""
        fake.fails = ZeroDivisionError("by\nnought")  # type: ignore[assignment]
        drill("stop").error(70, "ZeroDivisionError: by nought", str(home / "drill.log"))
        assert "Traceback" in (home / "drill.log").read_text()

    def test_no_space_is_the_machines_problem(
        self, drill: Drill, fake: fakes.Operations, running: str
    ) -> None:
        """Wherever it ran out."""
        fake.fails = OSError(errno.ENOSPC, "No space left on device", "/x/y")  # type: ignore[assignment]
        drill("stop").error(7, "no space left for /x/y")

    def test_a_database_that_cannot_be_reached(self, drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line, its own exit code, no password."""
        monkeypatch.setenv("DRILL_DATABASE_URL", "postgresql://ana:geheim@127.0.0.1:1/x")
        done = drill("status")
        done.error(6, "127.0.0.1", "DRILL_DATABASE_URL")
        monkeypatch.setenv("DRILL_DATABASE_URL", "postgresql://ana@127.0.0.1:port/x")
        drill("status").error(6, "no database URL", "DRILL_DATABASE_URL")
        assert "geheim" not in done.err

    def test_a_data_folder_that_cannot_be_made(
        self, drill: Drill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A file in its place is reported with what to set."""
        (tmp_path / "file").write_text("x")
        monkeypatch.setenv("DRILL_HOME", str(tmp_path / "file" / "home"))
        drill("status").error(7, "DRILL_HOME")

    def test_an_unknown_option_is_a_usage_error(self, drill: Drill) -> None:
        """Exit code 2, no trace."""
        done = drill("status", "--nonsense")
        assert done.code == 2 and "--nonsense" in done.err and "Traceback" not in done.err
