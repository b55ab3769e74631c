"""Read a free-text message into findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from clinic.history.assertion import Context
from clinic.history.attributes import Attribute, AttributeCatalogue
from clinic.history.despair import hinted_despair
from clinic.history.findings import Assertion, Finding
from clinic.history.lexicon import Lexicon
from clinic.history.measured import measured
from clinic.history.measures import GROWN_UP, find_ages
from clinic.history.names import mark_names
from clinic.history.patterns import FindingRule, Span
from clinic.history.spelling import Speller
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, split_words, word_set

# "One pupil bigger, always so" is not new in the "one pupil" inside it.
_LONG_THERE = (Assertion.POSSIBLE, Assertion.PAST)
# "Shoulder" inside "between my shoulder blades" is no second site.
_LONGEST_ONLY = ("site", "side")
_WRITER = word_set("i im ive my me")
_NOW_TOLD = word_set("has is cant cannot keeps feels")
_COMPLAINT_REACH = 12
_MANY = word_set("patients clients residents customers pupils students colleagues children kids")
_REPORTING = word_set(
    "told says said say thinks reckons noticed asked asks wants made read heard googled saw "
    "insists insisted suggested suggests nags nagged panics panicked worries worried frets fusses"
)
_THIRD = word_set("he hes she shes his her him hers")
# Said or asked for, what only raises a suspicion is asked about.
_SUSPICIOUS = frozenset({Assertion.PRESENT, Assertion.ASKED})
_COMPLAINTS = (
    *("PAIN", "SYMPTOM_WORD", "CANNOT", "NUMB", "WEAK", "FEVER", "FALL", "INJURY_WORD"),
    *("SPEECH", "SPEECH_PART", "FACE_DROOP", "CONFUSED", "DROWSY", "BREATHLESS", "COLLAPSE"),
    *("CHEST_PAIN", "VISION", "PARALYSED", "SEIZURE", "UNSTEADY", "STRANGLE", "GRAVE"),
)
_BODY = ("NECK", "UPPER_BACK", "BACK", "SHOULDER", "ARM", "HAND", "LEG", "HEAD", "CHEST", "FACE")
_OWN_COMPLAINTS = ("PAIN", "SYMPTOM_WORD", "NUMB", "WEAK", "FALL")
_I = word_set("i ive im")
_MINE = word_set("my")
_OWN_REACH = 3
# "Neck's been at me" is the writer's as much as "my neck".
_BOTHER_WORDS = 3
_BOTHERING = [["been", verb, "me"] for verb in ("at", "killing", "bothering", "annoying")]
_CLOSE_REACH = 5
_AGE_REACH = 3
_HAVING = word_set("have having got get ive im am feel me mine mines is with")
_TOUCHING = word_set("on under behind around round against to over")
_BADLY = word_set("funny badly awkwardly wrong crooked awkward weird oddly")
_GETTER = word_set("i ive im me mine mines")
_BEFORE_COMPLAINT = word_set(
    "a an the just only bit of some this very really slightly slight little normal usual plain "
    "one case ordinary simple mild dull upper neck lower right left sore"
)
_BIRTHS = [[when, "i", "had"] for when in ("when", "since", "after", "before")]
_SHORTEST_WORD = 3
# "Cannot feel my legs" denies no legs.
_FAILURES = ("CANNOT", "NOT_FEEL", "NOT_A_NEGATION")
_MEANING = "HEAD_JOLTED"
_FAILURE_REACH = 4
_ANYTHING = FindingRule(id="anything", attribute="", value=True, whole=False)
# After these a relative is only mentioned: "because of the baby", "lifting my son".
_IN_PASSING = word_set(
    "of with and lifting carrying holding feeding picking chasing to at from by like than lifted "
    "carried held fed visiting cuddling dressing washing bathing"
)

_WHO_HAD = [[who, "had"] for who in ("who", "that")]
_LATELY = word_set("ago now today hour hours just cant cannot this is has still yesterday tonight")
_COUNTED = word_set("number no one two three four 1 2 3 4")
_PUTTING_RIGHT = word_set("its it is but this thats")
_FROM = word_set("from by after of since")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says.

    Attributes:
        findings: Findings in the order of the text.
        about: Whom it speaks of when that is not the writer: "child" or "other_adult".
        words: Normalised words, for the reading of short answers.
    """

    findings: tuple[Finding, ...] = ()
    about: str | None = None
    words: tuple[str, ...] = field(default=(), repr=False)

    def present(self, attribute: str) -> list[Any]:
        """Return the values of an attribute that are said to be so."""
        return [
            finding.value
            for finding in self.findings
            if finding.attribute == attribute and finding.assertion is Assertion.PRESENT
        ]


class HistoryReader:
    """Read messages with a lexicon.

    Args:
        lexicon: The lexicon.
        speller: Corrects words towards the lexicon's own.
    """

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        self._lexicon = lexicon
        self._speller = speller

    @classmethod
    def load(cls, folder: Path, keep_in: Path | None = None) -> HistoryReader:
        """Load the lexicon from `data/clinical/`.

        Args:
            folder: That folder.
            keep_in: A folder that keeps the compiled lexicon for the next time.

        Raises:
            DataFileError: A data file is not usable; the message names the entry.
        """
        attributes = AttributeCatalogue.load(folder / "history.yml")
        lexicon = Lexicon.load(folder / "lexicon", attributes, keep_in)
        return cls(lexicon, Speller.load(folder / "common_words.txt", lexicon.uses))

    @property
    def concepts(self) -> frozenset[str]:
        """Return the names of the lexicon's concepts."""
        return self._lexicon.concepts

    def knows_no_word(self, text: str) -> bool:
        """Tell whether a message has letters, but not one word or number that is known.

        Args:
            text: The message as it arrived.
        """
        norms = [word.norm for word in split_words(text)]
        written = [norm for norm in norms if norm.isalpha() and len(norm) >= _SHORTEST_WORD]
        if not written or any(character.isdigit() for character in text):
            return False
        if any(self._speller.knows(norm) for norm in written):
            return False
        # Letters at random hit a word that is one slip away now and then.
        near = sum(self._speller.is_near(norm) for norm in written)
        return 2 * near <= len(written)

    def read(self, text: str, today: date) -> Reading:
        """Read one message.

        Args:
            text: The message as it arrived.
            today: The present date at the clinic, for "since Tuesday".
        """
        words = self._speller.mend(mark_names(text, split_words(text)))
        if not words:
            return Reading()
        concepts = self._lexicon.find_concepts(words, today.year)
        context = Context(words, concepts, today)
        about = _about(context)
        findings = _without_repetitions(
            _finding(rule, span, context, about)
            for rule, span in self._lexicon.find_findings(words, _without_idioms(concepts))
        )
        findings += measured(words, text, today, findings, context, about)
        findings += hinted_despair(context, findings)
        if about is not None and not any(item.attribute == "who_for" for item in findings):
            findings.append(_whole(words, "who_for", about))
        return Reading(
            findings=tuple(sorted(findings, key=lambda item: (item.start, item.end))),
            about=about,
            words=tuple(word.norm for word in words),
        )

    def listen(self, text: str, today: date) -> Listening:
        """Prepare to tell how the words of a message are said.

        Args:
            text: The message as it arrived.
            today: The present date at the clinic.
        """
        words = self._speller.mend(mark_names(text, split_words(text)))
        concepts = self._lexicon.find_concepts(words, today.year) if words else {}
        return Listening(words, concepts, today, self._lexicon.causes)


class Listening:
    """How the words of one message are said.

    Args:
        words: The message's words.
        concepts: The lexicon's concepts that stand in them.
        today: The present date at the clinic.
        causes: For each attribute the concepts that explain one of its values.
    """

    def __init__(
        self,
        words: list[Word],
        concepts: Mapping[str, list[Span]],
        today: date,
        causes: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._words = words
        self._causes = causes
        self._context = Context(words, concepts, today)
        self._told = _without_idioms(concepts)
        self._failures = [span for name in _FAILURES for span in self._told.get(name, ())]
        self._of_relative = _about(self._context) is not None

    def how_said(
        self, concepts: Iterable[str], part: tuple[int, int], about: Iterable[Attribute] = ()
    ) -> list[Assertion]:
        """Tell how the words of some concepts are said in a part of the message.

        Args:
            concepts: Names of the lexicon's concepts.
            part: Offsets of the part's first character and after its last one.
            about: What the words are to tell of; where that can be explained, played down or long
                past, so can the words.

        Returns:
            One assertion for each place where one of the concepts stands; none where none does.
        """
        words = self._words
        attributes = list(about)
        rule = replace(
            _ANYTHING,
            explainable=any(attribute.explainable for attribute in attributes),
            played_down=any(attribute.played_down for attribute in attributes),
            causes=tuple(cause for item in attributes for cause in self._causes.get(item.name, ())),
            passes=max((attribute.passes for attribute in attributes), default=0),
        )
        return [
            self._context.assertion(
                rule, _with_failure(span, self._failures), of_relative=self._of_relative
            )
            for name in concepts
            for span in self._told.get(name, ())
            if part[0] <= words[span.first].start and words[span.last - 1].end <= part[1]
        ]


def _with_failure(span: Span, failures: list[Span]) -> Span:
    """Take the "don't feel" in front of "my legs" for a part of it, which denies nothing."""
    first = min(
        (other.first for other in failures if 0 <= span.first - other.last <= _FAILURE_REACH),
        default=span.first,
    )
    return Span(min(first, span.first), span.last)


def _without_idioms(concepts: Mapping[str, list[Span]]) -> Mapping[str, list[Span]]:
    """Leave out what stands inside a figure of speech; the words around it still count.

    "My head went back" is one that means something itself.
    """
    idioms, meaning = concepts.get("IDIOM", []), concepts.get(_MEANING, [])
    if not idioms and not meaning:
        return concepts
    masked = {index for span in idioms for index in range(span.first, span.last)}
    inside = {index for span in meaning for index in range(span.first, span.last)}
    kept = {
        name: [
            span
            for span in spans
            if masked.isdisjoint(words := range(span.first, span.last))
            and (name == _MEANING or inside.isdisjoint(words))
        ]
        for name, spans in concepts.items()
    }
    return {name: spans for name, spans in kept.items() if spans}


def _without_repetitions(found: Iterable[Finding]) -> list[Finding]:
    """Keep one finding a value and assertion, the one with most words."""
    longest: dict[tuple[str, Any, Assertion], Finding] = {}
    for finding in found:
        key = (finding.attribute, finding.value, finding.assertion)
        if key not in longest or _length(finding) > _length(longest[key]):
            longest[key] = finding
    kept = list(longest.values())
    return [
        finding
        for finding in kept
        if not any(_overrules(other, finding) for other in kept if other is not finding)
    ]


def _overrules(longer: Finding, shorter: Finding) -> bool:
    """Tell whether more words around a finding say that it is something else, or normal."""
    if longer.attribute != shorter.attribute:
        return False
    overlap = longer.start < shorter.end and shorter.start < longer.end
    if overlap and _is_explained_away(longer, shorter):
        return True
    if not (longer.start <= shorter.start and shorter.end <= longer.end):
        return False
    if _length(longer) == _length(shorter):
        return False
    explained = longer.value == shorter.value and (
        longer.assertion is Assertion.ABSENT
        or (shorter.assertion is Assertion.PRESENT and longer.assertion in _LONG_THERE)
    )
    # "Shoulders and neck" are two sites, however many words the longer finding took.
    return explained or (longer.attribute in _LONGEST_ONLY and shorter.value != "neck")


def _is_explained_away(normal: Finding, sign: Finding) -> bool:
    """Read "a mole off my back, it was nothing": the words around a sign say that it is none."""
    if normal.value != sign.value:
        return False
    if normal.assertion is Assertion.EXPLAINED:
        # Two rules read the same words, and one knows the cause.
        same = (normal.start, normal.end) == (sign.start, sign.end)
        return same and sign.assertion is Assertion.PRESENT
    longer = _length(normal) > _length(sign)
    told = sign.assertion in (Assertion.PRESENT, Assertion.POSSIBLE, Assertion.EXPLAINED)
    return longer and told and normal.assertion is Assertion.ABSENT


def _length(finding: Finding) -> int:
    return finding.end - finding.start


def _finding(rule: FindingRule, span: Span, context: Context, about: str | None) -> Finding:
    assertion = context.assertion(rule, span, of_relative=about is not None)
    if rule.suspected and assertion in _SUSPICIOUS:
        assertion = Assertion.POSSIBLE
    return Finding(
        attribute=rule.attribute,
        value=rule.value,
        assertion=assertion,
        start=context.words[span.first].start,
        end=context.words[span.last - 1].end,
    )


def _about(context: Context) -> str | None:
    """Tell for whom the message is written: a relative is the subject of the complaint."""
    patients = [
        (who, span)
        for concept, who in (("CHILD_PATIENT", "child"), ("ADULT_PATIENT", "other_adult"))
        for span in context.spans(concept)
    ]
    norms = [word.norm for word in context.words]
    own = bool(patients) and _has_own_complaint(context, norms)
    # "Writing for my gran, she knits for the baby": whoever is named as the patient comes first.
    for who, span in sorted(patients, key=lambda item: not _is_named(context, item[1])):
        if _is_patient(context, span, own_complaint=own):
            return "other_adult" if _is_grown_up(context) else who
    return "other_adult" if _is_help_asked(context) else None


def _has_an_illness_told_in_passing(context: Context, span: Span) -> bool:
    """Read "stiff neck. My dad's myeloma began with a sore back", which is no request for him."""
    if span.first == 0 or not _has_complaint(context, 0, span.first):
        return False
    sentence, end = context.sentence_starts[span.first], context.sentence_end(span)
    later = context.norms(end, len(context.words))
    told_of_then = _has_complaint(context, 0, sentence) and context.is_dated_long_ago(span)
    if told_of_then and not (_THIRD & later or _NOW_TOLD & context.norms(span.last, end)):
        return True  # "neck stiff for years. My friend broke hers in March, so people ask"
    return any(
        0 <= other.first - span.last <= 1
        for concept in ("CANCER", "ILLNESS")
        for other in context.spans(concept)
    )


def _is_in_a_story(context: Context, span: Span) -> bool:
    """Read "that movie where the girl's head spins"; "my girl" would be the writer's own."""
    told = context.cues("FRAME", context.sentence_starts[span.first], span.first)
    return bool(told) and context.words[span.first].norm == "the"


def _is_named(context: Context, span: Span) -> bool:
    """Read "I'm asking for my husband": whatever is told after it is his."""
    return any(cue.last == span.first for cue in context.spans("WRITING_FOR"))


def _is_help_asked(context: Context) -> bool:
    """Read "a man at work has just collapsed, what do I do", whoever he is."""
    if not context.spans("HELP_NOW") or not context.spans("RELATIVE"):
        return False
    own = _has_own_complaint(context, [word.norm for word in context.words])
    return not own and not context.spans("FAMILY_PAST")


def _is_grown_up(context: Context) -> bool:
    """Tell that "my 22 year old son" is no child."""
    ages = find_ages(context.words)
    return bool(ages) and ages[0].value >= GROWN_UP


def _is_patient(context: Context, span: Span, *, own_complaint: bool) -> bool:
    if _has_an_illness_told_in_passing(context, span) or _is_in_a_story(context, span):
        return False
    if any(other.first < span.first < other.last for other in context.spans("PREGNANT")):
        return False  # "had a baby" is about the mother
    words = context.words
    norms = [word.norm for word in words]
    if norms[span.first] in ("im", "i"):
        return _has_complaint(context, span.first, span.last + _COMPLAINT_REACH)
    if not own_complaint and _is_put_right(context, span):
        return True
    if _is_named(context, span) and not own_complaint and not context.spans("FAMILY_PAST"):
        return True  # "asking for my wife, she's on warfarin, not me"
    if _was_long_ago(context, span) or context.spans("NOT_ME"):
        return False  # what a grandmother once had is no request for her
    if _is_named(context, span):
        return True
    if set(norms[max(0, span.first - 1) : span.first]) & _IN_PASSING:
        return False
    if norms[max(0, span.first - 2) : span.first] == ["at", "my"]:
        return False  # "laughing at my nephew's show"
    if norms[max(0, span.first - 3) : span.first] in _BIRTHS or _is_worked_for(norms, span):
        return False
    since = "since" in norms[max(0, span.first - 2) : span.first]
    ends = span.last == len(words) or words[span.last].break_before > NO_BREAK
    if since and (ends or norms[span.last] in _COUNTED):
        return False  # "stiff since the baby, from breastfeeding", "since baby number two"
    opening = max(context.sentence_starts[span.first], span.first - 3)
    if not own_complaint and {"for", "about"} & set(norms[opening : span.first]):
        return _has_complaint(context, span.first, len(norms))
    following = norms[span.last : span.last + 2]
    lately = not _LATELY.isdisjoint(norms[span.last :])
    if following in _WHO_HAD and context.spans("I_AM_WELL") and not lately:
        return False
    writer = bool(_WRITER & set(norms[: span.first]) - {"my"} or _WRITER & set(norms[span.last :]))
    passes_on = bool(following) and following[0] in _REPORTING and writer
    if passes_on and not _THIRD & set(following) and not _has_a_part(context, span.last):
        return False
    if own_complaint:
        return False
    if _THIRD & set(norms[span.last :]):
        return True
    if not writer and any(0 <= age.first - span.last < _AGE_REACH for age in find_ages(words)):
        return True  # "our son is five, temp 39": nobody tells the age of somebody in passing
    reach = _CLOSE_REACH if writer else _COMPLAINT_REACH
    own = writer and bool(_WRITER & set(norms[span.last : span.last + reach]))
    end = min(span.last + reach, context.sentence_end(span)) if writer else span.last + reach
    return not own and _has_complaint(context, span.first, end)


def _has_a_part(context: Context, first: int) -> bool:
    """Read "mum asked me to write. Her neck is sore", where the one who asks is the patient."""
    return any(
        part.first >= first and context.norms(part.first - 1, part.first) & _THIRD
        for concept in _BODY
        for part in context.spans(concept)
    )


def _is_put_right(context: Context, span: Span) -> bool:
    """Read "not me, it's my wife", which asks for her."""
    if context.norms(span.first, span.last) & _MANY:
        return False  # "not me, my patients"
    return any(
        cue.last <= span.first
        and context.norms(cue.last, span.first) <= _PUTTING_RIGHT
        and context.sentence_starts[cue.first] == context.sentence_starts[span.first]
        for cue in context.spans("NOT_ME")
    )


def _is_worked_for(norms: list[str], span: Span) -> bool:
    """Read "sore from driving mum to her appointments", where she is no patient of ours."""
    before = norms[max(0, span.first - 2) : span.first]
    return len(before) > 1 and before[0] in _FROM and before[1].endswith("ing")


def _was_long_ago(context: Context, span: Span) -> bool:
    """Tell "my gran always had a bad back" from "my husband has a fever. He always has a neck"."""
    sentence = context.sentence_starts[span.first]
    told = context.spans("FAMILY_PAST")
    if any(context.sentence_starts[other.first] <= sentence for other in told):
        return True
    now = context.norms(span.last, span.last + 1) & _NOW_TOLD
    return bool(told) and not now


def _has_complaint(context: Context, first: int, last: int) -> bool:
    return any(
        first <= other.first < last for concept in _COMPLAINTS for other in context.spans(concept)
    )


def _has_own_complaint(context: Context, norms: list[str]) -> bool:
    """Read "my neck", "I have pain": the writer is the patient, whoever else is named."""
    relatives = {
        index
        for concept in ("RELATIVE", "CHILD_PATIENT", "ADULT_PATIENT")
        for span in context.spans(concept)
        for index in range(span.first, span.last)
    }

    def owned(span: Span, owners: frozenset[str]) -> bool:
        sentence = context.sentence_starts[span.first]
        before = range(max(sentence, span.first - _OWN_REACH), span.first)
        if _THIRD & context.norms(span.first, span.last):
            return False  # "so I'm typing. His neck is swollen"
        if owners is _MINE and norms[span.last : span.last + _BOTHER_WORDS] in _BOTHERING:
            return not _THIRD & {norms[index] for index in before}
        words = {norms[index] for index in before if index not in relatives}
        after = range(span.last, min(len(norms), span.last + _OWN_REACH))
        touching = bool(after) and norms[span.last] in _TOUCHING
        theirs = _THIRD & {norms[index] for index in after} or not relatives.isdisjoint(after)
        if owners is _MINE and touching and theirs:
            return False  # "I put my hand on his tummy", "on dad's back"
        # "I wake for the baby and my neck is sore": she stands before the "and".
        joints = [index for index in before if context.is_joint(index)]
        near = range(joints[-1], span.first) if joints else before
        told = {norms[index] for index in near if index not in relatives}
        if owners is _MINE and owners & told:
            return not (_THIRD & told) and relatives.isdisjoint(near)
        return bool(owners & words) and not (_THIRD & words) and relatives.isdisjoint(before)

    return (
        any(
            owned(span, _MINE if concept in _BODY else _I)
            for concept in (*_BODY, *_OWN_COMPLAINTS)
            for span in context.spans(concept)
        )
        or _slept_badly(norms)
        or _aches_from_caring(context)
        or any(
            _is_had_by_writer(context, span, relatives)
            for concept in (*_BODY, *_OWN_COMPLAINTS, "TIGHT", "STIFF", "ACHE")
            for span in context.spans(concept)
        )
    )


def _slept_badly(norms: list[str]) -> bool:
    """Read "I've just slept funny", which is the writer's own trouble."""
    return any(
        first == "slept"
        and second in _BADLY
        and _I & set(norms[max(0, index - _OWN_REACH) : index])
        for index, (first, second) in enumerate(pairwise(norms))
    )


def _aches_from_caring(context: Context) -> bool:
    """Read "gran has shingles so I've been lifting her, neck sore": the writer's neck.

    Where the one cared for has a pain of that kind, or "his neck" is told of, it is theirs.
    """
    parts = [span for concept in _BODY for span in context.spans(concept)]
    for cue in context.spans("CARED_FOR"):
        after = [span for span in parts if span.first >= cue.last]
        if not after or any(span.first < cue.first for span in parts):
            continue
        if cue.first and context.norms(cue.first - 1, cue.first) & _THIRD:
            continue  # "she's been holding her neck"
        first = min(after, key=lambda span: span.first)
        if not context.norms(cue.last, first.first) & _THIRD:
            return True
    return False


def _is_had_by_writer(context: Context, span: Span, relatives: set[int]) -> bool:
    """Read "I take nothing and just have a stiff neck", "the driving has given me a tight back"."""
    index, sentence = span.first - 1, context.sentence_starts[span.first]
    while index >= sentence and context.words[index].norm in _BEFORE_COMPLAINT:
        index -= 1
    if index < sentence or context.words[index].norm not in _HAVING:
        return False
    while index >= 0 and span.first - index <= _COMPLAINT_REACH:
        norm = context.words[index].norm
        if norm in _THIRD or index in relatives:
            return False
        if norm in _GETTER:
            return True
        if context.words[index].break_before == SENTENCE_END:
            return False
        index -= 1
    return False


def _whole(words: list[Word], attribute: str, value: Any) -> Finding:
    return Finding(attribute, value, Assertion.PRESENT, words[0].start, words[-1].end)
