"""PID 1 of the drill's container: switches the production half on, and watches it until it is told to stop.

`--golden` furnishes an empty disk instead of copying the golden one, and gives its free blocks back
in the end.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
from pathlib import Path

from . import disk, furnish, namespaces, network, pki
from .enter import PID_FILE
from .power import Power
from .record import Record


def main(arguments: list[str]) -> int:
    record = Record()
    golden = "--golden" in arguments
    try:
        _refuse_apparmor()
        _attach_disk(golden)
        power = _switch_on()
    except (OSError, RuntimeError, ValueError) as error:
        record.write({"fact": "fatal", "why": str(error)})
        return 3
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    record.write({"fact": "booted"})
    watch = contextlib.nullcontext() if golden else _watch(record, power)
    with watch:
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    power.off()
    if golden:
        disk.trim_and_unmount()
    record.write({"fact": "stopped"})
    return 0


def _refuse_apparmor() -> None:
    """docker-default forbids mount: the server would look alive and be dead."""
    label = Path("/proc/self/attr/apparmor/current")
    text = ""
    with contextlib.suppress(OSError):
        text = label.read_text().strip("\0\n ")
    if text and not text.startswith("unconfined"):
        raise OSError(f"the AppArmor profile {text} forbids mount")


def _attach_disk(golden: bool) -> None:
    PID_FILE.unlink(missing_ok=True)
    new = not disk.IMAGE.exists()
    if new and golden:
        disk.make_empty()
    elif new:
        disk.copy_golden()
        shutil.copytree("/golden/ca", pki.FOLDER, dirs_exist_ok=True)
    disk.mount()
    if new and golden:
        disk.fill_with_root(namespaces.SHIFT)
        furnish.furnish()


def _switch_on() -> Power:
    namespaces.unmask()
    network.guard()
    return Power()


def _watch(record: Record, power: Power) -> contextlib.AbstractContextManager[object]:
    from .watch import Watch

    return Watch(record, power)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
