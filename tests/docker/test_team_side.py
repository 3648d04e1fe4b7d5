"""The team's hands: logins, the desk's commands, and the same from outside; and what all that gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.errors import CommandFailed
from simulator.order import TAKEN
from simulator.wait import wait_until
from tests.docker import boxes
from tests.docker.boxes import Team, Terminal, command

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for the whole module, which shares one server."""
    with boxes.data_folder(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def team(home: Path) -> Iterator[Team]:
    """A healthy server that the tests break themselves."""
    with boxes.team() as here:
        yield here


@pytest.fixture
def login(team: Team) -> Iterator[Terminal]:
    """Ana's shell by `drill shell`, on a terminal."""
    with boxes.shell(team.drill) as shell:
        shell.shows(boxes.PROMPT)
        yield shell


def refused(team: Team, line: str) -> str:
    """The one line with which a command of the team's refuses."""
    with pytest.raises(CommandFailed) as told:
        team.types(line)
    assert "Traceback" not in told.value.output
    lines = told.value.output.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_login_lands_in_the_erp_s_folder_and_what_is_typed_is_recorded(team: Team, login: Terminal) -> None:
    """The shell is the member's own: name in the prompt, and on the record with each command."""
    text, code = login.run("pwd; whoami; id -u")
    assert (code, "/opt/erp\n" in text, "\n0\n" in text) == (0, True, True)
    login.run("ls /opt/erp   # looking around")
    assert team.hears("said", kind="typed", who="ana", command="ls /opt/erp   # looking around")
    assert team.hears("said", kind="hello", who="ana")


def test_who_is_there_already_is_refused_as_a_member(team: Team) -> None:
    """An account of the system's own is nobody's login."""
    accounts = dict(line.split(":")[::2] for line in team.root("cut -d: -f1-3 /etc/passwd").splitlines())
    assert {name for name, number in accounts.items() if number != "0"} == TAKEN - {"root"}


def test_the_desk_s_commands_work_in_a_shell(team: Team, login: Terminal) -> None:
    """Open, see, tell in several lines and from a pipe, mail, close: each is on the record."""
    text, code = login.run('incident open --severity P1 --affects backend --summary "nobody can log in"')
    assert code == 0 and re.search(r"INC-\d{8}-\d{3} opened: P1, backend", text)
    assert "OPEN" in login.run("incident status")[0]
    assert login.run("slack '#erp-emergency' \"@channel one\n - two\"")[1] == 0
    assert team.hears("said", kind="slack", who="ana", text="@channel one\n - two")
    assert login.run("printf 'three\\nfour\\n' | slack '#erp-support'")[1] == 0
    assert team.hears("said", kind="slack", channel="#erp-support", text="three\nfour")
    login.type('mail -s "URGENT: ERP System Outage" management@qutykarunia.com')
    login.type("it is down")
    login.type(".")
    login.shows(r"sent to management@qutykarunia.com[\s\S]*# $")
    assert team.hears("said", kind="mail", subject="URGENT: ERP System Outage", text="it is down")
    assert "two" in login.run("slack '#erp-emergency'")[0]
    assert "closed" in login.run("incident close")[0]
    assert team.hears("said", kind="close", who="ana")


def test_a_report_is_written_in_the_editor_and_filed(team: Team, login: Terminal) -> None:
    """`incident report` opens the template, filled with what is known; `submit` files what was saved."""
    login.run('incident open --severity P2 --affects qc --summary "tests cannot be saved"')
    login.type("incident report")
    login.shows("Incident Report")
    login.press("\x1b:%s/\\[Lesson\\]/Look first/\n")
    login.press(":wq\n")
    assert "file it with" in login.shows(boxes.PROMPT)
    text, code = login.run("incident report submit")
    assert code == 0 and "filed" in text
    filed = team.said("report")[-1]["text"]
    assert "- Look first" in filed and "P2 (High)" in filed and "Incident declared by ana" in filed


def test_bad_input_at_the_desk_gives_one_clear_line(team: Team) -> None:
    """Too long, control characters, no such channel, no report: each is refused in a line that says why."""
    big = "head -c 100000 /dev/zero | tr '\\0' x"
    assert "too long" in refused(team, f"{big} | slack '#erp-support'")
    assert "control character" in refused(team, "slack '#erp-support' $'a\\x07b'")
    assert "channel" in refused(team, "slack '#nowhere' hello")
    assert "empty" in refused(team, "slack '#erp-support' ''")
    assert "cannot be read" in refused(team, "incident report submit /nowhere.md")
    assert "not a text" in refused(team, "head -c 5000 /dev/urandom > /tmp/r; incident report submit /tmp/r")
    assert "1 MiB" in refused(team, "truncate -s 20M /tmp/big; incident report submit /tmp/big")


def test_from_outside_the_team_says_the_same(
    team: Team, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """say, declare and report do what slack, incident open and incident report submit do."""
    assert command(capsys, "say", "#erp-emergency", "from outside\nin two lines", "--as", "budi").code == 0
    assert team.hears("said", kind="slack", who="budi", text="from outside\nin two lines")
    told = command(
        capsys, "declare", "--severity", "P1", "--affects", "disk", "--summary", "full", "--as", "budi"
    )
    assert told.code == 0 and team.hears("said", kind="ticket", who="budi", affects="disk")
    template = command(capsys, "report", "template")
    assert template.code == 0 and "## Root Cause" in template.out
    file = tmp_path / "report.md"
    file.write_text(template.out.replace("[Lesson]", "Look from outside, too"))
    assert command(capsys, "report", "submit", str(file)).code == 0
    assert team.hears("said", kind="report", who="ana", text=file.read_text())  # she has filed another before


def test_from_outside_bad_input_gives_one_line_and_says_nothing(
    team: Team, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An unknown member, nothing, too much, no text: exit code by kind, and nothing on the record."""
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "large.md").write_bytes(b"# a\n" + b"x" * (20 << 20))
    (tmp_path / "binary.md").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "prose.md").write_text("no headings here")
    before = len(team.facts("said"))
    for code, *arguments in (
        (3, "say", "#erp-support", "hello", "--as", "eve"),
        (3, "shell", "--as", "eve"),
        (3, "say", "#erp-support", "hello", "--drill", "D-nowhere"),
        (2, "say", "#erp-support", ""),
        (2, "say", "#erp-support", "x" * 100_000),
        (2, "say", "#erp-support", "a\x07b"),
        (2, "say", "#nowhere", "hello"),
        (2, "declare", "--severity", "P1", "--affects", "", "--summary", "x"),
        *(
            (2, "report", "submit", str(tmp_path / f"{name}.md"))
            for name in ("empty", "large", "binary", "prose")
        ),
        (2, "report", "submit", str(tmp_path / "missing.md")),
    ):
        told = command(capsys, *(str(each) for each in arguments))
        assert told.code == code and told.out == "", (arguments[:3], told)
        assert told.err.count("\n") == 1 and "Traceback" not in told.err, told.err
    assert len(team.facts("said")) == before


def test_the_desk_needs_no_erp(team: Team) -> None:
    """With the stack taken down, opening, telling and mailing go on."""
    team.root("docker-compose down", timeout_s=120)
    try:
        desk_works(team, "down")
    finally:
        team.root("docker-compose up -d", timeout_s=120)
    assert team.gets_green(), team.failing()


def test_the_desk_needs_no_disk_space(team: Team) -> None:
    """With no block left, one can log in, open, tell, mail, file what is written, and see why not more."""
    team.types("incident report < /dev/null")
    team.root("fallocate -l $(df --output=avail -B1 / | tail -1) /full; cat /dev/zero >> /full || true")
    try:
        assert team.fails("echo x > /opt/erp/x") and team.server.free_share() == 0
        with boxes.shell(team.drill, "budi") as login:
            login.shows(boxes.PROMPT)
            text, code = login.run("incident report submit")
            assert code == 0 and "filed" in text, text
        desk_works(team, "full")
        told = refused(
            team,
            "rm -f /archives/INCIDENT*; cat /dev/zero > /full2 2> /dev/null; incident report < /dev/null",
        )
        assert "free some space" in told
    finally:
        team.root("rm -f /full /full2 /opt/erp/x; docker-compose restart postgres", timeout_s=120)
    assert team.gets_green(), team.failing()


def desk_works(team: Team, what: str) -> None:
    """Every command that needs no file says what it should."""
    team.types(f"incident open --severity P1 --affects erp --summary '{what}'", who="budi")
    team.types(
        f"slack '#erp-emergency' 'P1: {what}'; echo '{what}' | mail -s 'URGENT: x' m@q.com", who="budi"
    )
    assert f"erp: {what}" in team.types("incident status")
    for kind in ("ticket", "slack", "mail"):
        assert what in str(team.said(kind)[-1])


def test_a_reboot_brings_the_server_back(team: Team) -> None:
    """What ran runs again, the team comes in again, and neither orders nor tickets are lost."""
    before = team.server.ask("audit")
    opened = team.types('incident open --severity P3 --affects backend --summary "it is slow"').split()[0]
    team.types("reboot")
    assert wait_until(lambda: "services" in team.failing(), within_s=30), "it never went down"
    assert team.gets_green(), team.failing()
    after = team.server.ask("audit")
    assert after["lost"] == [] and after["checked"] >= before["checked"] > 0
    assert opened in team.types("incident status")
    assert "closed" in team.types("incident close")


def test_a_server_that_goes_down_again_and_again_comes_back(team: Team) -> None:
    """Its init can be ended at any time, also while it boots; nobody gets in elsewhere meanwhile."""
    for _ in range(3):
        team.server.inside.succeeds("kill -TERM 1; sleep 3")
        assert wait_until(lambda: team.server.inside.succeeds("test -e /opt/erp/deploy.sh"), within_s=60)
    assert team.gets_green(), team.failing()
    assert team.root("docker-compose ps").count(" Up") == 12
