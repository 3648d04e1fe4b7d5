"""Whether somebody wrote the report: lines of its own in the sections of prose, and a cause that is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.report import Report
from scoring.rule import Rule, quoted
from scoring.timeline import Opened
from scoring.wording import mentions

PROSE = ("Resolution", "Preventive Measures Implemented", "Post-Incident Actions", "Lessons Learned")
"""The sections in which no fact is asked for, only what the team did and learned."""
PRINTERS_LATIN = ("lorem ipsum", "dolor sit amet")
"""What comes with more of its kind: where it stands, nothing counts."""
MIN_LINES = 3
"""How many different lines they hold among them: one of the four may honestly have nothing to tell."""

FILLERS = frozenset(
    {"none", "nothing", "na", "not", "applicable", "ok", "okay", "yes", "no", "idea", "idk"}
    | {"dunno", "unknown"}
    | {"tbd", "tba", "tbc", "todo", "to", "do", "be", "is", "are", "will", "it", "this", "that", "the", "and"}
    | {"done", "added", "filled", "fill", "in", "later", "soon", "yet", "completed", "written"}
    | {"here", "text"}
    | {"see", "same", "as", "above", "below", "before", "ditto", "idem", "other", "section"}
    | {"lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed"}
    | {"eiusmod", "tempor"}
    | {"foo", "bar", "baz", "qux", "asdf", "qwerty", "xx", "xxx", "blah", "bla", "dummy", "placeholder"}
    | {"tidak", "ada", "belum", "nanti", "sama", "di", "atas", "lihat"}
)
"""Words that tell nothing by themselves; a line that has no others is none."""

DOMAINS = (
    ("disk",),
    ("memory", "OOM"),
    ("cert", "TLS", "SSL"),
    ("network",),
    ("pool",),
    ("lock", "deadlock"),
    ("index",),
    ("role",),
    ("env",),
    ("CPU",),
    ("nginx", "proxy"),
    ("migration",),
)
"""What an incident may be about, each in its words."""
MANY_DOMAINS = 5
"""Who names so many names no cause, but guesses."""
MIN_CAUSE_WORDS = 3
"""What is broken, and why, take more than two words."""

_WORD = re.compile(r"[^\W\d_]{2,}")


def prose_rule(report: Report) -> Rule:
    """The sections of prose are filled by what somebody had to tell."""
    told = {line: name for name in PROSE for line in _told(report, name)}
    latin = any(mentions(report.section(name).text, PRINTERS_LATIN) for name in PROSE)
    met = len(told) >= MIN_LINES and len(set(told.values())) > 1 and not latin
    return Rule(
        f"{MIN_LINES} different lines on what was done and learned",
        met,
        "lorem ipsum" if latin else f"{len(told)} lines tell something",
    )


def cause_rule(report: Report, drill: Opened) -> Rule:
    """The cause is not told: the card may be read by a team that tries again."""
    section = report.section("Root Cause")
    told = section.text
    evidence = quoted(told, limit=160) if told else "none stated"
    # A log that is pasted below the cause names many things.
    met = any(_names(text, drill) for text in (told, "\n".join(section.lines)))
    return Rule("the root cause names what happened", met, evidence)


def _told(report: Report, name: str) -> Iterator[str]:
    """The section's lines, sentence by sentence, that hold a word of their own."""
    for row in report.section(name).written:
        for sentence in re.split(r"[.;!?]\s", row.casefold()):
            words = _WORD.findall(sentence)
            if not FILLERS.issuperset(words):
                yield " ".join(words)


def _names(told: str, drill: Opened) -> bool:
    """Whether the words name the drill's cause, and are neither a list of causes nor two keywords."""
    named = sum(mentions(told, words) for words in DOMAINS)
    enough = len(_WORD.findall(told)) >= MIN_CAUSE_WORDS and named < MANY_DOMAINS
    return enough and all(mentions(told, terms) for terms in drill.cause_terms)
