"""Explain conditions, tests and treatments from the knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import history_of, latest_intent, latest_text
from actions.safe_action import Events, SafeAction
from clinic.knowledge.answers import Answer, answer, compare, list_kind, more, origin
from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.possibilities import get_possibilities
from clinic.knowledge.requests import Asked, Manner, Memory, Request, understand
from clinic.settings import get_settings

_OFFERED_NEXT = 3
_PICTURES = "/chat/pictures/"
# Where a picture of the page can be shown; the other channels carry text.
_SHOWS_PICTURES = "web"
_FOLLOW_UPS = (Manner.COMPARE, Manner.LIST, Manner.MORE, Manner.SOURCE)
_WHEN_TO_SEE_A_DOCTOR = "advice/when_to_see_a_doctor"


class ActionExplainTopic(SafeAction):
    """Explain what the message asks about, or what it asks on about."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_topic"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the answer with its source; say so when the question is not understood."""
        base = get_knowledge()
        memory = memory_of(tracker)
        asked = asked_in(tracker)
        request = understand(asked, memory, base)
        asks_when = latest_intent(tracker) == "ask_when_to_see_doctor"
        follows_up = request.topics == (memory.last,) or request.manner in _FOLLOW_UPS
        if asks_when and not follows_up and not _says_when(asked, base):
            request = replace(
                request, manner=Manner.EXPLAIN, topics=(_WHEN_TO_SEE_A_DOCTOR,), fact=None
            )
        if request.manner is Manner.NONE:
            dispatcher.utter_message(response="utter_topic_not_found")
            return []
        if request.manner is Manner.MENU:
            dispatcher.utter_message(
                text=base.rules.answers.menu, buttons=_buttons(base, request.topics)
            )
            return [SlotSet("topics_shown", list(request.topics))]
        answers = _answers(base, request, memory)
        close = asked.close if request.topics == asked.topics else ()
        for item in answers:
            _utter(dispatcher, tracker, item, close if item is answers[-1] else None)
        return remember(answers, request, memory)


class ActionExplainPossibleCauses(SafeAction):
    """Name, after the level, conditions that can cause symptoms like these."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_possible_causes"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter them as information, with the tests that a clinician may use."""
        found = get_possibilities().possible(history_of(tracker))
        dispatcher.utter_message(
            text=found.text, buttons=_buttons(get_knowledge(), found.topics[:_OFFERED_NEXT])
        )
        return [SlotSet("topics_shown", list(found.topics))]


def asked_in(tracker: Tracker) -> Asked:
    """Return the latest message as the topic linker read it."""
    message = tracker.latest_message
    return Asked(
        text=latest_text(tracker),
        topics=tuple(message.get("topics") or ()),
        close=tuple(message.get("topics_close") or ()),
        named=bool(message.get("topics_named")),
        score=float(message.get("topic_score") or 0.0),
        aspects=tuple(message.get("aspects") or ()),
        fact=message.get("fact"),
        in_short=bool(message.get("fact_in_short")),
    )


def memory_of(tracker: Tracker) -> Memory:
    """Return what the conversation explained before."""
    return Memory(
        last=tracker.get_slot("topic"),
        before=tracker.get_slot("topic_before"),
        aspects=tuple(tracker.get_slot("topic_aspects") or ()),
        shown=tuple(tracker.get_slot("topics_shown") or ()),
    )


def remember(answers: Sequence[Answer], request: Request, memory: Memory) -> Events:
    """Return the events that keep what was explained.

    Args:
        answers: What was said.
        request: What it answered.
        memory: What was kept so far.
    """
    last = answers[-1].topic_id
    if request.manner is Manner.COMPARE or len(answers) > 1:
        before: str | None = next(other for other in request.topics if other != last)
    else:
        before = memory.last if memory.last != last else memory.before
    told = request.aspects
    if request.manner is Manner.MORE:
        told = (*memory.aspects, *get_knowledge().rules.more_aspects)
    return [
        SlotSet("topic", last),
        SlotSet("topic_before", before),
        SlotSet("topic_aspects", list(told)),
        SlotSet("topics_shown", list(_shown(answers, request, memory))),
    ]


def _shown(answers: Sequence[Answer], request: Request, memory: Memory) -> Sequence[str]:
    """Return what "the second one" will be counted in."""
    if request.manner is Manner.LIST:
        base = get_knowledge()
        return [topic.id for topic in base.of_kind(base.topic(request.topics[0]).kind)]
    if request.manner is Manner.COMPARE or len(answers) > 1:
        return request.topics
    told = answers[-1].topic_id
    if told in memory.shown:
        return memory.shown
    return [memory.last, told] if memory.last else [told]


def _says_when(asked: Asked, base: KnowledgeBase) -> bool:
    """Tell whether the topic asked about says itself when to be seen, as a symptom does."""
    if not asked.is_sure or not asked.topics:
        return False
    return asked.named or asked.topics[0] not in base.rules.general_topics


def _answers(base: KnowledgeBase, request: Request, memory: Memory) -> list[Answer]:
    number = get_settings().clinic.emergency_number
    first = request.topics[0]
    match request.manner:
        case Manner.COMPARE:
            return [compare(base, first, request.topics[1], emergency_number=number)]
        case Manner.LIST:
            return [list_kind(base, base.topic(first).kind, emergency_number=number)]
        case Manner.MORE:
            return [more(base, first, memory.aspects, emergency_number=number)]
        case Manner.SOURCE:
            return [origin(base, first)]
        case _:
            return [
                answer(
                    base,
                    topic,
                    request.own.get(topic, request.aspects),
                    fact=request.fact,
                    in_short=request.in_short,
                    titled=topic != memory.last,
                    emergency_number=number,
                )
                for topic in request.topics
            ]


def _utter(
    dispatcher: CollectingDispatcher, tracker: Tracker, item: Answer, close: Sequence[str] | None
) -> None:
    base = get_knowledge()
    text = f"{item.text}\n\n{item.source_line}"
    offered: list[str] = []
    if close is not None:
        meant = [topic for topic in close if topic != item.topic_id]
        if meant:
            titles = " or ".join(f"**{base.topic(topic).title}**" for topic in meant)
            text += "\n\n" + base.rules.answers.or_meant.replace("{titles}", titles)
        offered = list(dict.fromkeys((*meant, *item.related)))[:_OFFERED_NEXT]
    if tracker.get_latest_input_channel() == _SHOWS_PICTURES:
        for picture in item.pictures:
            dispatcher.utter_message(
                image=_PICTURES + picture.file,
                json_message={
                    "kind": "picture",
                    "file": picture.file,
                    "title": picture.title,
                    "alt": picture.alt,
                },
            )
    dispatcher.utter_message(text=text, buttons=_buttons(base, offered))


def _buttons(base: KnowledgeBase, topics: Sequence[str]) -> list[dict[str, str]]:
    return [
        {
            "title": base.topic(topic).title,
            "payload": f"Tell me about {base.topic(topic).title}",
        }
        for topic in topics
    ]
