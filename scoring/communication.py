"""Whether the team told the right people the right things in time: the rules of the severity's plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from scoring.clocks import AGREEMENT_S, duration_agrees, hhmm, minutes, time_agrees
from scoring.declaration import Declaration, declared_in, same_channel
from scoring.mails import mail_rules, mails
from scoring.marks import detection, opened, played
from scoring.plans import EMERGENCY, MANAGEMENT, PLANS, Plan
from scoring.resolved import is_resolved
from scoring.rule import Rule, Rules, quoted
from scoring.span import Span, incident
from scoring.stated import stated_times
from scoring.timeline import Posted, Ticket, Timeline
from scoring.updates import updates
from scoring.wording import fields_of, missing

TOLERANCE_S = 30.0
"""How much longer than the plan's interval a silence may be."""

GOOD_FAITH = 2
"""How many all-clears before the end may be mistakes; who posts more waits for one to come true."""

_EVERYBODY = re.compile(r"[@!]channel(?!\w)", re.IGNORECASE)


def rules(timeline: Timeline) -> Rules:
    """Every rule of the communication plan of the drill's severity."""
    timeline = played(timeline)
    severity = opened(timeline).severity
    plan, span = PLANS[severity], incident(timeline)
    if plan.channel is None:
        return (_nobody_paged(timeline, span), _in_the_tracker(timeline, severity, span))
    posts = [e for e in timeline if isinstance(e, Posted) and same_channel(e.channel, plan.channel)]
    posts.sort(key=lambda post: post.at)
    declaring = [p for p in posts if p.at > span.onset and declared_in(p) == severity]
    said = detection(timeline)
    shouts = [post for post in posts if post.at > span.onset and _EVERYBODY.search(post.text)]
    notice = _first_notice(declaring, shouts, plan, span, said)
    found = [_notice_in_time(notice, plan, severity, said), *_notice_rules(notice, shouts, plan, span)]
    found += _update_rules(posts, declaring, plan, span)
    found += _resolved_rules(posts, plan, span)
    found += mail_rules(timeline, plan, span)
    return tuple(found)


def _first_notice(
    declaring: Sequence[Posted], shouts: Sequence[Posted], plan: Plan, span: Span, said: Declaration | None
) -> Posted | None:
    """The most complete message in time, for a short shout may come before it; else the earliest."""
    in_time = [p for p in declaring if said is None or p.at - said.at <= plan.notice_within_s]
    return min(in_time or declaring[:1], key=lambda p: (_lacks(p, shouts, plan, span), p.at), default=None)


def _lacks(post: Posted, shouts: Sequence[Posted], plan: Plan, span: Span) -> int:
    """How much of a first notice the message does not have."""
    lost = sum(not rule.passed for rule in _notice_rules(post, shouts, plan, span))
    return lost + len(missing(post.text, plan.notice_fields))


def _notice_in_time(notice: Posted | None, plan: Plan, severity: str, said: Declaration | None) -> Rule:
    name = f"first notice in {plan.channel} within {plan.notice_within_s / 60:.0f} min of the detection"
    if notice is None:
        return Rule(name, False, f"no message in the form '{plan.name} {severity}: …' in {plan.channel}")
    if said is None:
        return Rule(name, False, f"the incident was never detected; {_said(notice)}")
    late_s = notice.at - said.at
    return Rule(
        name, late_s <= plan.notice_within_s, f"{minutes(late_s)} after the detection: {_said(notice)}"
    )


def _notice_rules(notice: Posted | None, shouts: Sequence[Posted], plan: Plan, span: Span) -> Rules:
    """Whether the notice, or one of the `shouts` before it, calls everybody; and what it states."""
    found: list[Rule] = []
    if plan.whole_channel:
        name = "first notice reaches @channel"
        call = next((p for p in shouts if notice is not None and p.at <= notice.at), None)
        found.append(Rule(name, call is not None, _said(call) if call else f"no @channel: {_said(notice)}"))
    if plan.notice_fields:
        found.append(_fields_rule("first notice", notice, plan.notice_fields))
    stated = fields_of(notice.text).get("Detected") if notice else None
    # "via a Grafana alert" tells how; where the plan does not ask for the time, only a stated one is judged.
    if "Detected" in plan.notice_fields or (stated and stated_times(stated, span.known)):
        met = stated is not None and time_agrees(stated, span.onset, span.known)
        told = "no time stated" if stated is None else f"stated {quoted(stated)}"
        evidence = f"{told}; onset {hhmm(span.onset)}, detected {hhmm(span.known)} UTC"
        found.append(Rule("the stated time of detection agrees", met, evidence))
    return tuple(found)


def _update_rules(posts: list[Posted], declaring: list[Posted], plan: Plan, span: Span) -> Rules:
    """The silences from the first message that declares to the end; what tells nothing breaks none."""
    if plan.update_every_s is None:
        return ()
    name = f"an update every {plan.update_every_s / 60:.0f} min until the resolution"
    if not declaring:
        return (Rule(name, False, "there was no first notice to follow up"),)
    first = declaring[0].at
    told = updates([post for post in posts if first <= post.at < span.ended])
    times = [first, *(post.at for post in told if post.at > first)]
    gaps = [(later - sooner, sooner) for sooner, later in pairwise([*times, max(span.ended, times[-1])])]
    longest, since = max(gaps)
    evidence = f"messages: {len(times)}; the longest silence was {minutes(longest)}, from {hhmm(since)} UTC"
    return (Rule(name, longest <= plan.update_every_s + TOLERANCE_S, evidence),)


def _resolved_rules(posts: list[Posted], plan: Plan, span: Span) -> Rules:
    fields, what = plan.resolved_fields, "resolution message"
    # Who reads a green check a moment before the last one turns is as right as any stated time.
    since = span.ended - AGREEMENT_S
    ends = [p for p in posts if is_resolved(p.text)]
    after = [p for p in ends if p.at >= since] if span.resolved else []
    best = max(
        after,
        key=lambda p: (-len(missing(p.text, fields)), _duration_rule(p, span).passed, p.at),
        default=None,
    )
    if best is None:
        why = "none after the resolution" if span.resolved else "the incident was not resolved"
        return (Rule(f"{what} in {plan.channel}", False, why),)
    early = [p for p in ends if span.onset < p.at < since and "Duration" in fields_of(p.text)]
    if len(early) > GOOD_FAITH:
        return (Rule(f"{what} in {plan.channel}", False, f"{len(early)} were false: {_said(early[0])}"),)
    in_channel = Rule(f"{what} in {plan.channel}", True, _said(best))
    return (in_channel, _fields_rule(what, best, fields), _duration_rule(best, span))


def _duration_rule(post: Posted, span: Span) -> Rule:
    stated = fields_of(post.text).get("Duration", "").partition("\n")[0]
    evidence = f"stated {quoted(stated)}; {minutes(span.shortest_s)} from the detection, " + (
        f"{minutes(span.longest_s)} from the onset"
    )
    return Rule(
        "the stated duration agrees", duration_agrees(stated, span.shortest_s, span.longest_s), evidence
    )


def _nobody_paged(timeline: Timeline, span: Span) -> Rule:
    """P4: "no urgent communication needed"; what was said before the onset is not about it."""
    name = f"nobody is paged (@channel, {EMERGENCY}, mail to management)"
    since = [event for event in timeline if event.at > span.onset]
    for event in since:
        if isinstance(event, Posted) and (
            same_channel(event.channel, EMERGENCY) or _EVERYBODY.search(event.text)
        ):
            return Rule(name, False, _said(event))
    for mail in mails(tuple(since), MANAGEMENT):
        return Rule(name, False, f"{mail.who} wrote to {mail.to} at {hhmm(mail.at)} UTC")
    return Rule(name, True, "no urgent message")


def _in_the_tracker(timeline: Timeline, severity: str, span: Span) -> Rule:
    """P4: "create ticket in issue tracking system"."""
    name = "a ticket is in the issue tracker"
    for event in timeline:
        if isinstance(event, Ticket) and event.at > span.onset and event.severity.upper() == severity:
            return Rule(name, True, f"{event.who} at {hhmm(event.at)} UTC: {quoted(event.summary)}")
    return Rule(name, False, f"no {severity} ticket after the onset")


def _fields_rule(what: str, post: Posted | None, fields: tuple[str, ...]) -> Rule:
    lacks = missing(post.text, fields) if post else fields
    evidence = f"missing or not filled: {', '.join(lacks)}" if lacks else _said(post)
    return Rule(f"{what} states {', '.join(fields)}", not lacks, evidence)


def _said(post: Posted | None) -> str:
    if post is None:
        return "there was no such message"
    return f"{post.who} at {hhmm(post.at)} UTC in {post.channel}: {quoted(post.text)}"
