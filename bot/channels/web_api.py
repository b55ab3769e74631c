"""Answer what the chat asks for: a session, a message, the history, news, feedback, the end."""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.events import SlotSet
from sanic import Request, response
from sanic.response import HTTPResponse

from bot.channels.messages import (
    WELCOME,
    answered_before,
    as_text,
    events_of,
    said_at,
    transcript,
    visible_message,
)
from bot.channels.session_tokens import ChatSession, SessionTokens, TokenError
from bot.channels.turns import (
    FIRST_WORD_SECONDS,
    Conversations,
    NewMessageHandler,
    Turn,
    emergency_words,
    failure_words,
    ready_agent,
    starting_words,
)
from bot.channels.web_events import GOODBYE, MOST_STREAMS, Audience, next_or_none, write_event
from bot.channels.web_feedback import FeedbackBook, outcome_of
from bot.channels.web_limits import Limits, TokenBuckets
from bot.channels.web_requests import (
    ChatError,
    EmptyBody,
    FeedbackBody,
    MessageBody,
    address,
    check_origin,
    preferred_language,
    read_body,
)
from bot.privacy_service import copy_conversation, delete_conversation
from bot.stores.bus import Bus
from clinic.language.languages import choose_language

CHANNEL = "web"

# So often a silent stream proves that it lives, and looks for what another process said.
HEARTBEAT_SECONDS = 20.0

# nginx would otherwise hold the lines back until the answer is complete.
_UNBUFFERED = {"X-Accel-Buffering": "no"}
_SOON = {"Retry-After": "10"}


class ChatApi:
    """Answers what the page asks for.

    Args:
        tokens: Issues and checks the session tokens.
        origins: Origins that may use the chat besides the page's own.
        limits: How much one visitor and one address may do.
        on_new_message: Rasa's handler.
        audience: Who is told what happens in a conversation.
        feedback: Where opinions go.
        bus: Tells the other processes.
    """

    def __init__(
        self,
        tokens: SessionTokens,
        origins: frozenset[str],
        limits: Limits,
        on_new_message: NewMessageHandler,
        audience: Audience,
        feedback: FeedbackBook,
        bus: Bus,
    ) -> None:
        self._audience = audience
        self._feedback = feedback
        self._tokens = tokens
        self._origins = origins
        self._on_new_message = on_new_message
        self._session_rate = TokenBuckets(limits.messages_per_session, bus=bus, name="session")
        self._address_rate = TokenBuckets(limits.messages_per_address, bus=bus, name="address")
        self._copy_rate = TokenBuckets(limits.copies_per_session, bus=bus, name="copies")
        self._new_session_rate = TokenBuckets(limits.sessions_per_address, bus=bus, name="new")
        self._conversations = Conversations()

    async def session(self, request: Request) -> HTTPResponse:
        """Start a conversation: a token, and what the bot says first.

        Raises:
            ChatError: The request is refused, or the bot failed.
        """
        check_origin(request, self._origins)
        await read_body(request, EmptyBody, may_be_missing=True)
        self._limit(self._new_session_rate, address(request))
        agent = _ready_agent(request)
        token, session = self._tokens.issue()
        turn = Turn("", CHANNEL, FIRST_WORD_SECONDS)
        language = preferred_language(request)
        turn.start(self._welcome(agent, session.conversation_id, turn, language))
        messages = [message async for message in turn.read()]
        if turn.failed:
            raise ChatError(500, "failed", failure_words())
        return response.json(
            {"token": token, "expires_at": session.expires_at.isoformat(), "messages": messages}
        )

    async def messages(self, request: Request) -> None:
        """Answer one message as a stream of JSON lines; a repeated id replays its answer.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        body = await read_body(request, MessageBody)
        session = self._authenticate(request)
        self._limit(self._address_rate, address(request))
        self._limit(self._session_rate, session.conversation_id)
        agent = _ready_agent(request)
        conversation = self._conversations.of(session.conversation_id)
        turn = conversation.turn(body.id)
        if turn is None:
            turn = Turn(body.text, CHANNEL, FIRST_WORD_SECONDS)
            conversation.remember(body.id, turn)
            language = preferred_language(request)
            turn.start(self._answer_and_tell(agent, session, body, turn, language))
        elif turn.text != body.text:
            raise ChatError(409, "id_reused", "This id belongs to another message.")
        await self._stream(request, turn)

    async def history(self, request: Request) -> HTTPResponse:
        """Return what was said in this session.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        session = self._authenticate(request)
        self._limit(self._address_rate, address(request))
        agent = _ready_agent(request)
        messages = transcript(await events_of(agent, session.conversation_id))
        return response.json({"expires_at": session.expires_at.isoformat(), "messages": messages})

    async def copy(self, request: Request) -> HTTPResponse:
        """Return everything that is kept of a session, for people and for programs.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        session = self._authenticate(request)
        self._limit(self._address_rate, address(request))
        self._limit(self._copy_rate, session.conversation_id)
        made = await copy_conversation(session.conversation_id)
        return response.json({"text": made.text, "content": made.content})

    async def end(self, request: Request) -> HTTPResponse:
        """End a session: its token is refused from now on.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        await read_body(request, EmptyBody, may_be_missing=True)
        session = self._authenticate(request)
        await self._close(session)
        return response.json({"ended": True})

    async def delete(self, request: Request) -> HTTPResponse:
        """Delete all messages of a session, and end it.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        await read_body(request, EmptyBody, may_be_missing=True)
        session = self._authenticate(request)
        agent = _ready_agent(request)
        await delete_conversation(agent, session.conversation_id)
        await self._close(session)
        return response.json({"deleted": True})

    async def feedback(self, request: Request) -> HTTPResponse:
        """Keep what the visitor thought of an outcome of this session.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        body = await read_body(request, FeedbackBody)
        session = self._authenticate(request)
        self._limit(self._session_rate, session.conversation_id)
        shown = transcript(await events_of(_ready_agent(request), session.conversation_id))
        message = next((one for one in shown if one["id"] == body.message), None)
        if message is None or not outcome_of(message):
            raise ChatError(404, "not_found", "This chat has no such outcome.")
        counted = self._feedback.record(session.conversation_id, message, body.helpful, body.reason)
        return response.json({"counted": counted})

    async def events(self, request: Request) -> None:
        """Push what happens in a session until it ends or the browser goes.

        Raises:
            ChatError: The request is refused.
        """
        check_origin(request, self._origins)
        session = self._authenticate(request)
        self._limit(self._address_rate, address(request))
        if self._audience.count(session.conversation_id) >= MOST_STREAMS:
            raise ChatError(429, "too_many_requests", "This chat is open too often.", _SOON)
        agent = _ready_agent(request)
        with self._audience.watch(session.conversation_id) as news:
            reply = await request.respond(
                content_type="text/event-stream; charset=utf-8", headers=_UNBUFFERED
            )
            await reply.send(": hello\n\n")
            length = len(await events_of(agent, session.conversation_id))
            while self._tokens.lives(session):
                event = await next_or_none(news, HEARTBEAT_SECONDS)
                if event is not None and event[0] == GOODBYE:
                    break
                if event is None:
                    before, length = length, len(await events_of(agent, session.conversation_id))
                    lines = ":\n\n" if length == before else write_event("changed", {})
                else:
                    lines = write_event(*event)
                await reply.send(lines)
                if event is not None and event[0] == "ended":
                    break
            else:
                await reply.send(write_event("ended", {}))
            await reply.eof()

    async def _close(self, session: ChatSession) -> None:
        await asyncio.to_thread(self._tokens.revoke, session)
        self._conversations.forget(session.conversation_id)
        self._audience.tell(session.conversation_id, "ended")

    async def _answer_and_tell(
        self,
        agent: Any,
        session: ChatSession,
        body: MessageBody,
        turn: Turn,
        language: str | None,
    ) -> None:
        """Answer one message and tell the visitor's other tabs, also when it fails."""
        whose, turn_id = session.conversation_id, str(body.id)
        said = {"id": turn_id, "from": "user", "at": said_at(time.time()), "text": body.text}
        self._audience.tell(whose, "message", **said)
        self._audience.tell(whose, "typing", busy=True)
        answered = False
        try:
            await self._answer(agent, session, body, turn, language)
            answered = True
        finally:
            if not answered:
                self._audience.tell(whose, "failed", id=turn_id)
            self._audience.tell(whose, "typing", busy=False)

    async def _answer(
        self,
        agent: Any,
        session: ChatSession,
        body: MessageBody,
        turn: Turn,
        language: str | None,
    ) -> None:
        output = WebOutput(turn, str(body.id), self._audience)
        async with agent.lock_store.lock(session.conversation_id):
            # It may have come to another process first, or before a restart.
            answer = await answered_before(agent, session.conversation_id, str(body.id))
            if answer is not None:
                for message in answer:
                    await output.send_response(session.conversation_id, message)
                return
            await self._on_new_message(
                UserMessage(
                    await as_text(agent, session.conversation_id, body.text),
                    output_channel=output,
                    sender_id=session.conversation_id,
                    input_channel=CHANNEL,
                    message_id=str(body.id),
                    metadata={"language": language} if language else None,
                )
            )

    async def _welcome(
        self, agent: Any, conversation_id: str, turn: Turn, preferred: str | None
    ) -> None:
        """Let the bot open the conversation, as Rasa's own trigger_intent route does.

        No message comes with it that could name the visitor's language, so it is set here.
        """
        output = WebOutput(turn, WELCOME, self._audience)
        async with agent.lock_store.lock(conversation_id):
            tracker = await agent.processor.fetch_tracker_and_update_session(
                conversation_id, output
            )
            language, _ = choose_language(None, asked_before=False, reading={}, preferred=preferred)
            if language:
                tracker.update(SlotSet("language", language))
            await agent.trigger_intent(
                intent_name="greet", entities=[], output_channel=output, tracker=tracker
            )

    async def _stream(self, request: Request, turn: Turn) -> None:
        reply = await request.respond(
            content_type="application/x-ndjson; charset=utf-8",
            headers=_UNBUFFERED,
        )
        async for message in turn.read():
            await reply.send(_line({"type": "message", **message}))
        if turn.failed:
            ending = {"type": "error", "error": "failed", "message": failure_words()}
        else:
            ending = {"type": "done"}
        await reply.send(_line(ending))
        await reply.eof()

    def _authenticate(self, request: Request) -> ChatSession:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise TokenError("there is no bearer token")
            return self._tokens.check(token.strip())
        except TokenError as error:
            message = "This chat is over. Start a new one."
            headers = {"WWW-Authenticate": "Bearer"}
            raise ChatError(401, "session_over", message, headers) from error

    def _limit(self, buckets: TokenBuckets, key: str) -> None:
        wait = math.ceil(buckets.take(key))
        if wait:
            message = (
                f"That was a lot at once. Please wait {wait} seconds and try again. "
                f"{emergency_words()}"
            )
            raise ChatError(429, "too_many_requests", message, {"Retry-After": str(wait)})


class WebOutput(OutputChannel):
    """Hands every message of the bot on as it is said.

    Args:
        turn: The turn that the messages belong to.
        turn_id: What the messages are called after.
        audience: Who else is told.
    """

    def __init__(self, turn: Turn, turn_id: str, audience: Audience) -> None:
        self._turn = turn
        self._turn_id = turn_id
        self._audience = audience

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which responses in domain.yml may refer to."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Send one response whole: its text, buttons and custom object stay together."""
        visible = visible_message(message)
        if visible:
            number = len(self._turn.messages)
            head = {"id": f"{self._turn_id}:{number}", "from": "bot", "at": said_at(time.time())}
            self._turn.add({**head, **visible})
            self._audience.tell(recipient_id, "message", **head, **visible)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Send plain text."""
        await self.send_response(recipient_id, {"text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Send text with quick replies."""
        await self.send_response(recipient_id, {"text": text, "buttons": buttons})

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """Send a custom object."""
        await self.send_response(recipient_id, {"custom": json_message})


def _ready_agent(request: Request) -> Any:
    agent = ready_agent(request)
    if agent is None:
        raise ChatError(503, "starting", starting_words(), {"Retry-After": "3"})
    return agent


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"
