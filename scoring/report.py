"""The incident report, read as Markdown into sections and fields.

The sections and fields are those of the runbook's "Incident Documentation Template".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scoring.placeholders import left_in
from scoring.wording import is_filled

MAX_BYTES = 1 << 20
"""A report is prose; what is larger is a mistake."""

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

# Links stay as they are written: brackets may hold a placeholder, and a megabyte of them is slow to try.
_MARKDOWN = MarkdownIt("commonmark").disable(["link", "image", "reference"])
_BREAKS = {"softbreak": "\n", "hardbreak": "\n"}
_CHECKBOX = re.compile(r"^\[[ xX]\]\s*")
_NUMBER = re.compile(r"^\W*\d+(?:\.\d+)*[.)]?\s+")
_LABELS = "|".join(re.escape(label) for labels in FIELDS.values() for label in labels)
_LABELLED_ROW = re.compile(rf"\n(?=[^\w\n]{{0,20}}(?:{_LABELS})[^\w\n]{{0,20}}:)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class NotAReport(ValueError):  # noqa: N818 -- it reads as the verdict that it is
    """The text cannot be an incident report; the message says in one line why."""


@dataclass(slots=True)
class Section:
    """What stands under one heading, as plain text."""

    heading: str = ""
    """As it is written in the report."""
    lines: list[str] = field(default_factory=list)
    """One a paragraph, list item or labelled field."""
    code: list[str] = field(default_factory=list)
    """Blocks of code or logs."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([*self.lines, *self.code])

    @property
    def rows(self) -> list[str]:
        """Every line of text that holds something, in code or not."""
        return [row for row in self.text.splitlines() if row.strip()]

    def value(self, name: str) -> str:
        """The value of the field `- **Name**: value`; empty where it is not there."""
        return _value([*self.lines, *"\n".join(self.code).splitlines()], name)

    def fills(self, name: str) -> bool:
        """Whether the field is there, and somebody wrote something into it."""
        return is_filled(self.value(name))

    def unfilled(self) -> list[str]:
        """The lines that nobody wrote anything into."""
        unfilled = [line for line in self.lines if not is_filled(_CHECKBOX.sub("", line))]
        return unfilled + [block for block in self.code if left_in(block) is not None]


@dataclass(frozen=True, slots=True)
class Report:
    """The report's sections by the template's names; other headings are kept out."""

    sections: Mapping[str, Section]

    def section(self, name: str) -> Section:
        """The section, empty where the report does not have it."""
        return self.sections.get(name, Section())


def parse(text: str) -> Report:
    """The report that the text is. Raises NotAReport, with one line that says why."""
    refuse(text)
    sections: dict[str, Section] = {}
    current, headings = Section(), 0
    tokens = _MARKDOWN.parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("fence", "code_block") and token.content.strip():
            current.code.append(token.content.strip())
        if token.type != "inline":
            continue
        if before is not None and before.type == "heading_open":
            headings += 1
            heading = _words(token)
            name = _HEADINGS.get(_title(heading))
            current = sections.setdefault(name, Section(heading)) if name else _under(current, before)
        else:
            current.lines += _LABELLED_ROW.split(_words(token))
    if not headings:
        raise NotAReport("the report has no heading: start from the template (`incident report`)")
    return Report(sections)


def refuse(text: str) -> None:
    """Raise NotAReport for what no report can be: empty, too large, or binary."""
    if not text.strip():
        raise NotAReport("the report is empty: start from the template (`incident report`)")
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > MAX_BYTES:
        raise NotAReport(f"the report has {size / MAX_BYTES:.1f} MiB: at most 1 MiB is taken")
    control = _CONTROL.search(text)
    if control is not None:
        raise NotAReport(f"the report holds the control character {control.group()!r}: send plain text")


def _under(current: Section, heading: Token) -> Section:
    """Where text under a heading that the template does not have belongs: a deeper one is part of it."""
    return current if heading.tag in ("h3", "h4", "h5", "h6") else Section()


def _value(lines: Sequence[str], name: str) -> str:
    """What stands behind the label in the first line that has it."""
    for line in lines:
        label, colon, value = line.partition(":")
        if colon and _plain(label) == _plain(name):
            return value.strip()
    return ""


def _words(token: Token) -> str:
    """The token's text without its marks."""
    parts: Sequence[Token] = token.children or ()
    return "".join(
        _BREAKS.get(part.type, part.content) for part in parts if part.type != "html_inline"
    ).strip()


def _plain(name: str) -> str:
    """A heading or label without signs, in lower case, so that emoji and hyphens do not matter."""
    return re.sub(r"[\W_]+", " ", name).strip().lower()


def _title(heading: str) -> str:
    """The heading without its number and without what stands in parentheses: `2. Timeline (UTC)`."""
    return _plain(re.sub(r"\([^()]*\)", " ", _NUMBER.sub("", heading)))


_HEADINGS = {_plain(title): name for name in FIELDS for title in (name, *OTHER_HEADINGS[name])}
