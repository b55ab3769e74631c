"""A visitor asks for a copy and for deletion in plain words; the store itself is looked at."""

from __future__ import annotations

import re
import uuid
from contextlib import closing
from dataclasses import replace

import jwt
import pytest
import requests
from support.server import AtlasServer, Conversation

from clinic.privacy import audit
from clinic.privacy.conversations import Conversations
from clinic.settings import load_settings

pytestmark = pytest.mark.server


def test_deleting_leaves_nothing_but_the_receipt_and_a_new_beginning(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("my neck has hurt for 3 weeks")
    conversation.say("what do you know about me?")
    assert "Messages from you: 1. What I noted: neck" in conversation.text
    conversation.say("please delete my data")
    receipt = re.search(r"DEL-[0-9A-F]{8}", conversation.text)
    assert receipt is not None
    settings = replace(load_settings(), database_url=f"sqlite:///{atlas.database}")
    with closing(Conversations(settings)) as kept:
        left = kept.read(conversation.sender, all_sessions=True)
        assert left is not None
        assert "neck" not in str(left.events)
        assert "3 weeks" not in str(left.events)
        assert receipt[0] in str(left.events)
        with kept.reading() as (connection, vault):
            rows = connection.execute(
                audit.log.select().where(
                    audit.log.c.subject == vault.hash(conversation.sender, "conversation")
                )
            ).all()
    assert [row.kind for row in rows] == ["consent", "delete"]
    assert receipt[0] in rows[-1].detail
    conversation.say("hello")
    assert "automated assistant" in conversation.text  # the notice again
    assert conversation.slots["site"] is None


def test_a_copy_is_for_people_and_for_programs(conversation: Conversation) -> None:
    conversation.say("my neck has hurt for 3 weeks")
    replies = conversation.say("can I download my data")
    assert "You: my neck has hurt for 3 weeks" in conversation.text
    customs = [reply["custom"] for reply in replies if "custom" in reply]
    (content,) = [custom["content"] for custom in customs if "content" in custom]
    assert content["noted"]["site"] == ["neck"]
    conversation.say("send me a copy of my data")
    assert conversation.text.count("You: my neck has hurt") == 1


def test_the_web_chat_hands_out_a_copy_of_its_own_data_now_and_then(atlas: AtlasServer) -> None:
    chat = f"{atlas.base_url}/chat"
    one, two = (requests.post(f"{chat}/session", timeout=30).json()["token"] for _ in range(2))
    headers = {"Authorization": f"Bearer {one}"}
    message = {"id": str(uuid.uuid4()), "text": "my neck has hurt for 3 weeks"}
    assert requests.post(f"{chat}/messages", json=message, headers=headers, timeout=30).ok
    copy = requests.get(f"{chat}/copy", headers=headers, timeout=30).json()
    assert "You: my neck has hurt for 3 weeks" in copy["text"]
    assert copy["content"]["noted"]["site"] == ["neck"]
    other = requests.get(f"{chat}/copy", headers={"Authorization": f"Bearer {two}"}, timeout=30)
    assert "my neck" not in other.text
    assert requests.get(f"{chat}/copy", timeout=30).status_code == 401
    codes = [requests.get(f"{chat}/copy", headers=headers, timeout=30).status_code for _ in "1234"]
    assert 429 in codes
    settings = replace(load_settings(), database_url=f"sqlite:///{atlas.database}")
    with closing(Conversations(settings)) as kept:
        subject = kept.hashed(jwt.decode(one, options={"verify_signature": False})["sub"])
        with kept.reading() as (connection, _):
            told = audit.log.select().where(audit.log.c.subject == subject)
            kinds = [row.kind for row in connection.execute(told)]
    assert kinds.count("export") == 1 + codes.count(200)


def test_the_web_chats_button_deletes_in_the_store_too(atlas: AtlasServer) -> None:
    chat = f"{atlas.base_url}/chat"
    token = requests.post(f"{chat}/session", timeout=30).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    message = {"id": str(uuid.uuid4()), "text": "my neck has hurt for 3 weeks"}
    assert requests.post(f"{chat}/messages", json=message, headers=headers, timeout=30).ok
    conversation_id = jwt.decode(token, options={"verify_signature": False})["sub"]
    settings = replace(load_settings(), database_url=f"sqlite:///{atlas.database}")
    with closing(Conversations(settings)) as kept:
        assert kept.read(conversation_id) is not None
        deleted = requests.post(f"{chat}/delete", json={}, headers=headers, timeout=30)
        assert deleted.json() == {"deleted": True}
        assert kept.read(conversation_id, all_sessions=True) is None
    again = requests.get(f"{chat}/history", headers=headers, timeout=30)
    assert again.status_code == 401
