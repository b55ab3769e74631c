"""Look up, move and cancel an appointment by its reference and the contact given with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import clear_booking, in_thread
from actions.conversation import asks_again, latest_intent, latest_text, replied_besides
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.dialogue.agenda import BOOKING, MANAGING
from clinic.dialogue.booking_answers import appointment_task, lacks_reference
from clinic.dialogue.booking_relative import is_relative, relative_to
from clinic.dialogue.booking_wish import Preferences, add_wish
from clinic.scheduling.contact import ContactProblem, parse_contact
from clinic.scheduling.port import Appointment, Contact, TooManyTries
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.references import find_reference, without_reference
from clinic.scheduling.when import understand_when
from clinic.scheduling.wording import say_appointment
from clinic.settings import get_settings

_QUESTIONS = ("manage_reference", "manage_contact", "manage_confirmed")
_FOUND, _NOT_FOUND, _TOO_MANY = "found", "not_found", "too_many"
_TASKS = {
    "cancel_appointment": "cancel",
    "reschedule_appointment": "move",
    "look_up_appointment": "look_up",
}


class ValidateAppointmentForm(SafeAction):
    """Ask for reference and contact before an appointment is shown, moved or cancelled."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "validate_appointment_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Fill the form's slots from the message; look up before a cancellation is asked about."""
        managing = _Managing(dispatcher, tracker)
        managing.take()
        if managing.lacks_reference:
            dispatcher.utter_message(response="utter_no_reference", **clinic_facts())
            return [*_done(), *leave_form()]
        missing = await managing.missing()
        return [
            *(SlotSet(name, value) for name, value in managing.changes.items()),
            SlotSet("requested_slot", missing),
        ]

    def after_failure(self) -> Events:
        """Close the form; nothing was changed."""
        return leave_form()


class _Managing:
    """The state of the appointment form while a message is taken in."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.changes: dict[str, Any] = {"booking_turn": clock.now().isoformat()}
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._clinic = get_settings().clinic
        self._text = latest_text(tracker)
        self._intent = str(latest_intent(tracker))
        # Rasa marks a form as open before it asks this action for the first time.
        asked = tracker.get_slot("requested_slot")
        self._question = asked if asked in _QUESTIONS else None
        self.lacks_reference = False  # then only the clinic can find the visit

    def get(self, name: str) -> Any:
        """Return a slot as this turn leaves it."""
        return self.changes.get(name, self._tracker.get_slot(name))

    def take(self) -> None:
        """Take the message in, against the question that was asked."""
        if self._question is None:
            self._open()
        understood = len(self.changes)
        if reference := find_reference(self._text):
            self.changes["manage_reference"] = reference
        self._take_contact()
        if self._question == "manage_confirmed":
            if self._intent in ("affirm", "deny"):
                self.changes["manage_confirmed"] = "yes" if self._intent == "affirm" else "no"
            elif appointment_task(self._text) == "cancel":
                self.changes["manage_confirmed"] = "yes"
        unread = self._question is not None and len(self.changes) == understood
        asked = self._question in (*_QUESTIONS[:2], None)
        if asked and not (self.get("manage_reference") and self.get("manage_contact")):
            asks = self._question is not None
            self.lacks_reference = lacks_reference(self._text, self._intent, asked=asks)
        if self.lacks_reference:
            return
        heard = replied_besides(self._tracker, MANAGING) or asks_again(self._tracker)
        if unread and not heard:
            self._dispatcher.utter_message(response=f"utter_invalid_{self._question}")

    async def missing(self) -> str | None:
        """Return the next slot to ask for."""
        for name in _QUESTIONS[:2]:
            if not self.get(name):
                return name
        if self.get("manage_task") != "cancel":
            return None
        if self.get("manage_found") is None:
            found, visit = await find_appointment(
                self._tracker, self.get("manage_reference"), self.get("manage_contact")
            )
            self.changes["manage_found"] = found
            if visit is not None:
                self.changes["manage_when"] = say_appointment(visit, self._clinic)
                if visit.status != "booked" or visit.start <= clock.now():
                    self.changes["manage_confirmed"] = "yes"  # there is nothing to ask about
        if self.get("manage_found") == _FOUND and not self.get("manage_confirmed"):
            return "manage_confirmed"
        return None

    def _open(self) -> None:
        """Begin anew; what this conversation booked or was shown is not asked for again."""
        self.changes.update(dict.fromkeys((*_QUESTIONS, "manage_found", "manage_when")))
        task = _TASKS.get(self._intent) or appointment_task(self._text)
        task = task or self._tracker.get_slot("manage_task") or "look_up"
        known = self._tracker.get_slot("appointment_reference")
        contact = self._tracker.get_slot("appointment_contact")
        if known and contact:
            task = appointment_task(self._text) or task
            if find_reference(self._text) in (None, known):
                self.changes["manage_reference"] = known
                self.changes["manage_contact"] = contact
        self.changes["manage_task"] = task
        text = without_reference(self._text)
        wish = understand_when(
            text, clock.now(), self._clinic.zone, day_first=self._clinic.region != "US"
        )
        moves_to = task == "move" and (wish is not None or is_relative(text))
        self.changes["booking_wish"] = add_wish(None, text) if moves_to else None

    def _take_contact(self) -> None:
        try:
            contact = parse_contact(self._text, self._clinic.region)
        except ContactProblem as problem:
            if self._question == "manage_contact":
                self._dispatcher.utter_message(
                    response="utter_invalid_contact", problem=problem.message
                )
                self.changes["manage_contact"] = None
            return
        if contact is not None:
            self.changes["manage_contact"] = asdict(contact)


async def find_appointment(
    tracker: Tracker, reference: str, contact: dict[str, str | None]
) -> tuple[str, Appointment | None]:
    """Look an appointment up; failures count, for everybody and across conversations.

    Args:
        tracker: The conversation that asks.
        reference: As it was given.
        contact: As it was given.

    Returns:
        How it went, and the appointment where it was found.
    """
    try:
        visit = await in_thread(
            get_scheduler().look_up, reference, Contact(**contact), tracker.sender_id
        )
    except TooManyTries:
        return _TOO_MANY, None
    return (_NOT_FOUND, None) if visit is None else (_FOUND, visit)


class ActionManageAppointment(SafeAction):
    """Show, cancel or start to move the appointment that reference and contact name."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_manage_appointment"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the task; an unknown reference and a wrong contact get the same reply."""
        reference = tracker.get_slot("manage_reference")
        contact = tracker.get_slot("manage_contact")
        if not reference or not contact:
            return []  # the form was left
        if tracker.get_slot("manage_task") == "cancel":
            return await self._cancel(dispatcher, tracker, reference, contact)
        found, visit = await find_appointment(tracker, reference, contact)
        if visit is None:
            return _not_shown(dispatcher, found)
        events = _known(visit, contact)
        if tracker.get_slot("manage_task") == "look_up":
            _show(dispatcher, visit, "utter_appointment_shown")
            return [*events, *_done()]
        if visit.status != "booked" or visit.start <= clock.now():
            _show(dispatcher, visit, "utter_cannot_change")
            return [*events, *_done()]
        dispatcher.utter_message(
            response="utter_move_when", when=say_appointment(visit, get_settings().clinic)
        )
        start = visit.start.astimezone(get_settings().clinic.zone)
        wish = tracker.get_slot("booking_wish")
        if wish:
            wish = relative_to(wish, start.date(), start.time()) or wish
        return [
            *events,
            *clear_booking(),
            SlotSet("booking_wish", wish),
            SlotSet("moving_from", visit.start.isoformat()),
            SlotSet("booking_preferences", _same_person(visit)),
            SlotSet("moving_reference", visit.reference),
            *_done(),
            FollowupAction(BOOKING),
        ]

    async def _cancel(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        reference: str,
        contact: dict[str, str | None],
    ) -> Events:
        found = tracker.get_slot("manage_found")
        if found != _FOUND:
            return _not_shown(dispatcher, str(found))
        if tracker.get_slot("manage_confirmed") != "yes":
            dispatcher.utter_message(response="utter_not_cancelled")
            return _done()
        visit = await in_thread(get_scheduler().cancel, reference, Contact(**contact))
        if visit is None:  # it has begun, or the clinic has closed it
            dispatcher.utter_message(response="utter_too_late_to_change", **clinic_facts())
            return _done()
        _show(dispatcher, visit, "utter_cancelled")
        return [*_known(visit, contact), *_done()]


def _not_shown(dispatcher: CollectingDispatcher, found: str) -> Events:
    response = "utter_too_many_look_ups" if found == _TOO_MANY else "utter_appointment_not_found"
    dispatcher.utter_message(response=response, **clinic_facts())
    return _done()


def _show(dispatcher: CollectingDispatcher, visit: Appointment, response: str) -> None:
    dispatcher.utter_message(
        response=response,
        reference=visit.reference,
        when=say_appointment(visit, get_settings().clinic),
        status=visit.status.replace("noshow", "missed"),
        **clinic_facts(),
    )


def _known(visit: Appointment, contact: dict[str, str | None]) -> Events:
    """Remember for this conversation that the visitor has proven whose appointment it is."""
    return [
        SlotSet("appointment_reference", visit.reference),
        SlotSet("appointment_contact", contact),
    ]


def _same_person(visit: Appointment) -> dict[str, str | None]:
    """Prefer who was booked before; somebody else is offered where they have no time."""
    known = get_settings().clinic.practitioner(visit.practitioner_id)
    person = visit.practitioner_id if known else None
    return Preferences(visit.visit_type, person).as_dict()


def _done() -> Events:
    return [SlotSet(name, None) for name in (*_QUESTIONS, "manage_found", "manage_when")]
