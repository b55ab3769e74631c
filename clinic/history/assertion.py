"""Decide how a finding is said: so, not so, perhaps, long ago, of somebody else, asked.

The cues are concepts of the lexicon. The rules lean to the safe side: a negation reaches
only what it plainly covers, and where its reach is not plain the finding is "possible",
so that the interview asks.
"""

from __future__ import annotations

from collections.abc import Mapping

from clinic.history.findings import Assertion
from clinic.history.lexicon import FindingRule, Span
from clinic.history.words import NO_BREAK, SENTENCE_END, Word

_LONGEST_LIST_ITEM = 5
# A symptom that these words surround is being reported, whatever else the sentence does.
_SELF = frozenset("i im ive id my me mine myself ill".split())
_SUBJECTS = _SELF | frozenset("it its he hes she shes they we you there theres this that".split())
_VERBS = frozenset(
    "is are was were be been am have has had feel feels felt hurt hurts got get getting keep keeps "
    "started start came comes goes went can cant".split()
)


class Context:
    """The words of a message with the cues among them.

    Args:
        words: The message's words.
        concepts: The concepts found in them.
    """

    def __init__(self, words: list[Word], concepts: Mapping[str, list[Span]]) -> None:
        self.words = words
        self._concepts = concepts
        self._sentence_starts = self._starts(set())
        self._clause_starts = self._starts({span.first for span in concepts.get("TURN", ())})

    def spans(self, concept: str) -> list[Span]:
        """Return where a concept was found."""
        return self._concepts.get(concept, [])

    def assertion(self, rule: FindingRule, span: Span) -> Assertion:
        """Decide how a finding is said.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        denied = self._is_negated(rule, span)
        if self._is_other_person(span):
            return Assertion.OTHER_PERSON
        if self._cue_before("HYPOTHETICAL", span, self._clause_starts):
            return Assertion.HYPOTHETICAL
        if self._is_asked(span):
            return Assertion.ASKED
        if rule.denied:
            return Assertion.POSSIBLE if denied is Assertion.ABSENT else Assertion.ABSENT
        if denied is not None:
            return denied
        if not rule.past_counts and (past := self._past(span)):
            return past
        if self._cue_before("UNSURE", span, self._clause_starts):
            return Assertion.POSSIBLE
        return Assertion.PRESENT

    def _starts(self, turns: set[int]) -> list[int]:
        """Return for each word where its sentence, or with turns its clause, begins."""
        starts, current = [], 0
        for index, word in enumerate(self.words):
            if word.break_before == SENTENCE_END or index in turns:
                current = index
            starts.append(current)
        return starts

    def _cue_before(self, concept: str, span: Span, starts: list[int]) -> bool:
        start = starts[span.first]
        return any(start <= cue.first and cue.last <= span.first for cue in self.spans(concept))

    def _is_other_person(self, span: Span) -> bool:
        start = self._clause_starts[span.first]
        for cue in self.spans("RELATIVE"):
            if not (start <= cue.first and cue.last <= span.first):
                continue
            between = {word.norm for word in self.words[cue.last : span.last]}
            if not between & _SELF:
                return True
        return False

    def _is_asked(self, span: Span) -> bool:
        """A question about a thing is no report of it, unless the words say "my"."""
        start = self._sentence_starts[span.first]
        for cue in self.spans("QUESTION"):
            if start <= cue.first and cue.last <= span.first:
                between = {word.norm for word in self.words[cue.last : span.last]}
                return not between & _SELF
        return False

    def _past(self, span: Span) -> Assertion | None:
        """Tell something long gone, or long there and unchanged, from something new.

        "For years" alone leaves open whether it changed, so it is only possible.
        """
        start, end = self._segment(span)
        clause_start = self._clause_starts[span.first]
        for cue in self.spans("PAST"):
            inside = start <= cue.first and cue.last <= end
            opens = cue.first == clause_start and cue.last <= span.first
            if inside or opens:
                return Assertion.PAST
        sentence = self._sentence_starts[span.first]
        if any(self._sentence_starts[cue.first] == sentence for cue in self.spans("OLD")):
            unchanged = any(
                self._sentence_starts[cue.first] == sentence for cue in self.spans("UNCHANGED")
            )
            return Assertion.PAST if unchanged else Assertion.POSSIBLE
        return None

    def _segment(self, span: Span) -> tuple[int, int]:
        """Return the stretch between two pauses that holds a span."""
        start, end = span.first, span.last
        while start > 0 and self.words[start].break_before == NO_BREAK:
            start -= 1
        while end < len(self.words) and self.words[end].break_before == NO_BREAK:
            end += 1
        return start, end

    def _is_negated(self, rule: FindingRule, span: Span) -> Assertion | None:
        if not rule.negatable:
            return None
        if self._is_answered_no(span):
            return Assertion.ABSENT
        start = self._clause_starts[span.first]
        verdict: Assertion | None = None
        for cue in self.spans("NEGATION"):
            if not (start <= cue.first and cue.last <= span.first) or self._is_no_cue(cue):
                continue
            verdict = self._reach(cue, span) or verdict
        if verdict and self._like_this_after(span):
            return None
        return verdict

    def _is_no_cue(self, cue: Span) -> bool:
        """Tell a "no" that answers, or a "not only", from a negation."""
        if any(other.first <= cue.first < other.last for other in self.spans("NOT_A_NEGATION")):
            return True
        if self.words[cue.first].norm not in ("no", "nope", "nah", "not", "never"):
            return False
        if cue.last >= len(self.words) or self.words[cue.last].break_before != NO_BREAK:
            # "No, well only when I sneeze": the answer stands alone before the pause.
            return self.words[cue.first].norm in ("no", "nope", "nah")
        return self.words[cue.last].norm in _SUBJECTS | {"just", "only", "well", "actually", "but"}

    def _reach(self, cue: Span, span: Span) -> Assertion | None:
        """Say how far a negation carries: to the pause, and along a plain list."""
        pauses = [
            index
            for index in range(cue.last, span.first + 1)
            if self.words[index].break_before > NO_BREAK
        ]
        between = self.words[cue.last : span.first]
        if not pauses:
            own_subject = any(word.norm in {"i", "im", "ive", "its", "but"} for word in between)
            return (
                None
                if own_subject and "and" in {word.norm for word in between}
                else (Assertion.ABSENT)
            )
        item_start = pauses[-1]
        item_end = span.last
        while item_end < len(self.words) and self.words[item_end].break_before == NO_BREAK:
            item_end += 1
        item = [word.norm for word in self.words[item_start:item_end]]
        if set(item) & (_SUBJECTS | _VERBS) or len(item) > _LONGEST_LIST_ITEM + 1:
            return None
        rest = {
            word.norm
            for index, word in enumerate(self.words)
            if index >= pauses[0]
            and self._sentence_starts[index] == self._sentence_starts[cue.first]
        }
        return Assertion.ABSENT if rest & {"or", "nor"} else Assertion.POSSIBLE

    def _is_answered_no(self, span: Span) -> bool:
        """Read "fever? no" and "numbness: none"."""
        following = self.words[span.last : span.last + 2]
        if not following or following[0].break_before == NO_BREAK:
            return False
        if following[0].norm not in {"no", "nope", "none", "nah", "negative", "never"}:
            return False
        alone = len(following) == 1 or following[1].break_before > NO_BREAK
        return alone and (self.words[span.first].question or self.words[span.last - 1].question)

    def _like_this_after(self, span: Span) -> bool:
        """ "Never had numbness like this" reports the numbness."""
        tail = [word.norm for word in self.words[span.last : span.last + 3]]
        return "like" in tail[:2] and bool({"this", "it", "that"} & set(tail)) or "before" in tail
