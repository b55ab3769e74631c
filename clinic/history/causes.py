"""Tell a sign that has a harmless cause ("legs like jelly from leg day") or is played down."""

from __future__ import annotations

from clinic.history.patterns import FindingRule, Span
from clinic.history.stretches import REACH, RECOVERED, Stretches
from clinic.history.words import word_set

_CAUSE_REACH = 24
_CAUSE_DENIED = 3
_DENYING = word_set(
    "not no without never nor isnt wasnt havent dont didnt hasnt cant cannot couldnt stopped quit"
)
_EXPLAINED_REACH = 14
_LINK_REACH = 5
_LINKS = word_set(
    "from after because cos coz bc of with post did doing when while by at in but thats mind sat "
    "sitting lying slept"
)
_STAYS = word_set("still since now worse worsening days weeks constantly hasnt havent wont")
_OTHER_COMPLAINTS = [
    [owner, part]
    for owner in ("my", "the")
    for part in ("neck", "necks", "back", "upper", "mid", "middle", "shoulder", "shoulders")
]
_NEW_DAY = word_set("today now tonight then")


class Causes:
    """What the words of a message say of causes.

    Args:
        text: The words with their cues.
    """

    def __init__(self, text: Stretches) -> None:
        self._text = text

    def has_a_cause(self, rule: FindingRule, span: Span) -> bool:
        """Read "down two stone. All with the slimming club", but not "and I'm on no diet".

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        if end < len(self._text.words):
            end = self._text.sentence_end(Span(end, end + 1))  # the next sentence
        first, last = max(start, span.first - _CAUSE_REACH), min(end, span.last + _CAUSE_REACH) - 1
        return any(
            not self._before(cause) & _DENYING
            for name in rule.causes
            for cause in self._text.cues(name, first, last)
        )

    def _before(self, cause: Span) -> set[str]:
        """Return the words in front of a cause that may deny it, those of its own sentence."""
        first = max(self._text.sentence_starts[cause.first], cause.first - _CAUSE_DENIED)
        return self._text.norms(first, cause.first)

    def is_explained(self, rule: FindingRule, span: Span) -> bool:
        """Read "legs like jelly from leg day", unless the words say that it stays.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        sentence = self._text.sentence_starts[span.first]
        first = max(sentence, span.first - _EXPLAINED_REACH)
        causes = self._text.cues("HARMLESS_CAUSE", first, span.last + _EXPLAINED_REACH)
        if rule.effort_explains:
            causes = [*causes, *self._text.cues("EFFORT", first, span.last + _EXPLAINED_REACH)]
        for cause in causes:
            if self._text.sentence_starts[cause.first] != sentence:
                continue
            before = self._text.words[max(sentence, cause.first - _LINK_REACH) : cause.first]
            links = [word.norm in _LINKS for word in before]
            between = self._text.norms(cause.last, span.first)
            if between & _NEW_DAY:
                continue  # "at the gym yesterday, today that eyelid hangs"
            if any(
                word.norm in ("like", "if") and linked
                for word, linked in zip(before, links[1:], strict=False)
            ):
                continue  # "numb like after the dentist" tells how it feels
            # "Couldn't catch my breath laughing" needs no "from".
            follows = cause.first == span.last and self._text.words[cause.first].norm.endswith(
                "ing"
            )
            if any(links) or cause.first < span.first or follows:
                end = max(span.last, cause.last)
                limit = min(len(self._text.words), end + _EXPLAINED_REACH)
                while end < limit and self._text.sentence_starts[end] == sentence:
                    end += 1
                return not any(
                    self._stays(index) for index in range(span.last, self._own_end(span, end))
                )
        return False

    def _own_end(self, span: Span, end: int) -> int:
        """Return where another complaint begins: the "since" of "my neck hurts since" is its."""
        for index in range(span.last, end - 1):
            if [word.norm for word in self._text.words[index : index + 2]] in _OTHER_COMPLAINTS:
                return index
        return end

    def is_played_down(self, span: Span) -> bool:
        """Read "came off the bike at zero speed": a fall that may be none worth the name.

        Args:
            span: Where the finding stands.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        first, last = max(start, span.first - REACH), min(end, span.last + REACH) - 1
        return bool(self._text.cues("MINOR_KNOCK", first, last)) and not self._text.cues(
            "GRAVE_KNOCK", first, last
        )

    def _stays(self, index: int) -> bool:
        """Tell "numb now" from "fine now" and from "now my neck is sore"."""
        if (
            self._text.words[index].norm not in _STAYS
            or self._text.words[index - 1].norm in RECOVERED
        ):
            return False
        following = [word.norm for word in self._text.words[index + 1 : index + 3]]
        return following not in _OTHER_COMPLAINTS
