"""Whether a message tells the end of an incident, as the runbook's do: `✅ RESOLVED: ERP Restored`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHECK_MARKS = ("✅", "✔", "☑")

# What may stand before the news: who is called, when it is, which incident it is about.
_LABELS = re.compile(
    r"(?:@\w+|[^\w✅✔☑]|_|\d{1,2}[:.]\d{2}(?![\d.])|(?:P[1-4]|INC-[\d-]+|\d+|UTC|WIB|WITA|WIT"
    r"|critical|high|medium|low|update|status|incident|issue|final|ticket)(?!\w))*+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.,;:!()\[\]—–]|\s-+\s|(?<!\w)(?:but|and)(?!\w)", re.IGNORECASE)
_END = re.compile(r"(?<!\w)(?:resolved|restored)(?!\w)(?!\s*\?)", re.IGNORECASE)
_END_ALONE = re.compile(
    r"[^\w?]*(?:(?:is|now|fully)\s+)*(?:resolved|restored)(?:\s+(?:now|again))?[^\w?]*", re.IGNORECASE
)
_DENIALS = (
    r"not|never|nothing|none|cannot|\w+n['’]t|yet|soon|almost|nearly|partly|partially|half|will|must"
    r"|should|would|could|may|might|needs?|be|being|try|trying|hope|want|get|before|until|unless|if|when|once"
)
_DENIAL = re.compile(
    rf"(?<!\w)(?:{_DENIALS}|only|(?:after|since)\s+(?:the\s+)?\w+\s+(?:was|were|is|got))(?!\w)", re.IGNORECASE
)
# Behind the end stands what it came after, and how little was affected.
_DENIAL_BEHIND = re.compile(
    rf"(?:{_DENIALS}|for\s+(?:some|most|(?:\w{{1,20}}\s+){{1,3}}only)"
    r"|only(?!\s+(?:after|(?:\w{1,20}\s+){1,4}(?:was|were)\s+(?:affected|hit|impacted|down))(?!\w)))(?!\w)",
    re.IGNORECASE,
)
_ALARM = re.compile(r"[🚨⚠]|(?<!\w)(?:down|outage|gone|fails?|failing)(?!\w)", re.IGNORECASE)
_WATCHED = re.compile(
    r"(?<!\w)(?:still\s+(?:(?:closely|under|being)\s+)?(?:monitor|watch|observ|investigat)\w*"
    r"|(?:if|in\s+case)\s+(?:\w{1,20}\s+){1,3}still(?!\w))",
    re.IGNORECASE,
)
"""What goes on after the end too: somebody watches, and whoever has trouble is told what to do."""
_GOES_ON = re.compile(r"(?<!\w)(?:still|(?:down|gone)\s+again)(?!\w)", re.IGNORECASE)


def is_resolved(text: str) -> bool:
    """Whether the headline says so: RESOLVED alone, a check mark, or "… restored", and nothing against it."""
    text = text.strip()
    labels = _LABELS.match(text)
    start = labels.end() if labels else 0
    headline = text[start:].partition("\n")[0]
    clauses = [clause for clause in _CLAUSE.split(headline) if re.search(r"\w", clause)]
    goes_on = _WATCHED.sub(" ", headline) if _END.search(headline) else headline
    if _GOES_ON.search(goes_on) or _is_denied(clauses):
        return False
    if headline.startswith(_CHECK_MARKS) or any(_END_ALONE.fullmatch(c) for c in clauses[:1] + clauses[-1:]):
        return True
    # "ERP down after the database was restored" tells of a new incident, not of the end of one.
    return not _ALARM.search(text[:start] + headline) and any(_END.search(clause) for clause in clauses)


def _is_denied(clauses: Sequence[str]) -> bool:
    """Whether the end is denied or put off: before its word, right behind it, or where only a mark stands."""
    told = [(clause, _END.search(clause)) for clause in clauses]
    if not any(end for _, end in told):
        return any(_DENIAL.search(clause) for clause in clauses[:1])
    for number, (clause, end) in enumerate(told):
        if end is None:
            continue
        behind = clause[end.end() :].strip() or next(iter(clauses[number + 1 :]), "").strip()
        if _DENIAL.search(clause[: end.end()]) or _DENIAL_BEHIND.match(behind):
            return True
    return False
