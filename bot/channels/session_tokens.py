"""Issue, check and revoke the signed tokens that stand for a web chat.

The conversation id is made here and travels only inside the signature, so that nobody can join
a conversation by guessing or choosing its id.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from bot.channels.ended_chats import EndedChats
from clinic.clock import now
from clinic.settings import SettingsError

LIFETIME = timedelta(hours=12)
# RFC 7518, section 3.2: an HS256 key has at least as many bytes as its digest.
MINIMUM_KEY_BYTES = 32

_ALGORITHM = "HS256"
_AUDIENCE = "atlas-web-chat"


class TokenError(Exception):
    """A token is malformed, forged, expired or revoked."""


@dataclass(frozen=True)
class ChatSession:
    """One visitor's conversation.

    Args:
        conversation_id: The id that the tracker is kept under.
        expires_at: When the token ends, aware and in UTC.
    """

    conversation_id: str
    expires_at: datetime


class SessionTokens:
    """Issue tokens and tell which still hold.

    Args:
        key: The secret that signs the tokens.
        ended: Remembers the chats that were ended early.
    """

    def __init__(self, key: str, ended: EndedChats) -> None:
        self._key = key
        self._ended = ended

    def issue(self) -> tuple[str, ChatSession]:
        """Start a session.

        Returns:
            The token and the session that it stands for.
        """
        moment = now()
        session = ChatSession(
            conversation_id=f"web-{secrets.token_urlsafe(24)}",
            expires_at=(moment + LIFETIME).replace(microsecond=0),
        )
        claims = {
            "sub": session.conversation_id,
            "aud": _AUDIENCE,
            "iat": int(moment.timestamp()),
            "exp": int(session.expires_at.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), session

    def check(self, token: str) -> ChatSession:
        """Return the session that a token stands for.

        Args:
            token: What the browser sent.

        Raises:
            TokenError: The token is malformed, forged, expired or revoked.
        """
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # Times are checked below, against the clock that tests can set.
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as error:
            raise TokenError("the token is not valid") from error
        session = ChatSession(claims["sub"], datetime.fromtimestamp(claims["exp"], UTC))
        if session.expires_at <= now():
            raise TokenError("the token has expired")
        if not self.lives(session):
            raise TokenError("the chat was ended")
        return session

    def lives(self, session: ChatSession) -> bool:
        """Tell whether a session has neither expired nor been ended, by any process."""
        return session.expires_at > now() and not self._ended.has(_hash(session))

    def revoke(self, session: ChatSession) -> None:
        """End a session: its token is refused from now on, by every process.

        Raises:
            ConversationsUnavailable: The database cannot be used now; the session goes on.
        """
        self._ended.add(_hash(session), session.expires_at)


def _hash(session: ChatSession) -> str:
    return hashlib.sha256(session.conversation_id.encode()).hexdigest()


def secret_key(var: Path) -> str:
    """Return the key that signs tokens: ATLAS_SECRET_KEY, or one made once and kept in a file.

    Args:
        var: The folder for what running leaves behind.

    Raises:
        SettingsError: The key is too short, or its file cannot be read or made.
    """
    key = os.environ.get("ATLAS_SECRET_KEY", "").strip()
    if key:
        return _long_enough(key, Path("environment"), "ATLAS_SECRET_KEY")
    path = var / "secret_key"
    try:
        if not path.exists():
            _make_key_file(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        message = f"cannot be read or made ({error.strerror})"
        raise SettingsError(path, "", message) from error
    return _long_enough(key, path, "")


def _make_key_file(path: Path) -> None:
    """Write a new key so that two processes starting at once end up with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        # A link appears with its content complete, and fails when another process was first.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _long_enough(key: str, source: Path, entry: str) -> str:
    if len(key.encode()) < MINIMUM_KEY_BYTES:
        raise SettingsError(
            source, entry, f"expected a secret of {MINIMUM_KEY_BYTES} bytes or more"
        )
    return key
