"""Tell what a message tells beside the patient's own trouble.

A farmer tells of a cow, a sleeper of a dream, a gamer of a game. What is plainly of another is
another's; where a clinician would want to ask, the sign is only explained or possible, so that it
is asked about where it would make an emergency. What is told of "I" and "my" counts.
"""

from __future__ import annotations

from enum import Enum

from clinic.history.findings import Assertion
from clinic.history.patterns import FindingRule, Span
from clinic.history.stretches import SELF, Stretches
from clinic.history.words import NO_BREAK, NO_NAME, word_set

# What happens to somebody from outside; a beast may have done it to the writer.
DONE_TO = frozenset({"injury", "injury_mechanism", "injury_danger", "assault", "neck_manipulated"})
_HE_OR_SHE = word_set("he hes she shes")
_HE_HAD = word_set("hed shed")
_HIS_OR_HER = word_set("his her")
# Who is named before these had it; a day or a town did not.
_BEFELL = word_set(
    "collapsed had fainted fell went couldnt cant broke choked dropped passed suffered lost got "
    "was has keeled came took dived slipped"
)
_AT_A_PLACE = word_set(
    "in at on from to near of outside since after last next this every with called named is am by "
    "the a an my took taking take dr doctor nurse prof"
)
_NO_PERSON = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december christmas easter i english gp mri ct"
)
_THEY = word_set("they theyre theyve it its")
_OWN_PARTS = ("NECK", "UPPER_BACK", "BACK", "SHOULDER")
# A screen shows what is the matter with the eye.
_SEEN_ON_IT = ("vision", "dizzy")
_BODY = (*_OWN_PARTS, "ARM", "HAND", "LEG", "HEAD", "CHEST", "FACE")
_ILL = (
    *("COLLAPSE", "PARALYSED", "SEIZURE", "CANNOT", "SYMPTOM_WORD", "WEAK", "NUMB", "FEVER"),
    *("ILLNESS", "CANCER", "BREATHLESS", "UNSTEADY", "INFECTION", "FALL"),
)
_REPORTING = word_set(
    "says said say saying thinks thought think reckons reckoned noticed noticing insists told "
    "tells asked asks swears joked jokes found spotted pointed saw sees heard hit hits punched "
    "grabbed choked strangled kicked pushed shoved hurt hurts squeezed pressed"
)
# Whom one has to do with is not who is told of.
_ASIDE = word_set(
    "off from under over onto of after against behind beside between into by like for than as "
    "walk walked walking walks chasing carried carrying lifting lifted lift feeding fed"
)
_LEADING = word_set(
    "a an the my me our his her their your one of old poor wee little big new young and so then "
    "when while because cos but where that which well also had have been ive weve i we was were "
    "yesterday today tuesday monday wednesday thursday friday saturday sunday last night week"
)
# What a beast does or suffers, told right after it.
_BEFALLEN = word_set(
    "was is has had got gets went goes couldnt cant cannot wouldnt wont kept keeps copped fell "
    "collapsed began started came lost gave needed slipped dropped took stopped lay lies are were "
    "have who that with down dragging staggering swims lies hangs walks cannot dont doesnt ended "
    "had a gone developed suffered broke blew bloated choked struggled"
)
_TOLD_REACH = 4
_TURNING = word_set("but though however although yet while so")
_WELL = word_set("fine ok okay grand right good well better unhurt safe")
_AFTERWARDS = word_set("now since today but so")
_WAKING = word_set("since now morning today afterwards")
_OBJECTS = word_set("me us im i my")
_NEAR = word_set("beside behind opposite near past")
_PLACES_OF = word_set("front ahead")
_OWN_PLACES = word_set("neck back upper shoulder shoulders necks spine")
_OWN_REACH = 6
_SELF_NOW = word_set("i im ive me my mine ill")
_NO_OBJECT = word_set(
    "with and from since until when after because while but so in my till gave made to have has "
    "ive im i me had gone got"
)
_MANY_ILLS = 2
_HAVING = word_set("had have having get getting got suffer suffered feel felt ive")
_TURNED = word_set("because cos since now so but while when until after today started got")
_OBJECT_REACH = 5
_ATTACKED_REACH = 8
_GAME_HARMS = DONE_TO | {"crisis", "chest_breath", "airway"}
_GAME_WORDS = 2
_LISTED = 40
_PRETEND_ONLY = word_set("really actually genuinely properly real since today now then tonight")
_TO_PLACE = word_set(
    "in on at inside under outside out the that this my our a of degree degrees c hot"
)
_IS_SO_HOT = word_set("is was gets got hits hit at set to kept reaches up on nearly over about the")
_AROUND = word_set("on at with to in of near outside inside through across around by from")
_SHOWN = DONE_TO | {"crisis"}
DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight last since"
)
_SWEATS = ("sweating", "night_sweats")
_HEATS = frozenset({"systemic", "chest_breath", "meningism"})
_SPILL_REACH = 2
_CRASH = frozenset({"injury", "injury_mechanism"})


class _Teller(Enum):
    """Of whom the words before a sign tell."""

    WRITER = "writer"
    PRONOUN = "pronoun"
    BEAST = "beast"


class Stories:
    """What the words of a message tell of others than the patient, as he is in his waking life.

    Args:
        text: The words with their cues.
    """

    def __init__(self, text: Stretches) -> None:
        self._text = text

    def how_unreal(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Tell how a sign is said that stands in a dream, a lesson, a show, a game or a machine.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        if (
            self._is_dreamt(span)
            or self._is_taught(rule, span)
            or self._is_one_of_many_ills(rule, span)
            or self._is_a_name(rule, span)
            or self._is_shown(rule, span)
            or self._is_gamed(rule, span)
            or self._is_heat_of_a_room(rule, span)
            or self._is_of_a_machine(rule, span)
            or self._is_still_of_a_machine(rule, span)
        ):
            return Assertion.EXPLAINED
        return None

    def whose(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Tell whether a story of a beast, an accident or somebody else holds a sign.

        Args:
            rule: What the words mean.
            span: Where they stand.
        """
        return self._seen(rule, span) or self._of_a_beast(rule, span) or self._of_third(rule, span)

    def is_of_their_kin(self, span: Span) -> bool:
        """Read "writing for my wife. Her dad had a stroke": the patient's kin is no patient.

        Args:
            span: Where the sign stands.
        """
        text = self._text
        start = text.sentence_starts[span.first]
        return any(
            cue.last <= span.first
            and not text.norms(cue.last, cue.last + 1) & _REPORTING
            and not text.norms(cue.last, span.last) & (_HE_OR_SHE | SELF | {"him", "her", "them"})
            and not text.norms(cue.first - 1, cue.first) & _ASIDE
            for cue in text.cues("THEIR_KIN", start, span.first)
        )

    def beside_me(self) -> set[int]:
        """Return the words of "in front of me" and "my own tank", which hurt nobody."""
        spans = [*self._text.spans("IN_SIGHT"), *self._text.spans("GAME")]
        return {index for span in spans for index in range(span.first, span.last)}

    def _is_dreamt(self, span: Span) -> bool:
        """Read "had that falling dream, off the roof, heard my neck go, and then I woke up"."""
        text = self._text
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        before = text.sentence_starts[start - 1] if start else start
        for cue in text.cues("DREAM", before, end - 1):
            if cue.first >= span.last:
                # "Couldn't feel my legs in a dream".
                near = text.norms(span.last, cue.first) <= {"in", "was", "it", "only", "just"}
                if near and not text.norms(cue.last, end) & _AFTERWARDS:
                    return True
                continue
            if cue.first >= start:
                woken = text.cues("WOKE", start, span.first)
                if not any(woke.last <= span.first for woke in woken) and not (
                    text.norms(cue.last, span.first) & _WAKING
                ):
                    return True
            elif self._goes_on_dreaming(cue, span, start):
                return True
        return False

    def _goes_on_dreaming(self, cue: Span, span: Span, start: int) -> bool:
        """Tell whether the sleeper wakes only after what the next sentence tells."""
        text = self._text
        if text.cues("WOKE", text.sentence_starts[cue.first], span.first):
            return False
        return bool(text.cues("WOKE", span.last, text.sentence_end(span) + _ATTACKED_REACH)) and (
            not text.norms(start, span.first) & _AFTERWARDS
        )

    def _is_taught(self, rule: FindingRule, span: Span) -> bool:
        """Read "slides of rashes and stiff necks" and "typing up cauda equina all day"."""
        text = self._text
        start = text.sentence_starts[span.first]
        for cue in text.cues("MATERIAL", start, span.first):
            if cue.last > span.last:
                continue
            between = text.norms(cue.last, span.last)
            if rule.attribute in DONE_TO and self._is_broken(cue.last, span.first):
                continue  # "a book of mine fell, hit on the head"
            if not between & (_SELF_NOW | DAYS | {"now", "since", "but"}):
                return True
        for cue in text.cues("AT_WORDS", start, span.first):
            if cue.last > span.first or text.norms(cue.last, span.last) & SELF:
                continue
            between = text.norms(cue.last, span.first)
            near = span.first - cue.last <= _OBJECT_REACH
            if near and not between & _NO_OBJECT and not self._is_broken(cue.last, span.first):
                return True
            # "Marking scripts on stroke: face drooping, slurred speech".
            named = text.cues("ILLNESS", cue.last, span.last - 1)
            if named and not between & _TURNED and not text.cues("STUDIES", cue.first, cue.first):
                return True
        return False

    def _is_one_of_many_ills(self, rule: FindingRule, span: Span) -> bool:
        """Read "reception this week: chest pains, stabbings, overdoses, the lot"."""
        text = self._text
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        ills = text.cues("PLURAL_ILLS", start, end - 1)
        if rule.past_counts or len({text.words[cue.first].norm for cue in ills}) < _MANY_ILLS:
            return False
        own = text.norms(start, end)
        if own & {"since", "now", "today", "no", "history"} or own & {"my", "mine"}:
            return False
        return not own & _HAVING

    def _is_a_name(self, rule: FindingRule, span: Span) -> bool:
        """Read "a band called Blackout", and "hand feeding", which is no weak hand."""
        text = self._text
        if any(cue.first == span.first for cue in text.cues("HAND_WORK", span.first, span.first)):
            return True
        drill = text.cues("DRILL", span.last, span.last) if rule.attribute not in DONE_TO else []
        if drill and not self._is_broken(span.last, span.last):
            return True  # "three days of sepsis drill"
        start = text.sentence_starts[span.first]
        return any(
            text.cues("NAMED_THING", max(start, cue.first - _OBJECT_REACH), cue.first)
            and (span.first - cue.last <= 1 or not text.norms(cue.last, span.last) & SELF)
            and not text.norms(cue.last, span.first) & (_AFTERWARDS | {"off", "out", "for", "in"})
            for cue in text.cues("CALLED", start, span.first)
            if cue.last <= span.first
        )

    def _is_broken(self, first: int, last: int) -> bool:
        return any(word.break_before > NO_BREAK for word in self._text.words[first : last + 1])

    def _is_shown(self, rule: FindingRule, span: Span) -> bool:
        """Read "I'm the hanged man at a haunted house, screaming that I can't breathe"."""
        text = self._text
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        if rule.past_counts or text.norms(start, end) & _PRETEND_ONLY:
            return False
        if text.cues("IN_A_SHOW", start, end - 1):
            # "I'm a ghost tour guide and collapsed on Sunday".
            return rule.attribute in _SHOWN or not text.norms(start, end) & (DAYS - {"last"})
        if self._has_own_complaint(start, end) or text.norms(start, end) & DAYS:
            return False  # "My neck is stiff" is told after the show
        before = text.sentence_starts[start - 1] if start else start
        after = text.sentence_end(Span(end, end + 1)) if end < len(text.words) else end
        return bool(text.cues("IN_A_SHOW", before, after - 1))

    def _is_gamed(self, rule: FindingRule, span: Span) -> bool:
        """Read "fell off a cliff, drowned twice lmao. 9 hour session, final boss still alive"."""
        text = self._text
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        # "My keeper had a seizure lol" tells of no own sign, whichever it is.
        played = any(
            cue.last <= span.first and not text.norms(cue.last, span.last) & SELF
            for cue in text.cues("GAME", start, span.first)
        )
        if rule.attribute not in _GAME_HARMS and not played:
            return False
        if text.norms(start, span.first) & (_PRETEND_ONLY - {"since"}):
            return False
        after = text.sentence_end(Span(end, end + 1)) if end < len(text.words) else end
        before = text.sentence_starts[start - 1] if start else start
        games = text.cues("GAME", before, after - 1)
        talk = text.cues("GAME_TALK", before, after - 1)
        return bool(games) and len(games) + len(talk) >= _GAME_WORDS

    def _is_heat_of_a_room(self, rule: FindingRule, span: Span) -> bool:
        """Read "38 degrees in that kitchen, I sweat buckets every shift"."""
        text = self._text
        if rule.attribute not in _HEATS:
            return False
        if rule.value == "fever":
            return self._is_of_a_place(span)
        if rule.value not in _SWEATS:
            return False
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        if text.norms(start, end) & {"degree", "degrees"} and any(
            self._is_hot_there(index) for index in range(start, end)
        ):
            return not text.norms(start, end) & {"now", "since"}
        hot = text.cues("SWEATY_PLACE", start, end - 1)
        return bool(hot) and not (
            text.cues("AT_NIGHT", start, end - 1) or text.norms(start, end) & {"now", "since"}
        )

    def _is_of_a_place(self, span: Span) -> bool:
        """Read "38 degrees in that kitchen" and "the room was 40 degrees"."""
        return any(self._is_hot_there(index) for index in range(span.first, span.last))

    def _is_hot_there(self, index: int) -> bool:
        text = self._text
        if not text.words[index].norm.isdigit():
            return False
        return any(
            text.norms(index + 1, cue.first) <= _TO_PLACE
            and not self._is_broken(index + 1, cue.first)
            for cue in text.cues("HOT_PLACE", index + 1, index + _OBJECT_REACH)
        ) or any(
            cue.last < index
            and text.norms(cue.last, index) <= _IS_SO_HOT
            and not self._is_broken(cue.last, index)
            for cue in text.cues("HOT_PLACE", index - _OBJECT_REACH, index)
        )

    def _is_of_a_machine(self, rule: FindingRule, span: Span) -> bool:
        """Read "our server crashed, complete paralysis in the company, all nodes going numb"."""
        text = self._text
        machines = text.spans("MACHINE")
        if not machines or text.norms(span.first, span.last) & SELF or rule.value in _SEEN_ON_IT:
            return False
        crashed = any(norm.startswith("crash") for norm in text.norms(span.first, span.last))
        if rule.attribute in DONE_TO and not (rule.attribute in _CRASH and crashed):
            return False
        start, end = text.chunk(span)
        if text.norms(start, end) & _SELF_NOW - {"my"}:
            return False
        if any(cue.first == span.last for cue in text.cues("IN_THE_FIRM", span.last, span.last)):
            return True
        kinds = ("MACHINE", "IT_PART") if rule.attribute not in DONE_TO else ("MACHINE",)
        return any(
            cue.last <= span.last
            and not text.norms(cue.last, span.last) & SELF
            and not any(text.cues(part, cue.last, span.last - 1) for part in _BODY)
            and not text.norms(max(start, cue.first - 3), cue.first) & (_ASIDE | _AROUND)
            and not text.norms(max(start, cue.first - 2), cue.first)
            & {"immune", "nervous", "lymph"}
            for kind in kinds
            for cue in text.cues(kind, start, span.last - 1)
        )

    def _is_still_of_a_machine(self, rule: FindingRule, span: Span) -> bool:
        """Read "my laptop died, froze, had a seizure", where no body is told of."""
        text = self._text
        start = text.sentence_starts[span.first]
        if rule.attribute in DONE_TO or rule.past_counts or rule.value in _SEEN_ON_IT:
            return False
        return any(
            cue.last <= span.first
            and text.norms(start, cue.first) <= _LEADING
            and not text.norms(cue.last, span.last) & (SELF | _HE_OR_SHE | _AFTERWARDS)
            and not any(text.cues(part, cue.last, span.last - 1) for part in _BODY)
            for cue in text.cues("MACHINE", start, span.first)
        )

    def _seen(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Read "a pickup rolled in front of me, guy got thrown clear. I was way back"."""
        text = self._text
        if rule.past_counts:
            return None
        start = text.sentence_starts[span.first]
        end = text.sentence_end(span)
        for cue in text.cues("IN_SIGHT", start, end - 1):
            spills = self._spills(start, cue.first)
            if not spills:
                continue
            aside = {index for seen in text.spans("IN_SIGHT") for index in range(*_reach(seen))}
            after = end if rule.attribute in DONE_TO else span.last
            if any(
                text.words[index].norm in _SELF_NOW
                and index not in aside
                and not self._is_a_road(index)
                for index in range(start, max(after, cue.first))
            ):
                continue
            clear = text.cues("NOT_IN_IT", cue.last, len(text.words))
            return Assertion.OTHER_PERSON if clear else Assertion.EXPLAINED
        return None

    def _is_a_road(self, index: int) -> bool:
        """Read the "I" of "on I-80"."""
        after = self._text.norms(index + 1, index + 2)
        return self._text.words[index].norm == "i" and any(norm.isdigit() for norm in after)

    def _spills(self, first: int, last: int) -> bool:
        """Tell whether a stretch says that a car rolled or a rider came off."""
        text = self._text
        return any(
            0 <= spill.first - what.last <= _SPILL_REACH
            for what in text.cues("SPILL_WHAT", first, last - 1)
            for spill in text.cues("SPILL", what.last, last - 1)
        )

    def _of_a_beast(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Read "sat up with a heifer, she was staggering and couldn't get up"."""
        text = self._text
        if text.cues("SHARED", span.last, span.last + _ATTACKED_REACH):
            return None
        if self._is_kept_with_beasts(rule, span):
            return Assertion.EXPLAINED
        beasts = [
            *text.cues("BEAST", 0, span.first),
            *text.cues("CREATURE", 0, span.first),
        ]
        if not beasts or text.norms(span.first, span.last) & SELF:
            return None
        teller, index = self._who_is_told_of(span, beasts)
        if teller is _Teller.WRITER:
            return None
        start = text.sentence_starts[span.first]
        if teller is None:
            return self._still_of_the_beast(rule, span, beasts)
        if self._did_it_to_writer(rule, start, span):
            return None
        if teller is _Teller.BEAST and not self._is_told_of(index):
            return None  # "sheep shearing all week, legs numb"
        joined = not self._is_broken(index + 1, span.first)
        if text.norms(index + 1, span.first) & _TURNING:
            return None
        if rule.attribute in DONE_TO:
            return Assertion.OTHER_PERSON if joined else None
        return Assertion.OTHER_PERSON if joined else Assertion.EXPLAINED

    def _is_kept_with_beasts(self, rule: FindingRule, span: Span) -> bool:
        """Read "Mister Biscuit couldn't pee, crying in the litter tray"."""
        text = self._text
        if rule.attribute in DONE_TO or rule.past_counts:
            return False
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        if text.norms(start, span.last) & SELF or not text.cues("BEAST_PLACE", start, end - 1):
            return False
        return not text.cues("BEAST_DID_IT", start, end - 1)

    def _who_is_told_of(self, span: Span, beasts: list[Span]) -> tuple[_Teller | None, int]:
        """Return who was last spoken of before a sign in its sentence, and where."""
        text = self._text
        ends = {beast.last - 1: beast for beast in beasts}
        known = min(beast.first for beast in beasts)
        for index in range(span.last - 1, text.sentence_starts[span.first] - 1, -1):
            norm = text.words[index].norm
            if norm in SELF and not self._is_owner_of_a_beast(index, beasts):
                if not self._is_place(index):
                    return _Teller.WRITER, index
            elif norm in _HE_OR_SHE | _THEY and index > known:
                if text.norms(index + 1, index + 2) & _REPORTING:
                    return _Teller.WRITER, index
                if text.norms(index + 1, index + 4) & _WELL:
                    return _Teller.WRITER, index
                if norm in _HE_OR_SHE or norm not in ("it", "its"):
                    return _Teller.PRONOUN, index
            elif index in ends and self._is_subject(ends[index]):
                return _Teller.BEAST, index
        return None, span.first

    def _is_told_of(self, first: int) -> bool:
        """Tell "the mare had colic" from "sheep shearing all week"."""
        words = self._text.words[first : first + _TOLD_REACH]
        for number, word in enumerate(words):
            if word.break_before > NO_BREAK and number:
                break
            if word.norm in _BEFALLEN:
                return True
        return False

    def _is_owner_of_a_beast(self, index: int, beasts: list[Span]) -> bool:
        """Read the "me" of "me kelpie", who is told of, and not its owner."""
        return any(beast.first - 2 <= index < beast.last for beast in beasts)

    def _is_place(self, index: int) -> bool:
        """Read the "me" of "in front of me" and "beside me"."""
        text = self._text
        if text.words[index].norm != "me" or not index:
            return False
        before = text.words[index - 1].norm
        of_front = before == "of" and text.words[index - 2].norm in _PLACES_OF
        return before in _NEAR or of_front

    def _is_subject(self, beast: Span) -> bool:
        """Tell "our mare went down" from "walked the dog"."""
        text = self._text
        first = beast.first
        while first > 0 and not text.is_joint(first) and beast.first - first < _ATTACKED_REACH:
            first -= 1
        before = text.norms(first, beast.first)
        return not before & _ASIDE and before <= _LEADING

    def _did_it_to_writer(self, rule: FindingRule, start: int, span: Span) -> bool:
        text = self._text
        end = text.sentence_end(span)
        if rule.attribute in DONE_TO:
            after = min(end, span.last + _ATTACKED_REACH)
            if text.norms(span.last, after) & _OBJECTS:
                return True
        return bool(text.cues("BEAST_DID_IT", start, end - 1))

    def _still_of_the_beast(
        self, rule: FindingRule, span: Span, beasts: list[Span]
    ) -> Assertion | None:
        """Read "cow went down and couldn't get up. Paralysed after calving"."""
        text = self._text
        start, end = text.sentence_starts[span.first], text.sentence_end(span)
        if rule.attribute in DONE_TO or not start or text.norms(start, end) & SELF:
            return None
        before = text.sentence_starts[start - 1]
        told = [beast for beast in beasts if before <= beast.first < start]
        if not told or text.norms(told[-1].last, start) & SELF or not self._is_subject(told[-1]):
            return None
        if text.cues("BEAST_DID_IT", before, end - 1) or text.norms(told[-1].last, start) & _WELL:
            return None
        if any(text.cues(name, start, end - 1) for name in _OWN_PARTS) or not any(
            text.cues(name, told[-1].last, start - 1) for name in _ILL
        ):
            return None  # "my dog is lovely. Neck sore, legs numb"
        return Assertion.EXPLAINED

    def _of_third(self, rule: FindingRule, span: Span) -> Assertion | None:
        """Read "she couldn't swallow" beside "my neck is in bits": it may be hers."""
        text = self._text
        if rule.past_counts or rule.attribute in DONE_TO or rule.denied:
            return None
        if text.norms(span.first, span.last) & SELF or not self._has_own_complaint(
            0, len(text.words)
        ):
            return None
        start = text.sentence_starts[span.first]
        if text.norms(span.first, span.last) & _HIS_OR_HER or self._is_of_a_named_one(span, start):
            return Assertion.POSSIBLE  # "couldn't move his arms", "Doreen collapsed"
        for index in range(span.last - 1, start - 1, -1):
            word = text.words[index]
            if word.norm in SELF or (index < span.first and text.is_joint(index + 1)):
                break
            if word.norm in _HE_OR_SHE or (word.contracted and word.norm in _HE_HAD):
                passing_on = text.norms(index + 1, index + 2) & _REPORTING
                return None if passing_on else Assertion.POSSIBLE
        return self._whose_after(span, start)

    def _is_of_a_named_one(self, span: Span, start: int) -> bool:
        """Read "at bingo Doreen collapsed, went grey", but not "on Monday collapsed"."""
        text = self._text
        for index in range(span.first - 1, start - 1, -1):
            word = text.words[index]
            if word.norm in SELF:
                return False
            after = text.norms(index + 1, index + 3)
            if word.name != NO_NAME and word.norm not in _NO_PERSON and after & _BEFELL:
                before = text.norms(index - 1, index) if index > start else set()
                return not (before & _AT_A_PLACE or self._is_broken(index + 1, index + 1))
        return False

    def _whose_after(self, span: Span, start: int) -> Assertion | None:
        """Read "throat closing at lunch, one of the little ones"."""
        text = self._text
        end = text.sentence_end(span)
        if text.norms(start, span.last) & SELF:
            return None
        last = text.sentence_end(Span(end, end + 1)) if end < len(text.words) else end
        for cue in text.cues("WHOSE_AFTER", span.last, min(last, span.last + _LISTED)):
            opens = text.is_joint(cue.first) or cue.first == end
            if opens and not text.norms(span.last, cue.first) & SELF:
                return Assertion.EXPLAINED
        return None

    def _has_own_complaint(self, first: int, last: int) -> bool:
        """Tell whether a stretch says "my neck" or "I'm sore between the shoulders"."""
        text = self._text
        return any(
            text.words[index].norm in _SELF_NOW
            and text.norms(index + 1, index + 1 + _OWN_REACH) & _OWN_PLACES
            for index in range(first, last)
        )


def _reach(span: Span) -> tuple[int, int]:
    return span.first, span.last
