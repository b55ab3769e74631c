"""A member of the clinic at the staff pages, over real HTTP, and a calendar for them to see."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from clinic import clock
from clinic.scheduling.port import Contact, PatientDetails, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import get_settings, reset_settings

PASSWORD = "correct horse battery"
# What a page must show as it is and never run
EVIL_NAME = "<script>alert(1)</script> O'Neil"
EVIL_NOTE = '"><img src=x onerror=alert(2)> & a ramp {{7*7}}'


class StaffBrowser:
    """A browser at the staff pages, with cookies of its own.

    Args:
        base_url: Where Atlas is served.
        **headers: What it sends with every request.
    """

    def __init__(self, base_url: str, **headers: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.headers.update({"Origin": base_url, **headers})

    def get(self, path: str, **how: Any) -> requests.Response:
        """Fetch a page, following to where it leads."""
        return self.http.get(f"{self.base_url}{path}", timeout=30, **how)

    def post(self, path: str, fields: dict[str, str] | None = None, **how: Any) -> Any:
        """Send a form; what it is answered with is not followed."""
        return self.http.post(
            f"{self.base_url}{path}", data=fields or {}, timeout=30, allow_redirects=False, **how
        )

    def token(self, path: str = "/staff/appointments") -> str:
        """Return the token of a page's forms."""
        found = re.search(r'name="token" value="(\w+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def log_in(self, name: str = "ana", password: str = PASSWORD) -> requests.Response:
        """Type a name and a password into the form."""
        fields = {"token": self.token("/staff/login"), "name": name, "password": password}
        answer: requests.Response = self.post("/staff/login", fields)
        return answer

    def is_in(self) -> bool:
        """Whether it sees the calendar."""
        page = self.get("/staff/appointments")
        return page.status_code == 200 and "<h1>Appointments</h1>" in page.text


@contextmanager
def environment_of(database_url: str, now: str = "", key: Path | None = None) -> Iterator[None]:
    """Let this process use a server's database, at its moment and with its master key."""
    values = {"ATLAS_DATABASE_URL": database_url, "ATLAS_NOW": now}
    if key is not None:
        values["ATLAS_MASTER_KEY_FILE"] = str(key)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        reset_settings()
        try:
            yield
        finally:
            reset_settings()


def staff_command(*arguments: str) -> None:
    """Run `atlas staff …` and type the password; see `environment_of`."""
    from bot.cli import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        assert main(["staff", *arguments]) == 0


def fill_calendar() -> list[str]:
    """Book visits of today and the coming days, and ask for two calls; see `environment_of`.

    Returns:
        The references, by time; the first one's patient has an evil name and note.
    """
    moment = clock.now()
    people = [
        (EVIL_NAME, Contact("+12125550199", "neil@example.com"), EVIL_NOTE),
        ("Jane Doe", Contact("+12125550123"), ""),
        ("Sam Sample", Contact(None, "sam.sample@example.com"), "I use a wheelchair."),
        ("María-José Fernández de la Vega y Álvarez", Contact("+442079460018"), ""),
        ("Kim Placeholder", Contact("+12125550177"), ""),
    ]
    references = []
    with closing(SqlScheduler.open(get_settings())) as scheduler:
        for number, (name, contact, note) in enumerate(people):
            query = SlotQuery(visit_type="new", earliest=moment + timedelta(hours=12 * number))
            hold = scheduler.hold(scheduler.find_slots(query, 1)[0], f"visitor {number}")
            patient = PatientDetails(name, contact, moment if number % 2 else None)
            visit = scheduler.confirm(hold.id, patient, "new", f"key {number}", note)
            references.append(visit.reference)
        for number, (name, contact, _) in enumerate(people[:2]):
            patient = PatientDetails(name, contact, moment)
            wish = f"{EVIL_NAME} mornings" if number == 0 else "Tuesday, in the afternoon"
            scheduler.ask_call_back(patient, "follow_up", wish, f"call {number}")
    return references
