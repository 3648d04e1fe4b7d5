"""Commands in the server's two halves, through the engine's exec."""

from __future__ import annotations

import io
import shlex
import tarfile
from collections.abc import Callable
from typing import Any

from simulator.engine import FOREIGN, reason
from simulator.errors import CommandFailed, EngineGone

TRIES = 3
LOST, LOST_REMEDY = "the engine loses what the server answers", "see `drill doctor`, then `drill resume`"
OUT_OF_TIME = 124
"""The exit code of timeout(1)."""
MARK = r"\004"
"""The end's mark, as printf and psql write it."""
END = "\x04"
"""What a program prints last: an engine that starves loses what short commands print, and says nothing."""
MARKED = f"{{command}}\ncode=$?; printf '{MARK}'; exit $code"


class Inside:
    """Runs commands in a server's container: as root of the production half, or in the control half."""

    def __init__(self, container: Any) -> None:
        """Use a container of the docker library."""
        self.container = container

    def run(self, command: str, *, timeout_s: float = 60) -> str:
        """What `command` prints as root in the production half's /opt/erp.

        Raises CommandFailed, and EngineGone where its end was lost.
        """
        # In the environment of the control half's process: the team's list of processes does not show it.
        marked = {"SCRIPT": MARKED.format(command=command)}
        entry = ["timeout", f"{timeout_s:g}", "python3", "-m", "control.enter", "--script"]
        return whole(self._run(entry, command, marked))

    def control(self, *command: str, timeout_s: float = 60) -> str:
        """What a command prints in the control half. Raises CommandFailed."""
        return self._run(["timeout", f"{timeout_s:g}", *command], shlex.join(command))

    def succeeds(self, command: str) -> bool:
        """Whether the command ends with exit code 0 in the production half."""
        try:
            self.run(command)
        except CommandFailed:
            return False
        return True

    def _run(self, arguments: list[str], shown: str, environment: dict[str, str] | None = None) -> str:
        try:
            code, (out, err) = self.container.exec_run(arguments, environment=environment, demux=True)
        except FOREIGN as error:
            raise EngineGone(
                f"the server cannot be reached: {reason(error)}", "see `drill status`"
            ) from error
        if code != 0:
            text = "out of time" if code == OUT_OF_TIME else (err or out or b"").decode(errors="replace")
            raise CommandFailed(shown, code, text)
        return str((out or b"").decode(errors="replace"))


def whole(told: str) -> str:
    """What was printed before the end's mark. Raises EngineGone where the mark is missing."""
    if not told.endswith(END):
        raise EngineGone(LOST, LOST_REMEDY)
    return told.removesuffix(END)


def answered(ask: Callable[[], str]) -> str:
    """What `ask` returns; asked again where the engine lost what a short command printed.

    Only for a command that always prints and changes nothing. Raises EngineGone.
    """
    for _ in range(TRIES):
        if told := ask():
            return told
    raise EngineGone(LOST, LOST_REMEDY)


def in_tar(name: str, content: bytes) -> bytes:
    """A file as the tar archive that the engine takes it in."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()
