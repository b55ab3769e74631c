"""Decide how a finding is said: so, not so, perhaps, explained, long ago, of somebody else, asked.

The cues are concepts of the lexicon. The rules lean to the safe side: what is not plainly denied,
past, explained or of others counts or is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from itertools import pairwise
from operator import attrgetter

from clinic.history.causes import Causes
from clinic.history.findings import Assertion
from clinic.history.negation import Negation
from clinic.history.past import Past
from clinic.history.patterns import FindingRule, Span
from clinic.history.stories import DAYS, DONE_TO, Stories
from clinic.history.stretches import OPENERS, REACH, SELF, Stretches
from clinic.history.words import NO_BREAK, PAUSE, SENTENCE_END, Word, word_set

_WOULD_REACH = 6
_UNSURE_REACH = 8
_REPORTED = SELF | word_set("he she hes shes his her our that theres")
_THIRD = word_set("he hes she shes his her hers him himself herself they theyre their them")
_THIRD_SUBJECT = word_set("he hes she shes they theyre")
_GENERIC = word_set("someone somebody anyone anybody person people lad lads he she her his him")
# After these a relative only passes on what somebody says, or is a person met on the way.
_PASSING_ON = word_set("says said say thinks reckons noticed typing writing insists asked told")
_LOOKING = word_set("look check see feel")
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
    "to with at by near past picked picking lifting lifted lift carrying carried holding held "
    "feeding fed chasing cuddling minding bathing dressing visiting"
)
_THEIRS = word_set("his her their")
_OWNED_REACH = 2
_SHARED_REACH = 8
_ONE_REACH = 6
_JOB_REACH = 4
_INTRODUCTION = 5  # words
_JOB_TITLE = 2  # words before the job's own name: "hospital ward porter me"
_ARTICLES = word_set("a an the this that")
_GOING_ON = word_set("so with and for in at who")
_THOSE = word_set("they theyre theyve")
_BEING = word_set("i im am as being")
_LATELY_TOLD = word_set("today tonight since now suddenly")
_NAMED_REACH = 2
# "My toddler headbutted my neck" tells of what was done to the writer.
_DONE_REACH = 5
_HURT = word_set("my me us")
# What the writer tells of his own neck after his job.
_OF_THE_WRITER = frozenset({"site", "character", "meningism"})
# What a phone or a car can have; what slips out of a hand tells of the hand.
_OF_THINGS = word_set("meningism chest_breath systemic unwell_how airway voice")
# What an animal is told to have in a next sentence; what one does to a person is another story.
_OF_CREATURES = frozenset({"infection_immune", "cancer_history", "lump", "skin"})
_REAR = word_set("back hind rear")
_LEGS = word_set("leg legs paw paws quarters")
_FOR_REACH = 4
_OF_IT = word_set("his its hes")
_ECHO = 3  # words
_ONLY = word_set("only just")
# Who is told of first and named after: "the one with diabetes is the cat".
_THE_ONE = word_set("the one only who person thats whos")
_IS = word_set("is was be")
_AT_HOME = word_set("in of the our this house home family household here flat with us one")
_BESIDES = word_set("not i who he she it")
# What is done all the time, or for years, and does not hurt so long.
_ALWAYS = ("timing", "constant")
_OF_PAIN = (
    *("PAIN", "PAIN_NOUN", "SYMPTOM_WORD", "NUMB", "WEAK", "TIGHT", "STIFF", "ACHE"),
    *("NECK", "UPPER_BACK", "BACK", "SHOULDER"),
)
_IT = word_set("it its thats this that hurts hurting")
_BECAUSE_OF = word_set("from with by after of because cos to when whenever through i since")
_POINTING_BACK = word_set("it its he hes his she shes her they theyre")
_ASIDE = word_set("off from under over on onto of after against behind beside between into in")
# What a drama or a lesson tells of somebody's body, although it would hold for the writer's past.
_OF_ANYBODY = frozenset({"aorta_risk", "cancer_history", "bone_health", "character"})
_SUBJECT_SELF = word_set("i im ive me my")
_WHERE = word_set("in at")
_PLACING = word_set("in at from of on down with near")
# Where one meets others.
_PLACES = word_set(
    "cab taxi car van bus boat train lorry ambulance class classroom lesson shop store pub bar "
    "seat cafe restaurant salon chair couch studio gym pool ward clinic office church tent shift "
    "watch team"
)
# A sign that came over somebody is no part of a lesson.
_TAKEN_PART_IN = word_set("training session lesson course workshop")
_CAME_OVER = word_set("felt feel suddenly started came developed")
_WOULD = word_set("would will could might")
_POSSESSIVES = word_set("my her his the their your our")
_BECOMING = word_set("be get go become sound feel come stay end")
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


class Context(Stretches):
    """The words of a message with the cues among them.

    Args:
        words: The message's words.
        concepts: The concepts found in them.
        today: The present date at the clinic; without it no date is long ago.
    """

    def __init__(
        self, words: list[Word], concepts: Mapping[str, list[Span]], today: date | None = None
    ) -> None:
        super().__init__(words, concepts)
        # "A lad I work with" is a third person as much as "my brother" is.
        self._concepts = {**concepts, "RELATIVE": self._third_persons()}
        self._owners: list[_Owner] | None = None
        self._past = Past(self, today)
        self._causes = Causes(self)
        self._negation = Negation(self)
        self._stories = Stories(self)

    def _third_persons(self) -> list[Span]:
        """Return the relatives, and anybody else of whom is told who or where he is."""
        # "Had my baby nine days ago" tells of the mother.
        relatives = [
            cue
            for cue in self.spans("RELATIVE")
            if not any(born.first < cue.first < born.last for born in self.spans("PREGNANT"))
        ]
        if not self.norms(0, len(self.words)) & SELF:
            return relatives  # "a man collapsed at the till": he is the patient
        how = {cue.first: cue for cue in self.spans("STRANGER_HOW")}
        strangers = [
            Span(cue.first, how[cue.last].last)
            for cue in self.spans("STRANGER")
            if cue.last in how
            and self.words[cue.last].break_before == NO_BREAK
            and not self._is_the_writer(cue)
        ]
        return sorted([*relatives, *strangers], key=attrgetter("first"))

    def _is_the_writer(self, cue: Span) -> bool:
        """Read "I'm a patient at your clinic" and "as a singer"."""
        before = self.norms(max(0, cue.first - _NAMED_REACH), cue.first)
        return bool(before & _BEING)

    def assertion(self, rule: FindingRule, span: Span, *, of_relative: bool = False) -> Assertion:
        """Decide how a finding is said.

        Args:
            rule: What the words mean.
            span: Where they stand.
            of_relative: The message is written for a relative, whose findings count.
        """
        if of_relative and (self._is_mine_not_theirs(span) or self._stories.is_of_their_kin(span)):
            return Assertion.OTHER_PERSON
        mine = of_relative or rule.household or self._is_done_to_writer(rule, span)
        if not mine and (owned := self._of_somebody_else(rule, span)):
            # Whoever "no headache" is said of, it tells of none.
            if owned is Assertion.POSSIBLE and rule.denied:
                return Assertion.ABSENT
            denied = owned is Assertion.POSSIBLE and self._negation.how_negated(rule, span)
            return denied or owned
        if not mine and self._is_named_as_theirs(span):
            return Assertion.OTHER_PERSON
        if self._is_of_no_person(rule, span) or (not mine and self._is_told_whose_after(span)):
            return Assertion.OTHER_PERSON
        if (rule.attribute, rule.value) == _ALWAYS and self.is_of_a_habit(span):
            return Assertion.EXPLAINED
        if not mine and (
            self._is_of_the_job(rule, span)
            or self._is_of_those_worked_for(span)
            or self._is_set_against_mine(span)
            or self._is_come_by(rule, span)
            or self._is_still_of_the_creature(rule, span)
        ):
            return Assertion.EXPLAINED
        told = self._stories.how_unreal(rule, span)
        if told or (not mine and (told := self._stories.whose(rule, span))):
            denied = self._negation.how_negated(rule, span)
            if rule.denied or denied is Assertion.ABSENT:
                return Assertion.ABSENT  # "no fever" is none, in a dream or of a cow
            return told
        if self._is_supposed_of_others(span):
            return Assertion.HYPOTHETICAL
        if rule.negatable and (self._is_supposed(span) or self._is_would_be(span)):
            return Assertion.HYPOTHETICAL
        if (not rule.past_counts or rule.attribute in _OF_ANYBODY) and (
            framed := self._framed(span)
        ):
            # "No headache, she's doing the crossword" is denied in any frame.
            if rule.denied or self._negation.how_negated(rule, span) is Assertion.ABSENT:
                return Assertion.ABSENT
            return framed
        if rule.negatable and self._is_echoed(span):
            return Assertion.EXPLAINED
        if self._is_asked(span):
            return Assertion.ASKED
        denied = self._negation.how_negated(rule, span)
        if rule.denied:
            return Assertion.POSSIBLE if denied is Assertion.ABSENT else Assertion.ABSENT
        if denied is not None:
            return denied
        past = None if rule.past_counts else self._past.how_past(rule, span)
        if past is Assertion.PAST:
            return past
        if not rule.past_counts and (closed := self._past.how_closed(rule, span)):
            return closed
        if rule.passes and (
            self._past.is_dated_back(rule, span) or self._past.is_long_gone(rule, span)
        ):
            return Assertion.PAST
        if rule.settles and self._past.is_over(span):
            return Assertion.PAST
        if rule.asked_when_over and self._past.is_over(span):
            return Assertion.EXPLAINED
        if self._causes.has_a_cause(rule, span) or (
            rule.explainable and self._causes.is_explained(rule, span)
        ):
            return Assertion.EXPLAINED
        if not rule.past_counts and (
            self._causes.is_put_on(span)
            or self._causes.is_meant_otherwise(span)
            or self._causes.is_a_title(span)
        ):
            return Assertion.EXPLAINED
        if past is not None:
            return past
        if rule.negatable and self._is_unsure(span):
            return Assertion.POSSIBLE
        if rule.played_down and self._causes.is_played_down(span):
            return Assertion.POSSIBLE
        return Assertion.PRESENT

    def is_dated_long_ago(self, span: Span) -> bool:
        """Tell whether the sentence of a span tells of months or years ago.

        Args:
            span: A stretch of words.
        """
        end = self.sentence_end(span)
        return self._past.is_dated_long_ago(self.sentence_starts[span.first], Span(end - 1, end))

    def _of_somebody_else(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Tell whose sign it is: a third person keeps it until "I" or "my" returns.

        A sentence without a subject after a third person's illness leaves it open.
        """
        if self.cues("SHARED", span.last, span.last + _SHARED_REACH):
            return None  # "my mam had cancer, so did I"
        first = max(self.clause_starts[span.first], span.first - REACH)
        # "Rolled the ute, bloke was thrown clear" begins with the writer.
        last_first = span.first if rule.attribute in DONE_TO else span.last
        if any(
            cue.last < span.last
            and cue.first <= last_first
            and not self._is_met(cue)
            and not self._is_witness(cue, span)
            and not self._is_owner(cue, span)
            and not self.norms(cue.last, span.last) & SELF
            for cue in self.cues("RELATIVE", first, span.last - 1)
        ):
            return Assertion.OTHER_PERSON
        if not self.spans("RELATIVE"):
            return None
        if self._owners is None:
            self._owners = self._find_owners()
        owner, before = self._owners[span.last - 1], self._owners[span.first]
        if owner is _Owner.WRITER or self.norms(span.first, span.last) & SELF:
            return None
        if before is _Owner.WRITER and self.norms(self.sentence_starts[span.first], span.last) & (
            SELF
        ):
            return None
        if before is _Owner.WRITER and rule.attribute in DONE_TO:
            return None
        return Assertion.OTHER_PERSON if owner is _Owner.OTHER else Assertion.POSSIBLE

    def _is_mine_not_theirs(self, span: Span) -> bool:
        """Read "asking for my wife, I'm the one on warfarin, not her"."""
        end = self.sentence_end(span)
        told = self.norms(max(self.sentence_starts[span.first], span.first - _ONE_REACH), span.last)
        return bool(told & _SUBJECT_SELF - {"my"}) and any(
            self.ends_clause(cue) and not self.norms(span.last, cue.first) & (_THIRD | SELF)
            for cue in self.cues("MINE_NOT_THEIRS", span.last, end - 1)
        )

    def _is_named_as_theirs(self, span: Span) -> bool:
        """Read "lifting our Labrador into the car for his chemo": "his" is not the writer's."""
        first = span.first
        while first > max(0, span.first - _OWNED_REACH) and (
            self.words[first].break_before == NO_BREAK
        ):
            first -= 1
        if not self.norms(first, span.first + 1) & _THEIRS:
            return False
        return any(
            self.cues(kind, max(0, span.first - REACH), span.first - 1)
            for kind in ("RELATIVE", "CREATURE")
        )

    def _is_of_no_person(self, rule: FindingRule, span: Span) -> bool:
        """Read "the cat had a fit" and "my old car is poorly", unless it did it to the writer."""
        if rule.attribute in DONE_TO:
            return False
        if self._is_meant_by_a_name(span):
            return True
        if self.cues("SHARED", span.last, span.last + _SHARED_REACH):
            return False  # "my dog has a fever and so do I"
        start, _ = self.chunk(span)
        of_thing = rule.attribute in _OF_THINGS or rule.value in ("speech", "blackout")
        kinds = ["CREATURE", "THING"] if of_thing else ["CREATURE"]
        if rule.attribute in _OF_CREATURES and self._is_of_the_creature_before(span):
            return True
        if self._is_for_a_creature(span) or self._is_a_name(span) or self._is_an_animals_leg(span):
            return True
        return any(
            cue.last <= span.last
            and not self._is_met(cue)
            and not self.norms(cue.first - 1, cue.first) & _ASIDE
            and not self.norms(cue.last, span.last) & SELF
            and not self.norms(start, cue.first) & _SUBJECT_SELF
            for kind in kinds
            for cue in self.cues(kind, start, span.first)
        )

    def _is_told_whose_after(self, span: Span) -> bool:
        """Read "the diabetic in the house is the cat" and "the one on chemo is my brother"."""
        start = self.sentence_starts[span.first]
        if not self.norms(max(start, span.first - _ECHO), span.first) & _THE_ONE:
            return False
        return any(
            self.norms(cue.first - 1, cue.first) <= _IS
            and self.norms(span.last, cue.first - 1) <= _AT_HOME
            and (self.ends_clause(cue) or self.norms(cue.last, cue.last + 1) <= _BESIDES)
            for kind in ("CREATURE", "RELATIVE")
            for cue in self.cues(kind, span.last + 1, span.last + _SHARED_REACH)
        )

    def is_of_a_habit(self, span: Span) -> bool:
        """Tell "I drive all the time" from "I drive and it hurts all the time".

        Args:
            span: Where the words of the time stand.
        """
        first, last = self.chunk(span)
        for cue in self.cues("HABIT", first, last - 1):
            if cue.last <= span.first:
                between = range(cue.last, span.first)
            elif cue.first == span.last:  # "constantly typing"
                between = range(span.last, cue.first)
            else:
                continue
            aches = [
                part.first
                for kind in _OF_PAIN
                for part in self.cues(kind, first, last - 1)
                if not part.overlaps(cue)
            ]
            told = self.norms(between.start, between.stop)
            if told & _IT or any(index in between or index >= cue.last for index in aches):
                continue
            before = self.norms(max(first, cue.first - _NAMED_REACH), cue.first)
            if not aches or before & _BECAUSE_OF:
                return True
        return False

    def _is_meant_by_a_name(self, span: Span) -> bool:
        """Read "my gelding, Paraliż (it means paralysis)", which is what it is called."""
        start = self.sentence_starts[span.first]
        first = max(start, span.first - _NAMED_REACH)
        named = [
            cue for cue in self.cues("NAMED_AFTER", start, first) if cue.last in (first, span.first)
        ]
        return bool(named) and any(
            self.cues(kind, start, span.first) for kind in ("CREATURE", "THING")
        )

    def _is_still_of_the_creature(self, rule: FindingRule, span: Span) -> bool:
        """Read "my old gelding had a growth cut out of his eye and is half blind now"."""
        if rule.attribute in DONE_TO:
            return False
        start = self.sentence_starts[span.first]
        return any(
            cue.last <= span.first
            and not self._is_met(cue)
            and not self.norms(start, cue.first) & _SUBJECT_SELF - {"my"}
            and bool(self.norms(cue.last, self.sentence_end(span)) & _OF_IT)
            and not self.norms(cue.last, self.chunk(span)[1]) & SELF
            for cue in self.cues("CREATURE", start, min(span.first, start + _NAMED_REACH))
        )

    def _is_come_by(self, rule: FindingRule, span: Span) -> bool:
        """Read "came past a ute that rolled four times", which is somebody else's accident."""
        if rule.attribute not in DONE_TO:
            return False
        start = self.sentence_starts[span.first]
        end = self.sentence_end(span)
        if self.cues("NOBODY_IN_IT", start, end - 1):
            return True  # "the quad turned over, nobody on it"
        if self.cues("FOR_A_LIVING", start, end - 1) and not self.norms(start, end) & _LATELY_TOLD:
            return True  # "I fall off buildings for a living"
        return any(
            cue.first <= span.first
            and not self.norms(cue.last, self.chunk(span)[1]) & _HURT
            and not any(self.is_joint(index) for index in range(cue.last, span.first + 1))
            for cue in self.cues("CAME_BY", start, span.first)
        )

    def _is_of_the_creature_before(self, span: Span) -> bool:
        """Read "only on the cat. It was an abscess, he's fine", which is still about the cat."""
        start = self.sentence_starts[span.first]
        if not start or self.words[start].norm not in _POINTING_BACK:
            return False
        before = self.sentence_starts[start - 1]
        alone = not self.norms(before, span.last) & SELF
        return alone and bool(self.cues("CREATURE", before, start - 1))

    def _is_for_a_creature(self, span: Span) -> bool:
        """Read "only the insulin for the cat"."""
        return any(
            self.words[cue.first - 1].norm == "for" and not self.norms(span.last, cue.first) & SELF
            for cue in self.cues("CREATURE", span.last + 1, span.last + _FOR_REACH)
            if all(word.break_before == NO_BREAK for word in self.words[span.last : cue.first])
        )

    def _is_a_name(self, span: Span) -> bool:
        """Read "Thunderclap, our big gelding, came in"."""
        return span.last - span.first == 1 and any(
            cue.first == span.last
            and self.words[cue.first].break_before == PAUSE
            and self.ends_clause(cue)
            for cue in self.cues("CREATURE", span.last, span.last)
        )

    def _is_an_animals_leg(self, span: Span) -> bool:
        """Read "the power of his back legs" where an animal was spoken of."""
        norms = [word.norm for word in self.words[span.first : span.last + 1]]
        return bool(self.spans("CREATURE")) and any(
            first in _REAR and second in _LEGS for first, second in pairwise(norms)
        )

    def _is_of_the_job(self, rule: FindingRule, span: Span) -> bool:
        """Read "I'm a nurse on a stroke ward, so it's slurred speech all day"."""
        start, end = self.sentence_starts[span.first], self.sentence_end(span)
        jobs = self._jobs(start, span.first) or self._introduction(start)
        if not jobs or self.norms(start, end) & _LATELY_TOLD:
            return False
        leads = self.cues("ILL_JOB_SEES", start, end - 1)
        if leads and rule.attribute in _OF_THE_WRITER and leads[-1].last <= span.first:
            return False  # "fights are my bread and butter, neck stiff a week"
        return bool(leads) and not self._owns(jobs[0].last, span.last, leads)

    def _jobs(self, start: int, end: int) -> list[Span]:
        """Return "I'm a night nurse" and "as a vet" in a stretch of words, but not "the vet"."""
        jobs = []
        for cue in self.cues("ILL_JOB", start, end - 1):
            first = max(start, cue.first - _JOB_REACH)
            being = [i for i in range(first, cue.last) if self.words[i].norm in _BEING]
            if being:
                jobs.append(Span(being[0], cue.last))
            elif told := self._told_as_job(cue):
                jobs.append(Span(cue.first, told.last))
        return jobs

    def _introduction(self, start: int) -> list[Span]:
        """Return the job of the sentence before, where it tells nothing else: "Paramedic here."."""
        before = self.sentence_starts[start - 1] if start else start
        short = 0 < start - before <= _INTRODUCTION
        return self._jobs(before, start) if short else []

    def _told_as_job(self, cue: Span) -> Span | None:
        """Read "Hospital porter me" and "Paramedic here, so …", but not "the nurse here says"."""
        start = self.sentence_starts[cue.first]
        before = self.norms(start, cue.first)
        if cue.first - start > _JOB_TITLE or before & (_ARTICLES | _POSSESSIVES):
            return None
        told = [
            told
            for told in self.cues("JOB_ONLY", cue.last, cue.last)
            if self.ends_clause(told) or self.norms(told.last, told.last + 1) & _GOING_ON
        ]
        if not told and not self.norms(start, self.sentence_end(cue)) & _HURT:
            told = self.cues("JOB_WHERE", cue.last, cue.last)  # "Carer in Suva"
        return told[0] if told else None

    def _is_of_those_worked_for(self, span: Span) -> bool:
        """Read "I'm masseur to a wrestling club. They get choked and dropped"."""
        start = self.sentence_starts[span.first]
        if not start or self.words[start].norm not in _THOSE:
            return False
        end = self.sentence_end(span)
        if self.norms(start, end) & _LATELY_TOLD or self._speaks_of_self(start, span.last):
            return False
        return bool(self._jobs(self.sentence_starts[start - 1], start))

    def _speaks_of_self(self, first: int, last: int) -> bool:
        """Tell "I" and "my" from the "I" of "they forget who I am"."""
        return any(
            self.words[index].norm in SELF and self.words[index - 1].norm != "who"
            for index in range(first, last)
        )

    def _is_set_against_mine(self, span: Span) -> bool:
        """Read "dachshunds with weak legs all month. My own trouble is only an aching neck"."""
        start, end = self.sentence_starts[span.first], self.sentence_end(span)
        if self.norms(start, end) & _LATELY_TOLD:
            return False
        turns = self.cues("MY_TURN", span.last, span.last + REACH)
        told = [*self._jobs(start, span.first), *self.spans("RELATIVE"), *turns]
        return bool(turns) and not self._owns(start, turns[0].first, told)

    def _owns(self, first: int, last: int, besides: list[Span]) -> bool:
        """Tell whether a stretch says "I" or "my" outside some cues."""
        inside = {index for cue in besides for index in range(cue.first, cue.last)}
        return any(
            self.words[index].norm in SELF and index not in inside for index in range(first, last)
        )

    def _is_done_to_writer(self, rule: FindingRule, span: Span) -> bool:
        if rule.attribute not in DONE_TO:
            return False
        end = min(self.chunk(span)[1], span.last + _DONE_REACH)
        # "Punch-ups are my bread and butter" does nothing to anybody.
        of_job = self._stories.beside_me() | {
            index
            for cue in self.cues("ILL_JOB_SEES", span.first, end - 1)
            for index in range(cue.first, cue.last)
        }
        return any(
            self.words[index].norm in _HURT and index not in of_job
            for index in range(span.first, end)
        )

    def _find_owners(self) -> list[_Owner]:
        """Return for each word whether the writer or a third person is spoken of."""
        relatives = {cue.last - 1: cue for cue in self.spans("RELATIVE")}
        inside = {i for cue in relatives.values() for i in range(cue.first, cue.last)}
        # "I have sat by his bed, neck sore" goes on about the one who sat there.
        cared = {i for cue in self.spans("CARED_FOR") for i in range(cue.first, cue.last)}
        signs = {cue.first for name in _SIGN_CONCEPTS for cue in self.spans(name)}
        owners: list[_Owner] = []
        owner, introduced, ill = _Owner.WRITER, False, False
        met, aside = False, False
        for index, word in enumerate(self.words):
            if aside and self.is_joint(index):
                owner, aside = _Owner.WRITER, False
            if word.break_before == SENTENCE_END:
                owner = _Owner.OPEN if ill and owner is not _Owner.WRITER else _Owner.WRITER
            if index in relatives:
                if self._is_subject(relatives[index]):
                    owner, introduced, ill = _Owner.OTHER, True, False
                met = met or self._is_met(relatives[index])
            elif index not in inside and word.norm in SELF and not self._is_placing(index, inside):
                owner = _Owner.WRITER
            elif introduced and word.norm in _THIRD and index not in cared:
                owner = _Owner.OTHER
            elif met and word.norm in _THIRD_SUBJECT and owner is _Owner.WRITER:
                # "Sitting with mum while she has chemo, neck stiff": hers up to the pause.
                owner, aside = _Owner.OTHER, True
            ill = ill or (owner is _Owner.OTHER and index in signs)
            owners.append(owner)
        return owners

    def _is_placing(self, index: int, inside: set[int]) -> bool:
        """Read the "my" of "a lady in my office" or "in my cab", "a colleague of mine"."""
        # "On my back seat", "in front of me".
        place = self.norms(index + 1, index + 2) | (
            self.norms(index + 2, index + 3) if self.words[index].norm == "my" else set()
        )
        if self.norms(index - 1, index) & _PLACING and place & _PLACES:
            return True
        if any(cue.last == index + 1 for cue in self.spans("IN_SIGHT")):
            return True
        before = {index - 1, index - 2} & inside
        return bool(before) and self.words[index - 1].norm in _PLACING

    def _is_subject(self, cue: Span) -> bool:
        """Tell "my uncle lost …" from "with my uncle" and from "my uncle says"."""
        if self.norms(cue.last, cue.last + 1) & _PASSING_ON or self._is_asked_to_look(cue):
            return False
        return not self._is_met(cue)

    def _is_witness(self, cue: Span, span: Span) -> bool:
        """Read "my wife noticed one eyelid is droopy", which is the writer's."""
        if cue.last > span.first or self.norms(cue.last, span.last) & _THIRD:
            return False
        noticed = "noticed" in self.norms(cue.last, cue.last + 1)
        return noticed or self._is_asked_to_look(cue)

    def _is_asked_to_look(self, cue: Span) -> bool:
        after = [word.norm for word in self.words[cue.last : cue.last + 2]]
        return after[:1] == ["to"] and bool(set(after[1:]) & _LOOKING)

    def _is_owner(self, cue: Span, span: Span) -> bool:
        """Read "I took all of my mum's tablets", which the writer took."""
        inside = span.first < cue.first
        return inside and "i" in self.norms(self.clause_starts[span.first], span.first + 1)

    def _is_met(self, cue: Span) -> bool:
        """Read "shook hands with the priest", who is no subject."""
        if not cue.first or self.words[cue.first].break_before > NO_BREAK:
            return False
        return self.words[cue.first - 1].norm in _MET

    def _is_would_be(self, span: Span) -> bool:
        """Read "would my voice be hoarse", which asks about what might come."""
        sentence = self.sentence_starts[span.first]
        for index in range(max(sentence, span.first - _WOULD_REACH), span.first + 1):
            if self.words[index].norm not in _WOULD or index + 1 >= span.last:
                continue
            if self.words[index + 1].norm not in _POSSESSIVES or not self.words[index].question:
                continue
            between = self.norms(index + 1, span.last)
            if between & _BECOMING and not between & OPENERS:
                return self._pause_after(Span(index, index + 1), span) == span.last
        return False

    def _works(self) -> list[Span]:
        """Return "for a school project" and "I'm writing a novel", with who makes it."""
        works = []
        for cue in self.spans("FRAME_WORK"):
            first = max(self.sentence_starts[cue.first], cue.first - _MAKER_REACH)
            makers = [i for i in range(first, cue.first) if self.words[i].norm in _MAKERS]
            if makers:
                works.append(Span(makers[0], cue.last))
        return works

    def _framed(self, span: Span) -> Assertion | None:
        """Read what stands in a novel, a quiz or a leaflet and not in the writer's life."""
        quoted = self.cues_before("QUOTED", span, self.sentence_starts)
        if quoted and not self.norms(quoted[-1].last, span.last) & SELF:
            owned = self.norms(span.last, self.sentence_end(span)) & SELF
            return Assertion.POSSIBLE if owned else Assertion.HYPOTHETICAL
        frames = [
            frame
            for frame in [*self.spans("FRAME"), *self._works()]
            # "Collapsed training on Tuesday": no training about anything.
            if not (
                self.norms(frame.last, frame.last + 1) & DAYS
                and self.norms(frame.first, frame.last) & _TAKEN_PART_IN
            )
        ]
        if not frames:
            return None
        start = self.sentence_starts[span.first]
        end = self.sentence_end(span)
        told = {i for cue in frames for i in range(cue.first - 1, cue.last)}
        norms = {self.words[i].norm for i in range(start, end) if i not in told}
        if norms & SELF:
            return None
        if not norms & _GENERIC and any(
            start <= cue.first and self.norms(cue.last, span.first) & _CAME_OVER for cue in frames
        ):
            return None  # "on a first aid course and felt crushing chest pain"
        general = self.words[start].question or bool(norms & _GENERIC)
        if general or any(start <= cue.first < end for cue in frames):
            return Assertion.HYPOTHETICAL
        return Assertion.POSSIBLE

    def _is_supposed_of_others(self, span: Span) -> bool:
        """Read "if a climber falls", which no answer can make a report."""
        first = max(self.sentence_starts[span.first], span.first - REACH)
        return any(
            not self._names_writer(cue.last, self.chunk(span)[1]) and not self._is_likened(cue)
            for cue in self.cues("SUPPOSED_OTHER", first, span.first)
        )

    def _names_writer(self, first: int, last: int) -> bool:
        """Tell "my legs" from "a horse in my riding school"."""
        return any(
            self.words[index].norm in SELF
            and not (self.words[index].norm == "my" and self.words[index - 1].norm in _WHERE)
            for index in range(max(first, 1), last)
        )

    def _is_supposed(self, span: Span) -> bool:
        """Tell "what if my legs go numb" and "worried about a stroke" from a report."""
        throughout = self.cues(
            "SUPPOSED_THROUGHOUT", self.sentence_starts[span.first], self.sentence_end(span)
        )
        if any(cue.first < self.sentence_end(span) for cue in throughout):
            return True
        for cue in self.cues_before("HYPOTHETICAL", span, self.clause_starts):
            if not self.norms(self._pause_after(cue, span), span.last) & SELF:
                return True
        for cue in self.cues_before("WORRY", span, self.clause_starts):
            has_pause = self._pause_after(cue, span) < span.last
            if not has_pause and not self.norms(cue.last, span.last) & SELF:
                return True
        return False

    def _pause_after(self, cue: Span, span: Span) -> int:
        """Return where the first pause between cue and finding is, else the finding's end."""
        for index in range(cue.last, span.first + 1):
            if self.words[index].break_before > NO_BREAK:
                return index
        return span.last

    def _is_echoed(self, span: Span) -> bool:
        """Read "Slurring? Only after four pints": the question said back, and when it is so."""
        start, end = self.sentence_starts[span.first], self.sentence_end(span)
        if not self.words[start].question or end - start > _ECHO or end >= len(self.words):
            return False
        last = self.sentence_end(Span(end, end + 1)) - 1
        causes = [*self.cues("HARMLESS_CAUSE", end, last), *self.cues("EFFORT", end, last)]
        return self.words[end].norm in _ONLY and bool(causes)

    def _is_asked(self, span: Span) -> bool:
        """A question about a thing is no report of it, unless the words say "my"."""
        sentence = self.sentence_starts[span.first]
        for cue in self.cues("QUESTION", sentence, span.first):
            # "Do I have cancer" asks, although "I have cancer" would tell.
            if cue.first < span.first < cue.last and self._opens_question(cue):
                return True
        for cue in self.cues_before("QUESTION", span, self.sentence_starts):
            if self._opens_question(cue):
                between = self.norms(cue.last, span.last)
                effect = self.words[cue.first].norm in _MODALS and between & _EFFECTS
                return bool(effect) or not between & _REPORTED
        return self._is_general_question(span)

    def _is_general_question(self, span: Span) -> bool:
        """Read "is numbness in the legs serious", which has no cue of its own in front."""
        start = self.sentence_starts[span.first]
        end = min(self.sentence_end(span), start + REACH)
        sentence = self.norms(start, end)
        if self.words[start].norm not in _ASKING_VERBS or sentence & _REPORTED:
            return False
        return self.words[start].question or bool(sentence & _JUDGEMENTS)

    def _opens_question(self, cue: Span) -> bool:
        """Tell "is there numbness" from "the pain is there"."""
        first = self.words[cue.first]
        if first.question or cue.first == 0 or first.break_before == SENTENCE_END:
            return True
        before = self.words[cue.first - 1].norm
        if first.break_before > NO_BREAK:
            return not before.isdigit()  # "my son (21) is a haemophiliac"
        return before in _BEFORE_QUESTION

    def _is_unsure(self, span: Span) -> bool:
        habits = {cue.first for cue in self.spans("CONDITIONAL_NOW")}
        conditions = self.cues_before("CONDITIONAL", span, self.clause_starts)
        if any(cue.first not in habits and not self._is_likened(cue) for cue in conditions):
            return True
        return any(
            span.first - cue.last <= _UNSURE_REACH
            for cue in self.cues_before("UNSURE", span, self.clause_starts)
        )

    def _is_likened(self, cue: Span) -> bool:
        """Read the "if" of "as if my chest was torn", which sets no condition."""
        return cue.first > 0 and self.words[cue.first - 1].norm == "as"
