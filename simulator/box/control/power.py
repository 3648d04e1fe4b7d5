"""The production half's power: boots it, and boots it again when its init ends, as a `reboot` has it.

In a process of its own that is begun before the control half has threads: what is forked from many
threads may not go on in Python.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import NoReturn

from . import namespaces, network
from .cgroups import Cgroups
from .enter import PID_FILE

DARK_S = 1.0
"""A server is dark for so long at the least: whoever reboots in a loop starts no loop of ours."""
NEEDED_SECONDS_TO_STOP = 20


class Power:
    """Switched on when it is made; the production half runs until `off`."""

    def __init__(self) -> None:
        """Boot the production half. Raises OSError with why it does not."""
        hears, tells = os.pipe()
        self._keeper = os.fork()
        if self._keeper == 0:
            os.close(hears)
            _Keeper(tells).keep_on()
        os.close(tells)
        self._told = os.fdopen(hears)
        line = self._told.readline().strip()
        if not line.isdigit():
            raise OSError(line or "the production half could not be switched on")
        self.process = int(line)
        """The init's process id as the control half sees it."""

    def rebooted(self) -> bool:
        """Wait for the next boot; False when none comes any more, or one failed."""
        line = self._told.readline().strip()
        if not line.isdigit():
            return False
        self.process = int(line)
        return True

    def off(self) -> None:
        """Stop the production half as a server stops, then whatever is left of it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._keeper, signal.SIGTERM)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._keeper, 0)


class _Keeper:
    """The process that boots: it tells a process id a boot, or why there is none, in a line."""

    def __init__(self, tells: int) -> None:
        self._tells = tells
        self._init: int | None = None
        self._stopping = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGALRM, lambda *_: self._kill(signal.SIGKILL))

    def keep_on(self) -> NoReturn:
        """Boot until it is stopped, or until a boot fails."""
        code = 1
        try:
            while not self._stopping:
                self._boot_once()
            code = 0
        except (OSError, RuntimeError, ValueError) as error:
            why = " ".join(str(error).split()) or type(error).__name__
            print(why, file=sys.stderr, flush=True)
            self._tell(why)
        finally:  # whatever happens here, this copy of the control half goes no further
            os._exit(code)

    def _boot_once(self) -> None:
        cgroups = Cgroups(namespaces.SHIFT)
        cgroups.prepare()
        guard, self._init = namespaces.boot(cgroups)
        PID_FILE.write_text(str(self._init))
        self._tell(str(self._init))
        if self._stopping:  # it was asked while there was no init to ask
            self._kill(signal.SIGTERM)
        os.waitpid(guard, 0)
        # Before anything else may get this process id: whoever enters by it would be in the control half.
        PID_FILE.unlink()
        self._init = None
        if not self._stopping:
            cgroups.clear()
            network.take_wire()
            time.sleep(DARK_S)

    def _stop(self, *_: object) -> None:
        self._stopping = True
        self._kill(signal.SIGTERM)
        signal.alarm(NEEDED_SECONDS_TO_STOP)

    def _kill(self, number: signal.Signals) -> None:
        if self._init is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._init, number)

    def _tell(self, line: str) -> None:
        os.write(self._tells, f"{line}\n".encode())
