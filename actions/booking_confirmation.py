"""Show what will be booked, and turn the held time into an appointment."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import LOST, NOTE, clear_booking, give_up_booking, in_thread, said_wish
from actions.conversation import offer_resume
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic import clock
from clinic.dialogue.agenda import BOOKING
from clinic.dialogue.booking_wish import preferences_from
from clinic.scheduling.calendar import to_ics
from clinic.scheduling.port import (
    AlreadyBooked,
    Appointment,
    Contact,
    PatientDetails,
    Slot,
    SlotTaken,
)
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.when import say_time
from clinic.scheduling.wording import say_appointment, say_contact, say_slot
from clinic.settings import get_settings


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
                response="utter_ask_confirm_call_back", wish=said_wish(tracker), **who
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
            note=tracker.get_slot(NOTE) or "none",
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
                tracker.get_slot(NOTE) or "",
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
            said_wish(tracker),
            f"{tracker.sender_id}:call-back:{clock.now():%Y-%m-%d}:{patient.contact}",
            tracker.sender_id,
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
        except AlreadyBooked:
            dispatcher.utter_message(response="utter_own_visit_then", **clinic_facts())
            return await give_up_booking(tracker)
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
        SlotSet("booking_shift", LOST),
        FollowupAction(BOOKING),
    ]


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
