"""A referee that leaves the server standing, for a test that goes on with it: `… keeper DRILL`."""

from __future__ import annotations

import subprocess
import sys

from simulator import belongings, referee


def spawn(drill_id: str) -> None:
    """Stands where a referee is started."""
    subprocess.Popen([sys.executable, "-m", "tests.docker.keeper", drill_id], stdin=subprocess.DEVNULL)


def main(drill_id: str) -> None:
    """The real referee, but for its last step."""
    setattr(belongings, "remove", lambda _: None)  # noqa: B010 (a plain assignment would be a type error)
    referee.run(drill_id)


if __name__ == "__main__":
    main(sys.argv[1])
