"""The incident report, read as Markdown into sections and fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scoring.outline import FIELDS, OTHER_LABELS, is_label, section_of
from scoring.placeholders import left_in
from scoring.stated import stated_days
from scoring.wording import is_filled

MAX_BYTES = 1 << 20
"""A report is prose; what is larger is a mistake."""

# Links stay as they are written: brackets may hold a placeholder, and a megabyte of them is slow to try.
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["link", "image", "reference"])
_BREAKS = {"softbreak": "\n", "hardbreak": "\n"}
_CHECKBOX = re.compile(r"^\[[ xX]\]\s*")
_LABELS = "|".join(
    re.escape(label) for labels in (*FIELDS.values(), *OTHER_LABELS.values()) for label in labels
)
_LABELLED_ROW = re.compile(
    rf"\n(?=[^\w\n]{{0,20}}(?:{_LABELS})(?:\s?\([^()\n]{{0,20}}\))?[^\w\n]{{0,20}}:)", re.IGNORECASE
)
_SIGNATURE = re.compile(r"([^,;:()\n]{1,80})\(\s{0,9}([^()\n]{1,40})\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class NotAReport(ValueError):  # noqa: N818 -- it reads as the verdict that it is
    """The text cannot be an incident report; the message says in one line why."""


@dataclass(slots=True)
class Section:
    """What stands under one heading, as plain text."""

    heading: str = ""
    """As it is written in the report."""
    lines: list[str] = field(default_factory=list)
    """One a paragraph, list item, row of a table or labelled field."""
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

    @property
    def written(self) -> list[str]:
        """The rows without their checkboxes, those that hold words or figures."""
        rows = [_CHECKBOX.sub("", row) for row in self.rows]
        return [row for row in rows if re.search(r"[^\W_]", row)]

    def value(self, name: str) -> str:
        """The value of the field `- **Name**: value`; empty where it is not there."""
        return self._field(name)[1]

    def label(self, name: str) -> str:
        """What the field is called here, such as `Date/Time (WIB)`; empty where it is not there."""
        return self._field(name)[0]

    def fills(self, name: str) -> bool:
        """Whether the field is there, and somebody wrote something into it."""
        return is_filled(self.value(name))

    def unfilled(self) -> list[str]:
        """The rows that nobody wrote anything into; a row of dots or an arrow is an ornament."""
        code = [block for block in self.code if left_in(block) is not None]
        # A placeholder may be wrapped: the lines as they are hold it whole.
        lines = [_CHECKBOX.sub("", line) for line in self.lines]
        return [line for line in lines if re.search(r"[^\W_]", line) and not is_filled(line)] + code

    def _field(self, name: str) -> tuple[str, str]:
        """Label and value of the first line that has the label."""
        for line in [*self.lines, *"\n".join(self.code).splitlines()]:
            label, colon, value = line.partition(":")
            if colon and is_label(label, name):
                return label.strip(), value.strip()
        return "", ""


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
    reader = _Reader()
    tokens = _MARKDOWN.parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        reader.read(token, before)
    if not reader.headings:
        raise NotAReport("the report has no heading: start from the template (`incident report`)")
    return Report(reader.sections)


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


@dataclass(slots=True)
class _Reader:
    """Takes the Markdown's tokens in order, and keeps what belongs to a section."""

    sections: dict[str, Section] = field(default_factory=dict)
    headings: int = 0
    name: str = ""
    """The present section's, empty under a heading that the template does not have."""
    current: Section = field(default_factory=Section)
    items: int = 0
    """How many list items are open."""
    cells: list[str] = field(default_factory=list)
    """Those of the present row of a table."""

    def read(self, token: Token, before: Token | None) -> None:
        """Take the next token; `before` is the one that opened what it stands in."""
        opened = before.type if before else ""
        self.items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type in ("fence", "code_block") and token.content.strip():
            self.current.code.append(token.content.strip())
        elif token.type == "tr_close":
            self._row()
        elif token.type == "inline" and opened in ("td_open", "th_open"):
            self.cells.append(_words(token))
        elif token.type == "inline" and before and opened == "heading_open":
            self._heading(_words(token), before.tag)
        elif token.type == "inline":
            self._text(_words(token))

    def _heading(self, heading: str, tag: str) -> None:
        self.headings += 1
        main = tag in ("h1", "h2")
        name = section_of(heading, main and self.headings > 1)  # the first is the report's own title
        if name:
            self.name, self.current = name, self.sections.setdefault(name, Section(heading))
        elif main:  # a deeper heading is part of the section that it stands in
            self.name, self.current = "", Section()

    def _text(self, text: str) -> None:
        lines = _LABELLED_ROW.split(text)
        if self.items:  # a list item that is wrapped is one row all the same
            lines = [" ".join(line.split("\n")) for line in lines]
        if self.name == "Sign-off":
            lines = [row for line in lines for row in _signatures(line)]
        self.current.lines += lines

    def _row(self) -> None:
        """A row is a labelled field; in the timeline it is an entry."""
        first, *rest = self.cells or [""]
        between = " - " if self.name == "Timeline" else ": "
        line = between.join([first, *([" | ".join(rest)] if any(rest) else [])])
        self.cells = []
        if line.strip():
            self.current.lines.append(line)


def _signatures(line: str) -> list[str]:
    """`Signed: Ana (incident commander), 2026-01-19` as the fields that it fills."""
    if not line.lower().startswith("signed"):
        return [line]
    fields = [f"{role}: {name.strip()}" for name, role in _SIGNATURE.findall(line)]
    return [*fields, f"Date Reviewed: {line}"] if fields and stated_days(line) else [line, *fields]


def _words(token: Token) -> str:
    """The token's text without its marks."""
    parts: Sequence[Token] = token.children or ()
    return "".join(
        _BREAKS.get(part.type, part.content) for part in parts if part.type != "html_inline"
    ).strip()
