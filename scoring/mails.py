"""Whether management got a mail that tells of the incident in time."""

from __future__ import annotations

import re

from scoring.clocks import hhmm
from scoring.marks import opened
from scoring.plans import Plan
from scoring.rule import Rule, Rules, quoted
from scoring.span import Span
from scoring.timeline import Mailed, Opened, Timeline
from scoring.vocabulary import OUTAGE, SERVICES, SYSTEM
from scoring.wording import has_words, says

_URGENT = re.compile(r"\W{0,20}(?:P1\W{1,9})?urgent\W{1,20}[^\W\d_]{2}", re.IGNORECASE)


def mail_rules(timeline: Timeline, plan: Plan, span: Span) -> Rules:
    """The runbook's mail has the subject `URGENT: …` and no text; another subject needs one."""
    if plan.mail_to is None:
        return ()
    name = f"mail to {plan.mail_to}"
    # Who is quicker than the escalation may send it until the time for a first notice is over.
    latest = max(span.ended, span.known + plan.notice_within_s)
    why = "no mail"
    for mail in mails(timeline, plan.mail_to):
        told = f"{mail.who} at {hhmm(mail.at)} UTC: {quoted(mail.subject)}"
        if not span.onset < mail.at <= latest:
            why = f"not between the onset and the resolution: {told}"
        elif not (_URGENT.match(mail.subject) or (has_words(mail.subject) and has_words(mail.text))):
            why = f"neither a subject 'URGENT: …' nor a subject and a text with words: {told}"
        elif not _tells(mail, opened(timeline)):
            why = f"it names neither the ERP, nor what is affected, nor an outage: {told}"
        else:
            return (Rule(name, True, told),)
    return (Rule(name, False, why),)


def mails(timeline: Timeline, to: str) -> list[Mailed]:
    """The mails to the address, and not to a longer one that holds it."""
    address = re.compile(rf"(?<![\w.+-]){re.escape(to)}(?![\w@-]|\.\w)", re.IGNORECASE)
    return [event for event in timeline if isinstance(event, Mailed) and address.search(event.to)]


def _tells(mail: Mailed, drill: Opened) -> bool:
    services = [word for service, words in SERVICES.items() for word in (service, *words)]
    return says(f"{mail.subject}\n{mail.text}", (*SYSTEM, *OUTAGE, *drill.affects, *services))
