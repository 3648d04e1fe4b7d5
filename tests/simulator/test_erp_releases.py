"""deploy.sh puts a release of the backend into service and takes it back, with a fake engine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from simulator import recipes

SCRIPT = recipes.BOX / "production/deploy.sh"
FAKE_DOCKER = """#!/bin/sh
case "$*" in
*"inspect erp/stack:1"* | *"inspect erp/stack:2"*) exit 0 ;;
*"image ls"*) printf '2\\n1\\n' ;;
*) exit 1 ;;
esac
"""


class Releases:
    """A folder as /opt/erp, in which release 1 runs and 2 can be had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".git/logs").mkdir(parents=True)
        (folder / ".git/logs/HEAD").write_text(f"{'0' * 40} {'a' * 40} Dev <dev@quty.com> 1 +0000\tclone\n")
        (folder / ".env").write_text("ERP_RELEASE=1\nREDIS_URL=redis://redis\n")
        shutil.copy(SCRIPT, folder)
        for name, text in (("docker", FAKE_DOCKER), ("docker-compose", '#!/bin/sh\necho "$*" >> composed\n')):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "USER": "ana"}
        command = ["bash", str(self.folder / "deploy.sh"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd="/")

    @property
    def settings(self) -> str:
        return (self.folder / ".env").read_text()


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """See Releases."""
    return Releases(tmp_path)


def test_a_deployment_is_applied_and_noted_and_can_be_rolled_back(releases: Releases) -> None:
    """The setting changes and nothing else of .env; the git log tells who did it, and in which order."""
    assert releases("deploy", "2").returncode == 0
    assert releases.settings == "ERP_RELEASE=2\nREDIS_URL=redis://redis\n"
    assert releases("releases").stdout.split("\n")[:2] == ["1", "2 (running)"]
    assert releases("rollback").returncode == 0
    assert releases.settings.startswith("ERP_RELEASE=1\n")
    assert (releases.folder / "composed").read_text() == "up -d backend\n" * 2
    log = [line.split() for line in (releases.folder / ".git/logs/HEAD").read_text().splitlines()]
    assert [line[0] for line in log[1:]] == [line[1] for line in log[:-1]]
    assert "ana <ana@quty.com>" in " ".join(log[-1])
    assert log[-1][-3:] == ["2", "->", "1"]


def test_a_release_that_is_not_there_changes_nothing(releases: Releases) -> None:
    """The script says so, and neither the settings nor the log change."""
    done = releases("deploy", "7")
    assert done.returncode == 1
    assert "no release 7" in done.stderr
    assert releases.settings.startswith("ERP_RELEASE=1\n")
    assert not (releases.folder / "composed").exists()


def test_nothing_to_roll_back_to_is_told(releases: Releases) -> None:
    """Before the first deployment there is no release to go back to."""
    done = releases("rollback")
    assert done.returncode == 1
    assert "no release was deployed before" in done.stderr
