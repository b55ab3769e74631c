"""Read clinic.yml and hold it against what a clinic can be."""

from __future__ import annotations

import difflib
import re
from datetime import date, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
from holidays.registry import EntityLoader
from pydantic import BaseModel, Extra, StrictBool, StrictStr, ValidationError, validator

from clinic.datafiles import DataFileError, load_yaml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Every booking covers whole ticks of this length; see clinic.scheduling.models.BookedTick.
TICK_MINUTES = 5

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NOTICE_HOURS = (0, 24 * 14)
_HORIZON_DAYS = (1, 366)


class SettingsError(DataFileError):
    """A setting cannot be used; the message names the file, the key and what is expected."""


class _Section(BaseModel):
    """A part of clinic.yml: unknown keys are mistakes, and nothing changes after loading."""

    class Config:
        extra = Extra.forbid
        frozen = True


class OpeningHours(_Section):
    """When the clinic is open, as wall-clock pairs (from, to) a weekday."""

    mon: tuple[tuple[time, time], ...] = ()
    tue: tuple[tuple[time, time], ...] = ()
    wed: tuple[tuple[time, time], ...] = ()
    thu: tuple[tuple[time, time], ...] = ()
    fri: tuple[tuple[time, time], ...] = ()
    sat: tuple[tuple[time, time], ...] = ()
    sun: tuple[tuple[time, time], ...] = ()

    @validator(*WEEKDAYS, pre=True)
    @classmethod
    def _read_pairs(cls, value: Any) -> tuple[tuple[time, time], ...]:
        return _time_pairs(value)

    def on(self, weekday: int) -> tuple[tuple[time, time], ...]:
        """Return the opening pairs of a weekday.

        Args:
            weekday: 0 for Monday to 6 for Sunday.
        """
        pairs: tuple[tuple[time, time], ...] = getattr(self, WEEKDAYS[weekday])
        return pairs


class HolidayRules(_Section):
    """Which days the clinic is closed besides its weekly rhythm."""

    country: StrictStr = ""
    subdivision: StrictStr = ""
    also_closed: tuple[date, ...] = ()

    @validator("country")
    @classmethod
    def _known_country(cls, value: str) -> str:
        if value and value not in EntityLoader.get_country_codes():
            raise ValueError('expected a country code such as "US", or "" for no holidays')
        return value

    @validator("subdivision")
    @classmethod
    def _known_subdivision(cls, value: str, values: dict[str, Any]) -> str:
        country = values.get("country")
        if value and country and value not in getattr(holidays, country).subdivisions:
            raise ValueError(f"{value!r} is no part of {country} whose holidays are known")
        return value


class VisitType(_Section):
    """A kind of visit that can be booked."""

    id: StrictStr
    name: StrictStr
    minutes: int
    telehealth: StrictBool = False
    # Minutes that the practitioner keeps free around each visit of this kind
    buffer_before: int = 0
    buffer_after: int = 0
    # Where this kind differs from what `booking` says
    minimum_notice_hours: float | None = None
    horizon_days: int | None = None
    prepare: StrictStr = ""
    # Other words by which visitors may ask for it
    also_called: tuple[StrictStr, ...] = ()

    @validator("id")
    @classmethod
    def _slug(cls, value: str) -> str:
        return _valid_id(value)

    @validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        return _not_empty(value)

    @validator("minutes")
    @classmethod
    def _whole_ticks(cls, value: int) -> int:
        if not TICK_MINUTES <= value <= 480 or value % TICK_MINUTES:
            raise ValueError(f"expected {TICK_MINUTES} to 480 minutes in steps of {TICK_MINUTES}")
        return value

    @validator("buffer_before", "buffer_after")
    @classmethod
    def _buffer(cls, value: int) -> int:
        if not 0 <= value <= 120 or value % TICK_MINUTES:
            raise ValueError(f"expected 0 to 120 minutes in steps of {TICK_MINUTES}")
        return value

    @validator("minimum_notice_hours")
    @classmethod
    def _notice(cls, value: float | None) -> float | None:
        return None if value is None else _within(value, *_NOTICE_HOURS, "hours")

    @validator("horizon_days")
    @classmethod
    def _horizon(cls, value: int | None) -> int | None:
        return None if value is None else int(_within(value, *_HORIZON_DAYS, "days"))


class Practitioner(_Section):
    """Someone who sees patients."""

    id: StrictStr
    name: StrictStr
    role: StrictStr = ""
    gender: Literal["female", "male", "other", ""] = ""
    visit_types: tuple[StrictStr, ...]
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    )
    away: tuple[tuple[date, date], ...] = ()
    # Their own hours within the clinic's; None: whenever the clinic is open
    hours: OpeningHours | None = None
    breaks: tuple[tuple[time, time], ...] = ()

    @validator("breaks", pre=True)
    @classmethod
    def _read_breaks(cls, value: Any) -> tuple[tuple[time, time], ...]:
        return _time_pairs(value)

    @validator("id")
    @classmethod
    def _slug(cls, value: str) -> str:
        return _valid_id(value)

    @validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        return _not_empty(value)

    @validator("away")
    @classmethod
    def _in_order(cls, value: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
        for first, last in value:
            if last < first:
                raise ValueError(f"{first} to {last} ends before it starts")
        return value

    def works_on(self, day: date) -> bool:
        """Tell whether the practitioner sees patients on a day when the clinic is open."""
        return WEEKDAYS[day.weekday()] in self.days and not any(
            first <= day <= last for first, last in self.away
        )


class BookingRules(_Section):
    """The limits within which a visit may be booked."""

    minimum_notice_hours: float = 2
    horizon_days: int = 60
    hold_minutes: int = 10
    slot_step_minutes: int = 20

    @validator("minimum_notice_hours")
    @classmethod
    def _notice(cls, value: float) -> float:
        return _within(value, *_NOTICE_HOURS, "hours")

    @validator("horizon_days")
    @classmethod
    def _horizon(cls, value: int) -> int:
        return int(_within(value, *_HORIZON_DAYS, "days"))

    @validator("hold_minutes")
    @classmethod
    def _hold(cls, value: int) -> int:
        return int(_within(value, 1, 60, "minutes"))

    @validator("slot_step_minutes")
    @classmethod
    def _step(cls, value: int) -> int:
        if value % TICK_MINUTES:
            raise ValueError(f"expected minutes in steps of {TICK_MINUTES}")
        return int(_within(value, TICK_MINUTES, 240, "minutes"))


class PrivacyRules(_Section):
    """How long each class of data is kept and how consent is given."""

    retention_days: int = 30
    call_back_days: int = 30
    notice_days: int = 30
    appointment_days: int = 3650
    require_explicit_consent: StrictBool = False

    @validator("retention_days", "call_back_days", "notice_days")
    @classmethod
    def _retention(cls, value: int) -> int:
        return int(_within(value, 1, 3650, "days"))

    @validator("appointment_days")
    @classmethod
    def _record_keeping(cls, value: int) -> int:
        return int(_within(value, 30, 36500, "days"))


class ChatLook(_Section):
    """How the web chat looks and behaves."""

    colour: StrictStr = ""
    idle_minutes: float = 15
    exit_page: StrictStr = ""

    @validator("colour")
    @classmethod
    def _six_digits(cls, value: str) -> str:
        if value and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError('expected a colour such as "#0f5a52", or "" for Atlas\'s own')
        return value

    @validator("idle_minutes")
    @classmethod
    def _idle(cls, value: float) -> float:
        return _within(value, 0, 24 * 60, "minutes")

    @validator("exit_page")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s<>\"']+", value):
            raise ValueError('expected an address such as "https://example.org", or ""')
        return value


class ClinicSettings(_Section):
    """Everything that clinic.yml says; an empty string means unknown."""

    demo: StrictBool
    name: StrictStr
    phone: StrictStr = ""
    email: StrictStr = ""
    website: StrictStr = ""
    address: StrictStr = ""
    time_zone: StrictStr
    region: StrictStr
    emergency_number: StrictStr
    urgent_line: StrictStr = ""
    crisis_line: StrictStr = ""
    poison_line: StrictStr = ""
    triage: StrictBool
    prices: StrictStr = ""
    insurance: StrictStr = ""
    parking: StrictStr = ""
    directions: StrictStr = ""
    access: StrictStr = ""
    hours: OpeningHours
    special_hours: dict[date, tuple[tuple[time, time], ...]] = {}
    holidays: HolidayRules = HolidayRules()
    visit_types: tuple[VisitType, ...]
    practitioners: tuple[Practitioner, ...]
    booking: BookingRules = BookingRules()
    privacy: PrivacyRules = PrivacyRules()
    chat: ChatLook = ChatLook()

    @validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        return _not_empty(value)

    @validator("emergency_number")
    @classmethod
    def _dialled(cls, value: str) -> str:
        # The only fact that may never be unknown: every emergency message shows it.
        if not re.fullmatch(r"[\d+][\d ()-]{1,19}", value):
            raise ValueError('expected a number to dial such as "911"; it may not be empty')
        return value

    @validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError(
                f'{value!r} is no time zone; expected a name such as "America/New_York"'
            ) from error
        return value

    @validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError('expected two capital letters such as "US"')
        return value

    @validator("special_hours", pre=True)
    @classmethod
    def _read_special_hours(cls, value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise ValueError('write days such as "2026-12-24": [["09:00", "12:00"]]')
        return {day: _time_pairs(pairs) for day, pairs in value.items()}

    @validator("visit_types", "practitioners")
    @classmethod
    def _unique_ids(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError("at least one is needed")
        ids = [entry.id for entry in value]
        twice = sorted({entry_id for entry_id in ids if ids.count(entry_id) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]!r} is used twice")
        return value

    @validator("practitioners")
    @classmethod
    def _known_visit_types(
        cls, value: tuple[Practitioner, ...], values: dict[str, Any]
    ) -> tuple[Practitioner, ...]:
        known = {visit_type.id for visit_type in values.get("visit_types", ())}
        for practitioner in value:
            unknown = sorted(set(practitioner.visit_types) - known)
            if known and unknown:
                raise ValueError(
                    f"{practitioner.id} has the visit type {unknown[0]!r}, which is not listed "
                    "under visit_types"
                )
        return value

    def notice_hours(self, visit_type: VisitType) -> float:
        """Return how many hours from now the soonest visit of a kind may start."""
        own = visit_type.minimum_notice_hours
        return self.booking.minimum_notice_hours if own is None else own

    def horizon_days(self, visit_type: VisitType) -> int:
        """Return how many days ahead a visit of a kind may be booked."""
        own = visit_type.horizon_days
        return self.booking.horizon_days if own is None else own

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)

    def visit_type(self, visit_type_id: str) -> VisitType | None:
        """Return the visit type with this id, or None."""
        return next((entry for entry in self.visit_types if entry.id == visit_type_id), None)

    def practitioner(self, practitioner_id: str) -> Practitioner | None:
        """Return the practitioner with this id, or None."""
        return next((entry for entry in self.practitioners if entry.id == practitioner_id), None)


def load_clinic(path: Path) -> ClinicSettings:
    """Read and check clinic.yml.

    Args:
        path: The file.

    Returns:
        The clinic's settings.

    Raises:
        SettingsError: The file cannot be read or an entry cannot be right; one sentence that
            names the file, the key and what is expected.
    """
    try:
        content = load_yaml(path)
    except DataFileError as error:
        where, _, problem = (
            str(error).removeprefix(f"{path.parent.name}/{path.name}").partition(": ")
        )
        raise SettingsError(path, where.removeprefix(", "), problem) from error
    if not isinstance(content, dict):
        raise SettingsError(path, "", "expected keys and values, such as name: ...")
    try:
        return ClinicSettings.parse_obj(content)
    except ValidationError as error:
        # One sentence at a time: a misspelt key also makes the right one missing.
        first = min(error.errors(), key=lambda found: found["type"] != "value_error.extra")
        raise SettingsError(path, _key(first["loc"], content), _expectation(first)) from error


def _key(location: tuple[int | str, ...], content: Any) -> str:
    """Write a place in the file as a manager would say it: practitioners.example_rivers.name."""
    words: list[str] = []
    for step in location:
        content = _inside(content, step)
        if isinstance(step, int):
            name = content.get("id") if isinstance(content, dict) else None
            words.append(str(name) if name else f"entry {step + 1}")
        else:
            words.append(step)
    return ".".join(words)


def _inside(content: Any, step: int | str) -> Any:
    """Go one step into plain YAML data; None where the path leads nowhere."""
    if isinstance(content, dict):
        return content.get(step)
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return None


def _expectation(error: Any) -> str:
    """Say what a pydantic error means in clinic.yml's own terms."""
    kind, message = error["type"], error["msg"]
    if kind == "value_error.missing":
        return "this key is missing"
    if kind == "value_error.extra":
        wrong = str(error["loc"][-1])
        close = difflib.get_close_matches(wrong, _all_keys(), n=1)
        return "this key is not known" + (f"; did you mean {close[0]!r}?" if close else "")
    if kind == "type_error.str":
        return 'expected text in quotation marks, such as "555 0100"'
    if kind.startswith("value_error.strictbool"):
        return "expected true or false"
    if kind == "value_error.const":
        allowed = ", ".join(repr(value) for value in error["ctx"]["permitted"])
        return f"expected one of {allowed}"
    return str(message)


def _all_keys() -> list[str]:
    sections: tuple[type[BaseModel], ...] = (
        ClinicSettings,
        BookingRules,
        HolidayRules,
        OpeningHours,
        Practitioner,
        PrivacyRules,
        VisitType,
    )
    return [name for section in sections for name in section.__fields__]


def _time_pairs(value: Any) -> tuple[tuple[time, time], ...]:
    """Read pairs of wall-clock times that follow each other."""
    if not isinstance(value, list) or any(
        not isinstance(pair, list) or len(pair) != 2 for pair in value
    ):
        raise ValueError('write pairs such as [["09:00", "12:30"]], or [] for none')
    pairs = tuple((_wall_time(pair[0]), _wall_time(pair[1])) for pair in value)
    previous_end: time | None = None
    for start, end in pairs:
        if end <= start:
            raise ValueError(f"{start:%H:%M} to {end:%H:%M} ends before it starts")
        if previous_end is not None and start < previous_end:
            raise ValueError("the pairs overlap or are out of order")
        previous_end = end
    return pairs


def _wall_time(value: Any) -> time:
    # YAML 1.1 reads an unquoted 13:30 as the number of minutes, 810.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        value = f"{value // 60:02d}:{value % 60:02d}"
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[2]) % TICK_MINUTES:
        raise ValueError(
            f'{value!r} is no time; expected 24-hour such as "09:00", in steps of {TICK_MINUTES} '
            "minutes"
        )
    return time(int(match[1]), int(match[2]))


def _valid_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("expected lower-case letters, digits and _ only, such as follow_up")
    return value


def _not_empty(value: str) -> str:
    if not value.strip():
        raise ValueError("may not be empty")
    return value


def _within(value: float, lowest: float, highest: float, unit: str) -> float:
    if not lowest <= value <= highest:
        raise ValueError(f"expected {lowest:g} to {highest:g} {unit}")
    return value
