"""What the server's profile does to a responder's shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.simulator.control_fakes import wait_for
from tests.simulator.test_commands_desk import BIN, PRODUCTION, Shell, shell

PROFILE = PRODUCTION / "profile/erp.sh"
__all__ = ["shell"]  # the fixture


def bash(shell: Shell, typed: str) -> str:
    """Type `typed` into an interactive bash that read the profile, and a .bashrc as Debian's."""
    start = Path(shell.environment["HOME"], ".bash_profile")
    skeleton = "HISTCONTROL=ignoreboth\nPS1='\\u$ '\nHISTFILE=~/.bash_history\n"
    start.write_text(f"PATH={BIN}:$PATH\n. {PROFILE}\n. {PROFILE}\n{skeleton}")
    argv = ["bash", "--login", "-i"]
    _, shown = shell.on_terminal(argv, typed + "exit\n")
    return shown


def commands(shell: Shell) -> list[str]:
    return [each["command"] for each in shell.said() if each["kind"] == "typed"]


def kinds(shell: Shell) -> list[str]:
    """What was told, in the order in which it came: each is sent by a program of its own."""
    return [each["kind"] for each in shell.said()]


def test_typed_commands_reach_the_desk(shell: Shell) -> None:
    """Each command is told once, as it was typed, in the name of who is logged in; empty lines are not."""
    bash(shell, "true 'a  b' | cat\n\n\n true $HOME \"*\"\nfalse\nfalse\n")
    wait_for(lambda: len(commands(shell)) >= 4 and "hello" in kinds(shell))
    assert sorted(commands(shell)) == sorted(["true 'a  b' | cat", 'true $HOME "*"', "false", "false"])
    assert {each["who"] for each in shell.said()} == {"dewi"}
    assert kinds(shell).count("hello") == 1


def test_the_prompt_names_the_login(shell: Shell) -> None:
    """Accounts share a user id, so the prompt takes the login name; the exit code is left alone."""
    shown = bash(shell, "false\necho code $?\n")
    assert "dewi@erp-prod:" in shown
    assert "code 1" in shown


def test_a_shell_works_without_the_desk(shell: Shell, tmp_path: Path) -> None:
    """When the desk cannot be reached the shell says nothing about it, and no history file is kept."""
    shell.environment["ERP_DESK"] = "127.0.0.1:1"
    shown = bash(shell, "echo $((6 * 7)) $HISTFILE.\n")
    assert "42 ." in shown
    assert "desk" not in shown.replace("erp_desk", "")
    assert not (tmp_path / ".bash_history").exists()


def test_other_shells_take_the_environment(shell: Shell) -> None:
    """dash reads the profile too: psql finds its database without options."""
    script = f". {PROFILE}; echo $PGHOST $PGUSER $PGDATABASE"
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, env=shell.environment)
    assert done.stdout == "localhost postgres erp_quty_karunia_prod\n"
    assert done.stderr == ""


def test_commands_can_be_run() -> None:
    """What is a command is executable; modules and texts beside them are not."""
    for path in BIN.iterdir():
        if path.is_file():
            assert bool(path.stat().st_mode & 0o111) is (path.suffix == ""), path
