"""A referee that hardly waits for an engine that went away: `python -m tests.docker.impatient DRILL`."""

from __future__ import annotations

import sys

from simulator import referee

PATIENCE_S = 2.0


def main(drill_id: str) -> None:
    """The real referee, but for its patience."""
    referee.ENGINE_BACK_WITHIN_S = PATIENCE_S
    referee.run(drill_id)


if __name__ == "__main__":
    main(sys.argv[1])
