"""Settings come from the environment, which compose fills from /opt/erp/.env.

They are read when they are needed: a setting that is missing breaks what needs it and nothing else.
"""

from __future__ import annotations

import os


class MissingSettingError(RuntimeError):
    """A required setting is not in the environment."""

    def __init__(self, name: str) -> None:
        super().__init__(f"required setting {name} is missing from the environment (see /opt/erp/.env)")


def required(name: str) -> str:
    """The setting's text; raises MissingSettingError when it is absent or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise MissingSettingError(name)
    return value


def required_int(name: str) -> int:
    """The setting as a whole number."""
    return int(required(name))
