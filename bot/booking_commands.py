"""The `atlas` commands for the front desk: free times, changes of time, visits, call-backs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.scheduling.desk import TRANSITIONS, Desk, DeskError, Entry
from clinic.scheduling.port import SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.scheduling.wording import say_contact, say_slot
from clinic.settings import ClinicSettings, Settings

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2})")
_MOST_TIMES = 500

_Value = TypeVar("_Value")


def add_booking_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the `atlas` parser; `chosen.run` is what carries one out.

    Args:
        commands: Where commands are added.
    """
    times = commands.add_parser("times", help="list free times")
    _add_days(times, 7)
    times.add_argument("--visit", metavar="ID", help="kind of visit (default: the first one)")
    times.add_argument("--with", dest="who", metavar="ID", help="only this practitioner")
    times.set_defaults(run=_times)

    for name, kind, does in (
        ("open", "opened", "offer time besides the clinic's hours"),
        ("block", "blocked", "offer no time in a stretch; visits that stand there are listed"),
    ):
        change = commands.add_parser(
            name,
            help=does,
            description=f"{does.capitalize()}. Times are the clinic's wall clock.",
            epilog=f'example: atlas {name} "2027-03-05 13:00" "2027-03-05 17:00"',
        )
        change.add_argument("start", type=_moment, help='such as "2027-03-05 13:00"')
        change.add_argument("end", type=_moment, help='such as "2027-03-05 17:00"')
        change.add_argument("--with", dest="who", metavar="ID", help="only this practitioner's")
        change.set_defaults(run=_change, kind=kind)

    changes = commands.add_parser("changes", help="list opened and blocked time")
    changes.add_argument("--withdraw", type=int, metavar="NUMBER", help="undo this one")
    changes.set_defaults(run=_changes)

    visits = commands.add_parser("appointments", help="list appointments")
    _add_days(visits, 14)
    visits.add_argument("--with", dest="who", metavar="ID", help="only this practitioner's")
    visits.add_argument("--cancelled", action="store_true", help="those that were cancelled")
    visits.set_defaults(run=_appointments)

    status = commands.add_parser("status", help="set what became of an appointment")
    status.add_argument("reference", help="such as ATL-7K3M9Q")
    status.add_argument("status", choices=list(TRANSITIONS))
    status.set_defaults(run=_status)

    calls = commands.add_parser("call-backs", help="list who asked to be called")
    calls.add_argument("--all", action="store_true", help="also those that were dealt with")
    calls.add_argument("--close", type=int, metavar="NUMBER", help="this one was called")
    calls.set_defaults(run=_call_backs)

    demo = commands.add_parser("fill-demo", help="book invented visits into the demo clinic")
    demo.add_argument("--visits", type=_count, default=40, help="how many (default: 40)")
    demo.add_argument("--seed", type=int, default=1, help="chooses the times (default: 1)")
    demo.set_defaults(run=_fill_demo)


def _add_days(parser: argparse.ArgumentParser, days: int) -> None:
    parser.add_argument(
        "--from", dest="first", type=_day, metavar="DAY", help="first day (default: today)"
    )
    parser.add_argument(
        "--days", type=_count, default=days, help=f"how many days (default: {days})"
    )


def _times(settings: Settings, chosen: argparse.Namespace) -> None:
    clinic = settings.clinic
    start, end = _span(chosen, clinic)
    visit = chosen.visit or clinic.visit_types[0].id
    if clinic.visit_type(visit) is None:
        known = ", ".join(kind.id for kind in clinic.visit_types)
        raise DeskError(f"there is no kind of visit {visit!r}; there are {known}")
    _check_person(chosen.who, clinic)
    query = SlotQuery(visit_type=visit, earliest=start, latest=end, practitioner_id=chosen.who)
    with closing(SqlScheduler(settings)) as scheduler:
        slots = scheduler.find_slots(query, _MOST_TIMES)
    for slot in slots:
        print(say_slot(slot, clinic))
    print(f"{len(slots)} free times")


def _change(settings: Settings, chosen: argparse.Namespace) -> None:
    clinic = settings.clinic
    with closing(Desk(settings)) as desk:
        number, standing = desk.change_time(
            chosen.kind, _in_zone(chosen.start, clinic), _in_zone(chosen.end, clinic), chosen.who
        )
    print(f"Number {number}: {chosen.kind} {_stretch(chosen.start, chosen.end)}.")
    if standing:
        print("These visits stand in that time; please move or cancel them yourself:")
        _print_entries(standing, clinic)


def _changes(settings: Settings, chosen: argparse.Namespace) -> None:
    zone = settings.clinic.zone
    with closing(Desk(settings)) as desk:
        if chosen.withdraw is not None:
            known = [desk.withdraw(chosen.withdraw)]
            print("Withdrawn:")
        else:
            known = desk.changes()
    for one in known:
        start, end = (moment.astimezone(zone) for moment in (one.change.start, one.change.end))
        who = one.change.practitioner_id or "everybody"
        print(f"{one.id:>4}  {one.change.kind}  {_stretch(start, end)}  {who}")
    if not known:
        print("No time is opened or blocked.")


def _appointments(settings: Settings, chosen: argparse.Namespace) -> None:
    clinic = settings.clinic
    _check_person(chosen.who, clinic)
    start, end = _span(chosen, clinic)
    statuses = {"statuses": ("cancelled", "entered-in-error")} if chosen.cancelled else {}
    with closing(Desk(settings)) as desk:
        entries = desk.appointments(start, end, chosen.who, **statuses)
    _print_entries(entries, clinic)
    print(f"{len(entries)} appointments")


def _status(settings: Settings, chosen: argparse.Namespace) -> None:
    with closing(Desk(settings)) as desk:
        visit = desk.set_status(chosen.reference, chosen.status)
    print(f"Appointment {visit.reference} is {visit.status}.")


def _call_backs(settings: Settings, chosen: argparse.Namespace) -> None:
    clinic = settings.clinic
    with closing(Desk(settings)) as desk:
        if chosen.close is not None:
            desk.close_call_back(chosen.close)
            print(f"Request {chosen.close} is closed.")
            return
        requests = desk.call_backs(closed=chosen.all)
    for one in requests:
        asked = one.asked_at.astimezone(clinic.zone)
        state = "" if one.closed_at is None else "  (called)"
        print(
            f"{one.id:>4}  asked {asked:%a %Y-%m-%d %H:%M}  {one.name}  "
            f"{say_contact(one.contact, clinic.region)}  {one.visit_type}: {one.wish}{state}"
        )
    print(f"{len(requests)} call-back requests")


def _fill_demo(settings: Settings, chosen: argparse.Namespace) -> None:
    with closing(Desk(settings)) as desk:
        booked = desk.fill_demo(chosen.visits, chosen.seed)
    print(f"Booked {booked} invented visits.")


def _print_entries(entries: list[Entry], clinic: ClinicSettings) -> None:
    for entry in entries:
        visit = entry.appointment
        local = visit.start.astimezone(clinic.zone)
        parts = [
            f"{local:%a %Y-%m-%d %H:%M}",
            visit.reference,
            f"{visit.status:<10}",
            visit.practitioner_name,
            visit.visit_type,
            visit.patient_name,
            say_contact(entry.contact, clinic.region),
            "" if entry.reminders else "(no reminders)",
            f"note: {visit.note}" if visit.note else "",
        ]
        print("  ".join(part for part in parts if part))


def _span(chosen: argparse.Namespace, clinic: ClinicSettings) -> tuple[datetime, datetime]:
    first = chosen.first or clock.now().astimezone(clinic.zone).date()
    end = first + timedelta(days=chosen.days)
    return (
        datetime.combine(first, time(0), clinic.zone),
        datetime.combine(end, time(0), clinic.zone),
    )


def _check_person(who: str | None, clinic: ClinicSettings) -> None:
    if who is not None and clinic.practitioner(who) is None:
        known = ", ".join(person.id for person in clinic.practitioners)
        raise DeskError(f"nobody has the id {who!r}; there are {known}")


def _in_zone(wall: datetime, clinic: ClinicSettings) -> datetime:
    zone: ZoneInfo = clinic.zone
    moment = wall.replace(tzinfo=zone)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != wall:
        raise DeskError(f"{wall:%Y-%m-%d %H:%M} does not exist: the clock is put forward then")
    return moment


def _stretch(start: datetime, end: datetime) -> str:
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M} to {until}"


def _moment(text: str) -> datetime:
    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        return datetime.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H:%M")
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'{text!r} is no moment; write it as "2027-03-05 13:00"'
        ) from None


def _day(text: str) -> date:
    return _read(text, date.fromisoformat, "no day; write it as 2027-03-05")


def _count(text: str) -> int:
    number = _read(text, int, "no number")
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 1000")
    return number


def _read(text: str, how: Callable[[str], _Value], problem: str) -> _Value:
    try:
        return how(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is {problem}") from None
