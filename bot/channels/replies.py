"""Say what the bot says in the form that each messaging service takes.

Rasa's own outputs drop choices that a service has no room for, stop at custom objects, and two of
them hold up the whole server while they wait for the service.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fbmessenger import MessengerClient  # type: ignore[import-untyped]
from fbmessenger.elements import Text as MessengerText  # type: ignore[import-untyped]
from rasa.core.channels.channel import OutputChannel
from rasa.core.channels.facebook import MessengerBot
from rasa.core.channels.slack import SlackBot
from rasa.core.channels.telegram import TelegramOutput
from rasa.core.channels.twilio import TwilioOutput
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]

from bot.channels.messages import choices, visible_message

# Seconds to wait for a service before a reply counts as lost.
TIMEOUT = 10

Button = dict[str, Any]

_WHATSAPP = "whatsapp:"


class ServiceError(Exception):
    """A service did not take a reply. Its words may quote the patient, so they stay out."""


class PlainReplies(OutputChannel):
    """Turns every bot message into text, with buttons where the service has room for them."""

    # How many characters one message of the service may have.
    most_characters = 4000

    def has_room(self, text: str, buttons: list[Button]) -> bool:
        """Say whether the service can show these buttons under this text."""
        return False

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Send one response.

        Args:
            recipient_id: Who gets it.
            message: A message with any of Rasa's keys.
        """
        text, buttons, titles = in_plain_words(message)
        if buttons and text and self.has_room(text, buttons):
            await self.send_text_with_buttons(recipient_id, text, buttons)
            return
        if titles:
            text += "\n\nYou can answer:\n" + "\n".join(f"- {title}" for title in titles)
        for piece in pieces(text, self.most_characters):
            await self.send_text_message(recipient_id, piece)


class TwilioReplies(PlainReplies, TwilioOutput):
    """Sends SMS and WhatsApp messages, one for each reply.

    Args:
        account_sid: The account.
        auth_token: Its secret.
        number: The clinic's number in international form; it serves WhatsApp too.
    """

    # Twilio's limit is 1600.
    most_characters = 1500

    def __init__(self, account_sid: str, auth_token: str, number: str) -> None:
        super().__init__(account_sid, auth_token, number.removeprefix(_WHATSAPP))
        self.http_client = TwilioHttpClient(timeout=TIMEOUT)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send one text the way the patient wrote: by SMS or by WhatsApp.

        Raises:
            ServiceError: Twilio did not take it.
        """
        prefix = _WHATSAPP if recipient_id.startswith(_WHATSAPP) else ""
        try:
            await asyncio.to_thread(
                self.messages.create,
                to=recipient_id,
                from_=f"{prefix}{self.twilio_number}",
                body=text,
            )
        except (TwilioException, OSError) as error:
            code = getattr(error, "code", "none")
            raise ServiceError(f"{type(error).__name__}, code {code}") from None


class TelegramReplies(PlainReplies, TelegramOutput):
    """Sends Telegram messages, with each button on a line of its own."""

    def has_room(self, text: str, buttons: list[Button]) -> bool:
        """Telegram takes 64 bytes of payload a button, and 4096 characters of text."""
        return len(text) <= self.most_characters and all(
            0 < len(button["payload"].encode()) <= 64 for button in buttons
        )

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send one text."""
        await self.send_message(recipient_id, text)

    async def send_text_with_buttons(
        self,
        recipient_id: str,
        text: str,
        buttons: list[Button],
        button_type: str | None = "vertical",
        **kwargs: Any,
    ) -> None:
        """Send one text with buttons under it."""
        await super().send_text_with_buttons(recipient_id, text, buttons, button_type, **kwargs)


class SlackReplies(PlainReplies, SlackBot):
    """Sends Slack messages, with a row of buttons."""

    most_characters = 3000

    def has_room(self, text: str, buttons: list[Button]) -> bool:
        """Slack takes 75 characters on a button; Rasa shows five buttons."""
        return (
            len(text) <= self.most_characters
            and len(buttons) <= 5
            and all(len(button["title"]) <= 75 for button in buttons)
        )


class MessengerReplies(PlainReplies, MessengerBot):
    """Sends Messenger texts, with quick replies.

    Args:
        page_access_token: The page's token.
        app_secret: Signs the calls, so that a stolen token alone is worth nothing.
    """

    # Messenger's limit is 2000.
    most_characters = 1900

    def __init__(self, page_access_token: str, app_secret: str) -> None:
        super().__init__(MessengerClient(page_access_token, app_secret=app_secret))

    def has_room(self, text: str, buttons: list[Button]) -> bool:
        """Messenger takes 20 characters on a quick reply; the library takes eleven of them."""
        return (
            len(text) <= self.most_characters
            and len(buttons) <= 11
            and all(
                len(button["title"]) <= 20 and 0 < len(button["payload"]) <= 1000
                for button in buttons
            )
        )

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send one text.

        Raises:
            ServiceError: Messenger did not take it.
        """
        await self._send(recipient_id, MessengerText(text=text))

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[Button], **kwargs: Any
    ) -> None:
        """Send one text with quick replies under it.

        Raises:
            ServiceError: Messenger did not take it.
        """
        quick_replies = self._convert_to_quick_reply(buttons)
        await self._send(recipient_id, MessengerText(text=text, quick_replies=quick_replies))

    async def _send(self, recipient_id: str, element: MessengerText) -> None:
        try:
            answer = await asyncio.to_thread(
                self.messenger_client.send, element.to_dict(), recipient_id, timeout=TIMEOUT
            )
        except (OSError, ValueError) as error:
            raise ServiceError(type(error).__name__) from None
        if "error" in answer:
            raise ServiceError(f"Messenger error {answer['error'].get('code')}")


def in_plain_words(message: dict[str, Any]) -> tuple[str, list[Button], list[str]]:
    """Take a bot message apart for a service that knows nothing of the web page's cards.

    Args:
        message: A message with any of Rasa's keys.

    Returns:
        The text without markup, the buttons, and the titles of all that it offers. Of a custom
        object only its choices stay, and an appointment's summary where there is no text.
    """
    visible = visible_message(message)
    custom = visible.get("custom")
    text = visible.get("text", "")
    if not text and isinstance(custom, dict):
        text = str(custom.get("summary") or "")
    titles = [title for title in choices(visible).values() if title]
    buttons = visible.get("buttons", [])
    # A checklist allows several answers, which buttons do not.
    if len(titles) > len(buttons):
        buttons = []
    return re.sub(r"\*\*(.+?)\*\*", r"\1", text), buttons, titles


def pieces(text: str, most: int) -> list[str]:
    """Cut a text into messages, between paragraphs, lines or words where that is possible.

    Args:
        text: The text.
        most: How many characters one message may have.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        window = rest[:most]
        end = next((at for gap in ("\n\n", "\n", " ") if (at := window.rfind(gap)) > 0), most)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts
