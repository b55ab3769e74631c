"""Give the process its one connection to the other processes."""

from __future__ import annotations

import threading

from sqlalchemy.engine import make_url

from bot.stores.bus import Bus
from bot.stores.postgres_link import PostgresLink
from clinic.privacy.provider import get_stores
from clinic.settings import get_settings

_CHANNEL = "atlas"
_lock = threading.Lock()
_links: dict[str, PostgresLink] = {}
_buses: dict[str, Bus] = {}


def get_link() -> PostgresLink | None:
    """Return the link of the settings' database; None with SQLite, which serves one process."""
    url = get_settings().database_url
    if make_url(url).get_backend_name() != "postgresql":
        return None
    with _lock:
        return _links.setdefault(url, PostgresLink(url, _CHANNEL))


def get_bus() -> Bus:
    """Return what tells the other processes; without a link it tells nobody."""
    link, url = get_link(), get_settings().database_url
    with _lock:
        if url not in _buses:
            _buses[url] = Bus(link, get_stores().conversations.vault)
        return _buses[url]
