"""Read a message that is nothing but a sign for yes, no or "don't know"."""

from __future__ import annotations

import unicodedata

# No sentence model knows these; alone they mean what a word would.
_MEANINGS = {
    "affirm": "\U0001f44d\U0001f44c\u2705\u2714\u2611\U0001f197\U0001f64b\U0001f4af",
    "deny": "\U0001f44e\u274c\u274e\u2716\U0001f645\U0001f6ab\U0001f6d1",
    "unsure": "\U0001f937\U0001f914\u2753\u2754",
    "thank": "\U0001f64f",
    "greet": "\U0001f44b",
}
_INTENT_OF = {sign: intent for intent, signs in _MEANINGS.items() for sign in signs}
_JOINER, _MAN, _WOMAN = "\u200d", "\u2642", "\u2640"


def emoji_answer(text: str) -> str | None:
    """Return the intent of a message of signs, or None where it has words or signs disagree.

    Args:
        text: The message; colours of skin and marks of gender do not count.
    """
    signs = [char for char in text if not _is_dress(char)]
    meanings = {_INTENT_OF.get(sign) for sign in signs}
    return meanings.pop() if len(meanings) == 1 else None


def _is_dress(char: str) -> bool:
    # Variation selectors are marks (Mn), skin colours modifiers (Sk), joiners formats (Cf).
    return (
        char.isspace()
        or char in (_JOINER, _MAN, _WOMAN)
        or unicodedata.category(char) in ("Mn", "Sk", "Cf")
    )
