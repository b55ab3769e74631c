"""Check and change the keys of both stores: the conversations and the calendar."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from clinic.privacy import audit, conversations, master_key
from clinic.privacy.columns import vault_of
from clinic.privacy.conversations import Conversations, conversations_url
from clinic.privacy.master_key import FILE_NAME, KeyProblem, KeyService, LocalKeyService
from clinic.privacy.vault import rewrap
from clinic.scheduling import sealed_values
from clinic.scheduling.database import Database, make_engine
from clinic.settings import Settings

_NEW_KEY, _NEW_FILE = "ATLAS_NEW_MASTER_KEY", "ATLAS_NEW_MASTER_KEY_FILE"


@dataclass(frozen=True)
class Stores:
    """Both stores, opened.

    Args:
        conversations: What was said.
        calendar: Who comes when.
        share_ring: Whether they are one database and have one key ring.
    """

    conversations: Conversations
    calendar: Database
    share_ring: bool


@contextmanager
def open_stores(settings: Settings) -> Iterator[Stores]:
    """Give both stores, and close them at the end.

    Args:
        settings: Where they are.
    """
    url = settings.database_url
    with closing(Conversations(settings)) as kept, closing(Database(settings)) as calendar:
        yield Stores(kept, calendar, conversations_url(url) == make_url(url))


def check_keys(settings: Settings) -> None:
    """Open both stores with the master key.

    Raises:
        KeyProblem: The master key is missing or another one.
        ConversationsUnavailable: The conversations' database cannot be reached.
        SchedulerUnavailable: The calendar's cannot be reached.
    """
    with open_stores(settings) as stores:
        stores.calendar.vault()
        stores.conversations.extent()


def rotate_data_keys(settings: Settings) -> int:
    """Make new data keys and seal everything with them; Atlas may be running meanwhile.

    The old keys are destroyed by `destroy_unused_keys` once no process seals with them.

    Returns:
        How many values were sealed anew.
    """
    with open_stores(settings) as stores:
        with stores.conversations.writing() as (connection, vault):
            vault.add_key(connection)
            audit.append(connection, vault, audit.Entry("keys_rotated", "operator"))
        with stores.calendar.transaction(writes=True) as session:
            vault = vault_of(session.get_bind().dialect)
            if stores.share_ring:
                vault.refresh(session.connection(), at_once=True)
            else:
                vault.add_key(session.connection())
        return conversations.reseal(stores.conversations) + sealed_values.reseal(stores.calendar)


def destroy_unused_keys(stores: Stores) -> int:
    """Destroy the data keys that were retired a while ago and seal nothing any more.

    Args:
        stores: Both stores.

    Returns:
        How many were destroyed.
    """
    with stores.calendar.transaction(writes=True) as session:
        of_calendar = sealed_values.used_keys(session)
        if not stores.share_ring:
            vault = vault_of(session.get_bind().dialect)
            gone = vault.destroy_retired(session.connection(), of_calendar)
    with stores.conversations.writing() as (connection, vault):
        used = conversations.used_keys(connection)
        if stores.share_ring:
            return vault.destroy_retired(connection, used | of_calendar)
        return gone + vault.destroy_retired(connection, used)


def rotate_master_key(settings: Settings) -> str:
    """Wrap the data keys of both stores with a new master key.

    The new one comes from ATLAS_NEW_MASTER_KEY or ATLAS_NEW_MASTER_KEY_FILE; where the present
    one is var/master_key, a new one is made and takes its place. Broken off, it can be run again.

    Returns:
        What the operator has to do next, in one sentence.

    Raises:
        KeyProblem: There is no new key, or the present one is missing or the wrong one.
    """
    old = master_key.load_key_service(settings.var, may_make=False)
    own, draft = settings.var / FILE_NAME, settings.var / f"{FILE_NAME}.new"
    new = _new_key(draft, makes=not _is_configured())
    for url in {make_url(settings.database_url), conversations_url(settings.database_url)}:
        engine = make_engine(url)
        try:
            with engine.begin() as connection:
                rewrap(connection, old, new)
        except sa.exc.SQLAlchemyError as error:
            raise KeyProblem("a database cannot be used now: run this again later") from error
        finally:
            engine.dispose()
    if draft.exists():
        draft.replace(own)
        return f"The new master key is in {own}: keep a copy elsewhere, and restart Atlas."
    return "Put the new master key in the place of the old one now, and restart Atlas."


def _is_configured() -> bool:
    names = ("ATLAS_KEY_SERVICE", "ATLAS_MASTER_KEY", "ATLAS_MASTER_KEY_FILE")
    return any(os.environ.get(name, "").strip() for name in names)


def _new_key(draft: Path, *, makes: bool) -> KeyService:
    if text := os.environ.get(_NEW_KEY, "").strip():
        return LocalKeyService(master_key.decode_key(text, _NEW_KEY), _NEW_KEY)
    if name := os.environ.get(_NEW_FILE, "").strip():
        return master_key.read_key_file(Path(name))
    if not makes:
        raise KeyProblem(
            f"set {_NEW_KEY} or {_NEW_FILE} to the new key; `atlas make-key` makes one"
        )
    master_key.make_key_file(draft)
    return master_key.read_key_file(draft)
