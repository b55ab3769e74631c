"""Cut a message into its clauses, or a long one into parts that are read one by one."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.history.words import NO_BREAK, SENTENCE_END, Word, split_words, word_set

_LEAST_WORDS = 3  # fewer tell nothing by themselves
_BARE = 2  # words of "no", "all fine"; so many of such answers make a list of them
_WINDOW = 60  # words; the sentence model reads about twice as many at once
_TURNS = word_set("but and so then because although while also plus now except")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last character.
        text: Its words.
    """

    start: int
    end: int
    text: str


def split_clauses(text: str) -> list[Part]:
    """Return the sentences of a message, and the clauses of each sentence that has several.

    Args:
        text: A message of any length.
    """
    sentences = _cut(split_words(text), SENTENCE_END, frozenset())
    clauses = [clause for sentence in sentences for clause in _cut(sentence, NO_BREAK + 1, _TURNS)]
    pieces = [piece for piece in sentences + clauses if len(piece) >= _LEAST_WORDS]
    return list(dict.fromkeys(_part(text, piece) for piece in pieces))


def split_answers(text: str) -> list[Part]:
    """Return the sentences that tell something in "no. both hands are clumsy. no. all fine".

    Among so many denials a sign would be lost. Any other message has none.

    Args:
        text: A message of any length.
    """
    sentences = _cut(split_words(text), SENTENCE_END, frozenset())
    telling = [sentence for sentence in sentences if len(sentence) >= _LEAST_WORDS]
    bare = sum(len(sentence) <= _BARE for sentence in sentences)
    return [_part(text, sentence) for sentence in telling] if bare >= _BARE else []


def split_sentences(text: str) -> list[Part]:
    """Return the sentences of a message that tell something.

    Args:
        text: A message of any length.
    """
    sentences = _cut(split_words(text), SENTENCE_END, frozenset())
    return [_part(text, sentence) for sentence in sentences if len(sentence) >= _LEAST_WORDS]


def split_windows(text: str) -> list[Part]:
    """Return a message whole, or cut at sentence ends where it is long; nothing is left out.

    Args:
        text: A message of any length.
    """
    words = split_words(text)
    if len(words) <= _WINDOW:
        return [Part(0, len(text), text)]
    windows: list[list[Word]] = [[]]
    for sentence in _cut(words, SENTENCE_END, frozenset()):
        if len(windows[-1]) + len(sentence) > _WINDOW:
            windows.append([])
        for word in sentence:
            if len(windows[-1]) == _WINDOW:
                windows.append([])
            windows[-1].append(word)
    return [_part(text, window) for window in windows if window]


def _cut(words: list[Word], least_break: int, turns: frozenset[str]) -> list[list[Word]]:
    pieces: list[list[Word]] = []
    for word in words:
        if not pieces or word.break_before >= least_break or word.norm in turns:
            pieces.append([])
        pieces[-1].append(word)
    return pieces


def _part(text: str, words: list[Word]) -> Part:
    start, end = words[0].start, words[-1].end
    return Part(start, end, text[start:end])
