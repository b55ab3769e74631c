"""The words of a message, cut into sentences, clauses and the stretches that a cue reaches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from operator import attrgetter

from clinic.history.patterns import Span
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, word_set

_FIRST = attrgetter("first")
# No cue reaches further: in a run-on message the words far back are about something else.
REACH = 40
# A symptom that these words surround is being reported, whatever else the sentence does.
SELF = word_set("i im ive id my me mine mines myself ill")
SUBJECTS = SELF | word_set("it its he hes she shes they we you there theres this that")
RECOVERED = word_set("fine ok okay better healed recovered gone well good normal")
# After these a new statement begins, which the negation before them does not deny.
OPENERS = word_set("because cause cos coz bc since so which who until while although")


class Stretches:
    """A message's words with the cues among them.

    Args:
        words: The message's words.
        concepts: The concepts found in them.

    Attributes:
        words: The message's words.
        sentence_starts: For each word where its sentence begins.
        clause_starts: The same for its clause.
    """

    def __init__(self, words: list[Word], concepts: Mapping[str, list[Span]]) -> None:
        self.words = words
        self._concepts = concepts
        turns = {span.first for span in concepts.get("TURN", ())}
        self.sentence_starts = self._starts(set())
        self.clause_starts = self._starts(turns)
        self._joints = turns | {index for index, word in enumerate(words) if word.norm == "and"}

    def spans(self, concept: str) -> list[Span]:
        """Return where a concept was found.

        Args:
            concept: Its name.
        """
        return self._concepts.get(concept, [])

    def _starts(self, turns: set[int]) -> list[int]:
        """Return for each word where its sentence, or with turns its clause, begins."""
        starts, current = [], 0
        for index, word in enumerate(self.words):
            if word.break_before == SENTENCE_END or index in turns:
                current = index
            starts.append(current)
        return starts

    def cues(self, concept: str, first: int, last: int) -> list[Span]:
        """Return a concept's spans that begin in a stretch of words.

        Args:
            concept: Its name.
            first: The first word where one may begin.
            last: The last such word.
        """
        spans = self.spans(concept)
        begin = bisect_left(spans, first, key=_FIRST)
        return spans[begin : bisect_right(spans, last, lo=begin, key=_FIRST)]

    def cues_before(self, concept: str, span: Span, starts: list[int]) -> list[Span]:
        """Return a concept's spans that stand before a finding in its sentence or clause.

        Args:
            concept: Its name.
            span: Where the finding stands.
            starts: `sentence_starts` or `clause_starts`.
        """
        first = max(starts[span.first], span.first - REACH)
        return [cue for cue in self.cues(concept, first, span.first) if cue.last <= span.first]

    def norms(self, first: int, last: int) -> set[str]:
        """Return the normalised words of a stretch.

        Args:
            first: Its first word.
            last: The word after it.
        """
        return {word.norm for word in self.words[first:last]}

    def chunk(self, span: Span) -> tuple[int, int]:
        """Return the stretch around a span up to a pause, an "and", or a turn.

        Args:
            span: The span.
        """
        start, end = span.first, span.last
        while start > 0 and not self.is_joint(start) and span.first - start < REACH:
            start -= 1
        while end < len(self.words) and not self.is_joint(end) and end - span.last < REACH:
            end += 1
        return start, end

    def is_joint(self, index: int) -> bool:
        """Tell whether a pause, an "and" or a turn stands before a word.

        Args:
            index: The word.
        """
        return self.words[index].break_before > NO_BREAK or index in self._joints

    def sentence_end(self, span: Span) -> int:
        """Return the index after a span's sentence.

        Args:
            span: A stretch of words.
        """
        return bisect_right(self.sentence_starts, self.sentence_starts[span.last - 1])

    def ends_clause(self, cue: Span) -> bool:
        """Tell whether nothing follows a span in its clause.

        Args:
            cue: The span.
        """
        return cue.last == len(self.words) or self.is_joint(cue.last)
