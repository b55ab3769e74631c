"""Chat with Atlas in the terminal, actions included, without a server."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from bot.server import usable_model
from clinic.settings import Settings


def chat(settings: Settings) -> None:
    """Read messages from the terminal and print the answers until /stop or Ctrl-D.

    Args:
        settings: Where model and endpoints are.
    """
    asyncio.run(_chat(settings))


async def _chat(settings: Settings) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.utils import AvailableEndpoints

    from bot.in_process_actions import InProcessActionEndpoint

    endpoints = AvailableEndpoints.read_endpoints(str(settings.root / "endpoints.yml"))
    endpoints.action = InProcessActionEndpoint()
    agent = await load_agent(model_path=str(usable_model(settings.root)), endpoints=endpoints)
    sender = f"shell-{uuid.uuid4().hex[:8]}"
    print('Atlas. Type a message, the number of a choice, or "/stop".')
    choices: list[dict[str, Any]] = []
    while True:
        try:
            text = (await asyncio.to_thread(input, "> ")).strip()
        except EOFError:
            return
        if text == "/stop":
            return
        if text.isdigit() and 1 <= int(text) <= len(choices):
            text = choices[int(text) - 1]["payload"]
        channel = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, channel, sender))
        choices = []
        for message in channel.messages:
            if message.get("text"):
                print(message["text"])
            for button in message.get("buttons", []):
                choices.append(button)
                print(f"  {len(choices)}. {button['title']}")
