"""Reading: what every message says, changes and wants, before any policy decides."""

from actions.reading.action import ActionValidateSlotMappings, MessageReading, was_read
from actions.reading.message import EXTERNAL_MESSAGE_PREFIX, message_text

__all__ = [
    "EXTERNAL_MESSAGE_PREFIX",
    "ActionValidateSlotMappings",
    "MessageReading",
    "message_text",
    "was_read",
]
