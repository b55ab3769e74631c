"""Decide how a finding is said: so, not so, perhaps, long ago, of somebody else, asked.

The cues are concepts of the lexicon. The rules lean to the safe side: a negation reaches
only what it plainly covers, and where its reach is not plain the finding is "possible",
so that the interview asks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from enum import Enum
from itertools import pairwise
from operator import attrgetter

from clinic.history.durations import find_durations
from clinic.history.findings import Assertion
from clinic.history.numbers import Measure
from clinic.history.patterns import FindingRule, Span
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, word_set

_FIRST = attrgetter("first")
# No cue reaches further: in a run-on message the words far back are about something else.
_REACH = 40
_WOULD_REACH = 6
_UNSURE_REACH = 8
_OLD_REACH = 12
_OVER_REACH = 6
_OVER_LATER = 24
_OVER_SUBJECTS = word_set(
    "and but so it its its is was that thats all im i hes shes he she theyre ive been have has "
    "totally completely fully thankfully luckily everything now im absolutely quite feeling feel "
    "well though then both again"
)
_COMPLAINING = word_set("neck necks back pain pains hurts hurt sore stiff ache aches")
_SUMMED_UP = 4
_DATE_REACH = 12
_WAS = word_set("had was were felt caught did got came went")
_GOES_ON = word_set(
    "still since started starts begun began again always ever have has keep keeps im ive its "
    "hasnt havent ongoing lasting"
)
_ENDED = word_set("gone fine ok okay better well nothing not never none clear grand good")
_LASTING = word_set("since for over these past almost nearly about from")
_CAUSE_REACH = 24
_CAUSE_DENIED = 3
_DENYING = word_set("not no without never nor isnt wasnt havent dont didnt hasnt")
_EXPLAINED_REACH = 14
_LINK_REACH = 5
_PLAIN_NEGATION_REACH = 8
_LONGEST_LIST_ITEM = 6
# A symptom that these words surround is being reported, whatever else the sentence does.
_SELF = word_set("i im ive id my me mine myself ill")
_REPORTED = _SELF | word_set("he she hes shes his her our that theres")
_SUBJECTS = _SELF | word_set("it its he hes she shes they we you there theres this that")
_THIRD = word_set("he hes she shes his her hers him himself herself they theyre their them")
_GENERIC = word_set("someone somebody anyone anybody person people lad lads he she her his him")
# After these a relative only passes on what somebody says, or is a person met on the way.
_PASSING_ON = word_set("says said say thinks reckons noticed typing writing insists asked told")
_SIGN_CONCEPTS = (
    "SYMPTOM_WORD",
    "NUMB",
    "WEAK",
    "FEVER",
    "CANNOT",
    "INFECTION",
    "CANCER",
    "PAIN",
    "ILLNESS",
)
_MAKERS = word_set(
    "for writing write making make doing preparing updating drafting designing wrote running"
)
_MAKER_REACH = 5
# Whom one meets or carries is nobody who has the sign.
_MET = word_set(
    "to with at by near past lifting lifted lift carrying carried holding held feeding fed chasing "
    "cuddling minding bathing dressing visiting"
)
# "My toddler headbutted my neck" tells of what was done to the writer.
_DONE_TO = frozenset({"injury", "injury_mechanism", "injury_danger", "assault", "neck_manipulated"})
_DONE_REACH = 5
_WHERE = word_set("in at")
_PLACING = word_set("in at from of on down with near")
_WOULD = word_set("would will could might")
_POSSESSIVES = word_set("my her his the their your our")
_BECOMING = word_set("be get go become sound feel come stay end")
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
# After these a new statement begins, which the negation before them does not deny.
_OPENERS = word_set("because cause cos coz bc since so which who until while although")
_NEW_SUBJECTS = word_set("i im ive its but my hes shes he she his her theres they now")
_LOSSES = word_set("loss lack change problem problems difficulty trouble issue issues")
_FILLERS = word_set(
    "haha lol er um well oh god definitely absolutely thankfully luckily nope thank"
)
_LINKS = word_set(
    "from after because cos coz bc of with post did doing when while by at in but thats mind"
)
_STAYS = word_set("still since now worse worsening days weeks constantly hasnt havent wont")
_NOW = word_set("now today currently still again lately tonight")
_OTHER_COMPLAINTS = [[owner, part] for owner in ("my", "the") for part in ("neck", "necks", "back")]
_NEW_DAY = word_set("today now tonight then")
_RECOVERED = word_set("fine ok okay better healed recovered gone well good normal")
_NEW = word_set("and but now then today yesterday suddenly plus since")
_ASKING_VERBS = word_set("is are can could does do would will")
_MODALS = word_set("will would could can might may does do")
_EFFECTS = word_set("make cause lead leave give turn become end happen result mean affect")
_JUDGEMENTS = word_set(
    "emergency serious dangerous normal linked related common caused sign symptom safe bad"
)
_BEFORE_QUESTION = word_set(
    "and but so or also hi hello hey doctor please just if know about tell me explain ask "
    "asking wonder wondering understand um well ok"
)


class _Owner(Enum):
    """Whom a word is about: the writer, a third person, or an open question."""

    WRITER = "writer"
    OTHER = "other"
    OPEN = "open"


class Context:
    """The words of a message with the cues among them.

    Args:
        words: The message's words.
        concepts: The concepts found in them.
        today: The present date at the clinic; without it no date is long ago.
    """

    def __init__(
        self,
        words: list[Word],
        concepts: Mapping[str, list[Span]],
        today: date | None = None,
    ) -> None:
        self.words = words
        self._concepts = concepts
        turns = {span.first for span in concepts.get("TURN", ())}
        self._sentence_starts = self._starts(set())
        self._clause_starts = self._starts(turns)
        self._owners: list[_Owner] | None = None
        self._today = today
        self._durations: list[Measure] | None = None
        self._joints = turns | {index for index, word in enumerate(words) if word.norm == "and"}

    def spans(self, concept: str) -> list[Span]:
        """Return where a concept was found.

        Args:
            concept: Its name.
        """
        return self._concepts.get(concept, [])

    def assertion(self, rule: FindingRule, span: Span, *, of_relative: bool = False) -> Assertion:
        """Decide how a finding is said.

        Args:
            rule: What the words mean.
            span: Where they stand.
            of_relative: The message is written for a relative, whose findings count.
        """
        mine = of_relative or rule.household or self._is_done_to_writer(rule, span)
        if not mine and (owned := self._of_somebody_else(span)):
            return owned
        if self._is_supposed_of_others(span):
            return Assertion.HYPOTHETICAL
        if rule.negatable and (self._is_supposed(span) or self._is_would_be(span)):
            return Assertion.HYPOTHETICAL
        if not rule.past_counts and (framed := self._framed(span)):
            return framed
        if self._is_asked(span):
            return Assertion.ASKED
        denied = self._is_negated(rule, span)
        if rule.denied:
            return Assertion.POSSIBLE if denied is Assertion.ABSENT else Assertion.ABSENT
        if denied is not None:
            return denied
        past = None if rule.past_counts else self._past(rule, span)
        if past is Assertion.PAST:
            return past
        if rule.passes and (self._is_dated_back(rule, span) or self._is_long_gone(span)):
            return Assertion.PAST
        if rule.settles and self._is_over(span):
            return Assertion.PAST
        if self._has_a_cause(rule, span) or (rule.explainable and self._is_explained(rule, span)):
            return Assertion.EXPLAINED
        if past is not None:
            return past
        if rule.negatable and self._is_unsure(span):
            return Assertion.POSSIBLE
        if rule.played_down and self._is_played_down(span):
            return Assertion.POSSIBLE
        return Assertion.PRESENT

    # ---- cues and stretches -----------------------------------------------------------------

    def _starts(self, turns: set[int]) -> list[int]:
        """Return for each word where its sentence, or with turns its clause, begins."""
        starts, current = [], 0
        for index, word in enumerate(self.words):
            if word.break_before == SENTENCE_END or index in turns:
                current = index
            starts.append(current)
        return starts

    def _cues(self, concept: str, first: int, last: int) -> list[Span]:
        """Return a concept's spans that begin in a stretch of words."""
        spans = self.spans(concept)
        begin = bisect_left(spans, first, key=_FIRST)
        return spans[begin : bisect_right(spans, last, lo=begin, key=_FIRST)]

    def _cues_before(self, concept: str, span: Span, starts: list[int]) -> list[Span]:
        first = max(starts[span.first], span.first - _REACH)
        return [cue for cue in self._cues(concept, first, span.first) if cue.last <= span.first]

    def _norms(self, first: int, last: int) -> set[str]:
        return {word.norm for word in self.words[first:last]}

    def _chunk(self, span: Span) -> tuple[int, int]:
        """Return the stretch around a span up to a pause, an "and", or a turn."""
        start, end = span.first, span.last
        while start > 0 and not self._is_joint(start) and span.first - start < _REACH:
            start -= 1
        while end < len(self.words) and not self._is_joint(end) and end - span.last < _REACH:
            end += 1
        return start, end

    def _is_joint(self, index: int) -> bool:
        return self.words[index].break_before > NO_BREAK or index in self._joints

    # ---- somebody else, supposed, asked, unsure ---------------------------------------------

    def _of_somebody_else(self, span: Span) -> Assertion | None:
        """Tell whose sign it is: a third person keeps it until "I" or "my" returns.

        A sentence without a subject after a third person's illness leaves it open.
        """
        first = max(self._clause_starts[span.first], span.first - _REACH)
        if any(
            cue.last < span.last
            and not self._is_met(cue)
            and not self._norms(cue.last, span.last) & _SELF
            for cue in self._cues("RELATIVE", first, span.last - 1)
        ):
            return Assertion.OTHER_PERSON
        if not self.spans("RELATIVE"):
            return None
        if self._owners is None:
            self._owners = self._find_owners()
        owner, before = self._owners[span.last - 1], self._owners[span.first]
        if owner is _Owner.WRITER or self._norms(span.first, span.last) & _SELF:
            return None
        if before is _Owner.WRITER and self._norms(self._sentence_starts[span.first], span.last) & (
            _SELF
        ):
            return None
        return Assertion.OTHER_PERSON if owner is _Owner.OTHER else Assertion.POSSIBLE

    def _is_done_to_writer(self, rule: FindingRule, span: Span) -> bool:
        end = min(self._chunk(span)[1], span.last + _DONE_REACH)
        return rule.attribute in _DONE_TO and bool(self._norms(span.first, end) & {"my", "me"})

    def _find_owners(self) -> list[_Owner]:
        """Return for each word whether the writer or a third person is spoken of."""
        relatives = {cue.last - 1: cue for cue in self.spans("RELATIVE")}
        inside = {i for cue in relatives.values() for i in range(cue.first, cue.last)}
        signs = {cue.first for name in _SIGN_CONCEPTS for cue in self.spans(name)}
        owners: list[_Owner] = []
        owner, introduced, ill = _Owner.WRITER, False, False
        for index, word in enumerate(self.words):
            if word.break_before == SENTENCE_END:
                owner = _Owner.OPEN if ill and owner is not _Owner.WRITER else _Owner.WRITER
            if index in relatives:
                if self._is_subject(relatives[index]):
                    owner, introduced, ill = _Owner.OTHER, True, False
            elif index not in inside and word.norm in _SELF and not self._is_placing(index, inside):
                owner = _Owner.WRITER
            elif introduced and word.norm in _THIRD:
                owner = _Owner.OTHER
            ill = ill or (owner is _Owner.OTHER and index in signs)
            owners.append(owner)
        return owners

    def _is_placing(self, index: int, inside: set[int]) -> bool:
        """Read the "my" of "a lady in my office" and the "mine" of "a colleague of mine"."""
        before = {index - 1, index - 2} & inside
        return bool(before) and self.words[index - 1].norm in _PLACING

    def _is_subject(self, cue: Span) -> bool:
        """Tell "my uncle lost …" from "with my uncle" and from "my uncle says"."""
        if cue.last < len(self.words) and self.words[cue.last].norm in _PASSING_ON:
            return False
        return not self._is_met(cue)

    def _is_met(self, cue: Span) -> bool:
        """Read "shook hands with the priest", who is no subject."""
        if not cue.first or self.words[cue.first].break_before > NO_BREAK:
            return False
        return self.words[cue.first - 1].norm in _MET

    def _is_would_be(self, span: Span) -> bool:
        """Read "would my voice be hoarse", which asks about what might come."""
        sentence = self._sentence_starts[span.first]
        for index in range(max(sentence, span.first - _WOULD_REACH), span.first + 1):
            if self.words[index].norm not in _WOULD or index + 1 >= span.last:
                continue
            if self.words[index + 1].norm not in _POSSESSIVES or not self.words[index].question:
                continue
            between = self._norms(index + 1, span.last)
            if between & _BECOMING and not between & _OPENERS:
                return self._pause_after(Span(index, index + 1), span) == span.last
        return False

    def sentence_end(self, span: Span) -> int:
        """Return the index after a span's sentence.

        Args:
            span: A stretch of words.
        """
        return bisect_right(self._sentence_starts, self._sentence_starts[span.last - 1])

    def _works(self) -> list[Span]:
        """Return "for a school project" and "I'm writing a novel", with who makes it."""
        works = []
        for cue in self.spans("FRAME_WORK"):
            first = max(self._sentence_starts[cue.first], cue.first - _MAKER_REACH)
            makers = [i for i in range(first, cue.first) if self.words[i].norm in _MAKERS]
            if makers:
                works.append(Span(makers[0], cue.last))
        return works

    def _framed(self, span: Span) -> Assertion | None:
        """Read what stands in a novel, a quiz or a leaflet and not in the writer's life."""
        quoted = self._cues_before("QUOTED", span, self._sentence_starts)
        if quoted and not self._norms(quoted[-1].last, span.last) & _SELF:
            owned = self._norms(span.last, self.sentence_end(span)) & _SELF
            return Assertion.POSSIBLE if owned else Assertion.HYPOTHETICAL
        frames = [*self.spans("FRAME"), *self._works()]
        if not frames:
            return None
        start = self._sentence_starts[span.first]
        end = self.sentence_end(span)
        told = {i for cue in frames for i in range(cue.first - 1, cue.last)}
        norms = {self.words[i].norm for i in range(start, end) if i not in told}
        if norms & _SELF:
            return None
        general = self.words[start].question or bool(norms & _GENERIC)
        if general or any(start <= cue.first < end for cue in frames):
            return Assertion.HYPOTHETICAL
        return Assertion.POSSIBLE

    def _is_supposed_of_others(self, span: Span) -> bool:
        """Read "if a climber falls", which no answer can make a report."""
        first = max(self._sentence_starts[span.first], span.first - _REACH)
        return any(
            not self._names_writer(cue.last, self._chunk(span)[1]) and not self._is_likened(cue)
            for cue in self._cues("SUPPOSED_OTHER", first, span.first)
        )

    def _names_writer(self, first: int, last: int) -> bool:
        """Tell "my legs" from "a horse in my riding school"."""
        return any(
            self.words[index].norm in _SELF
            and not (self.words[index].norm == "my" and self.words[index - 1].norm in _WHERE)
            for index in range(max(first, 1), last)
        )

    def _is_supposed(self, span: Span) -> bool:
        """Tell "what if my legs go numb" and "worried about a stroke" from a report."""
        throughout = self._cues(
            "SUPPOSED_THROUGHOUT", self._sentence_starts[span.first], self.sentence_end(span)
        )
        if any(cue.first < self.sentence_end(span) for cue in throughout):
            return True
        for cue in self._cues_before("HYPOTHETICAL", span, self._clause_starts):
            if not self._norms(self._pause_after(cue, span), span.last) & _SELF:
                return True
        for cue in self._cues_before("WORRY", span, self._clause_starts):
            has_pause = self._pause_after(cue, span) < span.last
            if not has_pause and not self._norms(cue.last, span.last) & _SELF:
                return True
        return False

    def _pause_after(self, cue: Span, span: Span) -> int:
        """Return where the first pause between cue and finding is, else the finding's end."""
        for index in range(cue.last, span.first + 1):
            if self.words[index].break_before > NO_BREAK:
                return index
        return span.last

    def _is_asked(self, span: Span) -> bool:
        """A question about a thing is no report of it, unless the words say "my"."""
        sentence = self._sentence_starts[span.first]
        for cue in self._cues("QUESTION", sentence, span.first):
            # "Do I have cancer" asks, although "I have cancer" would tell.
            if cue.first < span.first < cue.last and self._opens_question(cue):
                return True
        for cue in self._cues_before("QUESTION", span, self._sentence_starts):
            if self._opens_question(cue):
                between = self._norms(cue.last, span.last)
                effect = self.words[cue.first].norm in _MODALS and between & _EFFECTS
                return bool(effect) or not between & _REPORTED
        return self._is_general_question(span)

    def _is_general_question(self, span: Span) -> bool:
        """Read "is numbness in the legs serious", which has no cue of its own in front."""
        start = self._sentence_starts[span.first]
        end = min(len(self.words), start + _REACH)
        sentence = self._norms(start, end)
        if self.words[start].norm not in _ASKING_VERBS or sentence & _REPORTED:
            return False
        return self.words[start].question or bool(sentence & _JUDGEMENTS)

    def _opens_question(self, cue: Span) -> bool:
        """Tell "is there numbness" from "the pain is there"."""
        first = self.words[cue.first]
        if first.question or first.break_before > NO_BREAK or cue.first == 0:
            return True
        return self.words[cue.first - 1].norm in _BEFORE_QUESTION

    def _is_unsure(self, span: Span) -> bool:
        habits = {cue.first for cue in self.spans("CONDITIONAL_NOW")}
        conditions = self._cues_before("CONDITIONAL", span, self._clause_starts)
        if any(cue.first not in habits and not self._is_likened(cue) for cue in conditions):
            return True
        return any(
            span.first - cue.last <= _UNSURE_REACH
            for cue in self._cues_before("UNSURE", span, self._clause_starts)
        )

    def _is_likened(self, cue: Span) -> bool:
        """Read the "if" of "as if my chest was torn", which sets no condition."""
        return cue.first > 0 and self.words[cue.first - 1].norm == "as"

    def _is_summed_up(self, end: int, cue: Span) -> bool:
        """Tell whether a clause after a pause says nothing but that it was long ago."""
        same = self._sentence_starts[cue.first] == self._sentence_starts[end - 1]
        paused = any(word.break_before > NO_BREAK for word in self.words[end + 1 : cue.first + 1])
        return same and not paused and self._norms(end, cue.first) <= _OVER_SUBJECTS

    def _has_a_cause(self, rule: FindingRule, span: Span) -> bool:
        """Read "down two stone. All with the slimming club", but not "and I'm on no diet"."""
        start, end = self._sentence_starts[span.first], self.sentence_end(span)
        if end < len(self.words):
            end = self.sentence_end(Span(end, end + 1))  # the next sentence
        first, last = max(start, span.first - _CAUSE_REACH), min(end, span.last + _CAUSE_REACH) - 1
        return any(
            not self._norms(max(0, cause.first - _CAUSE_DENIED), cause.first) & _DENYING
            for name in rule.causes
            for cause in self._cues(name, first, last)
        )

    def _is_explained(self, rule: FindingRule, span: Span) -> bool:
        """Read "legs like jelly from leg day", unless the words say that it stays."""
        sentence = self._sentence_starts[span.first]
        first = max(sentence, span.first - _EXPLAINED_REACH)
        causes = self._cues("HARMLESS_CAUSE", first, span.last + _EXPLAINED_REACH)
        if rule.effort_explains:
            causes = [*causes, *self._cues("EFFORT", first, span.last + _EXPLAINED_REACH)]
        for cause in causes:
            if self._sentence_starts[cause.first] != sentence:
                continue
            before = self.words[max(sentence, cause.first - _LINK_REACH) : cause.first]
            links = [word.norm in _LINKS for word in before]
            between = self._norms(cause.last, span.first)
            if between & _NEW_DAY:
                continue  # "at the gym yesterday, today that eyelid hangs"
            if any(
                word.norm in ("like", "if") and linked
                for word, linked in zip(before, links[1:], strict=False)
            ):
                continue  # "numb like after the dentist" tells how it feels
            # "Couldn't catch my breath laughing" needs no "from".
            follows = cause.first == span.last and self.words[cause.first].norm.endswith("ing")
            if any(links) or cause.first < span.first or follows:
                end = max(span.last, cause.last)
                limit = min(len(self.words), end + _EXPLAINED_REACH)
                while end < limit and self._sentence_starts[end] == sentence:
                    end += 1
                return not any(
                    self._stays(index) for index in range(span.last, self._own_end(span, end))
                )
        return False

    def _own_end(self, span: Span, end: int) -> int:
        """Return where another complaint begins: the "since" of "my neck hurts since" is its."""
        for index in range(span.last, end - 1):
            if [word.norm for word in self.words[index : index + 2]] in _OTHER_COMPLAINTS:
                return index
        return end

    def _is_played_down(self, span: Span) -> bool:
        """Read "came off the bike at zero speed": a fall that may be none worth the name."""
        start, end = self._sentence_starts[span.first], self.sentence_end(span)
        first, last = max(start, span.first - _REACH), min(end, span.last + _REACH) - 1
        return bool(self._cues("MINOR_KNOCK", first, last)) and not self._cues(
            "GRAVE_KNOCK", first, last
        )

    def _stays(self, index: int) -> bool:
        """Tell "numb now" from "fine now" and from "now my neck is sore"."""
        if self.words[index].norm not in _STAYS or self.words[index - 1].norm in _RECOVERED:
            return False
        following = [word.norm for word in self.words[index + 1 : index + 3]]
        return following not in _OTHER_COMPLAINTS

    # ---- past ---------------------------------------------------------------------------------

    def _past(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Tell something long gone, or long there and unchanged, from something new.

        "For years" alone leaves open whether it changed, so it is only possible.
        """
        if self._is_long_gone(span):
            return Assertion.PAST
        if not rule.explainable and not rule.settles:
            return None  # held by the throat "for ages" is no old complaint
        first, last = max(0, span.first - _REACH), span.last + _REACH
        sentence = self._sentence_starts[span.first]
        if any(self._is_long_standing(cue, span) for cue in self._cues("OLD", first, last)):
            unchanged = any(
                self._sentence_starts[cue.first] == sentence
                for cue in self._cues("UNCHANGED", first, last)
            )
            return Assertion.PAST if unchanged else Assertion.POSSIBLE
        after = self._cues("USUAL", span.last, span.last + _OLD_REACH)
        if any(self._sentence_starts[cue.first] == sentence for cue in after):
            return Assertion.PAST
        return None

    def _is_long_gone(self, span: Span) -> bool:
        start, end = self._chunk(span)
        clause = self._clause_starts[span.first]
        for cue in self._cues("PAST", max(0, span.first - _REACH), end + _SUMMED_UP):
            if cue.first >= end and not self._is_summed_up(end, cue):
                continue
            inside = start <= cue.first and cue.last <= end
            # "I used to drink and fell a lot": a pronoun may stand before it.
            before = clause <= cue.first and cue.last <= span.first
            opens = before and self._norms(clause, cue.first) <= _SUBJECTS
            # "I fainted once, at school", "he hit me, that's years ago": nothing but the time.
            follows = cue.first >= end and self._ends_clause(cue)
            if (inside or opens or follows) and not self._is_now(start, end, cue):
                return True
        return False

    def _is_dated_back(self, rule: FindingRule, span: Span) -> bool:
        """Read "had a fever with covid in March" in autumn, but not "since March"."""
        start, end = self._sentence_starts[span.first], self.sentence_end(span)
        norms = self._norms(start, end)
        # "Gone since" ends what "since" alone would go on with.
        ongoing = {
            self.words[index].norm
            for index in range(start, end)
            if not (index and self.words[index - 1].norm in _ENDED)
        }
        if ongoing & _GOES_ON or not (rule.past_counts or norms & _WAS):
            return False
        return any(
            start <= date.first < end
            and min(abs(date.first - span.last), abs(span.first - date.last)) <= _DATE_REACH
            and not self._norms(date.last, span.first) & _NOW
            and date.value >= rule.passes
            and self.words[date.first - 1].norm not in _LASTING
            for date in self._dates()
            if date.first
        )

    def _dates(self) -> list[Measure]:
        if self._durations is None:
            self._durations = find_durations(self.words, self._today) if self._today else []
        return self._durations

    def _is_now(self, start: int, end: int, cue: Span) -> bool:
        """Tell "years ago, and numb again now" from "fine now"."""
        return any(
            self.words[index].norm in _NOW
            and not cue.first <= index < cue.last
            and (index == 0 or self.words[index - 1].norm not in _RECOVERED)
            for index in range(start, end)
        )

    def _is_long_standing(self, cue: Span, span: Span) -> bool:
        """Tell whether "for years" is said of this finding and not of another."""
        if self._sentence_starts[cue.first] != self._sentence_starts[span.first]:
            # "Clumsy? Only since birth."
            echoed = self.words[span.last - 1].question and not self.words[cue.first].question
            return echoed and self._sentence_starts[cue.first] == self.sentence_end(span)
        first, last = min(cue.last, span.last), max(cue.first, span.first)
        at_times = {i for cue in self.spans("NOW_AND_THEN") for i in range(cue.first, cue.last)}
        between = {self.words[i].norm for i in range(first, last) if i not in at_times}
        if last - first > _OLD_REACH or between & _NEW:
            return False
        paused = any(word.break_before > NO_BREAK for word in self.words[first : last + 1])
        return cue.first >= span.first or not paused

    def _is_over(self, span: Span) -> bool:
        """Tell "a fever, but it has gone" from "a fever, and my arm has gone numb"."""
        gone = self._cues("GONE", span.last, span.last + _OVER_LATER)
        for cue in gone:
            same = self._sentence_starts[cue.first] == self._sentence_starts[span.first]
            if same and cue.first <= span.last + _OVER_REACH and self._ends_clause(cue):
                return True
        alone = self._cues("OVER_ALONE", span.last, span.last + _OVER_LATER)
        return any(
            self._ends_clause(cue) and self._is_said_alone(cue, span) for cue in gone + alone
        )

    def _ends_clause(self, cue: Span) -> bool:
        return cue.last == len(self.words) or self._is_joint(cue.last)

    def _is_said_alone(self, cue: Span, span: Span) -> bool:
        """Read "in bed with a temp. All over now", with no other complaint in between."""
        opening = cue.first
        while opening > span.last and not self._is_joint(opening):
            opening -= 1
        between = self._norms(span.last, opening)
        return self._norms(opening, cue.first) <= _OVER_SUBJECTS and not between & _COMPLAINING

    # ---- negation -----------------------------------------------------------------------------

    def _is_negated(self, rule: FindingRule, span: Span) -> Assertion | None:
        if self._is_answered_no(span):
            return Assertion.ABSENT
        if not rule.negatable:
            return None
        if self._is_denied_loss(span) or self._is_on_no_list(span):
            return Assertion.ABSENT
        verdict: Assertion | None = None
        for cue in self._cues_before("NEGATION", span, self._clause_starts):
            if not self._is_no_cue(cue):
                verdict = self._reach(cue, span) or verdict
        if verdict and self._like_this_after(span):
            return None
        return verdict

    def _is_on_no_list(self, span: Span) -> bool:
        """Read "asked if I had A, B or C and I answered no", and "ticked no to A, B"."""
        sentence = self._sentence_starts[span.first]
        first = max(sentence, span.first - _REACH)
        asked = bool(self._norms(sentence, span.first) & _ASKED_OF)
        for cue in self._cues("ANSWERED_NO", first, span.last + _REACH):
            if cue.last <= span.first:
                return not self._norms(cue.last, span.first) & _LIST_ENDS
            if cue.first < span.last or "yes" in self._norms(span.last, cue.first):
                continue
            if self._sentence_starts[cue.first] == sentence:
                return asked and "now" not in self._norms(cue.last, self.sentence_end(cue))
            if self._sentence_starts[cue.first] == self.sentence_end(span):
                return asked and bool(self._norms(cue.first, cue.last + _ALL_REACH) & _ALL)
        return False

    def _is_denied_loss(self, span: Span) -> bool:
        """Read "no loss of feeling", which holds the words "no feeling"."""
        return any(
            self.words[index].norm in {"no", "without", "any"}
            and self.words[index + 1].norm in _LOSSES
            for index in range(span.first, span.last - 1)
        )

    def _is_no_cue(self, cue: Span) -> bool:
        """Tell a "no" that answers, or a "not only", from a negation."""
        around = self._cues("NOT_A_NEGATION", max(0, cue.first - 4), cue.first)
        if any(other.first <= cue.first < other.last for other in around):
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
        if pauses:
            return self._reach_along_list(cue, span, pauses)
        between = self._norms(cue.last, span.first)
        if between & _OPENERS or ("and" in between and between & _NEW_SUBJECTS):
            return None
        if span.first - cue.last > _PLAIN_NEGATION_REACH and not between & {"or", "nor", "any"}:
            return Assertion.POSSIBLE
        return Assertion.ABSENT

    def _reach_along_list(self, cue: Span, span: Span, pauses: list[int]) -> Assertion | None:
        plain = self.words[pauses[-1]].norm in _LIST_MARKS
        end = span.first + 1 if plain else span.last  # "any fits, any fever": the first decides
        while end < len(self.words) and self.words[end].break_before == NO_BREAK:
            end += 1
        item = self._norms(pauses[-1], end)
        if item & (_SUBJECTS - _SUMMING_UP | _VERBS) or end - pauses[-1] > _LONGEST_LIST_ITEM:
            return None
        limit = min(len(self.words), pauses[0] + _REACH)
        rest = {
            self.words[index].norm
            for index in range(pauses[0], limit)
            if self._sentence_starts[index] == self._sentence_starts[cue.first]
        }
        return Assertion.ABSENT if plain or rest & {"or", "nor"} else Assertion.POSSIBLE

    def _is_answered_no(self, span: Span) -> bool:
        """Read "fever? no", "fever: no" and "numbness none"."""
        end = span.last
        while end < len(self.words) and self.words[end].norm in _FILLERS:
            end += 1
        following = self.words[end : end + 2]
        if not following:
            return False
        if [word.norm for word in self.words[end : end + 3]] == ["not", "at", "all"]:
            return following[0].break_before > NO_BREAK
        alone = len(following) == 1 or following[1].break_before > NO_BREAK
        if alone and following[0].norm in {"none", "nil", "negative"}:
            return True
        if following[0].break_before == NO_BREAK and end == span.last:
            return False
        if following[0].norm not in {"no", "nope", "nah", "never"}:
            return False
        return alone and self.words[span.last - 1].question

    def _like_this_after(self, span: Span) -> bool:
        """Read "never had numbness like this", which reports the numbness."""
        end = span.last
        while end < min(len(self.words), span.last + 3) and not self._is_joint(end):
            end += 1
        norms = [word.norm for word in self.words[span.first : end]]
        like_this = any(
            first == "like" and second in {"this", "it", "that"}
            for first, second in pairwise(norms)
        )
        return like_this or "before" in norms[span.last - span.first :]
