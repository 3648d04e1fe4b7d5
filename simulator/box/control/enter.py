"""Enters the production half: `python3 -m control.enter COMMAND…` as root in /opt/erp.

With `--as NAME` it is a login of that member. The session counts against the production half's own
limits, and none of its environment comes from here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .cgroups import Cgroups
from .namespaces import SHIFT

PID_FILE = Path("/run/production.pid")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(arguments: list[str]) -> None:
    try:
        process = PID_FILE.read_text().strip()
    except FileNotFoundError:
        sys.exit("the production server is down; it boots again by itself, try again in a moment")
    who = "root"
    if arguments[:1] == ["--as"]:
        who, arguments = arguments[1], arguments[2:]
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


if __name__ == "__main__":
    main(sys.argv[1:])
