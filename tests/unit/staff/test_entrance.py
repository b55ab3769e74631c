"""Log-in, lock-out, sessions and their end; what depends on locks and SQL on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from support.staff import PASSWORD

from clinic import clock
from clinic.scheduling.database import Database
from clinic.settings import get_settings
from clinic.staff import members
from clinic.staff.entrance import Barred, Entrance, LoggedIn, clear_old
from clinic.staff.lockout import LIMITS
from clinic.staff.passwords import UnfitPassword

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"

on_both = pytest.mark.parametrize(
    "database",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.services)],
    indirect=True,
)

Later = Callable[..., None]
Audited = Callable[[], str]


def let_in(entrance: Entrance, address: str = HOME) -> LoggedIn:
    outcome = entrance.log_in("ana", PASSWORD, address)
    assert isinstance(outcome, LoggedIn)
    return outcome


def fail(entrance: Entrance, times: int, name: str = "ana", address: str = HOME) -> list[object]:
    return [entrance.log_in(name, "not the password", address) for _ in range(times)]


def test_without_a_member_nobody_can_come_in(database: Database):
    entrance = Entrance(database)
    assert not entrance.is_open()
    members.add(database, "ana", PASSWORD)
    assert entrance.is_open()
    members.remove(database, "ana")
    assert not entrance.is_open()


def test_a_member_comes_in_is_known_and_goes_out(entrance: Entrance, audited: Audited):
    assert entrance.log_in("ana", "not the password", HOME) is None
    first, second = let_in(entrance), let_in(entrance)
    assert first.secret != second.secret
    known = entrance.whose(first.secret)
    assert known is not None
    assert known.name == "ana"
    entrance.log_out(first.secret)
    assert entrance.whose(first.secret) is None
    assert entrance.whose(second.secret) is not None
    for told in ('"log-in refused", "member": "ana"', '"logged in"', '"logged out"'):
        assert told in audited()


@on_both
def test_neither_password_nor_secret_can_be_read_in_the_database(
    entrance: Entrance, database: Database
):
    secret = let_in(entrance).secret
    with database.transaction(writes=False) as session:
        kept = str(
            [
                session.execute(text(f"SELECT * FROM {table}")).all()
                for table in ("staff_members", "staff_sessions", "staff_tries")
            ]
        )
    for word in (PASSWORD, secret, "scrypt", HOME):
        assert word not in kept


def test_a_word_typed_as_a_name_is_not_told_to_the_audit_log(entrance: Entrance, audited: Audited):
    entrance.log_in("My password by mistake", PASSWORD, HOME)
    assert "log-in refused" in audited()
    assert "mistake" not in audited()


@on_both
@pytest.mark.parametrize("name", ["ana", "nobody-of-that-name"])
def test_after_five_failures_even_the_right_password_has_to_wait(
    entrance: Entrance, later: Later, audited: Audited, name: str
):
    assert fail(entrance, LIMITS["name"].free, name) == [None] * 5
    barred = entrance.log_in(name, PASSWORD, ELSEWHERE)
    assert barred == Barred(clock.now() + timedelta(seconds=30))
    assert '"locked": true' in audited()
    # Another process, or the same after a restart, knows it from the database.
    reopened = Database(get_settings())
    assert isinstance(Entrance(reopened).log_in(name, PASSWORD, ELSEWHERE), Barred)
    reopened.close()
    later(seconds=31)
    outcome = entrance.log_in(name, PASSWORD, ELSEWHERE)
    assert isinstance(outcome, LoggedIn) if name == "ana" else outcome is None


def test_the_wait_doubles_to_a_quarter_of_an_hour_and_is_not_made_longer_by_trying(
    entrance: Entrance, later: Later
):
    fail(entrance, 5)
    waits = []
    for _ in range(8):
        barred = fail(entrance, 3)[-1]
        assert isinstance(barred, Barred)
        waits.append((barred.until - clock.now()).total_seconds())
        later(seconds=waits[-1])
        assert fail(entrance, 1) == [None]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_coming_in_forgets_the_failures_before(entrance: Entrance):
    fail(entrance, 4)
    let_in(entrance)
    assert fail(entrance, 4) == [None] * 4
    let_in(entrance)


def test_a_day_without_failures_forgets_them(entrance: Entrance, later: Later):
    fail(entrance, 4)
    later(hours=25)
    assert fail(entrance, 4) == [None] * 4
    let_in(entrance)


def test_an_address_that_guesses_at_many_names_is_barred_and_others_are_not(entrance: Entrance):
    for number in range(LIMITS["address"].free):
        assert fail(entrance, 1, f"name{number}") == [None]
    assert isinstance(entrance.log_in("ana", PASSWORD, HOME), Barred)
    let_in(entrance, ELSEWHERE)


def test_all_addresses_of_an_ipv6_network_count_as_one(entrance: Entrance):
    for number in range(LIMITS["address"].free):
        fail(entrance, 1, f"name{number}", f"2001:db8:1:2::{number:x}")
    assert isinstance(entrance.log_in("ana", PASSWORD, "2001:db8:1:2:ffff::1"), Barred)
    let_in(entrance, "2001:db8:1:3::1")


@on_both
def test_many_guesses_at_once_win_no_more_tries_than_one_after_another(entrance: Entrance):
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(
            threads.map(lambda _: entrance.log_in("ana", "not the password", HOME), range(16))
        )
    assert outcomes.count(None) == LIMITS["name"].free


def test_a_session_ends_after_half_an_hour_without_use_and_use_puts_that_off(
    entrance: Entrance, later: Later
):
    secret = let_in(entrance).secret
    for _ in range(3):
        later(minutes=29)
        assert entrance.whose(secret) is not None
    later(minutes=30)
    assert entrance.whose(secret) is None


def test_a_session_ends_after_twelve_hours_of_use(entrance: Entrance, later: Later):
    secret = let_in(entrance).secret
    for _ in range(35):
        later(minutes=20)
        assert entrance.whose(secret) is not None
    later(minutes=20)
    assert entrance.whose(secret) is None


@on_both
def test_a_removed_member_is_out_at_once_and_a_later_one_of_that_name_starts_anew(
    entrance: Entrance, database: Database
):
    secret = let_in(entrance).secret
    members.remove(database, "ana")
    assert entrance.whose(secret) is None
    assert entrance.log_in("ana", PASSWORD, HOME) is None
    members.add(database, "ana", "another long password")
    assert entrance.whose(secret) is None


@on_both
def test_a_new_password_ends_all_sessions_and_lifts_the_lock(
    entrance: Entrance, database: Database
):
    secret = let_in(entrance).secret
    fail(entrance, 6)
    members.reset(database, "ana", "another long password")
    assert entrance.whose(secret) is None
    assert entrance.log_in("ana", PASSWORD, HOME) is None
    assert isinstance(entrance.log_in("ana", "another long password", HOME), LoggedIn)


def test_a_member_who_changes_the_password_stays_in_here_and_is_out_elsewhere(
    entrance: Entrance, audited: Audited
):
    here, elsewhere = let_in(entrance), let_in(entrance)
    ana = here.member
    assert entrance.change_password(ana, "not the password", "a brand new phrase", HOME) is None
    with pytest.raises(UnfitPassword):
        entrance.change_password(ana, PASSWORD, "short", HOME)
    assert entrance.whose(elsewhere.secret) is not None
    changed = entrance.change_password(ana, PASSWORD, "a brand new phrase", HOME)
    assert isinstance(changed, LoggedIn)
    assert entrance.whose(changed.secret) is not None
    assert entrance.whose(here.secret) is None
    assert entrance.whose(elsewhere.secret) is None
    assert entrance.log_in("ana", PASSWORD, HOME) is None
    assert isinstance(entrance.log_in("ana", "a brand new phrase", HOME), LoggedIn)
    assert "staff password changed" in audited()


def test_whoever_sits_at_an_open_browser_cannot_guess_the_password_there(entrance: Entrance):
    ana = let_in(entrance).member
    for number in range(LIMITS["name"].free):
        assert entrance.change_password(ana, f"guess {number}", "a brand new phrase", HOME) is None
    assert isinstance(entrance.change_password(ana, PASSWORD, "a brand new phrase", HOME), Barred)


def test_a_form_made_for_one_session_does_not_fit_another(entrance: Entrance):
    one, other = let_in(entrance).secret, let_in(entrance).secret
    assert entrance.form_token(one, "page") == entrance.form_token(one, "page")
    assert entrance.form_token(one, "page") != entrance.form_token(other, "page")
    assert entrance.form_token(one, "page") != entrance.form_token(one, "log-in")


@on_both
def test_a_purge_takes_away_what_is_over_and_says_how_much(
    entrance: Entrance, database: Database, later: Later
):
    let_in(entrance)
    fail(entrance, 1)
    later(hours=25)
    let_in(entrance)
    fail(entrance, 1, address=ELSEWHERE)
    later(minutes=1)
    told = {one.name: (one.cleared, one.remaining) for one in clear_old(database, clock.now())}
    # Coming in has swept sessions and tries already.
    assert told == {"staff_sessions": (0, 1), "staff_tries": (0, 2)}
    later(hours=25)
    told = {one.name: (one.cleared, one.remaining) for one in clear_old(database, clock.now())}
    assert told == {"staff_sessions": (1, 0), "staff_tries": (2, 0)}
