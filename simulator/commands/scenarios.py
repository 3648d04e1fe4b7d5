"""What can be practised, and, only when asked for, the answer."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from faults import catalogue
from faults.contract import Fault
from simulator import screen
from simulator.commands.common import Json, find_scenario
from simulator.errors import UsageProblem
from simulator.store import Store


def scenarios(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The scenario. Default: all.")] = None,
    level: Annotated[
        str | None, typer.Option(help="Only this level. Default: runbook for one scenario, all in the list.")
    ] = None,
    answer: Annotated[
        bool, typer.Option("--answer", help="Also tell what breaks and what cures it (for the facilitator).")
    ] = False,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="With --answer: of the drill that this seed draws.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """List the scenarios, or show one; the answer is only told with --answer."""
    if name is None:
        if answer:
            raise UsageProblem("--answer needs a scenario", "name one, as in `drill scenarios NAME --answer`")
        _list(level, as_json)
        return
    fault = find_scenario(name, level or "runbook")
    row = _shown(fault, _drilled()) | (_answer(fault(seed)) if answer else {})
    if as_json:
        screen.say_json(row)
        return
    screen.show_scenario(row)
    if answer:
        screen.show_answer(row)


def _list(level: str | None, as_json: bool) -> None:
    drilled = _drilled()
    rows = [_shown(fault, drilled) for fault in catalogue.scenarios() if level in (None, fault.level)]
    if as_json:
        screen.say_json({"scenarios": rows})
    else:
        screen.show_scenarios(rows)


def _drilled() -> Counter[tuple[str, str]]:
    with Store.open() as opened:
        rows = opened.drills(running=False)
    return Counter((row.order.scenario, row.order.level) for row in rows if not row.order.rehearsed)


def _shown(fault: type[Fault], drilled: Counter[tuple[str, str]]) -> dict[str, Any]:
    return {
        "name": fault.name,
        "level": fault.level,
        "severity": fault.severity,
        "first_reports": list(fault.first_reports),
        "detect_min": 2,
        "target_min": fault.target_min,
        "skills": list(fault.skills),
        "drilled": drilled[fault.name, fault.level],
    }


def _answer(fault: Fault) -> dict[str, Any]:
    return {
        "title": fault.title,
        "section": fault.section,
        "cause": fault.cause_example,
        "alerts": list(fault.alerts),
        "remedy": list(fault.remedy),
        "other_remedies": {name: list(commands) for name, commands in fault.other_remedies.items()},
        "wrong_remedies": list(fault.wrong_remedies),
        "wrong_remedies_why": {name: wrong.why for name, wrong in fault.wrong_remedies.items()},
    }
