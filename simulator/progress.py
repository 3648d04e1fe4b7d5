"""How long work tells what it is doing, without knowing who shows it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Progress(Protocol):
    """Shows a sequence of named steps, and how far the current one is."""

    def step(self, name: str) -> AbstractContextManager[None]:
        """Tell that the step began, and when the block ends, that it is done or failed."""
        ...

    def advance(self, done: float, total: float) -> None:
        """Tell how much of the current step is done, in any unit (bytes, packages, layers)."""
        ...
