"""Find free times that fit what was said, and say plainly when there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import in_thread, is_urgent, understood_wish
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.dialogue.booking_hours import reason_against
from clinic.dialogue.booking_offers import OFFERS, spread
from clinic.dialogue.booking_visit import get_visit_words
from clinic.dialogue.booking_wish import (
    Preferences,
    Shift,
    preferences_from,
    refused,
    say_with,
    shifted,
    slot_query,
    without_last,
)
from clinic.scheduling.port import Slot, SlotQuery
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.when import When
from clinic.scheduling.wording import say_days, say_slot, slot_picker
from clinic.settings import get_settings
from clinic.settings.clinic_file import VisitType

_SEARCHED = 60
# Of the offers, how many are on the wished day where other days have the wished hours
_ON_THE_DAY = 3
_CALL_BACK_BUTTON = {"title": "Please call me back", "payload": "Please call me back"}


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
        others = offer.other_kinds()
        kinds = [{"title": kind.name, "payload": kind.name} for kind in others]
        call_back = [_CALL_BACK_BUTTON] if offer.unmet and not offer.urgent else []
        dispatcher.utter_message(
            response="utter_ask_booking_form_appointment_slot",
            times=say_days(slots, clinic),
            json_message=slot_picker(slots, clinic, clock.now()),
            kinds=get_visit_words().ask(offer.kind, others),
            buttons=[*buttons, *kinds, *call_back],
        )
        return [
            SlotSet("appointment_offers", offers),
            SlotSet("booking_shift", None),
            SlotSet("booking_wish", offer.wishes),
        ]

    def after_failure(self) -> Events:
        """Close the form; nothing was held."""
        return leave_form()


class ActionAskBookingFormVisitType(SafeAction):
    """Ask for the kind of visit where what was said leaves it open."""

    def name(self) -> str:
        """Return the name under which the form asks for the kind of visit."""
        return "action_ask_booking_form_visit_type"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Name the kinds that are possible."""
        ids = tracker.get_slot("visit_kinds") or []
        kinds = [kind for kind in get_settings().clinic.visit_types if kind.id in ids]
        dispatcher.utter_message(
            response="utter_ask_booking_form_visit_type",
            buttons=[
                {"title": f"{kind.name} ({kind.minutes} minutes)", "payload": kind.name}
                for kind in kinds
            ],
        )
        return []


class _Offer:
    """The search for times to offer, and what is said about it."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.urgent = is_urgent(tracker)
        self._holder = tracker.sender_id
        self.unmet = False  # whether what was wished could not be had
        self.wishes: str | None = tracker.get_slot("booking_wish")  # what still holds of them
        self._dispatcher = dispatcher
        self._clinic = get_settings().clinic
        self._now = clock.now()
        self._unread = not tracker.get_slot("turn_answered")
        self._moving: str | None = tracker.get_slot("moving_reference")
        self._preferences = preferences_from(tracker.get_slot("booking_preferences"))
        self._shift: Shift | None = tracker.get_slot("booking_shift")
        self._shown = [
            Slot.from_dict(dict(one)) for one in tracker.get_slot("appointment_offers") or []
        ]
        self._wish = understood_wish(self.wishes)
        self._person = say_with(self._preferences, self._clinic)

    @property
    def kind(self) -> VisitType:
        """The kind of visit that is offered."""
        said = self._clinic.visit_type(self._preferences.visit_type or "")
        return said or self._clinic.visit_types[0]

    def other_kinds(self) -> list[VisitType]:
        """Return what else could be booked, once, where nobody has said which kind it is to be."""
        if self._preferences.visit_type is not None or self._moving or self._shown:
            return []
        return [kind for kind in self._clinic.visit_types if kind.id != self.kind.id]

    async def find(self) -> list[Slot]:
        """Return the times to offer; say what was understood, or why it cannot be had."""
        if self._unread and (still := [slot for slot in self._shown if slot.start > self._now]):
            self.unmet = True
            return still  # the question comes again, and what was said about it does not
        if self._wish is not None and self._wish.problem:
            self._dispatcher.utter_message(
                response=f"utter_when_{self._wish.problem}", said=self._wish.echo
            )
            self.wishes = without_last(self.wishes)
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
        """Return what comes closest: that day at other hours, other days at that hour, or any."""
        if self._wish is not None:
            for preferences in (self._preferences, Preferences(self._preferences.visit_type)):
                slots = await self._nearest_with(self._wish, preferences)
                if slots:
                    return slots
        return self._few(
            await self._search(None, Preferences(self._preferences.visit_type)), near=False
        )

    async def _nearest_with(self, wish: When, preferences: Preferences) -> list[Slot]:
        moment = self._moment(wish)
        days = replace(wish, part_of_day=None, exact=None, at=None)
        hours = replace(
            wish,
            earliest=None,
            latest=None,
            weekdays=wish.weekdays if wish.bars else None,
            exact=moment,
        )
        at = _time_of(wish)
        on_the_day = spread(await self._search(days, preferences), self._clinic.zone, at=at)
        elsewhere = self._few(await self._search(hours, preferences), near=moment is not None)
        if elsewhere:
            on_the_day = on_the_day[:_ON_THE_DAY]
        if on_the_day or elsewhere:
            starts = {slot.start for slot in on_the_day}
            more = [slot for slot in elsewhere if slot.start not in starts]
            return sorted([*on_the_day, *more][:OFFERS], key=lambda slot: slot.start)
        anywhere = replace(days, earliest=None, latest=None, weekdays=None, exact=moment)
        found = await self._search(anywhere, preferences)
        if at is not None and moment is not None:
            # "After work": the end of the next days rather than Friday at nine.
            later = [slot for slot in found if slot.start >= moment]
            return spread(later, self._clinic.zone, at=at)
        return self._few(found, near=moment is not None)

    def _moment(self, wish: When) -> datetime | None:
        """Return the moment to look around; None where no day was said."""
        if wish.exact or not wish.earliest:
            return wish.exact
        day = wish.earliest.astimezone(self._clinic.zone).date()
        at = _time_of(wish) or time(9)
        return datetime.combine(day, at, self._clinic.zone)

    def _query(self, wish: When | None, preferences: Preferences) -> SlotQuery:
        query = slot_query(wish, preferences, self._clinic, urgent=self.urgent, now=self._now)
        return replace(query, holder=self._holder, moving=self._moving)

    async def _search(self, wish: When | None, preferences: Preferences) -> list[Slot]:
        return await in_thread(
            get_scheduler().find_slots, self._query(wish, preferences), _SEARCHED
        )

    def _few(self, slots: list[Slot], *, near: bool) -> list[Slot]:
        at = self._wish.at if self._wish and not near else None
        return spread(slots, self._clinic.zone, nearest=near, at=at)

    def _say_understood(self) -> None:
        if self._wish is None and not self._person:
            return
        said = ((self._wish.echo if self._wish else "") + self._person).strip(" ,")
        doubt = self._wish.doubt if self._wish else ""
        response = "utter_understood_when_doubt" if doubt else "utter_understood_when"
        self._dispatcher.utter_message(response=response, said=said, other=doubt)

    def _say_why_none(self) -> None:
        """Say which of the clinic's rules stands against the wish, or that all is taken."""
        wish = self._wish
        said = ((wish.echo if wish else "") + self._person).strip(" ,")
        reason = None
        if wish is not None and not self.urgent:
            hours_on = get_scheduler().hours_on
            reason = reason_against(wish, self.kind, hours_on, self._clinic, self._now)
        if reason is None:
            self._dispatcher.utter_message(response="utter_no_slot_then", said=said)
        else:
            self._dispatcher.utter_message(response=reason.response, said=said, **reason.facts)
            if reason.left is not None:
                self.wishes = refused(self.wishes, reason.left)
        if wish is not None and wish.doubt:
            self._dispatcher.utter_message(response="utter_if_you_meant", other=wish.doubt)


def _time_of(wish: When) -> time | None:
    """Return the time of day that a wish is about; None where none was said."""
    if wish.at is not None:
        return wish.at
    return wish.part_of_day[0] if wish.part_of_day else None
