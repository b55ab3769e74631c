"""Take what a message says towards a booking, and ask for what is still missing."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import LOST, NOTE, in_thread, is_urgent, understood_wish
from actions.conversation import asks_again, latest_intent, latest_text, replied_besides
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.dialogue.agenda import BOOKING
from clinic.dialogue.booking_answers import (
    changes_preferences,
    changes_time,
    chosen_slot,
    confirms,
    field_to_change,
    is_code,
    note_in,
    says_as_before,
    wanted_reminders,
    wants_call_back,
)
from clinic.dialogue.booking_relative import relative_to
from clinic.dialogue.booking_visit import chosen_visit_type, said_visit_types, wants_other_kind
from clinic.dialogue.booking_wish import (
    Preferences,
    add_wish,
    asked_shift,
    preferences_from,
    slot_query,
    understand_preferences,
    unknown_practitioner,
)
from clinic.scheduling.choice import bare_hour, two_meanings
from clinic.scheduling.contact import (
    MAX_NAME,
    ContactProblem,
    find_name,
    parse_contact,
    parse_name,
)
from clinic.scheduling.notes import MAX_NOTE, get_note_rules
from clinic.scheduling.port import Appointment, Contact, Slot, SlotTaken, TooManyTries
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.when import When, understand_when
from clinic.scheduling.wording import say_appointment, say_slot
from clinic.settings import get_settings

_KIND = "visit_type"
_QUESTIONS = ("appointment_slot", "patient_name", "patient_contact", "booking_confirmed")
# "Yes, but at four" is no yes to what was shown.
_BUT = re.compile(r"\b(?:but|instead|actually|rather|make it|change)\b", re.IGNORECASE)
_NO_NOTE = re.compile(r"\W*(?:no|none|nothing|skip|never ?mind|no note|no thanks?)\b.{0,20}", re.I)


class ValidateBookingForm(SafeAction):
    """Take what a message says towards a booking and ask for what is still missing."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "validate_booking_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Fill the booking's slots from the message."""
        if tracker.get_slot("booking_closed"):  # the last gate, whatever way led here
            dispatcher.utter_message(response="utter_booking_closed", **clinic_facts())
            return leave_form()
        booking = _Booking(dispatcher, tracker)
        await booking.take()
        missing = booking.missing()
        return [
            *(SlotSet(name, value) for name, value in booking.changes.items()),
            SlotSet("requested_slot", missing),
        ]

    def after_failure(self) -> Events:
        """Close the form; nothing was booked."""
        return leave_form()


class _Booking:
    """The state of one booking while a message is taken in."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.changes: dict[str, Any] = {"booking_turn": clock.now().isoformat()}
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._clinic = get_settings().clinic
        self._zone = self._clinic.zone
        self._text: str = latest_text(tracker)
        self._intent = latest_intent(tracker)
        asked = tracker.get_slot("requested_slot")
        self._words = self._absolute()
        # None: the form has just opened
        self._question = asked if asked in (*_QUESTIONS, NOTE, _KIND) else None
        self._answers = bool(tracker.get_slot("turn_answered"))
        self._asks_note = False
        # Kinds of visit to choose from, where one must be asked for
        self._kinds: list[str] = []

    def get(self, name: str) -> Any:
        """Return a slot as this turn leaves it."""
        return self.changes.get(name, self._tracker.get_slot(name))

    def _absolute(self) -> str:
        """Return the message with dates for "the day after", from what is held, moved or wished."""
        held = self._tracker.get_slot("appointment_slot")
        moved = self._tracker.get_slot("moving_from")
        day, at = None, None
        if held or moved:
            start = Slot.from_dict(held).start if held else datetime.fromisoformat(moved)
            local = start.astimezone(self._zone)
            day, at = local.date(), local.time()
        elif (wish := understood_wish(self._tracker.get_slot("booking_wish"))) and wish.earliest:
            day, at = wish.earliest.astimezone(self._zone).date(), wish.at
        return (relative_to(self._text, day, at) if day else None) or self._text

    async def take(self) -> None:
        """Take the message in, against the question that was asked."""
        if self._question is None:
            await self._take_opening()
        elif not self._answers:
            self._explain_unread()
            if self._question == _KIND:
                self._kinds = list(self.get("visit_kinds") or [])
        elif self._question != NOTE and get_note_rules().names_access(self._text):
            self._take_access()
        elif self._question == _KIND:
            await self._take_kind()
        elif self._question in ("patient_name", "patient_contact") and await self._change_other():
            return
        elif self._question == "booking_confirmed":
            await self._take_confirmation()
        elif self._question == "appointment_slot":
            await self._take_time()
        elif self._question == "patient_name":
            self.changes["patient_name"] = parse_name(self._text) or find_name(self._text)
            self._take_contact(self._text, quietly=True)
            if not self.get("patient_name") and "patient_contact" not in self.changes:
                self._dispatcher.utter_message(response="utter_invalid_patient_name")
        elif self._question == "patient_contact":
            if name := find_name(self._text):  # "no, my name is Ann with two n"
                self.changes["patient_name"] = name
            self._take_contact(self._text)
        elif not _NO_NOTE.fullmatch(self._text):
            self._take_note(self._text)

    def missing(self) -> str | None:
        """Return the next slot to ask for."""
        if self._asks_note:
            return NOTE
        if self._kinds:
            self.changes["visit_kinds"] = self._kinds
            return _KIND
        names: tuple[str, ...]
        if self.get("call_back_wanted"):
            names = _QUESTIONS[1:]
        elif self.get("moving_reference"):
            names = ("appointment_slot", "booking_confirmed")
        else:
            names = _QUESTIONS
        return next((name for name in names if not self.get(name)), None)

    async def _take_opening(self) -> None:
        """Start: keep the words that say when, with whom and who."""
        asks_for_visit = self._intent in (
            "book_appointment",
            "reschedule_appointment",
            "affirm",
        ) or wants_call_back(self._text)
        kept = self._tracker.get_slot("booking_wish") or ""
        wish = kept or (add_wish(None, self._text) if asks_for_visit else "")
        self.changes["booking_wish"] = wish or None
        self.changes["booking_confirmed"] = None
        lost = self._tracker.get_slot("booking_shift") == LOST
        self.changes["booking_shift"] = None
        moves = bool(self.get("moving_reference"))
        if not wish:
            return
        if lost:
            return
        self._take_preferences(wish)
        if not moves:
            if name := find_name(wish):
                self.changes["patient_name"] = name
            self._take_contact(wish, quietly=True)
            await self._mention_earlier_visit()
            if wants_call_back(wish):
                self._take_call_back()
                return
        await self._hold_exact_wish()

    async def _mention_earlier_visit(self) -> None:
        """Say so when this conversation has a visit already: a second one is rarely meant."""
        visit = await self._known_visit()
        if visit and visit.status == "booked" and visit.start > clock.now():
            self._dispatcher.utter_message(
                response="utter_already_booked",
                reference=visit.reference,
                when=say_appointment(visit, self._clinic),
            )

    async def _known_visit(self) -> Appointment | None:
        """Return the visit that was booked or shown in this conversation, if there is one."""
        reference = self._tracker.get_slot("appointment_reference")
        contact = self._tracker.get_slot("appointment_contact")
        if reference and contact:
            with suppress(TooManyTries):
                return await in_thread(
                    get_scheduler().look_up, reference, Contact(**contact), self._tracker.sender_id
                )
        return None

    def _explain_unread(self) -> None:
        """Say what was wrong with an answer that could not be read."""
        if asks_again(self._tracker) or replied_besides(self._tracker, BOOKING):
            return  # something else was replied to; the question simply comes again
        too_long = self._question == "patient_name" and len(self._text.strip()) > MAX_NAME
        response = "utter_long_patient_name" if too_long else f"utter_invalid_{self._question}"
        self._dispatcher.utter_message(response=response)

    async def _take_time(self) -> None:
        """Take a time that was offered, or what is said about another one."""
        if wants_call_back(self._text):
            self._take_call_back()
            return
        offers = self.get("appointment_offers") or []
        shown = [Slot.from_dict(dict(one)) for one in offers]
        slot = chosen_slot(self._text, offers, self._zone)
        if slot is not None and self._fits(slot):
            await self._hold(slot)
            return
        if meanings := two_meanings(self._text, shown, self._zone):
            place, hour = (say_slot(shown[index], self._clinic) for index in meanings)
            self._dispatcher.utter_message(
                response="utter_place_or_hour", place=place, hour=hour, said=self._text.strip(" .")
            )
            self.changes["turn_answered"] = False  # the same times are shown again
            return
        if says_as_before(self._text):
            await self._take_as_before()
            return
        self._take_preferences(self._text)
        self.changes["booking_shift"] = None
        said = bare_hour(self._text, shown, self._zone) or self._words
        if self._when_said(said) is not None:
            self.changes["booking_wish"] = add_wish(self.get("booking_wish"), said)
            await self._hold_exact_wish()
        elif shift := asked_shift(self._text):
            self.changes["booking_shift"] = shift
        elif is_code(self._text):
            self._dispatcher.utter_message(response="utter_invalid_appointment_slot")

    async def _take_as_before(self) -> None:
        """Take "same as last time" from the visit that this conversation knows, if there is one."""
        visit = await self._known_visit()
        if visit is None:
            self._dispatcher.utter_message(response="utter_as_before_unknown")
            self.changes["turn_answered"] = False  # the same times are shown again
            return
        self.changes["booking_preferences"] = Preferences(
            visit.visit_type, visit.practitioner_id
        ).as_dict()
        start = visit.start.astimezone(self._zone)
        self.changes["booking_wish"] = add_wish(self.get("booking_wish"), f"at {start:%H:%M}")

    def _fits(self, slot: Slot) -> bool:
        """Tell whether a time is with the person and of the kind that the message names, if any."""
        wanted = understand_preferences(self._text, self._clinic).as_dict()
        return wanted == self._as_held(slot, wanted)

    async def _take_kind(self) -> None:
        """Take the kind of visit; a time that was held is held again for it."""
        asked = self.get("visit_kinds") or []
        offered = [kind for kind in self._clinic.visit_types if kind.id in asked]
        chosen = chosen_visit_type(self._text, offered, self._clinic)
        if chosen:
            wanted = preferences_from(self.get("booking_preferences")).as_dict()
            await self._prefer({**wanted, "visit_type": chosen}, None)
            return
        if when := self._when_said(self._words):
            await self._take_wish(None, when)
            return
        still = [kind.id for kind in said_visit_types(self._text, self._clinic) if kind in offered]
        self._kinds = still or list(asked)

    def _when_said(self, text: str | None = None) -> When | None:
        return understand_when(
            text or self._text, clock.now(), self._zone, day_first=self._clinic.region != "US"
        )

    def _take_preferences(self, text: str) -> None:
        before = preferences_from(self.get("booking_preferences"))
        wanted = understand_preferences(text, self._clinic, before)
        kinds = [kind.id for kind in said_visit_types(text, self._clinic)]
        if len(kinds) > 1 and before.visit_type not in kinds:
            self._kinds = kinds  # "in person" may be a first visit or a follow-up
            wanted = replace(wanted, visit_type=before.visit_type)
        elif not kinds and wants_other_kind(text):
            self._kinds = [kind.id for kind in self._clinic.visit_types]
        if wanted != before:
            self.changes["booking_preferences"] = wanted.as_dict()
            self.changes["booking_shift"] = None
        if stranger := unknown_practitioner(text, self._clinic):
            self._dispatcher.utter_message(
                response="utter_unknown_practitioner",
                who=stranger,
                people=", ".join(person.name for person in self._clinic.practitioners),
            )

    async def _hold_exact_wish(self, rather: str | None = None) -> None:
        """Hold the very moment that was asked for, if it is free and was clearly understood.

        Args:
            rather: Id of the practitioner to hold it with, if that is possible and none was named.
        """
        if self.get("appointment_slot"):
            return
        wish = understood_wish(self.get("booking_wish"))
        if wish is None or wish.exact is None or wish.problem or wish.doubt:
            return
        preferences = preferences_from(self.get("booking_preferences"))
        query = slot_query(
            wish, preferences, self._clinic, urgent=is_urgent(self._tracker), now=clock.now()
        )
        moving = self._tracker.get_slot("moving_reference")
        query = replace(query, holder=self._tracker.sender_id, moving=moving)
        queries = [query]
        if rather and not query.practitioner_id:
            queries.insert(0, replace(query, practitioner_id=rather))
        for one in queries:
            nearest = await in_thread(get_scheduler().find_slots, one, 1)
            if nearest and nearest[0].start == wish.exact:
                await self._hold(nearest[0])
                return

    async def _hold(self, slot: Slot) -> None:
        try:
            moving = self._tracker.get_slot("moving_reference")
            hold = await in_thread(get_scheduler().hold, slot, self._tracker.sender_id, moving)
        except SlotTaken:
            self._dispatcher.utter_message(response="utter_slot_taken")
            self.changes["appointment_offers"] = None
            return
        until = hold.expires_at.astimezone(self._zone)
        self._dispatcher.utter_message(
            response="utter_slot_held",
            when=say_slot(slot, self._clinic),
            until=f"{until:%-I:%M %p}",
        )
        self.changes["appointment_slot"] = slot.as_dict()
        self.changes["appointment_hold"] = hold.id

    def _take_call_back(self) -> None:
        """Note that a call is wanted instead of a time; not where somebody must be seen today."""
        if is_urgent(self._tracker):
            self._dispatcher.utter_message(response="utter_no_call_back_today", **clinic_facts())
            return
        self.changes["call_back_wanted"] = True
        self._dispatcher.utter_message(response="utter_call_back_started")

    def _take_contact(self, text: str, *, quietly: bool = False) -> None:
        try:
            contact = parse_contact(text, self._clinic.region)
        except ContactProblem as problem:
            if not quietly:
                self._dispatcher.utter_message(
                    response="utter_invalid_contact", problem=problem.message
                )
            return
        if contact is not None:
            known = self.get("patient_contact") or {}
            said = {name: value for name, value in asdict(contact).items() if value}
            self.changes["patient_contact"] = {**asdict(Contact()), **known, **said}

    def _take_note(self, text: str) -> None:
        """Keep a practical remark; what is about health is declined and forgotten."""
        rules = get_note_rules()
        if rules.names_access(text):
            # What is left when the wheelchair is taken out is held to the same rule.
            today = clock.now().astimezone(self._zone).date()
            rest = rules.without_access(text)
            of_health = bool(get_clinical_data().reader.read(rest, today).findings)
        else:
            message = self._tracker.latest_message
            topics = message.get("topics") or []
            found = any("assertion" in entity for entity in message.get("entities") or [])
            of_health = found or any(not topic.startswith("clinic/") for topic in topics)
        verdict = rules.judge(text, has_findings=of_health)
        if verdict == "kept":
            self.changes[NOTE] = " ".join(text.split())
        else:
            self._dispatcher.utter_message(response=f"utter_note_{verdict}", most=str(MAX_NOTE))

    def _take_access(self) -> None:
        """Keep for the desk, at any question, what somebody needs to be let in or understood."""
        before = self.get(NOTE)
        self._take_note(note_in(self._text) or self._text)
        said = self.changes.get(NOTE)
        if before and said and len(both := f"{before}; {said}") <= MAX_NOTE:
            self.changes[NOTE] = both
        if self.changes.get(NOTE) and self._question != "booking_confirmed":  # shown there anyway
            self._dispatcher.utter_message(
                response="utter_noted", noted=f"for the clinic: {self.changes[NOTE]}"
            )
        if self._question == "patient_contact":
            self._take_contact(self._text, quietly=True)
        if self._question == "appointment_slot":
            self.changes["turn_answered"] = False  # the same times are shown again

    async def _change_other(self) -> bool:
        """Take a change of something else than what was asked for; tell whether there was one."""
        before = dict(self.changes)
        field = field_to_change(self._text, str(self._intent), str(self._question))
        if field not in (None, self._question):
            self._ask_again(str(field))
            return True
        changed = changes_time(self._text, self._clinic, clock.now())
        when = self._when_said(self._words) if changed else None
        if when or wants_other_kind(self._text) or changes_preferences(self._text, self._clinic):
            await self._take_wish(None, when)
        return self.changes != before or bool(self._kinds)

    def _ask_again(self, field: str) -> None:
        self.changes[field] = None
        if field == "patient_contact":
            self._take_contact(self._text, quietly=True)
        if field == "appointment_slot":
            self.changes["appointment_offers"] = None
            self.changes["booking_shift"] = None
            self.changes["booking_wish"] = self._wish_instead()

    def _wish_instead(self) -> str | None:
        """Return the wish that takes the place of the held time; "at 10 instead" is that day."""
        when, held = self._when_said(self._words), self._tracker.get_slot("appointment_slot")
        if when is None:
            return None
        if held and when.time_said and not when.days_said:
            day = Slot.from_dict(held).start.astimezone(self._zone)
            return add_wish(f"{day:%Y-%m-%d}", self._words)
        return add_wish(None, self._words)

    async def _take_confirmation(self) -> None:
        """Take a yes, a no, or a change of any field."""
        field = field_to_change(self._text, str(self._intent), str(self._question))
        when = self._when_said(self._words)
        moves_time = when is not None and bool(_BUT.search(self._text))
        agrees = self._intent == "affirm" or confirms(self._text)
        if agrees and field is None and not moves_time:
            self.changes["booking_confirmed"] = True
            return
        before = dict(self.changes)
        await self._take_changes(field, when)
        if self.changes == before and not self._asks_note and not self._kinds:
            denies = self._intent == "deny"
            self._dispatcher.utter_message(
                response="utter_change_what" if denies else "utter_invalid_booking_confirmed"
            )
        self.changes["booking_confirmed"] = None

    async def _take_changes(self, field: str | None, when: When | None) -> None:
        """Take the one thing that a message wants changed at the summary."""
        note = note_in(self._text)
        if note is not None:
            if note:
                self._take_note(note)
            self._asks_note = not note
            return
        if wanted_reminders(self._text) is not None:
            self.changes["contact_consent"] = wanted_reminders(self._text)
            return
        if name := find_name(self._text):
            self.changes["patient_name"] = name
        self._take_contact(self._text, quietly=True)
        if "patient_name" in self.changes or "patient_contact" in self.changes:
            return
        await self._take_wish(field, when)

    async def _take_wish(self, field: str | None, when: When | None) -> None:
        """Take another time, person or kind of visit than what is held."""
        before = preferences_from(self.get("booking_preferences")).as_dict()
        self._take_preferences(self._text)
        wanted = preferences_from(self.get("booking_preferences")).as_dict()
        if wanted != before:
            await self._prefer(wanted, when)
        elif field or when:
            self._ask_again(field or "appointment_slot")
            if self.changes.get("call_back_wanted", self.get("call_back_wanted")) and when:
                self.changes["call_back_wanted"] = None
            if when:
                await self._hold_exact_wish()
        elif (held := self.get("appointment_slot")) and (shift := asked_shift(self._text)):
            self._ask_again("appointment_slot")
            self.changes["booking_shift"] = shift
            self.changes["appointment_offers"] = [held]

    async def _prefer(self, wanted: dict[str, str | None], when: When | None) -> None:
        """Look for the held moment with another person or kind of visit, or for a new moment."""
        self.changes["booking_preferences"] = wanted
        held = self.get("appointment_slot")
        if not held:
            return
        slot = Slot.from_dict(held)
        if when is None and wanted == self._as_held(slot, wanted):
            return
        start = slot.start.astimezone(self._zone)
        self._ask_again("appointment_slot")
        if when is None:
            self.changes["booking_wish"] = f"{start:%Y-%m-%d} at {start:%H:%M}"
        await self._hold_exact_wish(rather=slot.practitioner_id)

    def _as_held(self, slot: Slot, wanted: dict[str, str | None]) -> dict[str, str | None]:
        """Return the preferences that what is held fulfils, of those that are wanted."""
        person = self._clinic.practitioner(slot.practitioner_id)
        have = Preferences(slot.visit_type, slot.practitioner_id, person.gender if person else None)
        return {name: value and have.as_dict()[name] for name, value in wanted.items()}


class ActionNoteSymptom(SafeAction):
    """Take a symptom that is mentioned while booking seriously, without losing the booking."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_note_symptom"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that symptoms are not put into the booking, and when to get help."""
        dispatcher.utter_message(response="utter_symptom_while_booking", **clinic_facts())
        return []
