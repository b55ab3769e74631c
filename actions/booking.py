"""Book, look up, move and cancel appointments; the calendar itself is behind the port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import latest_intent, latest_text, replied_besides
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.dialogue.agenda import BOOKING, MANAGING
from clinic.dialogue.booking_answers import chosen_slot, field_to_change
from clinic.scheduling.availability import Availability
from clinic.scheduling.calendar import to_ics
from clinic.scheduling.contact import ContactProblem, parse_contact, parse_name
from clinic.scheduling.port import (
    Appointment,
    Contact,
    PatientDetails,
    Scheduler,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.references import find_reference
from clinic.scheduling.when import When, understand_when
from clinic.settings import ClinicSettings, get_settings
from clinic.triage.rules import Level

_OFFERS = 5
_SEARCHED = 60
_MOST_LOOK_UPS = 5
_WITHIN_A_DAY = timedelta(hours=24)
_CLEARED = (
    "appointment_slot",
    "appointment_hold",
    "appointment_offers",
    "booking_confirmed",
    "booking_wish",
    "moving_reference",
)

_QUESTIONS = ("appointment_slot", "patient_name", "patient_contact", "booking_confirmed")
_MANAGING_QUESTIONS = ("manage_reference", "manage_contact", "manage_confirmed")

_Result = TypeVar("_Result")


class ValidateBookingForm(SafeAction):
    """Take what a message says towards a booking and ask for what is still missing."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "validate_booking_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Fill the booking's slots from the message."""
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
        self._zone = ZoneInfo(self._clinic.time_zone)
        self._text: str = latest_text(tracker)
        self._intent = latest_intent(tracker)
        asked = tracker.get_slot("requested_slot")
        self._question = asked if asked in _QUESTIONS else None  # None: the form has just opened
        self._answers = bool(tracker.get_slot("turn_answered"))

    def get(self, name: str) -> Any:
        """Return a slot as this turn leaves it."""
        return self.changes.get(name, self._tracker.get_slot(name))

    async def take(self) -> None:
        """Take the message in, against the question that was asked."""
        if self._question is None:
            self._take_opening()
        elif not self._answers:
            self._explain_unread()
        elif self._question in ("patient_name", "patient_contact") and self._change_other():
            return
        elif self._question == "booking_confirmed":
            await self._take_confirmation()
        elif self._question == "appointment_slot":
            await self._take_time(self._text)
        elif self._question == "patient_name":
            self.changes["patient_name"] = parse_name(self._text)
            self._take_contact(quietly=True)
        elif self._question == "patient_contact":
            self._take_contact()

    def missing(self) -> str | None:
        """Return the next slot to ask for."""
        moves = bool(self.get("moving_reference"))
        names = ("appointment_slot", "booking_confirmed") if moves else _QUESTIONS
        return next((name for name in names if not self.get(name)), None)

    def _take_opening(self) -> None:
        """Start: keep the words that say when, with whom and who."""
        wish = self._tracker.get_slot("booking_wish") or (
            self._text if self._intent in ("book_appointment", "reschedule_appointment") else ""
        )
        self.changes["booking_wish"] = wish[:500] or None
        self.changes["booking_confirmed"] = None
        if wish and "name is" in wish.lower() and (name := parse_name(_after(wish, "name is"))):
            self.changes["patient_name"] = name
        if wish:
            self._take_contact(wish, quietly=True)

    def _explain_unread(self) -> None:
        """Say what was wrong with an answer that could not be read."""
        if self._intent == "repeat" or replied_besides(self._tracker, BOOKING):
            return  # something else was replied to; the question simply comes again
        self._dispatcher.utter_message(response=f"utter_invalid_{self._question}")

    async def _take_time(self, text: str) -> None:
        slot = chosen_slot(text, self.get("appointment_offers") or [], self._zone)
        if slot is None:
            self.changes["booking_wish"] = text[:500]
            return
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

    def _take_contact(self, text: str | None = None, *, quietly: bool = False) -> None:
        try:
            contact = parse_contact(text or self._text, self._clinic.region)
        except ContactProblem as problem:
            if not quietly:
                self._dispatcher.utter_message(
                    response="utter_invalid_contact", problem=problem.message
                )
            return
        if contact is not None:
            self.changes["patient_contact"] = asdict(contact)

    def _change_other(self) -> bool:
        """Ask again for a field that the message wants changed, if it is not the one asked."""
        field = field_to_change(self._text, str(self._intent), str(self._question))
        if field in (None, self._question):
            return False
        self._ask_again(str(field))
        return True

    def _ask_again(self, field: str) -> None:
        self.changes[field] = None
        if field == "appointment_slot":
            wish = understand_when(self._text, clock.now(), self._zone)
            self.changes["appointment_offers"] = None
            self.changes["booking_wish"] = self._text[:500] if wish else None

    async def _take_confirmation(self) -> None:
        """Take a yes, a no, or a change of one field."""
        field = field_to_change(self._text, str(self._intent), str(self._question))
        if self._intent == "affirm" and field is None:
            self.changes["booking_confirmed"] = True
            return
        before = dict(self.changes)
        self._take_contact(quietly=True)
        wants_time = understand_when(self._text, clock.now(), self._zone) is not None
        if self.changes == before and (field or wants_time):
            self._ask_again(field or "appointment_slot")
        elif self.changes == before and self._intent == "deny":
            self._dispatcher.utter_message(response="utter_change_what")
        self.changes["booking_confirmed"] = None


class ActionAskBookingFormAppointmentSlot(SafeAction):
    """Offer free times that fit what was said."""

    def name(self) -> str:
        """Return the name under which the form asks for the time."""
        return "action_ask_booking_form_appointment_slot"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Find and offer times; say so plainly when there are none."""
        clinic = get_settings().clinic
        zone = ZoneInfo(clinic.time_zone)
        now = clock.now()
        urgent = tracker.get_slot("disposition") == Level.CONSULTATION_24.value
        wish = understand_when(
            tracker.get_slot("booking_wish") or "", now, zone, day_first=clinic.region != "US"
        )
        if wish is not None and wish.problem:
            dispatcher.utter_message(response=f"utter_when_{wish.problem}", said=wish.echo)
            wish = None
        query = slot_query(wish, tracker.get_slot("booking_wish") or "", clinic, urgent, now)
        slots = await in_thread(get_scheduler().find_slots, query, _SEARCHED)
        if not slots and wish is not None:
            self._say_why_none(dispatcher, wish, clinic)
            open_query = slot_query(None, "", clinic, urgent, now)
            slots = await in_thread(get_scheduler().find_slots, open_query, _SEARCHED)
        elif wish is not None:
            dispatcher.utter_message(response="utter_understood_when", said=wish.echo)
        if not slots:
            response = "utter_no_slots_today" if urgent else "utter_no_slots"
            dispatcher.utter_message(response=response, **clinic_facts())
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        near = bool(wish and wish.exact)
        offered = slots[:_OFFERS] if near else spread(slots, zone)
        offers = [{**slot.as_dict(), "title": say_slot(slot, clinic)} for slot in offered]
        dispatcher.utter_message(
            response="utter_ask_booking_form_appointment_slot",
            buttons=[{"title": offer["title"], "payload": offer["title"]} for offer in offers],
        )
        return [SlotSet("appointment_offers", offers)]

    def _say_why_none(
        self, dispatcher: CollectingDispatcher, wish: When, clinic: ClinicSettings
    ) -> None:
        zone = ZoneInfo(clinic.time_zone)
        one_day = (
            wish.earliest is not None
            and wish.latest is not None
            and wish.latest - wish.earliest <= timedelta(days=1)
        )
        day = wish.earliest.astimezone(zone).date() if one_day and wish.earliest else None
        closed = Availability(clinic).closed_on(day) if day else None
        if closed:
            dispatcher.utter_message(response="utter_closed_then", said=wish.echo, reason=closed)
        else:
            dispatcher.utter_message(response="utter_no_slot_then", said=wish.echo)

    def after_failure(self) -> Events:
        """Close the form; nothing was held."""
        return leave_form()


class ActionAskBookingFormBookingConfirmed(SafeAction):
    """Show the summary and ask for a yes."""

    def name(self) -> str:
        """Return the name under which the form asks for the confirmation."""
        return "action_ask_booking_form_booking_confirmed"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter what will be booked."""
        clinic = get_settings().clinic
        slot = Slot.from_dict(tracker.get_slot("appointment_slot"))
        if tracker.get_slot("moving_reference"):
            dispatcher.utter_message(
                response="utter_ask_confirm_move",
                when=say_slot(slot, clinic),
                reference=tracker.get_slot("moving_reference"),
            )
            return []
        contact = tracker.get_slot("patient_contact") or {}
        dispatcher.utter_message(
            response="utter_ask_confirm_booking",
            when=say_slot(slot, clinic),
            patient=tracker.get_slot("patient_name"),
            contact=" and ".join(value for value in contact.values() if value),
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
        if tracker.get_slot("moving_reference"):
            return await self._move(dispatcher, tracker)
        contact = tracker.get_slot("patient_contact") or {}
        slot = Slot.from_dict(tracker.get_slot("appointment_slot"))
        hold_id = tracker.get_slot("appointment_hold")
        patient = PatientDetails(
            name=tracker.get_slot("patient_name"),
            contact=Contact(**contact),
            contact_consent_at=clock.now(),
        )
        try:
            appointment = await in_thread(
                get_scheduler().confirm,
                hold_id,
                patient,
                slot.visit_type,
                f"{tracker.sender_id}:{hold_id}",
            )
        except SlotTaken:
            return self._taken(dispatcher)
        _announce(dispatcher, appointment, "utter_booked")
        return [SlotSet("appointment_reference", appointment.reference), *_clear()]

    def after_failure(self) -> Events:
        """Keep what was typed, so that trying again is one message."""
        return [SlotSet("booking_confirmed", None)]

    async def _move(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        try:
            moved = await in_thread(
                get_scheduler().move,
                tracker.get_slot("moving_reference"),
                Contact(**(tracker.get_slot("manage_contact") or {})),
                tracker.get_slot("appointment_hold"),
            )
        except SlotTaken:
            return self._taken(dispatcher)
        if moved is None:
            dispatcher.utter_message(response="utter_appointment_not_found", **clinic_facts())
            return _clear()
        _announce(dispatcher, moved, "utter_moved")
        return [SlotSet("appointment_reference", moved.reference), *_clear()]

    def _taken(self, dispatcher: CollectingDispatcher) -> Events:
        dispatcher.utter_message(response="utter_slot_taken")
        return [
            SlotSet("appointment_slot", None),
            SlotSet("appointment_offers", None),
            SlotSet("booking_confirmed", None),
            FollowupAction(BOOKING),
        ]


class ValidateAppointmentForm(SafeAction):
    """Ask for reference and contact before an appointment is shown, moved or cancelled."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "validate_appointment_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Fill the form's slots from the message."""
        text: str = latest_text(tracker)
        intent = latest_intent(tracker)
        # Rasa marks a form as open before it asks this action for the first time.
        question = tracker.get_slot("requested_slot")
        opened = question in _MANAGING_QUESTIONS
        changes: dict[str, Any] = {"booking_turn": clock.now().isoformat()}
        if not opened:
            changes.update(dict.fromkeys(_MANAGING_QUESTIONS))
            tasks = {"cancel_appointment": "cancel", "reschedule_appointment": "move"}
            changes["manage_task"] = tasks.get(str(intent), "look_up")
        if reference := find_reference(text):
            changes["manage_reference"] = reference
        try:
            contact = parse_contact(text, get_settings().clinic.region)
        except ContactProblem as problem:
            contact = None
            if question == "manage_contact":
                dispatcher.utter_message(response="utter_invalid_contact", problem=problem.message)
        if contact is not None:
            changes["manage_contact"] = asdict(contact)
        if question == "manage_confirmed" and intent in ("affirm", "deny"):
            changes["manage_confirmed"] = "yes" if intent == "affirm" else "no"
        cancels = changes.get("manage_task", tracker.get_slot("manage_task")) == "cancel"
        names = _MANAGING_QUESTIONS if cancels else _MANAGING_QUESTIONS[:2]
        missing = next(
            (name for name in names if not changes.get(name, tracker.get_slot(name))), None
        )
        unread = opened and missing == question and len(changes) == 1
        if unread and not replied_besides(tracker, MANAGING):
            dispatcher.utter_message(response=f"utter_invalid_{question}")
        return [
            *(SlotSet(name, value) for name, value in changes.items()),
            SlotSet("requested_slot", missing),
        ]

    def after_failure(self) -> Events:
        """Close the form; nothing was changed."""
        return leave_form()


class ActionManageAppointment(SafeAction):
    """Show, cancel or start to move the appointment that reference and contact name."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_manage_appointment"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the task; an unknown reference and a wrong contact get the same reply."""
        tries = int(tracker.get_slot("look_ups") or 0) + 1
        if tries > _MOST_LOOK_UPS:
            dispatcher.utter_message(response="utter_too_many_look_ups", **clinic_facts())
            return self._done(tries)
        task = tracker.get_slot("manage_task")
        if task == "cancel" and tracker.get_slot("manage_confirmed") != "yes":
            dispatcher.utter_message(response="utter_not_cancelled")
            return self._done(tries)
        reference = tracker.get_slot("manage_reference")
        contact = Contact(**(tracker.get_slot("manage_contact") or {}))
        scheduler: Scheduler = get_scheduler()
        method = scheduler.cancel if task == "cancel" else scheduler.look_up
        appointment = await in_thread(method, reference, contact)
        if appointment is None:
            dispatcher.utter_message(response="utter_appointment_not_found", **clinic_facts())
            return self._done(tries)
        events = [SlotSet("appointment_reference", appointment.reference)]
        if task == "move":
            dispatcher.utter_message(response="utter_move_when", when=_say_appointment(appointment))
            return [
                *events,
                *_clear(),
                SlotSet("moving_reference", appointment.reference),
                SlotSet("look_ups", tries),
                FollowupAction(BOOKING),
            ]
        response = "utter_cancelled" if task == "cancel" else "utter_appointment_shown"
        dispatcher.utter_message(
            response=response,
            reference=appointment.reference,
            when=_say_appointment(appointment),
            status=appointment.status,
        )
        return [*events, *self._done(tries)]

    def _done(self, tries: int) -> Events:
        return [
            SlotSet("look_ups", tries),
            SlotSet("manage_reference", None),
            SlotSet("manage_contact", None),
            SlotSet("manage_confirmed", None),
        ]


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


def slot_query(
    wish: When | None, text: str, clinic: ClinicSettings, urgent: bool, now: datetime
) -> SlotQuery:
    """Return what to search for.

    Args:
        wish: The understood time.
        text: The visitor's words, for "a woman doctor", "video".
        clinic: The clinic.
        urgent: Only within 24 hours, as the level demands.
        now: The present moment.
    """
    said = text.lower()
    visit_type = _visit_type(said, clinic)
    gender = None
    if any(word in said for word in ("woman", "female", "lady")):
        gender = "female"
    elif any(word in said for word in ("male doctor", "a man", "male")):
        gender = "male"
    latest = now + _WITHIN_A_DAY if urgent else None
    if wish is None:
        return SlotQuery(visit_type=visit_type, gender=gender, latest=latest)
    query = wish.query(visit_type, gender=gender)
    if latest is None or (query.latest is not None and query.latest <= latest):
        return query
    return SlotQuery(
        visit_type=visit_type,
        gender=gender,
        earliest=query.earliest,
        latest=latest,
        weekdays=query.weekdays,
        part_of_day=query.part_of_day,
        near=query.near,
    )


def _visit_type(said: str, clinic: ClinicSettings) -> str:
    known = {kind.id for kind in clinic.visit_types}
    if "telehealth" in known and any(word in said for word in ("video", "telehealth", "online")):
        return "telehealth"
    if "follow_up" in known and any(word in said for word in ("follow up", "follow-up", "again")):
        return "follow_up"
    return clinic.visit_types[0].id


def spread(slots: list[Slot], zone: ZoneInfo) -> list[Slot]:
    """Choose a few times that differ: at most two a day, morning and afternoon.

    Args:
        slots: Free times in order.
        zone: The clinic's time zone.
    """
    chosen: list[Slot] = []
    seen: set[tuple[Any, bool]] = set()
    for slot in slots:
        local = slot.start.astimezone(zone)
        half = (local.date(), local.hour >= 12)
        if half not in seen:
            seen.add(half)
            chosen.append(slot)
    rest = [slot for slot in slots if slot not in chosen]
    return sorted([*chosen, *rest][:_OFFERS], key=lambda slot: slot.start)


def say_slot(slot: Slot, clinic: ClinicSettings) -> str:
    """Say a time in the clinic's zone, with whom."""
    local = slot.start.astimezone(ZoneInfo(clinic.time_zone))
    person = clinic.practitioner(slot.practitioner_id)
    return f"{local:%a %b %-d, %-I:%M %p}" + (f" with {person.name}" if person else "")


def _say_appointment(appointment: Appointment) -> str:
    clinic = get_settings().clinic
    local = appointment.start.astimezone(ZoneInfo(clinic.time_zone))
    return f"{local:%A, %B %-d at %-I:%M %p} with {appointment.practitioner_name}"


def _announce(dispatcher: CollectingDispatcher, appointment: Appointment, response: str) -> None:
    clinic = get_settings().clinic
    when = _say_appointment(appointment)
    dispatcher.utter_message(
        response=response,
        reference=appointment.reference,
        when=when,
        json_message={
            "kind": "appointment",
            "reference": appointment.reference,
            "summary": when,
            "ics": to_ics(appointment, clinic, ZoneInfo(clinic.time_zone)),
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
    return _clear()


def _clear() -> Events:
    return [SlotSet(name, None) for name in _CLEARED]


def _after(text: str, cue: str) -> str:
    position = text.lower().find(cue)
    return text if position < 0 else text[position + len(cue) :]
