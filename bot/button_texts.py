"""Read the text of a button once a day, however many visitors press it.

What a message says depends on its words and, because of "since Monday", on the day; not on who says
it or when in a conversation. Only texts that Atlas itself offers are kept, never a visitor's own.
"""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from clinic import clock
from clinic.settings import get_settings

_Parse = dict[str, Any]

_parse = MessageProcessor._parse_message_with_graph
# The same text may come in small and capital letters; more spellings than this are read anew.
_MOST = 1000


def parse_message(
    processor: MessageProcessor,
    message: UserMessage,
    tracker: DialogueStateTracker,
    only_output_properties: bool = True,
) -> _Parse:
    """Understand a message as Rasa does; a button's text only if nobody pressed it today.

    Args:
        processor: Rasa's processor.
        message: The message.
        tracker: See MessageProcessor, as only_output_properties.
        only_output_properties: See tracker.
    """
    found: _Parse
    text = message.text or ""
    if not only_output_properties or text.lower() not in _buttons(processor.domain):
        found = _parse(processor, message, tracker, only_output_properties)
        return found
    today = clock.now().astimezone(get_settings().clinic.zone).date()
    kept: dict[str, _Parse]
    day, kept = getattr(processor, "atlas_buttons_read", (None, {}))
    if day != today or len(kept) >= _MOST:
        kept = {}
        processor.atlas_buttons_read = (today, kept)
    if text not in kept:
        kept[text] = _parse(processor, message, tracker, only_output_properties)
    return copy.deepcopy(kept[text])


def _buttons(domain: Domain) -> frozenset[str]:
    """Return what the buttons of all responses say and send, in small letters."""
    known: frozenset[str] | None = getattr(domain, "atlas_buttons", None)
    if known is None:
        known = frozenset(
            str(button[part]).lower()
            for wordings in domain.responses.values()
            for wording in wordings
            for button in wording.get("buttons") or ()
            for part in ("title", "payload")
            if "{" not in str(button[part])
        )
        domain.atlas_buttons = known
    return known
