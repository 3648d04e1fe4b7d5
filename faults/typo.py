"""A text is misspelt (runbook, P4 "Typo in error message"): it is noted, and nobody is paged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from faults.contract import Fault, Server, Severity, WrongRemedy
from faults.deployment import Deployment

FILE = "texts/en.json"
ISSUE = "/opt/erp/issues/$(date +%Y%m%d)_issue.txt"
TICKET = 'incident open --severity P4 --affects page --summary "A text of the sign-in page is misspelt"'
FORM = (
    "Title: {title}\nSeverity: P4\nReporter: Ana Wijaya\nDate: $(date +%F)\n"
    "Description: {what}\nWorkaround: None"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """A text as it should be, and as it is."""

    right: str
    wrong: str


SLIPS = (
    Slip("your personal account", "your personnal account"),
    Slip("user name or password", "user name or pasword"),
    Slip("please wait a minute", "please wiat a minute"),
    Slip("the IT department", "the IT departement"),
    Slip("released automatically", "released automaticaly"),
)


def noted(path: str, title: str, what: str) -> str:
    """The command that writes a note in the runbook's form."""
    return f"cat > {path} << EOF\n{FORM.format(title=title, what=what)}\nEOF"


def cure(slip: Slip) -> tuple[str, ...]:
    """The runbook's four steps; the third and fourth need no command."""
    what = f"It says '{slip.wrong}', it should be '{slip.right}'."
    return (
        "curl -s https://erp.yourdomain.com/",
        noted(ISSUE, "Typo on the sign-in page", what),
        TICKET,
    )


def _or(slips: tuple[Slip, ...]) -> str:
    """Every wrong text: a remedy is the same for each seed."""
    return " or ".join(f"'{slip.wrong}'" for slip in slips)


MISSPELT = (
    *("typo", "spelling", "misspel", "mis-spel", "spelt", "spelled", "wrong wording", "wrongly written"),
    "wrong letter",
    *("personnal", "pasword", "wiat", "departement", "automaticaly"),
)
"""That it is misspelt, or the word as it stood there."""
A_TEXT = (
    *("text", "page", "form", "message", "word", "letter", "sign-in", "login", "en.json", "spelt"),
    *("personnal", "wiat", "departement", "automaticaly"),
)
"""Where; a configuration has typos, too."""


class Typo(Fault):
    """New texts came with a deployment, and one is misspelt. A note and a ticket are all that it needs."""

    name = "typo"
    title = "A text of the sign-in page is misspelt"
    section = 'P4, "P4 Resolution"'
    severity: ClassVar[Severity] = "P4"
    first_reports = (
        "There is a spelling mistake on the sign-in page. A bit embarrassing when customers look.",
        "Somebody should read the texts of our sign-in page once more. Not urgent.",
        "One of the messages of the sign-in form is misspelt.",
    )
    affects = (
        *("page", "wording", "typo", "text", "sign-in page", "login page", "error message", "spelling"),
        *("misspelt", "misspelled", "message", "website"),
    )
    touches = ("backend",)
    skills = ("Who to call for help", "How to check service status")
    cause_terms = (MISSPELT, A_TEXT)
    cause_example = "A typo in a text of the sign-in page came with the last deployment."
    remedy = cure(SLIPS[0])
    other_remedies: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "mended-and-noted": (
            noted(ISSUE, "Typo on the sign-in page", "One of its texts was misspelt; mended."),
            *(f"sed -i 's/{slip.wrong}/{slip.right}/' /opt/erp/{FILE}" for slip in SLIPS),
            TICKET,
        ),
        "in-own-words": (  # it names the word, and does not call it a mistake
            noted("/opt/erp/issues/sign-in.txt", "Sign-in page", f"It says {_or(SLIPS)} there."),
            TICKET,
        ),
    }
    wrong_remedies: ClassVar[Mapping[str, WrongRemedy]] = {
        "restart-backend": WrongRemedy(
            "no restart corrects or notes a text", ("docker-compose restart backend", TICKET)
        ),
        "empty-note": WrongRemedy(
            "a note that says nothing helps nobody", (f"touch {ISSUE}", TICKET), (f"rm {ISSUE}",)
        ),
        "form-only": WrongRemedy(
            "the form's placeholders are still standing",
            (noted(ISSUE, "[Brief description]", "[Details]"), TICKET),
            (f"rm {ISSUE}",),
        ),
        "about-something-else": WrongRemedy(
            "another flaw is noted",
            (noted(ISSUE, "Stock list", "The list of stock shows no total."), TICKET),
            (f"rm {ISSUE}",),
        ),
        "note-elsewhere": WrongRemedy(
            "nobody looks for it there",
            (noted("/tmp/issue.txt", "Typo on the sign-in page", "A text is misspelt."), TICKET),
            ("rm /tmp/issue.txt",),
        ),
    }

    def __init__(self, seed: int) -> None:
        """Draw the slip."""
        super().__init__(seed)
        self.slip = self.random.choice(SLIPS)
        self.deployment = Deployment.drawn(self.random, "texts revised")
        self.remedy = cure(self.slip)

    def inject(self, server: Server) -> None:
        """Deploy the texts."""
        self.deployment.log(server)
        server.run(f"sed -i 's/{self.slip.right}/{self.slip.wrong}/' {FILE}")

    def cause(self, server: Server) -> bool:
        """Whether the text is wrong and no note tells so."""
        wrong = server.run(f"grep -c '{self.slip.wrong}' {FILE} || true").strip() != "0"
        return wrong and not json.loads(server.control("python3", "-m", "control.ask", "issues"))

    def heal(self, server: Server) -> None:
        """Correct the text; a note about it has nothing to tell any more."""
        server.run(f"sed -i 's/{self.slip.wrong}/{self.slip.right}/' {FILE}")
        server.run("find issues -type f ! -name 20260112_issue.txt -delete")
