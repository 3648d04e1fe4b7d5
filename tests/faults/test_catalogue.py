"""The catalogue: every scenario says all that a drill, its facilitator and its scorecard need."""

from __future__ import annotations

import re
from inspect import getdoc
from pathlib import Path

import pytest

import simulator
from faults import catalogue
from faults.calendar import EVERY_MONTH
from faults.contract import Fault
from scoring.plans import PLANS
from scoring.wording import mentions
from simulator.box.control.complaints import WHAT, WORDINGS

SERVICES = {
    "postgres", "redis", "backend", "nginx", "prometheus", "alertmanager", "elasticsearch", "kibana",
    "grafana", "node-exporter", "postgres-exporter", "redis-exporter",
}  # fmt: skip
ALERTS = Path(simulator.__file__).parent / "box" / "production" / "prometheus" / "alerts.yml"
LEAST_WRONG = 3
CAUSE_IS_SEEN = ("typo",)
"""Who complains of a misspelt text has named the cause."""
NAME_IS_SEEN = ("slow-stock",)
"""The scenario is called by what users see."""
BREAKING = tuple(fault for fault in catalogue.scenarios() if fault.breaks)


def name(fault: type[Fault]) -> str:
    """How the fault's case is called."""
    return f"{fault.name}-{fault.level}"


@pytest.fixture(params=BREAKING, ids=name)
def fault(request: pytest.FixtureRequest) -> type[Fault]:
    """Each fault of the catalogue in turn."""
    found: type[Fault] = request.param
    return found


def test_names_are_unique_and_found_again() -> None:
    """A name and a level mean one scenario, and `find` gives it."""
    names = [(fault.name, fault.level) for fault in catalogue.scenarios()]
    assert len(set(names)) == len(names)
    assert [catalogue.find(*each) for each in names] == list(catalogue.scenarios())


def test_an_unknown_name_is_an_error() -> None:
    """Nothing is returned for what does not exist."""
    with pytest.raises(KeyError, match="no-such at level runbook"):
        catalogue.find("no-such")


def test_every_scenario_has_the_runbooks_level_first() -> None:
    """A scenario can be practised with the runbook before it is met without."""
    levels: dict[str, list[str]] = {}
    for fault in catalogue.scenarios():
        levels.setdefault(fault.name, []).append(fault.level)
    assert {found[0] for found in levels.values()} == {"runbook"}
    assert EVERY_MONTH in levels


def test_it_can_be_told_and_scored(fault: type[Fault]) -> None:
    """Title, section, skills and two first reports in different words; a severity that has a plan."""
    assert fault.title and fault.section and fault.skills and getdoc(fault)
    assert len(set(fault.first_reports)) >= 2
    assert fault.severity in PLANS
    assert set(fault.touches) <= SERVICES
    assert fault.affects


def test_no_user_gives_the_answer_away(fault: type[Fault]) -> None:
    """What users say, at first and later, would be no right root cause, and does not name the scenario."""
    later = [
        wording.format(what=what) for said in WORDINGS.values() for wording in said for what in WHAT.values()
    ]
    told = [said for said in (*fault.first_reports, *later) if names_the_cause(said, fault)]
    named = [said for said in fault.first_reports if names_the_scenario(said, fault)]
    assert fault.name in CAUSE_IS_SEEN or told == []
    assert fault.name in NAME_IS_SEEN or named == []


def test_an_answer_would_be_seen() -> None:
    """By its cause or by its name, in whatever order of words; the exceptions are needed."""
    full, forbidden = catalogue.find("disk-full"), catalogue.find("forbidden")
    assert names_the_scenario("The disk is full.", full) and not names_the_cause("The disk is full.", full)
    assert names_the_cause("Did somebody change our role?", forbidden)
    assert all(
        any(names_the_cause(said, each) for said in each.first_reports)
        for each in map(catalogue.find, CAUSE_IS_SEEN)
    )
    assert all(
        any(names_the_scenario(said, each) for said in each.first_reports)
        for each in map(catalogue.find, NAME_IS_SEEN)
    )


def names_the_cause(said: str, fault: type[Fault]) -> bool:
    """As the documentation's rule has it."""
    return all(mentions(said, terms) for terms in fault.cause_terms)


def names_the_scenario(said: str, fault: type[Fault]) -> bool:
    """Whether every word of its name is there."""
    return all(mentions(said, (word,)) for word in fault.name.split("-"))


def test_the_example_of_a_root_cause_is_one(fault: type[Fault]) -> None:
    """The words that a right root cause must hold are in the example."""
    assert fault.cause_terms
    assert [terms for terms in fault.cause_terms if not mentions(fault.cause_example, terms)] == []


def test_it_has_a_remedy_and_wrong_ones(fault: type[Fault]) -> None:
    """At least three wrong ways, each with its reason, and none of them is the right one."""
    assert fault.remedy
    assert len(fault.wrong_remedies) >= LEAST_WRONG
    assert all(wrong.why and wrong.commands for wrong in fault.wrong_remedies.values())
    right = {fault.remedy, *fault.other_remedies.values()}
    assert not right & {wrong.commands for wrong in fault.wrong_remedies.values()}
    assert not set(fault.wrong_remedies) & {"runbook", "rehearsal", "nothing", *fault.other_remedies}


def test_its_alerts_exist(fault: type[Fault]) -> None:
    """An alert that is to tell of it is a rule of the server's monitoring."""
    assert set(fault.alerts) <= set(re.findall(r"- alert: (\w+)", ALERTS.read_text()))


def test_a_seed_draws_the_same_drill_again(fault: type[Fault]) -> None:
    """One seed, one drill; and not every seed the same one."""
    assert fault(7).first_report == fault(7).first_report
    assert len({fault(seed).first_report for seed in range(40)}) > 1


def test_the_times_fit_each_other(fault: type[Fault]) -> None:
    """The hold of a drill is no shorter than what a cure that does not last needs to be seen."""
    assert 0 < fault.least_hold_s <= fault.hold_s
    assert fault.symptom_within_s > 0
    assert fault.target_min > 0
