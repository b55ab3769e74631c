"""The language that a channel names."""

from __future__ import annotations

import requests
from support.server import AtlasServer, Conversation


def opening(atlas: AtlasServer, language: str) -> str:
    answer = requests.post(
        f"{atlas.base_url}/chat/session", headers={"Accept-Language": language}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    return " ".join(message.get("text", "") for message in answer.json()["messages"])


def test_the_web_chat_opens_in_the_language_of_the_browser(atlas: AtlasServer) -> None:
    assert "Soy Atlas" in opening(atlas, "es-MX,es;q=0.9,en;q=0.5")


def test_the_web_chat_opens_in_english_for_a_language_that_is_not_there(atlas: AtlasServer) -> None:
    for language in ("en-US,en;q=0.9,es;q=0.5", "fr-FR", "*", "<script>", "es" * 500):
        assert "I'm Atlas" in opening(atlas, language)


def test_rest_metadata_names_the_language(atlas: AtlasServer, conversation: Conversation) -> None:
    for language, words in (("es", "Soy Atlas"), (["es"], "I'm Atlas"), ("xx", "I'm Atlas")):
        answer = requests.post(
            f"{atlas.base_url}/webhooks/rest/webhook",
            json={
                "sender": f"{conversation.sender}-{words}-{language}",
                "message": "ok",
                "metadata": {"language": language},
            },
            timeout=30,
        )
        assert words in answer.json()[0]["text"]
