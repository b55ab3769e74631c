"""Tell what is denied, and how far a "no" reaches.

The rules lean to the safe side: a negation reaches only what it plainly covers, and where its reach
is not plain the finding is "possible", so that the interview asks.
"""

from __future__ import annotations

from itertools import pairwise

from clinic.history.findings import Assertion
from clinic.history.patterns import FindingRule, Span
from clinic.history.stretches import OPENERS, REACH, SUBJECTS, Stretches
from clinic.history.words import NO_BREAK, word_set

_PLAIN_NEGATION_REACH = 8
_LONGEST_LIST_ITEM = 6
_ASKED_OF = word_set("asked asks asking if form checker leaflet list questionnaire nurse doctor gp")
_ALL = word_set("all each every everything any both lot them")
_ALL_REACH = 3
_LIST_MARKS = ("any", "no", "nor")
_LIST_ENDS = word_set("yes but except however though although now since")
_SUMMING_UP = word_set("this that there")  # "or any of that"
_VERBS = word_set(
    "is are was were be been am have has had feel feels felt hurt hurts got get getting keep "
    "keeps started start came comes goes went can cant"
)
_NEW_SUBJECTS = word_set("i im ive its but my hes shes he she his her theres they now")
_LOSSES = word_set("loss lack change problem problems difficulty trouble issue issues")
_HAPPENS_TO = frozenset({"injury", "injury_mechanism", "injury_danger", "assault"})
# Illnesses that are screened for and that are named by one word; no complaint of a patient.
_SCREENED_FOR = frozenset(
    {
        *("aorta_risk", "cancer_history", "bone_health", "infection_immune", "stroke_history"),
        *("inflammatory_history", "past_spine_surgery"),
    }
)
_LOOKED_REACH = 7
_RESULT_REACH = 12
_OF_ONES_OWN = word_set("my this the these")
_OF_THE_RESULT = word_set("it they that all and was were is came everything both thats its")
_FOUND_NONE_THE_LESS = word_set(
    "not isnt wasnt but until till then found showed shows except however though yet now never "
    "worse again positive waiting"
)
_NOBODY = word_set("nobody nobodys noone noones")
_FAILING = word_set(
    "cant cannot couldnt no not never without dont didnt doesnt wont nothing hardly barely fine "
    "normal lost"
)
_DENIED = word_set("no not never none nothing without")
_FILLERS = word_set(
    "haha lol er um well oh god definitely absolutely thankfully luckily nope thank"
)


class Negation:
    """What the words of a message deny.

    Args:
        text: The words with their cues.
    """

    def __init__(self, text: Stretches) -> None:
        self._text = text

    def how_negated(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Return how a finding is denied, or None where it is not.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        if self._is_answered_no(span):
            # "Never had cancer. None." says it twice; "walking normal? No." takes it back.
            twice = rule.denied and bool(self._text.norms(span.first, span.last) & _DENIED)
            return None if twice else Assertion.ABSENT
        if not rule.negatable:
            return None
        if self._is_denied_loss(span) or self._is_on_no_list(span):
            return Assertion.ABSENT
        if rule.attribute in _SCREENED_FOR and self._is_looked_for_in_vain(span):
            return Assertion.ABSENT
        if self._is_done_by_nobody(rule, span):
            return Assertion.ABSENT
        if "but" in self._text.norms(span.first + 1, span.last):
            return None  # "not one for headaches, but one came on like a bang"
        verdict: Assertion | None = None
        for cue in self._text.cues_before("NEGATION", span, self._text.clause_starts):
            if not self._is_no_cue(cue):
                verdict = self._reach(cue, span) or verdict
        if verdict and self._like_this_after(span):
            return None
        return verdict

    def _is_done_by_nobody(self, rule: FindingRule, span: Span) -> bool:
        """Read "nobody fell", and "she says nobody choked her" where no one else stands between."""
        if rule.attribute in _HAPPENS_TO and self._text.norms(span.first - 1, span.first) & _NOBODY:
            return True
        inside = [
            index
            for index in range(span.first + 1, span.last)
            if self._text.words[index].norm in _NOBODY
        ]
        if not inside:
            return False
        return not any(
            cue.first > inside[-1] for cue in self._text.cues("PERSON", inside[-1] + 1, span.last)
        )

    def _is_looked_for_in_vain(self, span: Span) -> bool:
        """Read "my scan for aneurysm was clear", but not "was not clear" nor "is on Monday"."""
        text = self._text
        looked = [
            cue
            for cue in text.cues("LOOKED_FOR", max(0, span.first - _LOOKED_REACH), span.first)
            if cue.last <= span.first and not text.norms(cue.last, span.last) & _OF_ONES_OWN
        ]
        if not looked:
            return False
        end = text.sentence_end(span)
        for cue in text.cues("CAME_BACK_CLEAR", span.last, span.last + _RESULT_REACH):
            opens_next = cue.first == end or (
                cue.first > end and text.norms(end, cue.first) <= _OF_THE_RESULT
            )
            if cue.first > end and not opens_next:
                continue
            rest = text.norms(span.last, text.sentence_end(cue))
            return rest.isdisjoint(_FOUND_NONE_THE_LESS)
        return False

    def _is_on_no_list(self, span: Span) -> bool:
        """Read "asked if I had A, B or C and I answered no", and "ticked no to A, B"."""
        sentence = self._text.sentence_starts[span.first]
        first = max(sentence, span.first - REACH)
        asked = bool(self._text.norms(sentence, span.first) & _ASKED_OF)
        for cue in self._text.cues("ANSWERED_NO", first, span.last + REACH):
            if cue.last <= span.first:
                return not self._text.norms(cue.last, span.first) & _LIST_ENDS
            if cue.first < span.last or "yes" in self._text.norms(span.last, cue.first):
                continue
            if self._text.sentence_starts[cue.first] == sentence:
                return asked and "now" not in self._text.norms(
                    cue.last, self._text.sentence_end(cue)
                )
            if self._text.sentence_starts[cue.first] == self._text.sentence_end(span):
                return asked and bool(self._text.norms(cue.first, cue.last + _ALL_REACH) & _ALL)
        return False

    def _is_denied_loss(self, span: Span) -> bool:
        """Read "no loss of feeling", which holds the words "no feeling"."""
        return any(
            self._text.words[index].norm in {"no", "without", "any"}
            and self._text.words[index + 1].norm in _LOSSES
            for index in range(span.first, span.last - 1)
        )

    def _is_no_cue(self, cue: Span) -> bool:
        """Tell a "no" that answers, or a "not only", from a negation."""
        around = self._text.cues("NOT_A_NEGATION", max(0, cue.first - 4), cue.first)
        if any(other.first <= cue.first < other.last for other in around):
            return True
        if self._text.words[cue.first].norm not in ("no", "nope", "nah", "not", "never"):
            return False
        if cue.last >= len(self._text.words) or self._text.words[cue.last].break_before != NO_BREAK:
            # "No, well only when I sneeze": the answer stands alone before the pause.
            return self._text.words[cue.first].norm in ("no", "nope", "nah")
        return self._text.words[cue.last].norm in SUBJECTS | {
            "just",
            "only",
            "well",
            "actually",
            "but",
        }

    def _reach(self, cue: Span, span: Span) -> Assertion | None:
        """Say how far a negation carries: to the pause, and along a plain list."""
        pauses = [
            index
            for index in range(cue.last, span.first + 1)
            if self._text.words[index].break_before > NO_BREAK
        ]
        if pauses:
            return self._reach_along_list(cue, span, pauses)
        between = self._text.norms(cue.last, span.first)
        if between & OPENERS or ("and" in between and between & _NEW_SUBJECTS):
            return None
        if span.first - cue.last > _PLAIN_NEGATION_REACH and not between & {"or", "nor", "any"}:
            return Assertion.POSSIBLE
        return Assertion.ABSENT

    def _reach_along_list(self, cue: Span, span: Span, pauses: list[int]) -> Assertion | None:
        plain = self._text.words[pauses[-1]].norm in _LIST_MARKS
        end = span.first + 1 if plain else span.last  # "any fits, any fever": the first decides
        while end < len(self._text.words) and self._text.words[end].break_before == NO_BREAK:
            end += 1
        item = self._text.norms(pauses[-1], end)
        if item & (SUBJECTS - _SUMMING_UP | _VERBS) or end - pauses[-1] > _LONGEST_LIST_ITEM:
            return None
        limit = min(len(self._text.words), pauses[0] + REACH)
        rest = {
            self._text.words[index].norm
            for index in range(pauses[0], limit)
            if self._text.sentence_starts[index] == self._text.sentence_starts[cue.first]
        }
        return Assertion.ABSENT if plain or rest & {"or", "nor"} else Assertion.POSSIBLE

    def _is_answered_no(self, span: Span) -> bool:
        """Read "fever? no", "fever: no" and "numbness none"."""
        end = span.last
        while end < len(self._text.words) and self._text.words[end].norm in _FILLERS:
            end += 1
        following = self._text.words[end : end + 2]
        if not following:
            return False
        if [word.norm for word in self._text.words[end : end + 3]] == ["not", "at", "all"]:
            return following[0].break_before > NO_BREAK
        alone = len(following) == 1 or following[1].break_before > NO_BREAK
        if alone and following[0].norm in {"none", "nil", "negative"}:
            # "Fever. None." denies it; "I have a fever. None" answers something else.
            starts = self._text.sentence_starts
            return starts[end] == starts[span.first] or starts[span.first] == span.first
        if following[0].break_before == NO_BREAK and end == span.last:
            # "At night never", but not "can't feel my legs, never" or "it's fine never".
            inside = self._text.norms(span.first, span.last)
            return alone and following[0].norm == "never" and not inside & _FAILING
        if following[0].norm not in {"no", "nope", "nah", "never"}:
            return False
        return alone and self._text.words[span.last - 1].question

    def _like_this_after(self, span: Span) -> bool:
        """Read "never had numbness like this", which reports the numbness."""
        end = span.last
        while end < min(len(self._text.words), span.last + 3) and not self._text.is_joint(end):
            end += 1
        norms = [word.norm for word in self._text.words[span.first : end]]
        like_this = any(
            first == "like" and second in {"this", "it", "that"}
            for first, second in pairwise(norms)
        )
        return like_this or "before" in norms[span.last - span.first :]
