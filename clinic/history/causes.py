"""Tell a sign that has a harmless cause ("legs like jelly from leg day") or is played down."""

from __future__ import annotations

from clinic.history.patterns import FindingRule, Span
from clinic.history.stretches import REACH, RECOVERED, Stretches
from clinic.history.words import NO_BREAK, word_set

_CAUSE_REACH = 24
_CAUSE_DENIED = 3
_ADDED = word_set("too also")
_RULED_OUT = 8
_DENYING = word_set(
    "not no without never nor isnt wasnt havent dont didnt hasnt cant cannot couldnt stopped quit"
)
_EXPLAINED_REACH = 14
_LINK_REACH = 5
_LINKS = word_set(
    "from after because cos coz bc of with post did doing when while by at in on during "
    "but thats mind sat sitting lying slept"
)
_STAYS = word_set("still since now worse worsening days weeks constantly hasnt havent wont")
_NONE = word_set("nothing none nowt")  # "nothing since"
_OTHER_COMPLAINTS = [
    [owner, part]
    for owner in ("my", "the")
    for part in ("neck", "necks", "back", "upper", "mid", "middle", "shoulder", "shoulders")
]
_LATER = (["later"], ["after"], ["on"])
_RECOVERED_BEFORE = 3
_ANEW = word_set("since now today tonight yesterday suddenly last")
_JOINING = word_set("and but then")
_FOR_REAL = word_set("really actually genuinely truly properly then but now")
_NEW_DAY = word_set("today now tonight then")

_PUT_ON_REACH = 4
_MEANT_REACH = 6
_TITLE_REACH = 1
_FEW_MEANT = 4
_PLACING = word_set(
    "in at on from of by with during after before watching a an the my our me him her"
)
# A gloss that names a sign, a part of the body or a failing sharpens what it explains.
_SIGNS = (
    *("PAIN", "SYMPTOM_WORD", "CANNOT", "NOT_FEEL", "NUMB", "WEAK", "FEVER", "INFECTION", "CANCER"),
    *("ILLNESS", "BREATHLESS", "COLLAPSE", "PARALYSED", "SEIZURE", "UNSTEADY", "STRANGLE"),
    *("SPEECH", "SPEECH_PART", "FACE_DROOP", "CONFUSED", "DROWSY", "CHEST_PAIN", "VISION"),
    *("NECK", "UPPER_BACK", "BACK", "SHOULDER", "ARM", "HAND", "LEG", "HEAD", "CHEST", "FACE"),
    *("FALL", "INJURY_WORD", "NEGATION"),
)
_SHARPENING = word_set(
    "really at all ever properly completely totally it that this all badly seriously literally "
    "very gone dead full bad worse hardly barely even proper suddenly i im me now today always "
    "cup cups mug mugs plate plates glass glasses things stuff objects tools keys pens phone coins"
)


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
        if start and self._text.norms(span.last, end) & _ADDED:
            start = self._text.sentence_starts[start - 1]  # "Marathon training. Down 6 kg too."
        if end < len(self._text.words):
            end = self._text.sentence_end(Span(end, end + 1))  # the next sentence
        first, last = max(start, span.first - _CAUSE_REACH), min(end, span.last + _CAUSE_REACH) - 1
        return any(
            not self._is_denied(cause, span) and not self._is_told_anew(cause, span)
            for name in rule.causes
            for cause in self._text.cues(name, first, last)
        )

    def _is_told_anew(self, cause: Span, span: Span) -> bool:
        """Read "I work in a freezer and since last night I have rigors": no longer of the cold."""
        words = self._text.words
        return any(
            words[index].norm in _ANEW
            and (words[index - 1].norm in _JOINING or words[index].break_before > NO_BREAK)
            for index in range(cause.last, span.first)
        )

    def _is_denied(self, cause: Span, span: Span) -> bool:
        """Tell "on no diet" from "can't sleep for the foxes", whose "can't" is the sign's own."""
        if any(
            self._text.ends_clause(cue)
            for cue in self._text.cues("NOT_THAT", cause.last, cause.last + _RULED_OUT)
        ):
            return True
        first = max(self._text.sentence_starts[cause.first], cause.first - _CAUSE_DENIED)
        if span.last <= cause.first:
            first = max(first, span.last)
        return bool(self._text.norms(first, cause.first) & _DENYING)

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
                    self._stays(index) and not self._is_of_the_neck(index, span)
                    for index in range(span.last, self._own_end(span, end))
                )
        return False

    def is_put_on(self, span: Span) -> bool:
        """Read "coughed blood for twelve takes, fake of course", which a play tells of.

        Args:
            span: Where the finding stands.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        # "Coughed up blood. All fake of course": the next sentence opens with it.
        return any(
            not self._is_denied(cue, span) and not self._is_told_for_real(cue, span)
            for cue in self._text.cues("PUT_ON", start, min(end + _PUT_ON_REACH, span.last + REACH))
            if cue.first < end or self._text.sentence_starts[cue.first] == end
        )

    def _is_told_for_real(self, cue: Span, span: Span) -> bool:
        """Read "I played the victim, and then I really fell off the stage": no play."""
        return bool(self._text.norms(cue.last, span.first) & _FOR_REAL)

    def is_a_title(self, span: Span) -> bool:
        """Read "a Crash marathon" and "binged The Fall", which nobody suffered.

        Args:
            span: Where the finding stands.
        """
        text = self._text
        watched = text.cues("WATCHED", max(0, span.first - REACH), span.first)
        if any(span.first <= cue.last < span.last for cue in watched):
            return not text.is_joint(span.first)
        return any(
            not any(text.is_joint(index) for index in range(span.last, cue.first + 1))
            and not text.norms(span.last, cue.first) & _PLACING
            for cue in text.cues("WORK_WITH_A_TITLE", span.last, span.last + _TITLE_REACH)
        )

    def is_meant_otherwise(self, span: Span) -> bool:
        """Read "a dive as in bar" and "I keep dropping everything. Calls, I mean".

        Args:
            span: Where the finding stands.
        """
        text = self._text
        end = text.sentence_end(span)
        for cue in text.cues("MEANT", span.last, span.last + _MEANT_REACH):
            opens_next = cue.first == end
            if (cue.first < end or opens_next) and self._is_harmless(cue.last, self._rest(cue)):
                return True
        return any(
            text.ends_clause(cue)
            and text.sentence_starts[cue.first] == end
            and self._is_harmless(end, cue.first)
            for cue in text.cues("MEANT_AFTER", end + 1, end + _FEW_MEANT)
        )

    def _rest(self, cue: Span) -> int:
        """Return where the clause of a cue ends."""
        last = cue.last
        while last < len(self._text.words) and not self._text.is_joint(last):
            last += 1
        return last

    def _is_harmless(self, first: int, last: int) -> bool:
        """Tell whether words say what is meant, and nothing of an illness."""
        if first >= last or self._text.norms(first, last) & _SHARPENING:
            return False
        return not any(self._text.cues(name, first, last - 1) for name in _SIGNS)

    def _own_end(self, span: Span, end: int) -> int:
        """Return where another complaint begins: the "since" of "my neck hurts since" is its."""
        for index in range(span.last, end - 1):
            if [word.norm for word in self._text.words[index : index + 2]] in _OTHER_COMPLAINTS:
                return index
        return end

    def _is_of_the_neck(self, index: int, span: Span) -> bool:
        """Read "hands numb from the cold, neck still stiff", whose "still" is the neck's."""
        first, last = self._text.chunk(Span(index, index + 1))
        return span.last <= first and any(
            self._text.cues(part, first, last - 1) for part in ("NECK", "UPPER_BACK", "BACK")
        )

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
            or self._text.words[index - 1].norm in RECOVERED | _NONE
        ):
            return False
        following = [word.norm for word in self._text.words[index + 1 : index + 3]]
        before = self._text.norms(max(0, index - _RECOVERED_BEFORE), index)
        if following[:1] in _LATER and before & RECOVERED:
            return False  # "fine two days later"
        return following not in _OTHER_COMPLAINTS
