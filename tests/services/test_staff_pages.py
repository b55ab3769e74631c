"""The staff pages of a real server: who gets in, what a form can do, and what is never shown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from support.server import AtlasServer
from support.staff import (
    EVIL_NAME,
    EVIL_NOTE,
    PASSWORD,
    StaffBrowser,
    environment_of,
    fill_calendar,
    staff_command,
)
from support.visits import visits_of

# A Wednesday, ten in the morning in New York: the clinic is open.
NOW = "2027-03-03T15:00:00+00:00"

pytestmark = pytest.mark.server


class Clinic:
    """A server with a member, ana, and visits in its calendar."""

    def __init__(self, server: AtlasServer) -> None:
        self.server = server
        self.url = f"sqlite:///{server.database}"
        self.staff("add", "ana")
        with environment_of(self.url, NOW):
            self.references = fill_calendar()

    def staff(self, *arguments: str) -> None:
        with environment_of(self.url, NOW):
            staff_command(*arguments)

    def browser(self, **headers: str) -> StaffBrowser:
        return StaffBrowser(self.server.base_url, **headers)

    def member(self) -> StaffBrowser:
        """A browser in which ana is logged in."""
        browser = self.browser()
        assert browser.log_in().status_code == 303
        return browser

    def sql(self, statement: str, database: Path | None = None) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(database or self.server.database)) as connection:
            found = connection.execute(statement).fetchall()
            connection.commit()
            return found

    def audit(self) -> str:
        rows = self.sql(
            "SELECT kind, actor, detail FROM privacy_audit ORDER BY number",
            self.server.conversations,
        )
        return "\n".join(" ".join(map(str, row)) for row in rows)


@pytest.fixture(scope="module")
def clinic(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    server = AtlasServer(tmp_path_factory.mktemp("staff"), ATLAS_NOW=NOW).start()
    # Nobody may log in yet: the pages are an address that does not exist.
    nowhere = requests.get(f"{server.base_url}/no-such-page", timeout=30)
    for path in ("", "/login", "/appointments", "/call-backs", "/style.css"):
        page = requests.get(f"{server.base_url}/staff{path}", timeout=30)
        same = nowhere.text.replace("/no-such-page", f"/staff{path}")
        assert (page.status_code, page.text) == (404, same)
    sent = requests.post(f"{server.base_url}/staff/login", data={"name": "ana"}, timeout=30)
    assert sent.status_code == 404
    made = Clinic(server)
    yield made
    server.stop()


@pytest.fixture(autouse=True)
def forgiven(request: pytest.FixtureRequest) -> None:
    """Let each test begin without failures of another one."""
    if "clinic" in request.fixturenames:
        request.getfixturevalue("clinic").sql("DELETE FROM staff_tries")


def test_a_member_sees_the_week_sets_what_became_of_a_visit_cancels_and_calls_back(clinic: Clinic):
    member = clinic.member()
    page = member.get("/staff/appointments").text
    for shown in ("Today, Wednesday, March 3", "Jane Doe", "(212) 555-0123", "First visit"):
        assert shown in page
    assert all(reference in page for reference in clinic.references)
    token, jane = member.token(), clinic.references[1]
    path = f"/staff/appointments/{clinic.references[0]}/status"
    done = member.post(path, {"token": token, "status": "arrived", "day": "2027-03-03"})
    assert done.status_code == 303
    assert "arrived." in member.get(done.headers["location"]).text
    assert visits_of(clinic.server.database, EVIL_NAME)[0].appointment.status == "arrived"
    assert member.post(path, {"token": token, "status": "booked"}).status_code == 303
    assert visits_of(clinic.server.database, EVIL_NAME)[0].appointment.status == "booked"

    question = member.get(f"/staff/appointments/{jane}/cancel").text
    assert "Cancel this visit?" in question
    assert visits_of(clinic.server.database, "Jane Doe")[0].appointment.status == "booked"
    gone = member.post(f"/staff/appointments/{jane}/cancel", {"token": token})
    assert "Jane Doe" in member.get(gone.headers["location"]).text
    assert "Jane Doe" not in member.get("/staff/appointments").text
    assert "Jane Doe" in member.get("/staff/appointments?cancelled=yes").text
    assert visits_of(clinic.server.database, "Jane Doe")[0].appointment.status == "cancelled"
    back = member.post(f"/staff/appointments/{jane}/status", {"token": token, "status": "booked"})
    assert back.status_code == 409

    calls = member.get("/staff/call-backs").text
    number = re.findall(r"/staff/call-backs/(\d+)/done", calls)[1]
    called = member.post(f"/staff/call-backs/{number}/done", {"token": token})
    assert "Jane Doe: done." in member.get(called.headers["location"]).text
    assert member.post("/staff/call-backs/999/done", {"token": token}).status_code == 404

    told = clinic.audit()
    for line in (
        'access staff ana {"first": "2027-03-03", "page": "appointments", "shown": 5}',
        'access staff ana {"page": "cancel", "shown": 1}',
        'access staff ana {"page": "call-backs", "shown": 2}',
    ):
        assert line in told
    assert clinic.sql("SELECT kind FROM audit_events WHERE actor = 'staff ana' ORDER BY id") == [
        ("arrived",),
        ("booked",),
        ("cancelled",),
        ("call_back_closed",),
    ]
    for word in ("Jane", "script", "example.com", "2125550", "wheelchair", jane):
        assert word not in told


def test_a_patients_name_note_and_wish_are_shown_as_text_and_never_run(clinic: Clinic):
    member = clinic.member()
    pages = [
        member.get("/staff/appointments"),
        member.get("/staff/call-backs"),
        member.get(f"/staff/appointments/{clinic.references[0]}/cancel"),
        member.get('/staff/appointments?day="><script>&who=<script>&changed=<script>'),
        member.get("/staff/login?news=<script>"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "<img" not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Frame-Options"] == "DENY"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; O&#39;Neil" in pages[0].text
    assert "{{7*7}}" in pages[0].text
    assert "&lt;script&gt;" in pages[1].text
    typed = clinic.browser()
    refused = typed.log_in(EVIL_NOTE[:40], "wrong")
    assert refused.status_code == 403
    assert "<img" not in refused.text


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(clinic: Clinic):
    known, unknown = clinic.browser(), clinic.browser()
    one, other = known.log_in("ana", "wrong password"), unknown.log_in("eve", "wrong password")
    assert one.status_code == other.status_code == 403

    def without_what_differs(page: str) -> str:
        return re.sub(r'value="\w+"', "", page)

    assert without_what_differs(one.text) == without_what_differs(other.text)
    assert "The name or the password is not right." in one.text
    assert not known.is_in()
    empty = clinic.browser().log_in("ana", "")
    assert empty.status_code == 400


def test_a_locked_name_stays_locked_over_a_restart(clinic: Clinic):
    browser = clinic.browser()
    for _ in range(5):
        assert browser.log_in("ana", "wrong password").status_code == 403
    assert browser.log_in().status_code == 429
    clinic.server.kill()
    clinic.server.start()
    locked = clinic.browser().log_in()
    assert locked.status_code == 429
    assert locked.headers["Retry-After"] == "60"
    assert "Please wait a minute" in locked.text
    clinic.sql("UPDATE staff_tries SET barred_until = '2027-03-03 14:59:59.000000'")
    assert clinic.browser().log_in().status_code == 303


def test_a_session_that_was_set_before_is_never_taken(clinic: Clinic):
    browser = clinic.browser()
    chosen = "A" * 43
    browser.http.cookies.set("atlas_staff", chosen, domain="127.0.0.1", path="/")
    assert not browser.is_in()
    browser.http.cookies.set("atlas_staff", chosen, domain="127.0.0.1", path="/")
    given = browser.log_in()
    assert given.status_code == 303
    assert browser.http.cookies["atlas_staff"] != chosen
    stranger = clinic.browser()
    stranger.http.cookies.set("atlas_staff", chosen)
    assert not stranger.is_in()
    # Logging in again in the same browser ends what was before.
    before = browser.http.cookies["atlas_staff"]
    fields = {"name": "ana", "password": PASSWORD, "token": stranger.token("/staff/login")}
    form = stranger.http.cookies["atlas_staff_form"]
    cookies = {"Cookie": f"atlas_staff={before}; atlas_staff_form={form}"}
    assert clinic.browser(**cookies).post("/staff/login", fields).status_code == 303
    assert not browser.is_in()


def test_the_cookie_is_kept_from_scripts_and_other_sites(clinic: Clinic):
    for header in clinic.browser().log_in().raw.headers.getlist("Set-Cookie"):
        assert "; HttpOnly" in header
        assert "; SameSite=Strict" in header
        assert "; Path=/" in header
        assert "Domain" not in header


def forms(clinic: Clinic, member: StaffBrowser) -> dict[str, dict[str, str]]:
    """Every form that changes something, with the token that belongs to it."""
    token = member.token()
    visit = f"/staff/appointments/{clinic.references[2]}"
    return {
        f"{visit}/status": {"token": token, "status": "arrived"},
        f"{visit}/cancel": {"token": token, "day": "2027-03-03"},
        "/staff/call-backs/1/done": {"token": token, "day": ""},
        "/staff/logout": {"token": token, "day": ""},
        "/staff/login": {
            "token": clinic.browser().token("/staff/login"),
            "name": "ana",
            "password": PASSWORD,
        },
    }


def test_no_form_works_without_its_own_token_and_origin(clinic: Clinic):
    member, other = clinic.member(), clinic.member()
    foreign = other.token()
    for path, fields in forms(clinic, member).items():
        sender = clinic.browser() if path == "/staff/login" else member
        for token in (None, "", "x" * 64, "ä", foreign):
            sent = {**fields, "token": token} if token is not None else {**fields}
            if token is None:
                del sent["token"]
            assert sender.post(path, sent).status_code == 403, (path, token)
        for origin in (
            "https://evil.example",
            "null",
            f"{member.base_url}.evil.example",
            member.base_url.replace("http:", "https:"),
            "",
        ):
            refused = sender.post(path, fields, headers={"Origin": origin})
            assert refused.status_code == 403, (path, origin)
        refused = sender.post(path, fields, headers={"Sec-Fetch-Site": "same-site"})
        assert refused.status_code == 403, path
        refused = sender.post(path, json=fields)
        assert refused.status_code == 400, path
        refused = sender.post(path, {**fields, "more": "x" * 5000})
        assert refused.status_code == 413, path
    sample = visits_of(clinic.server.database, "Sam Sample")
    assert sample[0].appointment.status == "booked"
    assert member.is_in()


def test_nothing_is_shown_or_changed_without_a_session(clinic: Clinic):
    stranger = clinic.browser()
    for path, fields in forms(clinic, clinic.member()).items():
        if path != "/staff/login":
            sent = stranger.post(path, fields)
            assert (sent.status_code, sent.headers["location"]) == (303, "/staff/login"), path
    for path in ("/staff/appointments", "/staff/call-backs", f"{visit_of(clinic)}/cancel"):
        page = stranger.get(path)
        assert page.url.endswith("/staff/login"), path
        assert "Sam Sample" not in page.text


def visit_of(clinic: Clinic) -> str:
    return f"/staff/appointments/{clinic.references[2]}"


@pytest.mark.parametrize(
    "ends",
    [
        lambda clinic: clinic.sql(
            "UPDATE staff_sessions SET seen_at = '2027-03-03 14:30:00.000000'"
        ),
        lambda clinic: clinic.sql(
            "UPDATE staff_sessions SET began_at = '2027-03-03 03:00:00.000000'"
        ),
        lambda clinic: (clinic.staff("remove", "ana"), clinic.staff("add", "ana")),
        lambda clinic: clinic.staff("reset", "ana"),
    ],
    ids=["idle for half an hour", "twelve hours old", "of a removed member", "password reset"],
)
def test_a_session_ends_when_it_is(clinic: Clinic, ends: Callable[[Clinic], object]):
    member = clinic.member()
    assert member.is_in()
    ends(clinic)
    page = member.get("/staff/appointments")
    assert page.url.endswith("/staff/login?news=over")
    assert "You were logged out" in page.text
    assert "atlas_staff" not in member.http.cookies


def test_who_logs_out_is_out_also_for_whoever_kept_the_cookie(clinic: Clinic):
    member, thief = clinic.member(), clinic.browser()
    thief.http.cookies.set("atlas_staff", member.http.cookies["atlas_staff"])
    assert thief.is_in()
    thief.http.cookies.clear()
    kept = member.http.cookies["atlas_staff"]
    left = member.post("/staff/logout", {"token": member.token()})
    assert left.headers["location"] == "/staff/login?news=out"
    assert not member.is_in()
    thief.http.cookies.set("atlas_staff", kept)
    assert not thief.is_in()


def test_a_member_changes_the_password(clinic: Clinic):
    member, other = clinic.member(), clinic.member()
    new = "a brand new phrase"
    fields = {"token": member.token(), "password": PASSWORD, "new": new, "again": new}
    for wrong, status, said in (
        ({"again": "something else"}, 400, "are not the same"),
        ({"password": "wrong"}, 403, "present password is not right"),
        ({"new": "short", "again": "short"}, 400, "12 to 200 characters"),
        ({"token": other.token()}, 403, "not yours"),
    ):
        answer = member.post("/staff/password", {**fields, **wrong})
        assert (answer.status_code, said in answer.text) == (status, True), wrong
    assert member.post("/staff/password", fields).status_code == 303
    assert member.is_in()
    assert not other.is_in()
    assert clinic.browser().log_in().status_code == 403
    assert clinic.browser().log_in(password=new).status_code == 303
    clinic.staff("reset", "ana")


def test_a_password_is_not_taken_over_plain_http_from_another_machine(clinic: Clinic):
    for host in ("clinic.example.org", "192.0.2.10:5005", "[::1", "127.0.0.1.evil.example"):
        browser = clinic.browser(Host=host, Origin=f"http://{host}")
        shown = browser.get("/staff/login")
        assert shown.status_code == 403
        assert "need https" in shown.text
        assert 'type="password"' not in shown.text


def test_while_the_calendar_cannot_be_written_a_page_says_so_and_nothing_is_changed(
    clinic: Clinic,
):
    member = clinic.member()
    fields = {"token": member.token(), "status": "arrived"}
    with closing(sqlite3.connect(clinic.server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = member.post(f"{visit_of(clinic)}/status", fields)
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert "cannot be reached just now" in answer.text
    assert visits_of(clinic.server.database, "Sam Sample")[0].appointment.status == "booked"
    assert "Sam Sample" not in clinic.server.logged()
    assert member.post(f"{visit_of(clinic)}/status", fields).status_code == 303
    fields["status"] = "booked"
    assert member.post(f"{visit_of(clinic)}/status", fields).status_code == 303


def test_odd_addresses_are_answered_and_break_nothing(clinic: Clinic):
    member = clinic.member()
    for query in ("day=0001-01-01", "day=9999-12-31", "day=2027-02-31", "who=nobody", "day="):
        assert member.get(f"/staff/appointments?{query}").status_code == 200, query
    assert member.get("/staff/call-backs?changed=99999999999999999999").status_code == 200
    token = member.token()
    for path, status in (
        ("/staff/call-backs/99999999999999999999999/done", 404),
        ("/staff/call-backs/0/done", 404),
        ("/staff/appointments/ATL-222222/cancel", 409),
        ("/staff/appointments/x' OR 1=1 --/cancel", 404),
    ):
        assert member.post(path, {"token": token}).status_code == status, path
    assert member.get("/staff/appointments/ATL-222222/cancel").status_code == 404
    assert member.get("/staff/appointments/ATL-222222%00/cancel").status_code == 404
    assert clinic.browser().log_in("ana\0", PASSWORD).status_code == 400
    fields = {"token": token, "status": "entered-in-error"}
    assert member.post(f"{visit_of(clinic)}/status", fields).status_code == 400
