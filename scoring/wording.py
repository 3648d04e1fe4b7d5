"""What a text names and states: whole words, labelled fields, placeholders that were left standing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scoring.placeholders import left_in

_NOT_INSIDE = r"(?<!: )(?<!\*\* )"
"""Everyday words are no label right behind another: `Status: fix: a restart`."""

LABELS: Mapping[str, str] = {
    "Affected Users": r"affected users|"
    rf"{_NOT_INSIDE}(?:affected(?: (?:user|people|departments?|depts?))?|users? affected)",
    "Detected": r"(?:time of )?detect(?:ed|ion)(?: (?:at|on|time))?",
    "Impact": r"impact",
    "Status": r"status",
    "ETA": r"(?:eta|estimated time)(?:(?: (?:to|for))? (?:resolution|fix|recovery))?",
    "Duration": r"duration(?: of (?:the )?(?:outage|incident))?|downtime",
    "Root Cause": rf"(?:root[ -]?)?cause(?: analysis)?|rca|{_NOT_INSIDE}reason",
    "Action": r"actions?(?: taken)?|"
    rf"{_NOT_INSIDE}(?:fix(?: applied)?|resolution|solution|remediation|what we did)",
    "Preventive Measures": r"prevent(?:ive|ative|ion)(?: (?:measures?|actions?|steps?))?",
    "Post-Incident Review": r"post[-‑– ]incident review(?: meeting)?|post[-‑– ]?mortem|pir",
}
"""The labels of the runbook's messages, and how each may be written."""

_FIELD = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<f{n}>{form})" for n, form in enumerate(LABELS.values())) + r")"
    r"(?:\s*\([^()\n]{0,40}\))?[*_ ]{0,4}:[*_]{0,2}",
    re.IGNORECASE,
)
_CELLS = re.compile(r"^[ \t]{0,8}\|([^|\n]{1,60})\|", re.MULTILINE)
_NOTHING = frozenset({"tbd", "todo", "tba", "xxx"})
_NO_ANSWER = _NOTHING | {"tbc", "na", "none", "nothing", "0", "ok", "idk", "dunno", "asdf", "qwerty", "test"}


def is_filled(value: str) -> bool:
    """Whether somebody wrote something: no placeholder is left and there is a letter or a digit."""
    plain = value.strip(" \t\r\n-*_.:,;|\"'")
    return bool(re.search(r"\w", plain)) and left_in(value) is None and plain.lower() not in _NOTHING


def is_told(value: str) -> bool:
    """As `is_filled`, of what there always is something to tell: `n/a` and `x` are no answer."""
    # A message may go on in the next line with what belongs to no label.
    words = "".join(re.findall(r"[^\W_]+", value.partition("\n")[0])).casefold()
    return is_filled(value) and words not in _NO_ANSWER and not (words.isalpha() and len(set(words)) == 1)


def has_words(text: str) -> bool:
    """Whether the text tells something: a full stop, a number or a single letter does not."""
    return re.search(r"[^\W\d_]{2}", text) is not None


def fields_of(text: str) -> dict[str, str]:
    """The labelled fields of a message, each up to the next label, on lines of their own, in a table or not.

    Of two fields with the same label the first counts.
    """
    text = _CELLS.sub(lambda row: f"{row[1].strip()}: ", text)
    found: dict[str, str] = {}
    end = len(text)
    for match in reversed(list(_FIELD.finditer(text))):
        label = list(LABELS)[int((match.lastgroup or "f0")[1:])]
        found[label] = text[match.end() : end].strip(" \t\r\n-*_,;|•\"'")
        end = match.start()
    return found


def missing(text: str, labels: Iterable[str]) -> tuple[str, ...]:
    """The labels behind which the message tells nothing."""
    stated = fields_of(text)
    return tuple(label for label in labels if not is_told(stated.get(label, "")))


def says(text: str, terms: Iterable[str]) -> bool:
    """Whether the text holds one of the terms as whole words, singular or plural, in any case."""
    return any(re.search(rf"(?<!\w){_loose(term)}(?:s|es)?(?!\w)", text, re.IGNORECASE) for term in terms)


def mentions(text: str, terms: Iterable[str]) -> bool:
    """As `says`, but a word may go on: `crash` is in `crashed`, not in `gatecrash`."""
    # One pattern, for the sets are long: a text of a megabyte is read once a set, not once a term.
    any_of = "|".join(map(_loose, terms))
    return bool(any_of) and re.search(rf"(?<!\w)(?:{any_of})", text, re.IGNORECASE) is not None


def _loose(term: str) -> str:
    """A pattern for the term in which a space, a hyphen and a line's end are one, and so are apostrophes."""
    words = (re.escape(word).replace("'", "['’]") for word in re.split(r"[\s_-]+", term.strip()))
    return r"[\s_-]+".join(words)
