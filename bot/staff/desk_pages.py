"""Show the calendar and the wishes to be called, and carry out what is done with them.

The audit log tells who looked at how much; the calendar's own trail tells who changed what.
"""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, time, timedelta
from typing import Any

from sanic import Request, response
from sanic.response import HTTPResponse

from bot.staff.door import Visitor
from bot.staff.pages import BUTTONS, Frame, Pages
from bot.staff.requests import Refusal
from bot.staff.view import View
from clinic import clock
from clinic.privacy.access import note_access
from clinic.scheduling.desk import Desk, DeskError, Entry
from clinic.settings import ClinicSettings
from clinic.staff.entrance import actor

CALL_BACKS = "/staff/call-backs"
DAYS = 7
_SHOWN = ("booked", "arrived", "checked-in", "fulfilled", "noshow")
# Databases know numbers only so far.
_LARGEST = 2**31 - 1
_DONE_SHOWN = timedelta(days=7)
_REFERENCE = re.compile(r"ATL-[0-9A-Z]{6}")


class DeskPages:
    """Answers what a member asks for.

    Args:
        clinic: For its zone and people.
        desk: The calendar.
        pages: Writes what is shown.
    """

    def __init__(self, clinic: ClinicSettings, desk: Desk, pages: Pages) -> None:
        self._clinic = clinic
        self._desk = desk
        self._pages = pages

    async def appointments(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """Show the visits of a week."""
        view = View.of(request.args, self._clinic)
        changed = request.args.get("changed", "")
        return response.html(await asyncio.to_thread(self._list, visitor, view, changed))

    async def ask_cancel(self, request: Request, visitor: Visitor, reference: str) -> HTTPResponse:
        """Ask whether a visit is really to be cancelled.

        Raises:
            Refusal: There is no such visit.
        """
        view = View.of(request.args, self._clinic)
        return response.html(await asyncio.to_thread(self._question, visitor, view, reference))

    async def cancel(self, request: Request, visitor: Visitor, reference: str) -> HTTPResponse:
        """Cancel a visit.

        Raises:
            Refusal: There is no such visit, or it cannot be cancelled any more.
        """
        return await self._set(visitor, reference, "cancelled")

    async def set_status(self, request: Request, visitor: Visitor, reference: str) -> HTTPResponse:
        """Note what became of a visit.

        Raises:
            Refusal: There is no such visit, or it cannot become that.
        """
        status = visitor.form.get("status", "")
        if status not in BUTTONS:
            raise Refusal(400, "This form cannot be read", "Please go back and try again.")
        return await self._set(visitor, reference, status)

    async def call_backs(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """Show who would like to be called."""
        changed = request.args.get("changed", "")
        number = int(changed) if changed.isascii() and changed.isdigit() else None
        return response.html(await asyncio.to_thread(self._calls, visitor, number))

    async def called(self, request: Request, visitor: Visitor, number: int) -> HTTPResponse:
        """Note that somebody was called.

        Raises:
            Refusal: There is no such wish.
        """
        if not 0 < number <= _LARGEST:
            raise Refusal(404, "There is no such request", "It may have been deleted.")
        try:
            await asyncio.to_thread(self._desk.close_call_back, number, actor(visitor.member))
        except DeskError as error:
            raise Refusal(404, "There is no such request", "It may have been deleted.") from error
        return response.redirect(f"{CALL_BACKS}?changed={number}", status=303)

    async def _set(self, visitor: Visitor, reference: str, status: str) -> HTTPResponse:
        _check_reference(reference)
        try:
            visit = await asyncio.to_thread(
                self._desk.set_status, reference, status, actor(visitor.member)
            )
        except DeskError as error:
            raise Refusal(
                409,
                "This could not be done",
                "The visit may have been changed meanwhile. Look at the list again.",
            ) from error
        view = View.of(visitor.form, self._clinic)
        where = view.address(changed=visit.reference)
        return response.redirect(f"{where}#{visit.reference}", status=303)

    def _list(self, visitor: Visitor, view: View, changed: str) -> str:
        first = datetime.combine(view.first, time(0), self._clinic.zone)
        last = datetime.combine(view.first + timedelta(days=DAYS), time(0), self._clinic.zone)
        found = self._desk.appointments(first, last, view.who or None, (*_SHOWN, "cancelled"))
        # What was cancelled just now is shown once more, so that one sees what was done.
        shown = [one for one in found if _is_shown(one, view, changed)]
        _note_access(visitor, page="appointments", first=str(view.first), shown=len(shown))
        return self._pages.appointments(
            self._frame(visitor, "appointments"), shown, view, DAYS, clock.now(), changed
        )

    def _question(self, visitor: Visitor, view: View, reference: str) -> str:
        _check_reference(reference)
        try:
            entry = self._desk.appointment(reference)
        except DeskError as error:
            raise _no_such_visit() from error
        _note_access(visitor, page="cancel", shown=1)
        return self._pages.cancelling(self._frame(visitor, "appointments"), entry, view)

    def _calls(self, visitor: Visitor, changed: int | None) -> str:
        since = clock.now() - _DONE_SHOWN
        # Those whom the clinic no longer keeps have no name.
        known = [one for one in self._desk.call_backs(closed=True) if one.name]
        waiting = [one for one in known if one.closed_at is None]
        done = [one for one in known if one.closed_at is not None and one.closed_at > since]
        _note_access(visitor, page="call-backs", shown=len(waiting) + len(done))
        frame = self._frame(visitor, "call-backs", len(waiting))
        return self._pages.call_backs(frame, waiting, done[::-1], changed)

    def _frame(self, visitor: Visitor, page: str, waiting: int | None = None) -> Frame:
        count = len(self._desk.call_backs()) if waiting is None else waiting
        return Frame(visitor.member.name, visitor.token, page, count)


def _check_reference(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        raise _no_such_visit()


def _no_such_visit() -> Refusal:
    return Refusal(404, "There is no such visit", "Look at the list again.")


def _is_shown(entry: Entry, view: View, changed: str) -> bool:
    visit = entry.appointment
    return view.cancelled or visit.status != "cancelled" or visit.reference == changed


def _note_access(visitor: Visitor, **detail: Any) -> None:
    note_access(actor(visitor.member), detail)
