"""What somebody saw who looked again and again, and their rule for when it broke and when it was mended.

The rule is in seconds, not in looks, so that it does not depend on how often somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LEAST_S = 0.5
"""Two bad looks that lie this far apart are a failure; one that is over sooner is a hiccup."""
SPAN_S = 2.0
"""Bad looks that lie further apart than this have nothing to do with each other."""
GOOD_FOR_S = 1.5
"""What was broken is mended when every look was good for so long."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: when it began and ended (seconds since the epoch), and whether all was well."""

    began: float
    ended: float
    well: bool
    doubtful: bool = False
    """Of a bad look: whether the machine itself stood still meanwhile, so that it proves nothing."""

    @property
    def is_proof(self) -> bool:
        """Whether it shows that something was broken."""
        return not self.well and not self.doubtful


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which something was broken (seconds since the epoch); `mended` is None while it is."""

    broke: float
    mended: float | None


def spells(sights: Iterable[Sight]) -> list[Spell]:
    """Every time in which it was broken, in order."""
    rest = list(sights)
    found: list[Spell] = []
    while (failure := _failure(rest)) is not None:
        before, first, rest = failure
        cure = _cure(rest)
        if cure is None:
            return [*found, Spell(_between(before, first), None)]
        last, good, rest = cure
        found.append(Spell(_between(before, first), _between(last, good)))
    return found


def _failure(sights: list[Sight]) -> tuple[Sight, Sight, list[Sight]] | None:
    """The look before the first bad one of a failure, that one, and all from there on.

    A doubtful look proves no failure, but where a failure follows at once it was its beginning.
    """
    for index, first in enumerate(sights):
        if not first.is_proof:
            continue
        later = (each.began - first.began for each in sights[index:] if each.is_proof)
        if any(LEAST_S <= apart <= SPAN_S for apart in later):
            while index > 0 and not sights[index - 1].well:
                index -= 1
            return sights[max(0, index - 1)], sights[index], sights[index:]
    return None


def _cure(sights: list[Sight]) -> tuple[Sight, Sight, list[Sight]] | None:
    """The last bad look, the good one after it, and all from there on. `sights` begins with a bad look."""
    last, good = sights[0], None
    for index, sight in enumerate(sights):
        if sight.is_proof:
            last, good = sight, None
        elif sight.well and good is None:
            good = index
        if good is not None and sight.ended - sights[good].began >= GOOD_FOR_S:
            return last, sights[good], sights[good:]
    return None


def _between(one: Sight, other: Sight) -> float:
    """The middle of what lies between the beginning of one look and the end of the next."""
    return (one.began + other.ended) / 2
