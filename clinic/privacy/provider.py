"""Give the process its connection to both stores."""

from __future__ import annotations

import threading

from sqlalchemy.engine import make_url

from clinic.privacy.conversations import Conversations, conversations_url
from clinic.privacy.keys import Stores
from clinic.scheduling.database import Database
from clinic.settings import get_settings

_lock = threading.Lock()
_opened: dict[tuple[str, str], Stores] = {}


def get_stores() -> Stores:
    """Return both stores of the present settings; they connect on first use."""
    settings = get_settings()
    url = settings.database_url
    with _lock:
        return _opened.setdefault(
            (url, str(settings.var)),
            Stores(
                Conversations(settings), Database(settings), conversations_url(url) == make_url(url)
            ),
        )
