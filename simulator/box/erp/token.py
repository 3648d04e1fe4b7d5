"""Print a token for a user that stays valid for a year: `python3 -m app.token manager.ppic`."""

from __future__ import annotations

import sys

from .security import issue_token

YEAR_S = 365 * 24 * 3600


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m app.token USERNAME")
    print(issue_token(sys.argv[1], YEAR_S))


if __name__ == "__main__":
    main()
