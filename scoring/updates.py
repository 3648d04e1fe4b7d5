"""Which messages are updates: they tell something, and not what the two before them told already."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoring.timeline import Posted
from scoring.wording import has_words

# Chinese and Japanese have no spaces between words: a sign counts as one.
_WORD = re.compile(r"[\u2e80-\u9fff]|[^\W_]{2,}|\d")


def updates(posts: Sequence[Posted]) -> tuple[Posted, ...]:
    """Those of the messages, in their order, that keep people informed."""
    told = [(post, _words(post.text)) for post in posts if has_words(post.text)]
    told = [(post, words) for post, words in told if sum(not re.fullmatch(r"\d", word) for word in words) > 1]
    return tuple(
        post
        for index, (post, words) in enumerate(told)
        if index < 2 or any(words != before for _, before in told[index - 2 : index])
    )


def _words(text: str) -> list[str]:
    """The words and numbers without the signs around them; a single letter is none."""
    return [word.casefold() for word in _WORD.findall(text)]
