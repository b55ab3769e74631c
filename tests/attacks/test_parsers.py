"""Whatever is sent, a parser answers or refuses; it never fails in another way."""

from __future__ import annotations

import contextlib
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from bot.channels.connectors import messenger_arrivals, telegram_arrival
from bot.channels.ended_chats import EndedFolder
from bot.channels.rest import RestError, read_message
from bot.channels.session_tokens import SessionTokens, TokenError
from bot.nlu.message_guard import disarm
from clinic.privacy.conversations import Conversations
from clinic.privacy.master_key import KeyProblem, decode_key
from clinic.privacy.requests import request_in
from clinic.privacy.vault import Vault
from clinic.scheduling.contact import ContactProblem, find_name, parse_contact, parse_name
from clinic.scheduling.references import find_reference
from clinic.scheduling.when import understand_when
from clinic.settings import load_settings

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
SENTENCE = "my name is o'neil dr. +1 (212) 555-0199 a@b.co ATL-7K3M9Q monday 3/4 at half past noon"
SAID = (
    *SENTENCE.split(),
    *("\x00", "\u202e", "\ud800", "🦴", "'; DROP TABLE patients; --", "{{7*7}}", "${x}"),
    *("../../etc", "%0d%0aSet-Cookie: a=b", "\r\n", "<script>", "/inform{", "9" * 20, "٣"),
)
KEYS = "sender message metadata callback_query chat type text data update_id id entry messaging"
messages = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(), max_size=100),
    st.lists(st.sampled_from(SAID), max_size=30).map(" ".join),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | messages,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*KEYS.split(), "postback", "payload", "mid", "quick_reply"])
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
often = tries(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


UNSIGNED = (  # {"alg": "none"}
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5LCJhdWQiOiJhdGxhcy13ZWItY2hhdCJ9."
)


@often
@given(body=st.binary(max_size=400) | json_values.map(lambda value: json.dumps(value).encode()))
@example(body=b"[" * 30_000)
@example(body=b'{"sender": "x", "message": ' + b"1" * 5_000 + b"}")
@example(body=b'{"sender": "x", "message": "a", "metadata": {"a": NaN}}')
def test_a_rest_body_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(RestError):
        read_message(body).text.encode()


@often
@given(text=messages)
def test_what_a_visitor_writes_is_read(text: str) -> None:
    with contextlib.suppress(ContactProblem):
        parse_contact(text, "US")
    with contextlib.suppress(ContactProblem):
        parse_name(text)
    find_name(text)
    find_reference(text)
    understand_when(text, NOW, ZONE)
    request_in(text)
    assert not disarm(text).startswith("/")


@often
@given(update=json_values)
def test_updates_of_messaging_services_are_read_or_passed_over(update: Any) -> None:
    if isinstance(update, dict):
        with contextlib.suppress(*_MALFORMED):
            telegram_arrival(update)
        with contextlib.suppress(*_MALFORMED):
            list(messenger_arrivals(update))


# What the channels answer with 400, see `Connector`.
_MALFORMED = (KeyError, TypeError, AttributeError, ValueError)


@often
@given(token=st.text(max_size=200) | st.binary(max_size=100).map(lambda b: b.decode("latin-1")))
@example(token=UNSIGNED)
def test_a_forged_session_token_is_refused(token: str, tmp_path: Path) -> None:
    tokens = SessionTokens("k" * 48, EndedFolder(tmp_path))
    with pytest.raises(TokenError):
        tokens.check(token)


@often
@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_session_token_with_one_bit_changed_is_refused(
    place: int, bit: int, tmp_path: Path
) -> None:
    tokens = SessionTokens("k" * 48, EndedFolder(tmp_path))
    token, _ = tokens.issue()
    changed = bytearray(token.encode())
    place %= len(changed)
    changed[place] ^= 1 << bit
    text = changed.decode("latin-1")
    try:
        tokens.check(text)
    except TokenError:
        return
    # The last character of base64 has bits that mean nothing.
    assert place in (token.index("."), token.rindex(".") - 1, len(token) - 1)


@often
@given(text=st.text(max_size=60))
def test_a_master_key_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(KeyProblem):
        assert len(decode_key(text, "here")) == 32


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    folder = tmp_path_factory.mktemp("vault")
    made = replace(load_settings(), var=folder, database_url=f"sqlite:///{folder / 'a.db'}")
    with closing(Conversations(made)) as kept, kept.reading() as (_, opened):
        return opened


@often
@given(content=st.binary(max_size=80), place=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_sealed_value_with_one_bit_changed_is_refused(
    vault: Vault, content: bytes, place: int, bit: int
) -> None:
    sealed = bytearray(vault.seal(content, "here"))
    assert vault.open(bytes(sealed), "here") == content
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(KeyProblem):
        vault.open(bytes(sealed), "here")


@often
@given(sealed=st.binary(max_size=60))
def test_anything_else_is_no_sealed_value(vault: Vault, sealed: bytes) -> None:
    with pytest.raises(KeyProblem):
        vault.open(sealed, "here")
