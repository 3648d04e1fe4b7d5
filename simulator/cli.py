"""The command line: the commands by name, and the last border at which an error becomes one line."""

from __future__ import annotations

import errno
import logging
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import typer

from simulator import screen, settings
from simulator.commands import machine, rehearse, results, run, scenarios, schedule, team
from simulator.errors import DrillError, HostProblem

UNEXPECTED = 70
"""The exit code of an error that nobody foresaw (EX_SOFTWARE of sysexits.h)."""

app = typer.Typer(
    name="drill",
    help="Practise incidents on a real copy of the production server, and get a score with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: Mapping[str, Callable[..., None]] = {
    "start": run.start,
    "status": run.status,
    "resume": run.resume,
    "stop": run.stop,
    "abort": run.abort,
    "shell": team.shell,
    "say": team.say,
    "declare": team.declare,
    "score": results.score_drill,
    "leaderboard": results.leaderboard,
    "scenarios": scenarios.scenarios,
    "schedule": schedule.schedule,
    "rehearse": rehearse.rehearse,
    "build": machine.build,
    "doctor": machine.check,
    "clean": machine.clean,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(team.report, name="report")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. No trace of a program's insides reaches the user."""
    logging.getLogger().addHandler(logging.NullHandler())  # libraries log to nobody, not to the terminal
    try:
        app(args=None if arguments is None else list(arguments), prog_name="drill")
    except DrillError as error:
        screen.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except Exception as error:  # the last border: whatever nobody foresaw
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            screen.error(
                f"no space left for {error.filename or 'a file'}; free some, then repeat the command"
            )
            return HostProblem.exit_code
        screen.error(_unexpected(error))
        return UNEXPECTED
    return 0


def _unexpected(error: Exception) -> str:
    what = f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    trace = "".join(traceback.format_exception(error))
    try:
        file = settings.log_file()
        with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} drill {' '.join(sys.argv[1:])}\n{trace}\n")
    except (OSError, DrillError) as problem:
        return f"{what}; its trace cannot be written ({problem}): free some space, or set DRILL_HOME"
    return f"{what}; report it with its trace, which is in {file}"


if __name__ == "__main__":
    sys.exit(main())
