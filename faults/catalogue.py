"""Every fault there is: each class of a file in this folder, found by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

import faults
from faults.contract import Fault


def scenarios() -> tuple[type[Fault], ...]:
    """The faults that break something, by name, then by level with `runbook` first."""
    return tuple(fault for fault in surprises() if fault.breaks)


@cache
def surprises() -> tuple[type[Fault], ...]:
    """What a surprise is drawn from: the faults, and the drill in which nothing breaks."""
    found = {cls for module in pkgutil.iter_modules(faults.__path__) for cls in _classes(module.name)}
    return tuple(sorted(found, key=lambda fault: (fault.name, fault.level != "runbook")))


def find(name: str, level: str = "runbook") -> type[Fault]:
    """The fault of that name and level. Raises KeyError."""
    for fault in surprises():
        if fault.name == name and (fault.level == level or not fault.breaks):
            return fault
    raise KeyError(f"{name} at level {level}")


def _classes(module_name: str) -> list[type[Fault]]:
    module = importlib.import_module(f"faults.{module_name}")
    own = (
        value
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    )
    return [cls for cls in own if issubclass(cls, Fault) and not inspect.isabstract(cls)]
