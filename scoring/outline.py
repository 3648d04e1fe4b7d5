"""The incident report's sections and fields, and how else people call them. Add a name here and nowhere else.

They are those of the runbook's "Incident Documentation Template".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scoring.wording import says

FIELDS: Mapping[str, tuple[str, ...]] = {
    "Summary": ("Incident ID", "Date/Time", "Duration", "Severity", "Status"),
    "Impact": ("Affected Users", "Affected System", "Business Impact", "Data Loss", "Customer Impact"),
    "Root Cause": (),
    "Timeline": (),
    "Resolution": (),
    "Preventive Measures Implemented": (),
    "Post-Incident Actions": (),
    "Lessons Learned": (),
    "Sign-off": ("Incident Commander", "Senior Developer", "Date Reviewed"),
}
"""Every section of the template, and the fields of those that have some."""

OTHER_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Summary": ("Incident Summary", "Executive Summary"),
    "Impact": ("Impact Assessment",),
    "Root Cause": ("Root Causes", "Root Cause Analysis", "Cause"),
    "Timeline": ("Incident Timeline", "Timeline of Events"),
    "Resolution": ("Resolution Steps",),
    "Preventive Measures Implemented": ("Preventive Measures", "Preventive Actions", "Prevention"),
    "Post-Incident Actions": (
        "Post-Incident Action Items",
        "Action Items",
        "Follow-up Actions",
        "Follow-ups",
    ),
    "Lessons Learned": ("Lessons", "Lesson Learned", "Lessons Learnt"),
    "Sign-off": ("Signoff", "Sign-offs"),
}
"""How else people call the sections; numbers and what stands in parentheses do not matter."""

HEADING_WORDS: Mapping[str, tuple[str, ...]] = {
    "Summary": ("summary", "overview"),
    "Impact": ("impact",),
    "Root Cause": ("cause", "RCA"),
    "Timeline": ("timeline", "chronology"),
    "Resolution": ("resolution", "fix", "solution", "recovery"),
    "Preventive Measures Implemented": ("preventive", "preventative", "prevention"),
    "Post-Incident Actions": (
        *("post-incident action", "post-incident task", "action item"),
        *("follow-up", "next step"),
    ),
    "Lessons Learned": ("lesson", "learning", "learned", "learnt"),
    "Sign-off": ("sign-off", "signoff", "signed", "signature", "approval"),
}
"""What a main heading is known by when it is none of the names above; one that fits two sections is none."""

OTHER_LABELS: Mapping[str, tuple[str, ...]] = {
    "Incident ID": ("ID", "Incident No", "Incident Number"),
    "Date/Time": ("Date and Time", "Date/Time of Incident"),
    "Duration": ("Total Duration",),
    "Severity": ("Severity Level",),
    "Affected Users": ("Affected User", "Users Affected", "Affected Users/Departments"),
    "Affected System": ("Affected Systems", "Systems Affected", "Affected Service", "Affected Services"),
    "Incident Commander": ("IC", "Commander"),
    "Senior Developer": ("Senior Dev", "Sr. Developer", "Sr. Dev"),
    "Date Reviewed": ("Reviewed", "Reviewed on", "Review Date"),
}
"""How else people call the fields; a ticked box and what stands in parentheses do not matter."""

_NUMBER = re.compile(r"^\W{0,20}\d{1,4}(?:\.\d{1,4}){0,9}[.)]?\s+")
_ASIDE = re.compile(r"\([^()]{0,200}\)|\[[ xX]\]")
_SUBTITLE = re.compile(r"\s[-–—:/&|]\s|,|\[")


def section_of(heading: str, main: bool) -> str | None:
    """The section that the heading names; None where it names none. A main one may use other words."""
    title = _plain(_ASIDE.sub(" ", _NUMBER.sub("", heading)))
    return _HEADINGS.get(title) or (_by_words(heading) if main else None)


def is_label(label: str, field: str) -> bool:
    """Whether the words before a colon are the field's name."""
    return _plain(_ASIDE.sub(" ", label[:200])) in _LABELS[field]


def _by_words(heading: str) -> str | None:
    """As its first part says (`Timeline – all times UTC`), or else all of it."""
    for words in (_SUBTITLE.split(heading)[0], heading):
        found = [name for name, known in HEADING_WORDS.items() if says(words, known)]
        if found:
            return found[0] if len(found) == 1 and not says(words, ("report",)) else None
    return None


def _plain(name: str) -> str:
    """A heading or label without signs, in lower case, so that emoji and hyphens do not matter."""
    return re.sub(r"[\W_]+", " ", name).strip().lower()


_HEADINGS = {_plain(title): name for name in FIELDS for title in (name, *OTHER_HEADINGS[name])}
_LABELS = {
    field: {_plain(label) for label in (field, *OTHER_LABELS.get(field, ()))}
    for fields in FIELDS.values()
    for field in fields
}
