"""The team's side from outside the server: shell, say, declare, report."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scoring.report import MAX_BYTES, NotAReport, parse
from scoring.template import template
from simulator import operations, screen
from simulator.commands.common import As, DrillId, Json, OfDrill, member, running_drill, the_drill
from simulator.commands.results import card_of
from simulator.errors import Conflict, UsageProblem
from simulator.store import Store

LONGEST_MESSAGE = 10_000
"""Characters in a message; the flight record's lines must stay small."""

report = typer.Typer(no_args_is_help=True, help="The incident report: its template, and filing it.")


class Severity(StrEnum):
    """The runbook's severities."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


def shell(drill_id: DrillId = None, name: As = None) -> None:
    """Log in on the production server, as a member of the team."""
    row = running_drill(drill_id)
    raise typer.Exit(operations.shell(row.id, member(row, name)))


def say(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Such as '#erp-emergency'.")],
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="The message. Default: standard input.")
    ] = None,
    drill: OfDrill = None,
    name: As = None,
    as_json: Json = False,
) -> None:
    """Write in a channel, as `slack` does on the server."""
    if not channel.startswith("#") or not channel[1:].replace("-", "").replace("_", "").isalnum():
        raise UsageProblem(f"{channel!r} is no channel", "write it as '#erp-emergency', in quotation marks")
    message = _message(_read_input() if text is None else text, "the message")
    row = running_drill(drill)
    who = member(row, name)
    operations.say(row.id, who, channel, message)
    _done({"drill": row.id, "who": who, "channel": channel}, f"{who} wrote in {channel}", as_json)


def declare(
    severity: Annotated[Severity, typer.Option(help="P1 to P4, by the runbook.", case_sensitive=False)],
    affects: Annotated[str, typer.Option(metavar="WHAT", help="The service or function that fails.")],
    summary: Annotated[str, typer.Option(metavar="TEXT", help="What happens, in one sentence.")],
    drill: OfDrill = None,
    name: As = None,
    as_json: Json = False,
) -> None:
    """Declare the incident: opens the ticket, as `incident open` does on the server."""
    what, text = _message(affects, "--affects"), _message(summary, "--summary")
    row = running_drill(drill)
    who = member(row, name)
    operations.declare(row.id, who, severity.value, what, text)
    told = {"drill": row.id, "who": who, "severity": severity.value, "affects": what}
    _done(told, f"{who} declared a {severity.value}: {what}", as_json)


@report.command("submit")
def submit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The report, a Markdown file; - for input.")],
    drill: OfDrill = None,
    name: As = None,
    as_json: Json = False,
) -> None:
    """File the incident report; a later one replaces it."""
    text = _report(file)
    row = the_drill(drill)
    who = member(row, name)
    if row.state == "ended":
        raise Conflict(f"the drill {row.id} has ended; no report is taken any more", "start another drill")
    operations.file_report(row.id, who, text)
    _done({"drill": row.id, "who": who, "characters": len(text)}, f"{who} filed the report", as_json)


@report.command("template")
def show_template(drill_id: DrillId = None, as_json: Json = False) -> None:
    """Print the report's template, filled with what the team itself has said so far."""
    row = the_drill(drill_id)
    with Store.open() as opened:
        timeline = opened.timeline(row.id)
    if card_of(timeline) is None:
        raise Conflict(f"the drill {row.id} has not begun yet", "ask again when its server runs")
    text = template(timeline)
    if as_json:
        screen.say_json({"drill": row.id, "template": text})
    else:
        screen.say_raw(text if text.endswith("\n") else text + "\n")


def _report(file: Path) -> str:
    """The file's text, if it can be a report. Raises UsageProblem."""
    name = "the report from standard input" if str(file) == "-" else f"the report {file}"
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as opened:
                raw = opened.read(MAX_BYTES + 1)
        text = raw.decode() if len(raw) <= MAX_BYTES else None
    except OSError as error:
        raise UsageProblem(
            f"{name} cannot be read: {error.strerror}", "name a file that you can read"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{name} is not UTF-8 text", "write it from `drill report template`") from error
    if text is None:
        raise UsageProblem(f"{name} is larger than {MAX_BYTES // 2**20} MiB", "leave the logs out of it")
    try:
        parse(text)
    except NotAReport as error:
        raise UsageProblem(f"{name} is refused: {error}", "write it from `drill report template`") from error
    return text


def _read_input() -> str:
    try:
        return sys.stdin.buffer.read(4 * LONGEST_MESSAGE + 1).decode()
    except UnicodeDecodeError as error:
        raise UsageProblem("the message is not UTF-8 text", "send plain text") from error


def _message(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise UsageProblem(f"{what} is empty", "write some words")
    if len(text) > LONGEST_MESSAGE:
        raise UsageProblem(
            f"{what} has {len(text)} characters", f"use at most {LONGEST_MESSAGE}, and put logs into a file"
        )
    bad = next((sign for sign in text if not sign.isprintable() and sign not in "\n\t\u200d\ufe0f"), None)
    if bad is not None:
        raise UsageProblem(f"{what} holds the control character {bad!r}", "send plain text")
    return text


def _done(told: Mapping[str, object], words: str, as_json: bool) -> None:
    if as_json:
        screen.say_json(told)
    else:
        screen.say(words)
