"""Whatever visitors and the clinic do in whatever order, the calendar keeps its promises."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import create_engine, text

from clinic import clock
from clinic.scheduling.desk import Desk
from clinic.scheduling.port import (
    AlreadyBooked,
    Appointment,
    Contact,
    Hold,
    PatientDetails,
    Slot,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import load_settings
from clinic.settings.clinic_file import ClinicSettings

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
VISITORS = st.sampled_from(["anna", "bob", "carl"])


class Calendar(RuleBasedStateMachine):
    """Visitors who hold, confirm, move and cancel, a clinic that blocks, and time that passes."""

    holds = Bundle("holds")
    visits = Bundle("visits")
    blocks = Bundle("blocks")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Path(self.folder.name) / "atlas.db"
        self.settings = replace(
            load_settings(), clinic=_with_buffers(), database_url=f"sqlite:///{self.database}"
        )
        self.scheduler = SqlScheduler.open(self.settings)
        self.desk = Desk(self.settings)
        self.now = NOW
        self.acted: Counter[str] = Counter()
        # What was last promised to a visitor, and until when
        self.promised: dict[str, tuple[str, datetime]] = {}
        self._set_clock()

    def teardown(self) -> None:
        os.environ.pop("ATLAS_NOW", None)
        if hasattr(self, "scheduler"):
            self.scheduler.close()
            self.desk.close()
            self.folder.cleanup()

    @rule(
        target=holds,
        visitor=VISITORS,
        kind=st.sampled_from(["new", "follow_up", "telehealth"]),
        place=st.integers(0, 7),
    )
    def hold(self, visitor: str, kind: str, place: int) -> Any:
        free = self.scheduler.find_slots(SlotQuery(visit_type=kind), 8)
        had = visitor in self.promised
        held = self.scheduler.hold(free[place % len(free)], visitor)
        self.acted["held"] += 1
        self.acted["released"] += had
        self.promised[visitor] = (held.id, held.expires_at)
        return (visitor, held)

    @rule(held=holds)
    def nobody_else_gets_what_is_held(self, held: tuple[str, Hold]) -> None:
        visitor, hold = held
        known = self.promised.get(visitor)
        if known is None or known[0] != hold.id or clock.now() >= known[1]:
            return
        try:
            self.scheduler.hold(hold.slot, "somebody else")
        except SlotTaken:
            return
        raise AssertionError("a time that is held was given away")

    @rule(held=holds)
    def release(self, held: tuple[str, Hold]) -> None:
        self.scheduler.release(held[1].id)
        if self.promised.get(held[0], ("",))[0] == held[1].id:
            del self.promised[held[0]]
            self.acted["released"] += 1

    @rule(target=visits, held=holds, again=st.booleans())
    def confirm(self, held: tuple[str, Hold], again: bool) -> Any:
        visitor, hold = held
        patient = PatientDetails(visitor.title(), Contact(email=f"{visitor}@example.com"), NOW)
        mine = self.promised.get(visitor)
        in_time = mine is not None and mine[0] == hold.id and clock.now() < mine[1]
        try:
            visit = self._confirm(hold, patient)
        except AlreadyBooked:
            return multiple()
        except SlotTaken:
            blocked = any(
                one.change.kind == "blocked"
                and one.change.start < hold.slot.end
                and one.change.end > hold.slot.start
                for one in self.desk.changes()
            )
            assert not in_time or blocked, "a hold was lost before it expired"
            return multiple()
        if mine is not None and mine[0] == hold.id:
            del self.promised[visitor]
            self.acted["booked"] += 1
        if again:
            assert self._confirm(hold, patient).reference == visit.reference
        return (visitor, visit)

    def _confirm(self, hold: Hold, patient: PatientDetails) -> Appointment:
        return self.scheduler.confirm(hold.id, patient, hold.slot.visit_type, f"key {hold.id}")

    @rule(visit=visits, held=holds)
    def move(self, visit: tuple[str, Appointment], held: tuple[str, Hold]) -> None:
        visitor, appointment = visit
        mine = self.promised.get(held[0])
        try:
            moved = self.scheduler.move(
                appointment.reference, Contact(email=f"{visitor}@example.com"), held[1].id
            )
        except SlotTaken:
            return
        if moved is not None and mine is not None and mine[0] == held[1].id:
            del self.promised[held[0]]
            self.acted["moved"] += 1

    @rule(visit=visits, place=st.integers(0, 3))
    def move_into_its_own_time(self, visit: tuple[str, Appointment], place: int) -> None:
        visitor, known = visit
        contact = Contact(email=f"{visitor}@example.com")
        before = self.scheduler.look_up(known.reference, contact, visitor)
        assert before is not None
        query = SlotQuery(
            visit_type=before.visit_type,
            practitioner_id=before.practitioner_id,
            near=before.start,
            moving=before.reference,
        )
        free = self.scheduler.find_slots(query, 4)
        had = visitor in self.promised
        held = self.scheduler.hold(free[place % len(free)], visitor, before.reference)
        self.acted["held"] += 1
        self.acted["released"] += had
        self.promised[visitor] = (held.id, held.expires_at)
        try:
            moved = self.scheduler.move(before.reference, contact, held.id)
        except AlreadyBooked:
            return
        if moved is None:
            assert before.status != "booked" or before.start <= self.now
            return
        assert (moved.start, moved.end) == (held.slot.start, held.slot.end)
        del self.promised[visitor]
        self.acted["moved"] += 1

    @rule(visit=visits)
    def cancel(self, visit: tuple[str, Appointment]) -> None:
        contact = Contact(email=f"{visit[0]}@example.com")
        before = self.scheduler.look_up(visit[1].reference, contact, visit[0])
        after = self.scheduler.cancel(visit[1].reference, contact)
        self.acted["cancelled"] += bool(before and after and before.status != after.status)

    @rule(visit=visits)
    def a_stranger_gets_nothing(self, visit: tuple[str, Appointment]) -> None:
        assert self.scheduler.cancel(visit[1].reference, Contact(email="x@example.com")) is None

    @rule(target=blocks, hours=st.integers(1, 30), long=st.integers(1, 6))
    def block(self, hours: int, long: int) -> int:
        start = self.now + timedelta(hours=hours)
        number, _ = self.desk.change_time("blocked", start, start + timedelta(hours=long))
        self.acted["blocked"] += 1
        return number

    @rule(number=consumes(blocks))
    def withdraw(self, number: int) -> None:
        self.desk.withdraw(number)
        self.acted["withdrawn"] += 1

    @rule(minutes=st.sampled_from([3, 11, 240]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._set_clock()

    @invariant()
    def no_two_visits_of_a_practitioner_overlap(self) -> None:
        if not hasattr(self, "scheduler"):
            return
        last: dict[str, str] = {}
        for person, start, end in self._rows(
            "SELECT practitioner_id, start_utc, end_utc FROM appointments "
            "WHERE status = 'booked' ORDER BY start_utc"
        ):
            assert start >= last.get(person, ""), "two visits overlap"
            last[person] = end

    @invariant()
    def every_visit_owns_its_ticks_and_nothing_else_owns_any(self) -> None:
        if not hasattr(self, "scheduler"):
            return
        loose = self._rows(
            "SELECT count(*) FROM booked_ticks t"
            " LEFT JOIN appointments a ON a.id = t.appointment_id"
            " LEFT JOIN holds h ON h.id = t.hold_id"
            " WHERE (a.id IS NULL OR a.status <> 'booked') AND h.id IS NULL"
        )
        bare = self._rows(
            "SELECT count(*) FROM appointments a WHERE status = 'booked' AND NOT EXISTS"
            " (SELECT 1 FROM booked_ticks t WHERE t.appointment_id = a.id)"
        )
        assert (loose, bare) == ([(0,)], [(0,)])

    @invariant()
    def the_audit_trail_tells_every_change_once(self) -> None:
        if not hasattr(self, "scheduler"):
            return
        told = dict(self._rows("SELECT kind, count(*) FROM audit_events GROUP BY kind"))
        assert told == {kind: count for kind, count in self.acted.items() if count}
        standing = self._rows("SELECT id, status, start_utc, practitioner_id FROM appointments")
        for number, status, start, person in standing:
            kind, at, who = self._rows(
                "SELECT kind, start_utc, practitioner_id FROM audit_events "
                f"WHERE appointment_id = {number} ORDER BY id DESC LIMIT 1"
            )[0]
            assert (at, who) == (start, person)
            assert (kind == "cancelled") == (status == "cancelled")

    @invariant()
    def all_moments_are_utc(self) -> None:
        if not hasattr(self, "scheduler"):
            return
        for slot in self.scheduler.find_slots(SlotQuery(visit_type="new"), 3):
            assert isinstance(slot, Slot)
            assert slot.start.utcoffset() == slot.end.utcoffset() == timedelta(0)

    def _rows(self, sql: str) -> list[Any]:
        engine = create_engine(f"sqlite:///{self.database}")
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(sql))]
        engine.dispose()
        return found

    def _set_clock(self) -> None:
        os.environ["ATLAS_NOW"] = self.now.isoformat()


def _with_buffers() -> ClinicSettings:
    clinic = load_settings().clinic
    kinds = tuple(
        kind.copy(update={"buffer_before": 5, "buffer_after": 10})
        if kind.id == "follow_up"
        else kind
        for kind in clinic.visit_types
    )
    return clinic.copy(update={"visit_types": kinds})


Calendar.TestCase.settings = settings(
    max_examples=int(os.environ.get("ATLAS_EXAMPLES", "15")),
    stateful_step_count=25,
    deadline=None,  # the machine may be busy
    suppress_health_check=[HealthCheck.too_slow],
)
TestTheCalendarKeepsItsPromises = Calendar.TestCase
