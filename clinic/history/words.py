"""Cut a message into normalised words that remember where they came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

# Zero-width, direction and control characters carry no words but can hide them.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_PIECE = re.compile(
    r"(?P<number>\d+(?:[.,:]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:['\u2019\u02bc`\u00b4][^\W\d_]+)*)"
    r"|(?P<end>[.!?;…\n\r]+)"
    r"|(?P<pause>[,:()\[\]\u2014\u2013\"\u201c\u201d]+|\s-+\s)"
)
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`\u00b4")

NO_BREAK, PAUSE, SENTENCE_END = 0, 1, 2
NO_NAME, LIKELY_NAME, SURE_NAME = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word or number of a message.

    Attributes:
        norm: Lower case, accents and apostrophes removed ("can't" becomes "cant").
        start: Offset of its first character in the message.
        end: Offset after its last character.
        break_before: NO_BREAK, PAUSE (a comma or the like) or SENTENCE_END.
        question: Whether its sentence ends with a question mark, or a colon follows it.
        also: Other words that a misspelt one may have meant, which phrases are sought under too.
        name: NO_NAME, LIKELY_NAME or SURE_NAME (clinic/history/names.py).
    """

    norm: str
    start: int
    end: int
    break_before: int
    question: bool = False
    also: tuple[str, ...] = ()
    name: int = NO_NAME

    @property
    def contracted(self) -> bool:
        """Tell whether it was written with an apostrophe."""
        return self.end - self.start > len(self.norm)


# Controls, and halves of a pair, which JSON can carry and no library can encode.
_NO_CHARACTERS = ("Cc", "Cs")


def word_set(text: str) -> frozenset[str]:
    """Return the words of a space-separated list, for the small word lists of the grammar.

    Args:
        text: The words.
    """
    return frozenset(text.split())


def clean(text: str) -> str:
    """Replace invisible and control characters by spaces, keeping every offset.

    Args:
        text: A message as it arrived.

    Returns:
        A text of the same length.
    """
    return "".join(
        " "
        if _INVISIBLE.match(char)
        or (unicodedata.category(char) in _NO_CHARACTERS and char not in "\n\r\t")
        else char
        for char in text
    )


_TITLES = word_set("dr mr mrs ms prof")
# Without their apostrophe these are other words: nobody is ill who writes "I'll be late".
_TWO_WORDS = {
    "ill": ("i", "will"),
    "hell": ("he", "will"),
    "shell": ("she", "will"),
    "well": ("we", "will"),
    "were": ("we", "are"),
}

# What is written as it is spoken in Scotland and the north of England. Read as slips these would
# be other words: "frae" a frame, "cannae" a cane, "dinnae" done.
_AS_SPOKEN = {
    "nae": "no", "naw": "no", "naebody": "nobody", "naething": "nothing", "nane": "none",
    "cannae": "cant", "cannay": "cant", "dinnae": "dont", "dinna": "dont", "didnae": "didnt",
    "didna": "didnt", "doesnae": "doesnt", "disnae": "doesnt", "isnae": "isnt", "arenae": "arent",
    "wasnae": "wasnt", "werenae": "werent", "hasnae": "hasnt", "havenae": "havent",
    "hadnae": "hadnt", "wouldnae": "wouldnt", "couldnae": "couldnt", "shouldnae": "shouldnt",
    "willnae": "wont", "winnae": "wont", "heid": "head", "airm": "arm", "airms": "arms",
    "haun": "hand", "hauns": "hands", "aff": "off", "frae": "from", "fae": "from", "noo": "now",
    "efter": "after", "aboot": "about", "doon": "down", "oot": "out", "ower": "over",
    "masel": "myself", "masell": "myself", "sair": "sore", "tae": "to", "hae": "have",
    "wi": "with", "awa": "away", "feart": "scared", "mair": "more", "whit": "what",
    "nay": "no", "nup": "no", "nowt": "nothing", "nothin": "nothing", "nuffin": "nothing",
    "canna": "cant", "divvent": "dont", "havnae": "havent", "meself": "myself",
}  # fmt: skip


def split_words(text: str) -> list[Word]:
    """Cut a message into words.

    Args:
        text: A message of any length.

    Returns:
        Its words and numbers in order.
    """
    text = clean(text)
    words: list[Word] = []
    pending = SENTENCE_END
    sentence_start = 0
    for piece in _PIECE.finditer(text):
        if piece["end"] is not None:
            if piece["end"] == "." and words and words[-1].norm in _TITLES:
                continue  # "Dr. Patel"
            if "?" in piece["end"]:
                words[sentence_start:] = [
                    replace(word, question=True) for word in words[sentence_start:]
                ]
            pending, sentence_start = SENTENCE_END, len(words)
        elif piece["pause"] is not None:
            pending = max(pending, PAUSE)
            if ":" in piece["pause"] and len(words) > sentence_start:
                words[-1] = replace(words[-1], question=True)
        elif norm := _normalise(piece[0]):  # nothing is left of a lone apostrophe, a letter to some
            words += _apart(Word(norm, piece.start(), piece.end(), pending))
            pending = NO_BREAK
    return words


def _apart(word: Word) -> list[Word]:
    """Make "I" and "will" of "I'll"."""
    if word.norm not in _TWO_WORDS or not word.contracted:
        return [word]
    first, second = _TWO_WORDS[word.norm]
    middle = word.start + len(first)
    return [
        replace(word, norm=first, end=middle),
        replace(word, norm=second, start=middle, break_before=NO_BREAK),
    ]


def _normalise(word: str) -> str:
    if word.isascii():
        norm = word.lower().translate(_APOSTROPHES)
        return _AS_SPOKEN.get(norm, norm)
    folded = unicodedata.normalize("NFKD", word.lower())
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return kept.translate(_APOSTROPHES)
