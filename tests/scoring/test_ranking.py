"""The leaderboard's order, its ties and its figures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ranking import rank
from scoring.scorecard import Scorecard, score
from tests.scoring.story import told

BASE = score(told())


def card(team: str, points: int, resolve_s: float | None = 240.0, at: float = 0.0) -> Scorecard:
    """A scored drill of a team."""
    return replace(
        BASE, team=team, points=points, passed=points >= 6, time_to_resolve_s=resolve_s, opened_at=at
    )


def test_points_then_time_to_resolve() -> None:
    """More points first; among equals the faster; a team that never resolved last."""
    rows = rank([card("a", 6, None), card("b", 6, 300), card("c", 6, 200), card("d", 8, 590)])
    assert [(row.rank, row.team) for row in rows] == [(1, "d"), (2, "c"), (3, "b"), (4, "a")]


def test_ties_share_the_rank() -> None:
    """Teams equal in both have one rank, are listed by name, and the next rank is left out."""
    rows = rank([card("c", 6), card("b", 8), card("a", 8), card("d", 2)])
    assert [(row.rank, row.team) for row in rows] == [(1, "a"), (1, "b"), (3, "c"), (4, "d")]


def test_only_what_counts() -> None:
    """Void, quiet and running drills are in no average."""
    out = [replace(card("b", 8), counts=False), replace(card("c", 8), void="no symptom")]
    assert [row.team for row in rank([card("a", 2), *out])] == ["a"]
    assert rank([]) == ()


def test_figures() -> None:
    """Averages over all drills, medians over those that got there, the trend of the last three."""
    (row,) = rank(
        [card("a", p, t, at) for at, (p, t) in enumerate([(2, None), (4, 100), (8, 300), (8, 200), (8, 260)])]
    )
    assert (row.drills, row.average_points, row.pass_rate, row.median_resolve_s) == (5, 6.0, 0.6, 230.0)
    assert row.trend == 8 - 3


def test_trend_needs_two_drills() -> None:
    """One drill has no trend; of two the last is held against the first, by the time they were played."""
    assert rank([card("a", 8)])[0].trend is None
    assert rank([card("a", 8, at=2), card("a", 2, at=1)])[0].trend == 6


CARDS = st.lists(
    st.builds(
        card,
        st.sampled_from("abcd"),
        st.sampled_from([0, 2, 4, 6, 8]),
        st.one_of(st.none(), st.sampled_from([100.0, 200.0])),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(
    CARDS.map(lambda cards: [replace(c, drill=f"d{n}", opened_at=float(n)) for n, c in enumerate(cards)]),
    st.randoms(),
)
def test_the_order_of_cards_never_decides(cards: list[Scorecard], random: object) -> None:
    """The same cards in any order give the same table, also among ties."""
    mixed = list(cards)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rank(mixed) == rank(cards)
