"""Tell what is long gone, over, or long there and unchanged from what is new."""

from __future__ import annotations

from datetime import date

from clinic.history.durations import find_durations
from clinic.history.findings import Assertion
from clinic.history.numbers import COUNTING, Measure
from clinic.history.patterns import FindingRule, Span
from clinic.history.stretches import REACH, RECOVERED, SUBJECTS, Stretches
from clinic.history.words import NO_BREAK, PAUSE, word_set

_OLD_REACH = 12
_OVER_REACH = 6
_OVER_LATER = 24
_OVER_SUBJECTS = word_set(
    "and but so it its its is was that thats all im i hes shes he she theyre ive been have has "
    "totally completely fully thankfully luckily everything now im absolutely quite feeling feel "
    "well though then both again this cured treated healed mended sorted"
)
_ABOUT_THE_SAME = word_set("it its that thats this has is hasnt and just still")
_COMPLAINING = word_set("neck necks back pain pains hurts hurt sore stiff ache aches")
# What tells of an end, and not only of a state.
_ENDING = word_set(
    "now today since gone over again back better cleared passed recovered healed history days went "
    "came stopped finished after once by no not nothing none never mended sorted settled"
)
_SUMMED_UP = 4
_LISTED = 7  # words
_COMPARED = 2
_COMPARING = word_set("like as than")
_DATE_REACH = 12
_WAS = word_set("had was were felt caught did got came went")
_GOES_ON = word_set(
    "still since started starts begun began again always ever have has keep keeps im ive its "
    "hasnt havent ongoing lasting"
)
_STORY_OPENERS = (
    SUBJECTS | COUNTING | word_set("back way once so well only had was got right early late")
)
_LONG_AGO = word_set("ago back behind history school childhood year years decades")
_YEAR_FIGURES = 4
_RECOVERY = word_set("fine recovered healed cleared worn wore away")
_LATELY = word_set(
    "this today yesterday tonight morning breakfast lunch lunchtime teatime evening night hour "
    "hours minutes earlier just monday tuesday wednesday thursday friday saturday sunday weekend "
    "day days"
)
_SAYING_BACK = COUNTING | word_set("that thats this it its was is were all about over now happened")
# What tells of the present although it opened with the past.
_GOES_ON_SINCE = word_set(
    "still since but until now is are has have hasnt havent keeps keep ever again dont doesnt cant "
    "am im yesterday this morning suddenly recently lately ago monday tuesday wednesday thursday "
    "friday saturday sunday"
)
_ENDED = word_set("gone fine ok okay better well nothing not never none clear grand good")
_LASTING = word_set("since for over these past almost nearly about from")
# So many days make an illness that is over a thing of the past, whatever it was.
LONG_OVER = 42
# A face that dropped and came right may drop again; violence and self-harm are never cleared.
_NOT_CLEARED = frozenset({"stroke_signs", "assault", "crisis", "injury_danger"})
# What somebody may be from birth; words of a change beside it tell of more.
_TRAITS = frozenset({"hand_dexterity"})
_CHANGED = word_set(
    "now but worse worsening more than lately recently never not suddenly today yesterday week "
    "weeks month months started starting became become getting got gone changed new this these "
    "until till wasnt werent didnt like"
)
# What may sit there for years without being explained by anything.
_SITTING = frozenset({"lump"})
_PRESENT = word_set(
    "now still today tonight currently keep keeps keeping since yesterday this im ive getting"
)
_OF_LATE = word_set("yesterday today tonight")
_TOLD_AS_OVER = _WAS | word_set("ago seen taken checked tested passed turned")
_POINTING = word_set("that thats it its this")
_PERSONS = word_set("i ive he hes she shes")
_BESIDE = word_set("but and is been was has had only just like so")
_NOW = word_set("now today currently still again lately tonight")
_NEW = word_set("and but now then today yesterday suddenly plus since")


class Past:
    """What the words of a message say of the past.

    Args:
        text: The words with their cues.
        today: The present date at the clinic; without it no date is long ago.
    """

    def __init__(self, text: Stretches, today: date | None) -> None:
        self._text = text
        self._today = today
        self._durations: list[Measure] | None = None

    def _is_summed_up(self, end: int, cue: Span) -> bool:
        """Tell whether a clause after a pause says nothing but that it was long ago."""
        same = self._text.sentence_starts[cue.first] == self._text.sentence_starts[end - 1]
        paused = any(
            word.break_before > NO_BREAK for word in self._text.words[end + 1 : cue.first + 1]
        )
        return same and not paused and self._text.norms(end, cue.first) <= _OVER_SUBJECTS

    def how_past(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Tell something long gone, or long there and unchanged, from something new.

        "For years" alone leaves open whether it changed, so it is only possible.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        if self.is_long_gone(rule, span):
            return Assertion.PAST
        if rule.attribute in _TRAITS and self._is_lifelong(span):
            return Assertion.PAST
        if not rule.explainable and not rule.settles and rule.attribute not in _SITTING:
            return None  # held by the throat "for ages" is no old complaint
        first, last = max(0, span.first - REACH), span.last + REACH
        sentence = self._text.sentence_starts[span.first]
        old = self._text.cues("OLD", first, last)
        if rule.attribute in _SITTING:
            # "There for years and now it grows": the years stand between the two.
            old = [cue for cue in old if not cue.overlaps(span)]
        if any(self._is_long_standing(cue, span) for cue in old):
            unchanged = any(
                self._is_of_the_same(cue, sentence, span)
                for cue in self._text.cues("UNCHANGED", first, last)
            )
            return Assertion.PAST if unchanged else Assertion.POSSIBLE
        if any(self._is_said_back(concept, span) for concept in ("OLD", "USUAL", "UNCHANGED")):
            return Assertion.POSSIBLE
        after = self._text.cues("USUAL", span.last, span.last + _OLD_REACH)
        if any(self._text.sentence_starts[cue.first] == sentence for cue in after):
            return Assertion.PAST
        return None

    def _is_lifelong(self, span: Span) -> bool:
        """Read "dropped plates my whole life lol", but not "more this week than in all my life"."""
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        return bool(self._text.cues("LIFELONG", start, end - 1)) and self._text.norms(
            start, end
        ).isdisjoint(_CHANGED)

    def how_closed(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Read "pneumonia in 2016, coughing blood, fully recovered" and "chest pain, ECG clear".

        What is dated long ago and over is past. What a doctor found harmless of late is
        explained, so that it is asked about. Neither holds where it is told of now, or came back.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        closing = [
            (cue, kind)
            for kind in ("CLOSED", "CLEARED")
            for cue in self._text.cues(kind, span.last, end + _SUMMED_UP)
            if cue.first < end or self._text.norms(end, cue.first) <= _OVER_SUBJECTS
        ]
        if not closing:
            return None
        last = self._text.sentence_end(max((cue for cue, _ in closing), key=lambda cue: cue.last))
        if last < len(self._text.words):
            last = self._text.sentence_end(Span(last, last + 1))
        if self._text.cues("RETURNED", span.last, last - 1):
            return None
        first = min(cue.first for cue, _ in closing)
        told = self._text.norms(start, min(first, end))
        if told & _PRESENT:
            return None
        lately = self._text.norms(start, last) & _OF_LATE
        if not lately and self.is_dated_long_ago(start, span):
            return Assertion.PAST
        cleared = any(kind == "CLEARED" for _, kind in closing)
        happened = _happened(told, _TOLD_AS_OVER)
        if cleared and happened and rule.attribute not in _NOT_CLEARED:
            return Assertion.EXPLAINED
        return None

    def is_dated_long_ago(self, start: int, span: Span) -> bool:
        """Tell whether the date of long ago stands before a finding or in its own chunk.

        Args:
            start: Where its sentence begins.
            span: Where the finding stands.
        """
        _, end = self._text.chunk(span)
        return any(
            self._text.words[max(0, date.first - 1)].norm not in _LASTING
            for date in self._dates()
            if start <= date.first < end and date.value >= LONG_OVER
        ) or any(
            self._tells_of_years(cue)
            for kind in ("PAST", "YEAR")
            for cue in self._text.cues(kind, start, end - 1)
        )

    def _is_of_the_same(self, cue: Span, sentence: int, span: Span) -> bool:
        """Read "a leak for years. It's not changed", whose second sentence is about the first."""
        told = self._text.sentence_starts[cue.first]
        if told == sentence:
            return True
        return told == self._text.sentence_end(span) and (
            self._text.norms(told, cue.first) <= _ABOUT_THE_SAME
        )

    def is_long_gone(self, rule: FindingRule, span: Span) -> bool:
        """Tell whether the words say that it was long ago ("as a child", "in 2019").

        Args:
            rule: What the words mean.
            span: Where the finding stands.
        """
        start, end = self._text.chunk(span)
        clause = self._text.clause_starts[span.first]
        if (
            self._is_in_old_story(start, end, span)
            or self._is_dated_after(span)
            or self._is_said_back("PAST", span, long_ago=True)
        ):
            return True
        reach = _LISTED if rule.passes else _SUMMED_UP
        for cue in self._text.cues("PAST", max(0, span.first - REACH), end + reach):
            listed = rule.passes and cue.first >= end and self._is_listed(start, end, cue)
            if cue.first >= end and not (listed or self._is_summed_up(end, cue)):
                continue
            if self._text.norms(max(0, cue.first - _COMPARED), cue.first) & _COMPARING:
                continue  # "I can't thread a needle like I used to"
            if self._is_lately_recovered(rule, span, cue):
                continue  # "my face drooped this morning, fine since": as urgent as before
            inside = start <= cue.first and cue.last <= end
            # "I used to drink and fell a lot": a pronoun may stand before it.
            before = clause <= cue.first and cue.last <= span.first
            opens = before and self._text.norms(clause, cue.first) <= SUBJECTS
            # "I fainted once, at school", "he hit me, that's years ago": nothing but the time.
            follows = cue.first >= end and self._text.ends_clause(cue)
            if (inside or opens or follows or listed) and not self._is_now(start, end, cue):
                return True
        return False

    def _is_listed(self, start: int, end: int, cue: Span) -> bool:
        """Read "I'd pneumonia and a temp of 40 two winters ago", whose date is that of both."""
        words = self._text.words
        if words[end].norm != "and" or cue.first - end > _LISTED:
            return False
        if any(word.break_before > NO_BREAK for word in words[end : cue.first + 1]):
            return False
        told = self._text.norms(start, cue.first)
        return not told & (_PRESENT | _GOES_ON) and not self._text.norms(end, cue.first) & SUBJECTS

    def _is_in_old_story(self, start: int, end: int, span: Span) -> bool:
        """Read "in 2018 I had a stinger and my arm went numb": all of it is of that year."""
        opening = self._text.sentence_starts[span.first]
        for cue in self._text.cues("PAST", opening, span.first - 1):
            before = {norm for norm in self._text.norms(opening, cue.first) if not norm.isdigit()}
            if not before <= _STORY_OPENERS:
                break
            told = self._text.norms(cue.last, end)
            own = self._text.norms(start, end)
            happened = _happened(own, _WAS)
            if cue.last <= start and happened and not told & (_NOW | _GOES_ON_SINCE):
                return True
        return False

    def _is_dated_after(self, span: Span) -> bool:
        """Read "hit by a taxi in Lagos, bruises only, 2015"."""
        sentence, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        if self._text.norms(sentence, end) & (_NOW | _GOES_ON_SINCE):
            return False
        return any(
            self._text.words[cue.first].break_before == PAUSE and self._text.ends_clause(cue)
            for cue in self._text.cues("YEAR", span.last, end - 1)
        )

    def _is_said_back(self, concept: str, span: Span, *, long_ago: bool = False) -> bool:
        """Read "I couldn't feel my legs for an afternoon. That's four years ago".

        Args:
            concept: The cue that the next sentence opens with.
            span: Where the finding stands.
            long_ago: The cue has to tell of years: "fine since" may be said of this morning.
        """
        opening = self._text.sentence_end(span)
        if opening >= len(self._text.words):
            return False
        return any(
            self._text.norms(opening, cue.first) <= _SAYING_BACK
            and cue.first > opening
            and not (long_ago and not self._tells_of_years(cue))
            for cue in self._text.cues(concept, opening, opening + _SUMMED_UP)
        )

    def _is_lately_recovered(self, rule: FindingRule, span: Span, cue: Span) -> bool:
        if rule.settles or not self._text.norms(cue.first, cue.last) & _RECOVERY:
            return False
        sentence, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        return bool(self._text.norms(sentence, end) & _LATELY)

    def _tells_of_years(self, cue: Span) -> bool:
        norms = self._text.norms(cue.first, cue.last)
        dated = any(norm.isdigit() and len(norm) == _YEAR_FIGURES for norm in norms)
        return dated or bool(norms & _LONG_AGO)

    def is_dated_back(self, rule: FindingRule, span: Span) -> bool:
        """Read "had a fever with covid in March" in autumn, but not "since March".

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        norms = self._text.norms(start, end)
        # "Gone since" ends what "since" alone would go on with.
        ongoing = {
            self._text.words[index].norm
            for index in range(start, end)
            if not (index and self._text.words[index - 1].norm in _ENDED)
        }
        if ongoing & _GOES_ON or not (rule.past_counts or norms & _WAS):
            return False
        # "I had a stent in March, crushing chest pain": the pain is not said to be over. Only
        # an illness that is named holds its fever together: "had covid in March, 40 degrees".
        first, last = self._text.chunk(span)
        own = bool(self._text.norms(first, last) & _WAS)
        ill = rule.settles and bool(self._text.cues("ILLNESS_EPISODE", start, span.first))
        return any(
            start <= date.first < end
            and (own or ill or first <= date.first < last)
            and min(abs(date.first - span.last), abs(span.first - date.last)) <= _DATE_REACH
            and not self._text.norms(date.last, span.first) & _NOW
            and date.value >= rule.passes
            and self._text.words[date.first - 1].norm not in _LASTING
            for date in self._dates()
            if date.first
        )

    def _dates(self) -> list[Measure]:
        if self._durations is None:
            self._durations = find_durations(self._text.words, self._today) if self._today else []
        return self._durations

    def _is_now(self, start: int, end: int, cue: Span) -> bool:
        """Tell "years ago, and numb again now" from "fine now"."""
        return any(
            self._text.words[index].norm in _NOW
            and not cue.first <= index < cue.last
            and (index == 0 or self._text.words[index - 1].norm not in RECOVERED)
            for index in range(start, end)
        )

    def _is_long_standing(self, cue: Span, span: Span) -> bool:
        """Tell whether "for years" is said of this finding and not of another."""
        if self._text.sentence_starts[cue.first] != self._text.sentence_starts[span.first]:
            # "Clumsy? Only since birth."
            echoed = (
                self._text.words[span.last - 1].question
                and not self._text.words[cue.first].question
            )
            return echoed and self._text.sentence_starts[cue.first] == self._text.sentence_end(span)
        first, last = min(cue.last, span.last), max(cue.first, span.first)
        at_times = {
            i for cue in self._text.spans("NOW_AND_THEN") for i in range(cue.first, cue.last)
        }
        between = {self._text.words[i].norm for i in range(first, last) if i not in at_times}
        if last - first > _OLD_REACH or (between & _NEW and not self._points_back(cue, span)):
            return False
        paused = any(word.break_before > NO_BREAK for word in self._text.words[first : last + 1])
        return cue.first >= span.first or not paused

    def _points_back(self, cue: Span, span: Span) -> bool:
        """Read "I leak, but that's since the twins" and "a droopy lid, but he was born with it"."""
        lead = self._text.norms(span.last, cue.first)
        pointing = (lead | self._text.norms(cue.first, cue.last + 1)) & _POINTING
        return bool(pointing) and lead <= _POINTING | _BESIDE | _PERSONS

    def is_over(self, span: Span) -> bool:
        """Tell "a fever, but it has gone" from "a fever, and my arm has gone numb".

        Args:
            span: Where the finding stands.
        """
        gone = self._stated("GONE", span)
        for cue in gone:
            same = self._text.sentence_starts[cue.first] == self._text.sentence_starts[span.first]
            if same and cue.first <= span.last + _OVER_REACH and self._text.ends_clause(cue):
                return True
        alone = self._stated("OVER_ALONE", span)
        return any(
            self._text.ends_clause(cue) and self._is_said_alone(cue, span) for cue in gone + alone
        )

    def _stated(self, concept: str, span: Span) -> list[Span]:
        """Return what follows and is no question: "is that OK?" tells of no end."""
        cues = self._text.cues(concept, span.last, span.last + _OVER_LATER)
        return [cue for cue in cues if not self._text.words[cue.first].question]

    def _is_said_alone(self, cue: Span, span: Span) -> bool:
        """Read "in bed with a temp. All over now", with no other complaint in between."""
        opening = cue.first
        while opening > span.last and not self._text.is_joint(opening):
            opening -= 1
        if not self._text.is_joint(opening):
            return False  # "my hand doesn't close well" is no "all well now"
        between = self._text.norms(span.last, opening)
        if self._text.norms(opening, cue.last).isdisjoint(_ENDING) and not self._is_just_told(
            opening, span
        ):
            return False
        return self._text.norms(opening, cue.first) <= _OVER_SUBJECTS and not between & _COMPLAINING

    def _is_just_told(self, opening: int, span: Span) -> bool:
        """Read "had a numb hand on Monday. All fine", but not "hand numb. Walking good. Normal".

        A bare "fine" may answer something else.
        """
        start, end = self._text.sentence_starts[span.first], self._text.sentence_end(span)
        told = self._text.norms(start, end)
        happened = _happened(told, _TOLD_AS_OVER - {"got"})
        return opening <= end and happened and told.isdisjoint(_PRESENT)


def _happened(norms: set[str], words: frozenset[str]) -> bool:
    """Tell whether one of some words, or an ending, tells of what happened then."""
    return not words.isdisjoint(norms) or any(norm.endswith("ed") for norm in norms)
