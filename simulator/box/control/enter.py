"""Enters the production half: `python3 -m control.enter COMMAND…` as root in /opt/erp.

With `--as NAME` it is a login of that member. With `--script` it runs the program in the environment's
SCRIPT, which no list of processes shows. The session counts against the production half's own
limits, and none of its environment comes from here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .cgroups import Cgroups
from .namespaces import SHIFT

PID_FILE = Path("/run/production.pid")
SCRIPT_DESCRIPTOR = 9
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(arguments: list[str]) -> None:
    try:
        process = PID_FILE.read_text().strip()
    except FileNotFoundError:
        sys.exit("the production server is down; if it was rebooted, try again in a moment")
    who = "root"
    if arguments[:1] == ["--as"]:
        who, arguments = arguments[1], arguments[2:]
    if arguments[:1] == ["--script"]:
        arguments = ["bash", _script(os.environ["SCRIPT"])]
    for tree in Cgroups(SHIFT).session_trees():
        (tree / "cgroup.procs").write_text(str(os.getpid()))
    home = "/root" if who == "root" else f"/home/{who}"
    environment = {
        "PATH": PATH, "HOME": home, "USER": who, "LOGNAME": who, "SHELL": "/bin/bash",
        "TERM": os.environ.get("TERM", "xterm"), "LANG": "C.UTF-8",
    }  # fmt: skip
    os.execve(
        "/usr/bin/nsenter",
        [
            "nsenter",
            "-t",
            process,
            "-a",
            "-S",
            "0",
            "-G",
            "0",
            "--wdns=/opt/erp",
            *(arguments or ["bash", "-l"]),
        ],
        environment,
    )


def _script(text: str) -> str:
    """The path of a file in memory that nobody else has; bash hands it on to none of its children."""
    made = os.memfd_create("script")
    os.write(made, f"exec {SCRIPT_DESCRIPTOR}<&-\n{text}".encode())
    os.lseek(made, 0, os.SEEK_SET)
    os.dup2(made, SCRIPT_DESCRIPTOR)
    os.close(made)
    return f"/proc/self/fd/{SCRIPT_DESCRIPTOR}"


if __name__ == "__main__":
    main(sys.argv[1:])
