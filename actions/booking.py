"""Book and move appointments; the calendar itself is behind the port."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import latest_intent, latest_text, offer_resume, replied_besides
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.dialogue.agenda import BOOKING
from clinic.dialogue.booking_answers import (
    chosen_slot,
    field_to_change,
    note_in,
    wanted_reminders,
    wants_call_back,
)
from clinic.dialogue.booking_offers import spread
from clinic.dialogue.booking_wish import (
    Preferences,
    Shift,
    add_wish,
    asked_shift,
    preferences_from,
    say_with,
    shifted,
    slot_query,
    understand_preferences,
    understand_wishes,
    unknown_practitioner,
)
from clinic.scheduling.calendar import to_ics
from clinic.scheduling.contact import (
    MAX_NAME,
    ContactProblem,
    find_name,
    parse_contact,
    parse_name,
)
from clinic.scheduling.notes import MAX_NOTE, get_note_rules
from clinic.scheduling.port import (
    AlreadyBooked,
    Appointment,
    Contact,
    PatientDetails,
    SchedulerUnavailable,
    Slot,
    SlotTaken,
    TooManyTries,
)
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.when import When, say_time, understand_when
from clinic.scheduling.wording import (
    say_appointment,
    say_contact,
    say_days,
    say_hours,
    say_slot,
    slot_picker,
)
from clinic.settings import get_settings
from clinic.triage.rules import Level

_SEARCHED = 60
_CLEARED = (
    "appointment_slot",
    "appointment_hold",
    "appointment_offers",
    "appointment_note",
    "booking_confirmed",
    "booking_preferences",
    "booking_shift",
    "booking_wish",
    "call_back_wanted",
    "contact_consent",
    "moving_reference",
)
_NOTE = "appointment_note"
# A shift that offers what is nearest to a lost time, and holds nothing unasked
_LOST = "lost"
_QUESTIONS = ("appointment_slot", "patient_name", "patient_contact", "booking_confirmed")
# "Yes, but at four" is no yes to what was shown.
_BUT = re.compile(r"\b(?:but|instead|actually|rather|make it|change)\b", re.IGNORECASE)
_NO_NOTE = re.compile(r"\W*(?:no|none|nothing|skip|never ?mind|no note|no thanks?)\b.{0,20}", re.I)
_CALL_BACK_BUTTON = {"title": "Please call me back", "payload": "Please call me back"}

_Result = TypeVar("_Result")


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
        # None: the form has just opened
        self._question = asked if asked in (*_QUESTIONS, _NOTE) else None
        self._answers = bool(tracker.get_slot("turn_answered"))
        self._asks_note = False

    def get(self, name: str) -> Any:
        """Return a slot as this turn leaves it."""
        return self.changes.get(name, self._tracker.get_slot(name))

    async def take(self) -> None:
        """Take the message in, against the question that was asked."""
        if self._question is None:
            await self._take_opening()
        elif not self._answers:
            self._explain_unread()
        elif self._question in ("patient_name", "patient_contact") and self._change_other():
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
            self._take_contact(self._text)
        elif not _NO_NOTE.fullmatch(self._text):
            self._take_note(self._text)

    def missing(self) -> str | None:
        """Return the next slot to ask for."""
        if self._asks_note:
            return _NOTE
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
        wish = kept or (self._text if asks_for_visit else "")
        self.changes["booking_wish"] = add_wish(None, wish) or None
        self.changes["booking_confirmed"] = None
        lost = self._tracker.get_slot("booking_shift") == _LOST
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
        reference = self._tracker.get_slot("appointment_reference")
        contact = self._tracker.get_slot("appointment_contact")
        if not reference or not contact:
            return
        with suppress(TooManyTries):
            visit = await in_thread(
                get_scheduler().look_up, reference, Contact(**contact), self._tracker.sender_id
            )
            if visit and visit.status == "booked" and visit.start > clock.now():
                self._dispatcher.utter_message(
                    response="utter_already_booked",
                    reference=visit.reference,
                    when=say_appointment(visit, self._clinic),
                )

    def _explain_unread(self) -> None:
        """Say what was wrong with an answer that could not be read."""
        if self._intent == "repeat" or replied_besides(self._tracker, BOOKING):
            return  # something else was replied to; the question simply comes again
        too_long = self._question == "patient_name" and len(self._text.strip()) > MAX_NAME
        response = "utter_long_patient_name" if too_long else f"utter_invalid_{self._question}"
        self._dispatcher.utter_message(response=response)

    async def _take_time(self) -> None:
        """Take a time that was offered, or what is said about another one."""
        if wants_call_back(self._text):
            self._take_call_back()
            return
        slot = chosen_slot(self._text, self.get("appointment_offers") or [], self._zone)
        if slot is not None:
            await self._hold(slot)
            return
        self._take_preferences(self._text)
        self.changes["booking_shift"] = None
        if self._when_said() is not None:
            self.changes["booking_wish"] = add_wish(self.get("booking_wish"), self._text)
            await self._hold_exact_wish()
        elif shift := asked_shift(self._text):
            self.changes["booking_shift"] = shift

    def _when_said(self) -> When | None:
        return understand_when(
            self._text, clock.now(), self._zone, day_first=self._clinic.region != "US"
        )

    def _take_preferences(self, text: str) -> None:
        before = preferences_from(self.get("booking_preferences"))
        wanted = understand_preferences(text, self._clinic, before)
        if wanted != before:
            self.changes["booking_preferences"] = wanted.as_dict()
            self.changes["booking_shift"] = None
        if stranger := unknown_practitioner(text, self._clinic):
            self._dispatcher.utter_message(
                response="utter_unknown_practitioner",
                who=stranger,
                people=", ".join(person.name for person in self._clinic.practitioners),
            )

    async def _hold_exact_wish(self) -> None:
        """Hold the very moment that was asked for, if it is free and was clearly understood."""
        if self.get("appointment_slot"):
            return
        wish = _wish(self.get("booking_wish"))
        if wish is None or wish.exact is None or wish.problem or wish.doubt:
            return
        preferences = preferences_from(self.get("booking_preferences"))
        query = slot_query(
            wish, preferences, self._clinic, urgent=is_urgent(self._tracker), now=clock.now()
        )
        nearest = await in_thread(get_scheduler().find_slots, query, 1)
        if nearest and nearest[0].start == wish.exact:
            await self._hold(nearest[0])

    async def _hold(self, slot: Slot) -> None:
        try:
            hold = await in_thread(get_scheduler().hold, slot, self._tracker.sender_id)
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
        message = self._tracker.latest_message
        found = any("assertion" in entity for entity in message.get("entities") or [])
        verdict = get_note_rules().judge(text, has_findings=found or bool(message.get("topics")))
        if verdict == "kept":
            self.changes[_NOTE] = " ".join(text.split())
        else:
            self._dispatcher.utter_message(response=f"utter_note_{verdict}", most=str(MAX_NOTE))

    def _change_other(self) -> bool:
        """Ask again for a field that the message wants changed, if it is not the one asked."""
        field = field_to_change(self._text, str(self._intent), str(self._question))
        if field in (None, self._question):
            return False
        self._ask_again(str(field))
        return True

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
        when, held = self._when_said(), self._tracker.get_slot("appointment_slot")
        if when is None:
            return None
        if held and when.time_said and not when.days_said:
            day = Slot.from_dict(held).start.astimezone(self._zone)
            return add_wish(f"{day:%Y-%m-%d}", self._text)
        return add_wish(None, self._text)

    async def _take_confirmation(self) -> None:
        """Take a yes, a no, or a change of any field."""
        field = field_to_change(self._text, str(self._intent), str(self._question))
        when = self._when_said()
        moves_time = when is not None and bool(_BUT.search(self._text))
        if self._intent == "affirm" and field is None and not moves_time:
            self.changes["booking_confirmed"] = True
            return
        before = dict(self.changes)
        await self._take_changes(field, when)
        if self.changes == before and not self._asks_note and self._intent == "deny":
            self._dispatcher.utter_message(response="utter_change_what")
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
        kept = preferences_from(self.get("booking_preferences"))
        self._take_preferences(self._text)
        slot = self.get("appointment_slot")
        if slot and preferences_from(self.get("booking_preferences")) != kept:
            start = Slot.from_dict(slot).start.astimezone(self._zone)
            self._ask_again("appointment_slot")
            if when is None:  # the same moment, with the other person or kind of visit
                self.changes["booking_wish"] = f"{start:%Y-%m-%d} at {start:%H:%M}"
            await self._hold_exact_wish()
        elif field or when:
            self._ask_again(field or "appointment_slot")
            if self.changes.get("call_back_wanted", self.get("call_back_wanted")) and when:
                self.changes["call_back_wanted"] = None
            if when:
                await self._hold_exact_wish()


class ActionAskBookingFormAppointmentSlot(SafeAction):
    """Offer free times that fit what was said."""

    def name(self) -> str:
        """Return the name under which the form asks for the time."""
        return "action_ask_booking_form_appointment_slot"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Find and offer times; say so plainly when there are none."""
        offer = _Offer(dispatcher, tracker)
        slots = await offer.find()
        clinic = get_settings().clinic
        if not slots:
            response = "utter_no_slots_today" if offer.urgent else "utter_no_slots"
            dispatcher.utter_message(response=response, **clinic_facts())
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        offers = [{**slot.as_dict(), "title": say_slot(slot, clinic)} for slot in slots]
        buttons = [{"title": one["title"], "payload": one["title"]} for one in offers]
        dispatcher.utter_message(
            response="utter_ask_booking_form_appointment_slot",
            times=say_days(slots, clinic),
            json_message=slot_picker(slots, clinic, clock.now()),
            buttons=[*buttons, *([_CALL_BACK_BUTTON] if offer.unmet and not offer.urgent else [])],
        )
        return [SlotSet("appointment_offers", offers), SlotSet("booking_shift", None)]

    def after_failure(self) -> Events:
        """Close the form; nothing was held."""
        return leave_form()


class _Offer:
    """The search for times to offer, and what is said about it."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.urgent = is_urgent(tracker)
        self.unmet = False  # whether what was wished could not be had
        self._dispatcher = dispatcher
        self._clinic = get_settings().clinic
        self._now = clock.now()
        self._preferences = preferences_from(tracker.get_slot("booking_preferences"))
        self._shift: Shift | None = tracker.get_slot("booking_shift")
        self._shown = [
            Slot.from_dict(dict(one)) for one in tracker.get_slot("appointment_offers") or []
        ]
        self._wish = _wish(tracker.get_slot("booking_wish"))
        self._person = say_with(self._preferences, self._clinic)

    async def find(self) -> list[Slot]:
        """Return the times to offer; say what was understood, or why it cannot be had."""
        if self._wish is not None and self._wish.problem:
            self._dispatcher.utter_message(
                response=f"utter_when_{self._wish.problem}", said=self._wish.echo
            )
            self._wish = None
        if self._shift and self._shown:
            return await self._find_beyond(self._shift)
        slots = await self._search(self._wish, self._preferences)
        exact = self._wish.exact if self._wish else None
        if slots and exact in (None, slots[0].start):
            self._say_understood()
            return self._few(slots, near=exact is not None)
        if self._wish is None and not self._person:
            return []
        self.unmet = True
        self._say_why_none()
        return self._few(slots, near=True) if slots else await self._nearest()

    async def _find_beyond(self, shift: Shift) -> list[Slot]:
        """Return times later or earlier than those shown, else the same ones again."""
        query = self._query(self._wish, self._preferences)
        slots = await in_thread(
            get_scheduler().find_slots, shifted(query, shift, self._shown), _SEARCHED
        )
        self.unmet = True
        if slots:
            return self._few(slots, near=shift == "earlier")
        self._dispatcher.utter_message(
            response="utter_nothing_earlier" if shift == "earlier" else "utter_nothing_later"
        )
        return self._shown

    async def _nearest(self) -> list[Slot]:
        """Return what comes closest: the same people and hours on other days, or anything."""
        wish = self._wish
        anchor = (wish.exact or wish.earliest) if wish else None
        same_hours = replace(
            wish or When(echo=""), earliest=None, latest=None, exact=anchor, weekdays=None
        )
        for when, preferences in (
            (same_hours, self._preferences),
            (replace(same_hours, part_of_day=None), self._preferences),
            (replace(same_hours, part_of_day=None), Preferences(self._preferences.visit_type)),
        ):
            slots = await self._search(when, preferences)
            if slots:
                return self._few(slots, near=anchor is not None)
        return []

    def _query(self, wish: When | None, preferences: Preferences) -> Any:
        return slot_query(wish, preferences, self._clinic, urgent=self.urgent, now=self._now)

    async def _search(self, wish: When | None, preferences: Preferences) -> list[Slot]:
        return await in_thread(
            get_scheduler().find_slots, self._query(wish, preferences), _SEARCHED
        )

    def _few(self, slots: list[Slot], *, near: bool) -> list[Slot]:
        return spread(slots, self._clinic.zone, nearest=near)

    def _say_understood(self) -> None:
        if self._wish is None and not self._person:
            return
        said = ((self._wish.echo if self._wish else "") + self._person).strip()
        doubt = self._wish.doubt if self._wish else ""
        response = "utter_understood_when_doubt" if doubt else "utter_understood_when"
        self._dispatcher.utter_message(response=response, said=said, other=doubt)

    def _say_why_none(self) -> None:
        """Say which of the clinic's rules stands against the wish, or that all is taken."""
        wish, facts = self._wish, {"said": (self._wish.echo if self._wish else "") + self._person}
        response = "utter_no_slot_then"
        if wish is not None and not self.urgent:
            moment = wish.exact or wish.earliest
            kind = self._clinic.visit_type(self._preferences.visit_type or "")
            kind = kind or self._clinic.visit_types[0]
            last = self._now + timedelta(days=self._clinic.horizon_days(kind))
            notice = self._clinic.notice_hours(kind)
            one_day = bool(
                wish.earliest and wish.latest and wish.latest - wish.earliest <= timedelta(hours=25)
            )
            if moment and moment >= last:
                response = "utter_beyond_horizon"
                facts["last"] = f"{last.astimezone(self._clinic.zone):%A, %B %-d}"
            elif one_day and wish.earliest:
                day = wish.earliest.astimezone(self._clinic.zone).date()
                hours = get_scheduler().hours_on(day)
                if hours.closed:
                    response, facts["reason"] = "utter_closed_then", hours.closed
                elif not _within_hours(wish, hours.spans):
                    response, facts["hours"] = "utter_outside_hours", say_hours(hours.spans)
                elif _latest_start(wish) <= self._now + timedelta(hours=notice):
                    response, facts["notice"] = "utter_too_soon", f"{notice:g}"
        self._dispatcher.utter_message(response=response, **facts)


def _within_hours(wish: When, spans: Any) -> bool:
    """Tell whether the wished time of day touches the opening hours."""
    if wish.at is not None:
        return any(first <= wish.at < last for first, last in spans)
    if wish.part_of_day is None:
        return True
    begin, end = wish.part_of_day
    return any(first < end and begin < last for first, last in spans)


def _latest_start(wish: When) -> datetime:
    """Return the last moment at which a visit wished for one day could start."""
    if wish.exact:
        return wish.exact
    zone = get_settings().clinic.zone
    assert wish.earliest is not None
    day = wish.earliest.astimezone(zone).date()
    end = wish.part_of_day[1] if wish.part_of_day else None
    return datetime.combine(day, end, zone) if end else wish.latest or wish.earliest


class ActionAskBookingFormBookingConfirmed(SafeAction):
    """Show the summary and ask for a yes."""

    def name(self) -> str:
        """Return the name under which the form asks for the confirmation."""
        return "action_ask_booking_form_booking_confirmed"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter what will be booked."""
        clinic = get_settings().clinic
        contact = Contact(**(tracker.get_slot("patient_contact") or {}))
        who = {
            "patient": tracker.get_slot("patient_name"),
            "contact": say_contact(contact, clinic.region),
        }
        if tracker.get_slot("call_back_wanted"):
            dispatcher.utter_message(
                response="utter_ask_confirm_call_back", wish=_said_wish(tracker), **who
            )
            return []
        slot = Slot.from_dict(tracker.get_slot("appointment_slot"))
        when = say_slot(slot, clinic)
        if tracker.get_slot("moving_reference"):
            dispatcher.utter_message(
                response="utter_ask_confirm_move",
                when=when,
                reference=tracker.get_slot("moving_reference"),
            )
            return []
        kind = clinic.visit_type(slot.visit_type)
        refused = tracker.get_slot("contact_consent") is False
        dispatcher.utter_message(
            response="utter_ask_confirm_booking",
            when=when,
            visit=f"{kind.name} ({kind.minutes} minutes)" if kind else slot.visit_type,
            reminders="not wanted" if refused else "welcome",
            note=tracker.get_slot(_NOTE) or "none",
            **who,
        )
        return []


class ActionBookAppointment(SafeAction):
    """Turn the hold into an appointment and give its reference."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_book_appointment"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Confirm in the database; nothing is said to be booked before that returned."""
        if not tracker.get_slot("booking_confirmed"):
            return []  # the form was left without a time: that was said already
        if tracker.get_slot("call_back_wanted"):
            return await self._ask_call_back(dispatcher, tracker)
        if tracker.get_slot("moving_reference"):
            return await self._move(dispatcher, tracker)
        slot = Slot.from_dict(tracker.get_slot("appointment_slot"))
        hold_id = tracker.get_slot("appointment_hold")
        try:
            appointment = await in_thread(
                get_scheduler().confirm,
                hold_id,
                _patient(tracker),
                slot.visit_type,
                f"{tracker.sender_id}:{hold_id}",
                tracker.get_slot(_NOTE) or "",
            )
        except SlotTaken:
            return _taken(dispatcher, tracker)
        except AlreadyBooked:
            dispatcher.utter_message(response="utter_same_time_booked", **clinic_facts())
            return await give_up_booking(tracker)
        _announce(dispatcher, appointment, "utter_booked")
        return [
            SlotSet("appointment_reference", appointment.reference),
            SlotSet("appointment_contact", tracker.get_slot("patient_contact")),
            *clear_booking(),
            *offer_resume(dispatcher, tracker),
        ]

    def after_failure(self) -> Events:
        """Keep what was typed, so that trying again is one message."""
        return [SlotSet("booking_confirmed", None)]

    async def _ask_call_back(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        clinic = get_settings().clinic
        patient = _patient(tracker)
        preferences = preferences_from(tracker.get_slot("booking_preferences"))
        await in_thread(
            get_scheduler().ask_call_back,
            patient,
            preferences.visit_type or clinic.visit_types[0].id,
            _said_wish(tracker),
            f"{tracker.sender_id}:call-back:{clock.now():%Y-%m-%d}:{patient.contact}",
        )
        dispatcher.utter_message(
            response="utter_call_back_kept",
            contact=say_contact(patient.contact, clinic.region),
            **clinic_facts(),
        )
        return clear_booking()

    async def _move(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        contact = tracker.get_slot("appointment_contact") or {}
        try:
            moved = await in_thread(
                get_scheduler().move,
                tracker.get_slot("moving_reference"),
                Contact(**contact),
                tracker.get_slot("appointment_hold"),
            )
        except SlotTaken:
            return _taken(dispatcher, tracker)
        if moved is None:
            dispatcher.utter_message(response="utter_appointment_not_found", **clinic_facts())
            return clear_booking()
        _announce(dispatcher, moved, "utter_moved")
        return [SlotSet("appointment_reference", moved.reference), *clear_booking()]


def _patient(tracker: Tracker) -> PatientDetails:
    refused = tracker.get_slot("contact_consent") is False
    return PatientDetails(
        name=tracker.get_slot("patient_name"),
        contact=Contact(**(tracker.get_slot("patient_contact") or {})),
        contact_consent_at=None if refused else clock.now(),
    )


def _taken(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Say that the time is gone, and offer what is nearest to it."""
    dispatcher.utter_message(response="utter_slot_taken")
    clinic = get_settings().clinic
    lost = Slot.from_dict(tracker.get_slot("appointment_slot")).start.astimezone(clinic.zone)
    return [
        SlotSet("appointment_slot", None),
        SlotSet("appointment_offers", None),
        SlotSet("booking_confirmed", None),
        SlotSet("booking_wish", f"{lost:%Y-%m-%d} at {say_time(lost.time())}"),
        SlotSet("booking_shift", _LOST),
        FollowupAction(BOOKING),
    ]


def _wish(wishes: str | None) -> When | None:
    clinic = get_settings().clinic
    return understand_wishes(wishes, clock.now(), clinic.zone, day_first=clinic.region != "US")


def _said_wish(tracker: Tracker) -> str:
    """Return the wished time as it was understood, never the visitor's own words."""
    wish = _wish(tracker.get_slot("booking_wish"))
    preferences = preferences_from(tracker.get_slot("booking_preferences"))
    said = (wish.echo if wish and not wish.problem else "") or "any time"
    return said + say_with(preferences, get_settings().clinic)


class ActionNoteSymptom(SafeAction):
    """Take a symptom that is mentioned while booking seriously, without losing the booking."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_note_symptom"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that symptoms are not put into the booking, and when to get help."""
        dispatcher.utter_message(response="utter_symptom_while_booking", **clinic_facts())
        return []


async def in_thread(call: Callable[..., _Result], *args: Any) -> _Result:
    """Run a blocking call of the calendar without stopping other conversations."""
    return await asyncio.to_thread(call, *args)


def is_urgent(tracker: Tracker) -> bool:
    """Tell whether the visitor should be seen within a day."""
    return bool(tracker.get_slot("disposition") == Level.CONSULTATION_24.value)


def _announce(dispatcher: CollectingDispatcher, appointment: Appointment, response: str) -> None:
    clinic = get_settings().clinic
    when = say_appointment(appointment, clinic)
    kind = clinic.visit_type(appointment.visit_type)
    extras = [kind.prepare] if kind and kind.prepare else []
    if clinic.directions and not (kind and kind.telehealth):
        extras.append(f"How to find us: {clinic.directions}")
    dispatcher.utter_message(
        response=response,
        reference=appointment.reference,
        when=when,
        extras="".join(f"\n\n{extra}" for extra in extras),
        json_message={
            "kind": "appointment",
            "reference": appointment.reference,
            "summary": when,
            "ics": to_ics(appointment, clinic, clinic.zone),
        },
        **clinic_facts(),
    )


async def give_up_booking(tracker: Tracker) -> Events:
    """Free the time that is held for an unfinished booking.

    Args:
        tracker: The conversation.

    Returns:
        Events that forget the time; name and contact stay for another try.
    """
    hold_id = tracker.get_slot("appointment_hold")
    if hold_id:
        with suppress(SchedulerUnavailable):  # it expires by itself
            await in_thread(get_scheduler().release, hold_id)
    return clear_booking()


def clear_booking() -> Events:
    """Return events that forget an unfinished booking; name and contact stay."""
    return [SlotSet(name, None) for name in _CLEARED]
