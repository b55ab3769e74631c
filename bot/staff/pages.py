"""Write the staff pages: what they show, put into the templates beside this file.

Every value is escaped by the templates' engine, which is set up here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.staff.colours import looks
from bot.staff.view import View
from clinic.scheduling.availability import Availability
from clinic.scheduling.desk import TRANSITIONS, CallBackRequest, Entry
from clinic.scheduling.wording import say_phone
from clinic.settings import ClinicSettings
from clinic.staff.entrance import SESSION_IDLE
from clinic.staff.passwords import SHORTEST

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
# FHIR's words for the state of a visit, as they are said at a desk.
STATUS_WORDS = {
    "booked": "Booked",
    "arrived": "Arrived",
    "checked-in": "Checked in",
    "fulfilled": "Visit done",
    "noshow": "Did not come",
    "cancelled": "Cancelled",
    "entered-in-error": "Entered in error",
}
# What can be set with one button. Cancelling asks first; the rest is for the command line.
BUTTONS = {
    "arrived": "Arrived",
    "fulfilled": "Visit done",
    "noshow": "Did not come",
    "booked": "Undo",
}
# People come early, but not the day before.
_ARRIVES_BEFORE = timedelta(hours=4)


@dataclass(frozen=True)
class Frame:
    """What every page shows around its own.

    Args:
        member: Who is logged in.
        token: What their forms bring along.
        page: Which page it is: "appointments", "call-backs" or "password".
        waiting: How many would like to be called.
    """

    member: str
    token: str
    page: str
    waiting: int


@dataclass(frozen=True)
class Button:
    """Something that can be made of a visit.

    Args:
        status: Which state it sets.
        words: What it says.
    """

    status: str
    words: str


class Pages:
    """Writes the pages of a clinic.

    Args:
        clinic: Its name, colour, zone, people and kinds of visits.
    """

    def __init__(self, clinic: ClinicSettings) -> None:
        self._clinic = clinic
        self._availability = Availability(clinic)
        self.style = self._style()

    def log_in(self, token: str, *, name: str = "", problem: str = "", news: str = "") -> str:
        """Write the log-in.

        Args:
            token: What its form has to bring along.
            name: What was typed before.
            problem: Why it did not work.
            news: What happened before.
        """
        return self._write("log_in.html", token=token, name=name, problem=problem, news=news)

    def appointments(
        self,
        frame: Frame,
        entries: Sequence[Entry],
        view: View,
        days: int,
        now: datetime,
        changed: str = "",
    ) -> str:
        """Write the visits of some days.

        Args:
            frame: What every page shows of who looks at it.
            entries: The visits, in order.
            view: Which ones these are.
            days: How many days.
            now: The present moment.
            changed: Reference of the visit that was just changed.
        """
        zone = self._clinic.zone
        by_day: dict[date, list[Entry]] = {}
        for one in entries:
            by_day.setdefault(one.appointment.start.astimezone(zone).date(), []).append(one)
        shown = [view.first + timedelta(days=number) for number in range(days)]
        return self._write(
            "appointments.html",
            frame=frame,
            view=view,
            days=[(day, by_day.get(day, []), self._closed(day)) for day in shown],
            last=shown[-1],
            today=now.astimezone(zone).date(),
            earlier=replace(view, first=view.first - timedelta(days=days)),
            later=replace(view, first=view.first + timedelta(days=days)),
            changed=next((one for one in entries if one.appointment.reference == changed), None),
            buttons={one.appointment.reference: _buttons(one, now) for one in entries},
            can_cancel={
                one.appointment.reference
                for one in entries
                if one.appointment.status == "booked" and one.appointment.start > now
            },
        )

    def cancelling(self, frame: Frame, entry: Entry, view: View) -> str:
        """Write the question whether a visit is really to be cancelled.

        Args:
            frame: What every page shows of who looks at it.
            entry: The visit.
            view: Where they come from.
        """
        return self._write("cancel.html", frame=frame, entry=entry, view=view)

    def call_backs(
        self,
        frame: Frame,
        waiting: Sequence[CallBackRequest],
        done: Sequence[CallBackRequest],
        changed: int | None = None,
    ) -> str:
        """Write who would like to be called.

        Args:
            frame: What every page shows of who looks at it.
            waiting: Those that nobody has called yet.
            done: Those that somebody has.
            changed: Number of the one that was just called.
        """
        told = next((one for one in done if one.id == changed), None)
        return self._write("call_backs.html", frame=frame, waiting=waiting, done=done, changed=told)

    def password(self, frame: Frame, problem: str = "", *, changed: bool = False) -> str:
        """Write the form for another password.

        Args:
            frame: What every page shows of who looks at it.
            problem: Why it did not work.
            changed: Whether it was just changed.
        """
        return self._write("password.html", frame=frame, problem=problem, changed=changed)

    def message(self, headline: str, advice: str) -> str:
        """Write a page that only says something.

        Args:
            headline: What happened.
            advice: What to do.
        """
        return self._write("message.html", headline=headline, advice=advice)

    @cached_property
    def _templates(self) -> Environment:
        # Loaded with the first page: a clinic without staff has no use for it.
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.globals.update(
            clinic=self._clinic,
            idle_minutes=SESSION_IDLE.seconds // 60,
            shortest=SHORTEST,
            status_words=STATUS_WORDS,
        )
        templates.filters.update(
            clock=self._clock,
            day=_say_day,
            local_day=lambda moment: _say_day(moment.astimezone(self._clinic.zone).date()),
            short_day=lambda moment: f"{moment.astimezone(self._clinic.zone):%a, %b %-d}",
            phone=self._phone,
            visit_type=self._visit_type,
        )
        return templates

    def _write(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render({"frame": None, **values})

    def _style(self) -> str:
        own = looks(self._clinic.chat.colour)
        light, dark = (
            "".join(f"--{name}: {value}; " for name, value in own[look].items())
            for look in ("light", "dark")
        )
        return (
            f":root {{ {light}}}\n"
            f"@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n"
            + (_FOLDER / "style.css").read_text(encoding="utf-8")
        )

    def _closed(self, day: date) -> str:
        reason = self._availability.hours_on(day).closed
        return reason[:1].upper() + reason[1:]

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._clinic.zone):%-I:%M %p}"

    def _phone(self, entry: Entry | CallBackRequest) -> str:
        return say_phone(entry.contact.phone, self._clinic.region) or ""

    def _visit_type(self, visit_type_id: str) -> str:
        known = self._clinic.visit_type(visit_type_id)
        return known.name if known else visit_type_id


def _buttons(entry: Entry, now: datetime) -> list[Button]:
    """Return what can be made of a visit now, and makes sense to."""
    visit = entry.appointment
    fitting = {
        "arrived": visit.status == "booked" and visit.start - _ARRIVES_BEFORE <= now,
        "fulfilled": visit.status in ("arrived", "checked-in"),
        "noshow": visit.status == "booked" and visit.start <= now,
        "booked": visit.status in TRANSITIONS["booked"],
    }
    return [Button(status, words) for status, words in BUTTONS.items() if fitting[status]]


def _say_day(day: date) -> str:
    return f"{day:%A, %B %-d}"
