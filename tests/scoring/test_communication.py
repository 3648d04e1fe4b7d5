"""The rules of each severity's plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.communication import rules
from scoring.timeline import Confirmed, Event, Mailed, Posted, Restarted, Ticket, Timeline
from scoring.updates import updates
from tests.scoring.story import NOTICE, OPENED, RESOLVED, T0, Story, told, without


def failed(timeline: Timeline) -> set[str]:
    """The names of the rules that are not met."""
    return {rule.name for rule in rules(timeline) if not rule.passed}


def test_the_runbooks_messages_meet_every_rule() -> None:
    """Notice, updates, resolution message and mail as in the runbook leave nothing to ask for."""
    assert failed(told()) == set()
    assert all(rule.evidence for rule in rules(told()))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("@channel ", "", "first notice reaches @channel"),
        ("- Detected: {now}", "", "the stated time of detection agrees"),
        ("{now}", "14:20", "the stated time of detection agrees"),
        ("{now}", "[TIME]", "first notice states Detected, Impact, Status, ETA"),
        ("- Impact: Users cannot access system", "", "first notice states Detected, Impact, Status, ETA"),
    ],
)
def test_a_notice_that_lacks_something(old: str, new: str, rule: str) -> None:
    """Each part of the first notice is its own loss."""
    assert rule in failed(told(notice=NOTICE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("{minutes} minutes", "20 minutes", "the stated duration agrees"),
        ("{minutes} minutes", "a while", "the stated duration agrees"),
        ("✅ RESOLVED: ERP System Restored", "Good news", "resolution message in #erp-emergency"),
        (
            "Root Cause: the backend process crashed",
            "Root Cause: [Brief description]",
            "resolution message states Duration, Root Cause, Preventive Measures, Post-Incident Review",
        ),
    ],
)
def test_a_resolution_message_that_lacks_something(old: str, new: str, rule: str) -> None:
    """The end is told with every field, and the duration is true."""
    assert rule in failed(told(resolved=RESOLVED.replace(old, new)))


@pytest.mark.parametrize("value", ["x", "n/a", "tbc"])
def test_messages_with_nothing_behind_their_labels(value: str) -> None:
    """Labels alone are no notice and no resolution message."""
    story = Story()
    notice = f"@channel P1: ERP down\nDetected: {{now}}\nImpact: {value}\nStatus: {value}\nETA: {value}"
    lost = failed(replace(story, notice=notice).tell())
    assert lost == {"first notice states Detected, Impact, Status, ETA"}
    resolved = RESOLVED.replace("the backend process crashed", value).replace("an alert on restarts", value)
    assert failed(replace(story, resolved=resolved).tell()) == {
        "resolution message states Duration, Root Cause, Preventive Measures, Post-Incident Review"
    }


def test_a_second_resolution_message_corrects_the_first() -> None:
    """A message with every field counts, whatever short one stands beside it."""
    short = Posted(T0 + 600, "budi", "#erp-emergency", "✅ RESOLVED, thanks all")
    assert failed(told(extra=(short,))) == set()


@pytest.mark.parametrize(
    "shout",
    ["@channel 🚨 P1: ERP down, details follow", "P1 - ERP down, I am looking", "🚨 P1 ERP down"],
)
def test_a_short_shout_may_come_before_the_notice(shout: str) -> None:
    """Whoever shouts first does the others no harm, and the full notice must still come in time."""
    story = Story()
    first = Posted(story.onset + 32, "budi", "#erp-emergency", shout)
    after = Posted(story.onset + 60, "budi", "#erp-emergency", shout)
    assert failed(told(extra=(first,))) == set()
    assert failed(told(extra=(after,))) == set()
    alone = tuple(e for e in told(extra=(first,)) if not (isinstance(e, Posted) and "Detected" in e.text))
    assert "first notice states Detected, Impact, Status, ETA" in failed(alone)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.integers(31, 400),
            st.sampled_from(
                [
                    "🚨 P1 ERP down",
                    "P1: not yet resolved",
                    "P1 update: [error] in the log",
                    "✅ disk is fine",
                    ".",
                ]
            ),
        ),
        max_size=6,
    )
)
def test_no_message_beside_the_right_ones_costs_points(posts: list[tuple[int, str]]) -> None:
    """What else a team says after the onset, the runbook's own messages were sent."""
    extra = tuple(Posted(T0 + at, "budi", "#erp-emergency", text) for at, text in posts)
    assert failed(told(extra=extra)) == set()


@pytest.mark.parametrize("call", ["@channel ERP is gone, P1, more soon", "<!channel> look here please"])
def test_who_called_everybody_need_not_do_it_twice(call: str) -> None:
    """The channel may be called by any message from the onset to the notice, and by none before or after."""
    story = Story(notice=NOTICE.replace("@channel ", ""))
    for at, met in ((-5.0, False), (32.0, True), (49.0, True), (55.0, False)):
        shout = Posted(story.onset + at, "budi", "#erp-emergency", call)
        lost = failed(replace(story, extra=(shout,)).tell())
        assert ("first notice reaches @channel" not in lost) is met


def test_a_notice_that_comes_late_does_not_mend_the_shout() -> None:
    """Of the messages after the plan's time none is the first notice where one was in time."""
    long = Story(fixed_s=550)
    full = Posted(long.onset + 335, "ana", "#erp-emergency", long.fill(NOTICE))
    shout = replace(long, notice="@channel 🚨 P1: ERP down, details follow", extra=(full,))
    assert "first notice states Detected, Impact, Status, ETA" in failed(shout.tell())
    in_time = replace(shout, extra=(replace(full, at=long.onset + 325),))
    assert failed(in_time.tell()) == set()


def test_a_single_digit_is_news() -> None:
    """The minutes that are left go down to one."""
    left = [
        Posted(60.0 * n, "ana", "#erp-emergency", f"Restore is running, ETA {9 - n} min") for n in range(6)
    ]
    assert updates(left) == tuple(left)


def test_updates_count_from_the_first_message() -> None:
    """The channel has waited since the shout, not since the notice."""
    story = Story(fixed_s=550, notice="@channel 🚨 P1: ERP down")
    shouted = tuple(e for e in story.tell() if not (isinstance(e, Posted) and "update" in e.text))
    for pause, late in ((330, False), (331, True)):
        notice = Posted(story.onset + 50 + pause, "ana", "#erp-emergency", story.fill(NOTICE))
        lost = failed(tuple(sorted((*shouted, notice), key=lambda e: e.at)))
        assert ("an update every 5 min until the resolution" in lost) is late


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        *((text, False) for text in (".", "👍", "1", "ok", "asdf", "update", "Hm...")),
        *(
            (text, True)
            for text in ("still at it", "disk 80 %", "14:40 restarted", "masih dicek", "正在重启后端")
        ),
    ],
)
def test_an_update_says_something(text: str, enough: bool) -> None:
    """A message without a word is none, and so is a single word."""
    long = Story(fixed_s=550)
    silent = tuple(e for e in long.tell() if not (isinstance(e, Posted) and "update" in e.text))
    posts = [Posted(long.onset + 50 + 240 * n, "ana", "#erp-emergency", text) for n in (1, 2)]
    lost = failed(tuple(sorted((*silent, *posts), key=lambda e: e.at)))
    assert ("an update every 5 min until the resolution" not in lost) is enough


@pytest.mark.parametrize(
    ("texts", "enough"),
    [
        (("we are looking",) * 7, False),
        (("We are looking!", "we are looking", "we  are  looking...") * 3, False),
        (("we are looking", "we are looking", "restarting the backend") * 3, True),
        (("30 % of the rows checked", "50 % of the rows checked", "70 % of the rows checked") * 3, True),
    ],
)
def test_an_update_that_repeats_the_two_before_it(texts: tuple[str, ...], enough: bool) -> None:
    """The same may be told twice; who then still has no other word for it tells nothing."""
    long = Story(fixed_s=1700)
    silent = tuple(e for e in long.tell() if not (isinstance(e, Posted) and "update" in e.text))
    posts = [
        Posted(long.onset + 50 + 240 * n, "ana", "#erp-emergency", text)
        for n, text in enumerate(texts[:7], 1)
    ]
    lost = failed(tuple(sorted((*silent, *posts), key=lambda e: e.at)))
    assert ("an update every 5 min until the resolution" not in lost) is enough


def test_a_silence_is_a_loss() -> None:
    """Updates are asked from the first notice to the resolution, with half a minute of tolerance."""
    name = "an update every 5 min until the resolution"
    long = Story(fixed_s=550)
    silent = tuple(e for e in long.tell() if not (isinstance(e, Posted) and "update" in e.text))
    assert name not in failed(long.tell())
    assert name in failed(silent)
    first = long.onset + 50
    for pause, late in ((330, False), (331, True)):
        told_at = Posted(first + pause, "budi", "#erp-emergency", "still working on it")
        timeline = tuple(sorted((*silent, told_at), key=lambda e: e.at))
        assert (name in failed(timeline)) is late


def test_a_late_notice() -> None:
    """The first notice is counted from the detection."""
    late = Story(detect_s=10, fixed_s=500)
    timeline = tuple(
        replace(e, at=e.at + 300) if isinstance(e, Posted) and "Detected" in e.text else e
        for e in late.tell()
    )
    posts = tuple(e for e in timeline if not (isinstance(e, Posted) and "update" in e.text))
    assert "first notice in #erp-emergency within 5 min of the detection" in failed(posts)


@pytest.mark.parametrize(
    ("at", "subject", "text", "met"),
    [
        (60, "URGENT: outage", "The ERP is down.", True),
        (-10, "URGENT: outage", "The ERP is down.", False),
        (60, " ", "The ERP is down.", False),
        (60, "URGENT: outage", "", True),
        (60, "ERP outage", "", False),
        (60, "ERP outage", "All of it is down.", True),
        (60, "x", "x", False),
        (60, "URGENT: ...", ".", False),
        (330, "URGENT: outage", "The ERP is down.", True),
        (340, "URGENT: outage", "The ERP was down.", False),
        (60, "[URGENT] ERP System Outage", "", True),
        (60, "🚨 P1 URGENT: server down", "", True),
        (60, "Production stopped", "Nobody can log in, we are on it.", True),
        (60, "URGENT: backend crashed", "", True),
        (60, "URGENT: lunch", "", False),
        (60, "lunch", "Nasi goreng for all of us?", False),
        (60, "hi", "hello there", False),
    ],
)
def test_the_mail_says_something_in_time(at: float, subject: str, text: str, met: bool) -> None:
    """The runbook's subject is enough; an empty mail, or one from before or long after, tells nothing."""
    mail = Mailed(T0 + at, "ana", "management@qutykarunia.com", subject, text)
    timeline = tuple(sorted((*without(told(), Mailed), mail), key=lambda e: e.at))
    assert ("mail to management@qutykarunia.com" not in failed(timeline)) is met


@pytest.mark.parametrize(
    ("to", "met"),
    [
        ("Management <Management@qutykarunia.com>", True),
        ("mgr@quty.com, management@qutykarunia.com", True),
        ("management@qutykarunia.com.", True),
        ("risk-management@qutykarunia.com", False),
        ("not.management@qutykarunia.com", False),
        ("management@qutykarunia.com.example.org", False),
        ("management@qutykarunia.community", False),
        ("management@qutykarunia.com-mail.org", False),
    ],
)
def test_whom_the_mail_is_to(to: str, met: bool) -> None:
    """An address that only holds the management's is somebody else's."""
    mail = Mailed(T0 + 60, "ana", to, "URGENT: ERP System Outage", "")
    timeline = tuple(sorted((*without(told(), Mailed), mail), key=lambda e: e.at))
    assert ("mail to management@qutykarunia.com" not in failed(timeline)) is met


@pytest.mark.parametrize(
    ("lines", "met"),
    [
        ("Duration: 4 minutes\nWe watch it for 30 minutes.", True),
        ("Duration:\n4 minutes\nWe watch it for 30 minutes.", True),
        ("Duration: {began} - {over}\nThe ticket was closed at {over}", True),
        ("Duration: not that long\nWe watch it for 4 minutes.", False),
        ("Duration: 14 minutes\nWe watch it for 4 minutes.", False),
    ],
)
def test_the_duration_is_what_its_line_says(lines: str, met: bool) -> None:
    """What a message tells of other spans behind it is no part of the incident."""
    others = RESOLVED.replace("Duration: {minutes} minutes\n", "")
    assert failed(told(resolved=f"{others}\n{lines}")) == (set() if met else {"the stated duration agrees"})


def test_an_all_clear_a_minute_until_one_is_true() -> None:
    """Who says each minute that it is over, with the time that has passed, knows nothing of the end."""
    story = Story(fixed_s=400, resolved="it runs again")
    spam = tuple(
        Posted(story.onset + 60 * n, "ana", "#erp-emergency", RESOLVED.format(minutes=n)) for n in range(1, 8)
    )
    lost = failed(replace(story, extra=spam).tell())
    assert lost == {"resolution message in #erp-emergency"}


def test_an_all_clear_before_a_relapse() -> None:
    """Who believed that it was over, twice even, and says so again when it is, has told what there was."""
    story = Story(fixed_s=500)
    early = tuple(
        Posted(story.onset + at, "ana", "#erp-emergency", RESOLVED.format(minutes=at // 60))
        for at in (120, 300)
    )
    assert failed(replace(story, extra=early).tell()) == set()
    only_early = without(replace(story, resolved="it runs", extra=early).tell())
    assert failed(only_early) == {"resolution message in #erp-emergency"}


@pytest.mark.parametrize(("early_s", "met"), [(0, True), (100, True), (130, False)])
def test_an_all_clear_that_comes_too_early(early_s: float, met: bool) -> None:
    """Like any stated time, the all-clear may be two minutes off, and not more."""
    story = Story()
    timeline = tuple(
        replace(e, at=story.fixed - early_s) if isinstance(e, Posted) and "RESOLVED" in e.text else e
        for e in story.tell()
    )
    assert ("resolution message in #erp-emergency" not in failed(timeline)) is met


def test_no_mail_and_no_words() -> None:
    """Without any message every rule but none is lost."""
    lost = failed(without(told(), Mailed, Posted))
    assert "mail to management@qutykarunia.com" in lost
    assert lost == {rule.name for rule in rules(without(told(), Mailed, Posted))}


def test_an_unresolved_incident_has_no_resolution_message() -> None:
    """Who says RESOLVED of what is not has told something untrue."""
    assert "resolution message in #erp-emergency" in failed(without(told(), Restarted, Confirmed))


def drill(severity: str, *said: Event) -> Timeline:
    """A drill of that severity with only these things said, the incident 22 minutes long."""
    story = Story(opened=replace(OPENED, severity=severity), fixed_s=22 * 60)
    timeline = without(story.tell(), Posted, Mailed, Ticket)
    return tuple(sorted((*timeline, *said), key=lambda e: e.at))


P2_NOTICE = """⚠️ P2: Cutting Department cannot submit work orders, the API fails
 - Affected Users: All in Cutting dept (~20 users)
 - Impact: Cannot start production
 - Status: Investigating
 - ETA: 30 min"""
P2_RESOLVED = """✅ RESOLVED: Work order submission restored
 Root Cause: Database connection pool exhausted
 Action: Restarted backend service
 Duration: 22 minutes"""


def support(at: float, text: str) -> Posted:
    """A message in #erp-support, `at` seconds after the injection."""
    return Posted(T0 + at, "ana", "#erp-support", text)


def test_p2() -> None:
    """The runbook's P2 messages pass: in #erp-support, every ten minutes, no mail and no @channel."""
    said = (
        support(60, P2_NOTICE),
        support(640, "still at it"),
        support(1230, "fixed, the users try it"),
        support(1500, P2_RESOLVED),
    )
    assert failed(drill("P2", *said)) == set()
    assert "an update every 10 min until the resolution" in failed(drill("P2", said[0], said[3]))


def test_p3() -> None:
    """A P3 needs a notice and a resolved message with cause and duration, and no updates."""
    said = (
        support(60, "P3: the API is slow"),
        support(1500, "✅ RESOLVED: fast again\nCause: a missing index\nDuration: 22 min"),
    )
    assert failed(drill("P3", *said)) == set()
    assert failed(drill("P3", said[0])) == {"resolution message in #erp-support"}


@pytest.mark.parametrize(
    ("detected", "met"),
    [("via Grafana alert", True), ("14:33, by a user", True), ("at 09:10", False), ("", True)],
)
def test_a_p2_need_not_say_when(detected: str, met: bool) -> None:
    """Its plan does not ask for the time of detection; a time that is stated all the same is true."""
    notice = "⚠️ P2: Cutting is stuck\nAffected Users: 20\nImpact: no cutting\nStatus: on it\nETA: 30 min"
    lost = failed(drill("P2", support(60, f"{notice}\nDetected: {detected}")))
    assert ("the stated time of detection agrees" not in lost) is met


@pytest.mark.parametrize(
    "page",
    [
        Posted(T0 + 60, "ana", "#erp-emergency", "a typo"),
        Posted(T0 + 60, "ana", "#erp-support", "@channel a typo"),
        Mailed(T0 + 60, "ana", "Management@qutykarunia.com", "URGENT", "a typo"),
    ],
)
def test_p4_pages_nobody(page: Event) -> None:
    """A P4 is a ticket; who pages for it loses the points."""
    ticket = Ticket(T0 + 60, "ana", "P4", "backend", "a typo")
    assert failed(drill("P4", ticket)) == set()
    assert any(name.startswith("nobody is paged") for name in failed(drill("P4", ticket, page)))
    assert failed(drill("P4")) == {"a ticket is in the issue tracker"}


def test_what_is_said_before_a_p4_pages_nobody() -> None:
    """Before the onset there was nothing to page for."""
    ticket = Ticket(T0 + 60, "ana", "P4", "backend", "a typo")
    before = (
        Posted(T0 - 30, "ana", "#erp-emergency", "hi, I have the duty today"),
        Posted(T0 - 20, "ana", "#erp-support", "@channel lunch is at noon"),
        Mailed(T0 - 10, "ana", "management@qutykarunia.com", "URGENT", "the roster"),
    )
    assert failed(drill("P4", ticket, *before)) == set()
