"""Explain conditions, tests and treatments from the knowledge base."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import latest_intent, latest_text
from actions.safe_action import Events, SafeAction
from clinic.knowledge.answers import Answer, answer, compare, list_kind
from clinic.knowledge.base import Topic, get_knowledge
from clinic.settings import get_settings

_MOST_AT_ONCE = 2
_OFFERED_NEXT = 3
_ASKS_FOR_MORE = re.compile(
    r"\b(tell me more|more (about|detail|info)|go on|explain more|and\?)|^more\b"
)
_FURTHER_SIDES = (
    "why",
    "how",
    "feels",
    "prepare",
    "duration",
    "risks",
    "results",
    "recovery",
    "may_help",
    "checked",
    "alternatives",
)
_SIDES_AT_ONCE = 4
_ASKS_FOR_LIST = re.compile(r"\b(which|what|list|kinds?|types?|all)\b")


class ActionExplainTopic(SafeAction):
    """Explain what the message asks about, or one side of what was explained last."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_topic"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the answer with its source; say so when the question is not understood."""
        intent = latest_intent(tracker)
        topics = list(tracker.latest_message.get("topics") or [])
        aspect = tracker.latest_message.get("aspect")
        if aspect == "what":
            aspect = None  # "what is it" asks for the topic itself
        last = tracker.get_slot("topic")
        named = bool(tracker.latest_message.get("topics_named"))
        follows_up = bool(last and not named and (aspect or wants_more(tracker)))
        if intent == "ask_when_to_see_doctor" and not named and not follows_up:
            topics, aspect, last = ["advice/when_to_see_a_doctor"], None, None
        if last and not named and (aspect or (not topics and wants_more(tracker))):
            topics = [last]  # "and the risks?" is about what was explained before
        if not topics:
            dispatcher.utter_message(response="utter_topic_not_found")
            return []
        answers = self._answers(topics, aspect, tracker)
        if topics == [last] and aspect is None and wants_more(tracker):
            number = get_settings().clinic.emergency_number
            more = tell_more(get_knowledge().topic(topics[0]), number)
            answers = [replace(answers[0], text=more)]
        for item in answers:
            self._utter(dispatcher, item, last=item is answers[-1])
        return [SlotSet("topic", answers[-1].topic_id)]

    def _answers(self, topics: list[str], aspect: str | None, tracker: Tracker) -> list[Answer]:
        base = get_knowledge()
        number = get_settings().clinic.emergency_number
        text = latest_text(tracker).lower()
        if len(topics) == 2 and any(
            word in text for word in ("difference", " vs", "versus", "better", "compare", " or ")
        ):
            return [compare(base, topics[0], topics[1], emergency_number=number)]
        first = base.topic(topics[0])
        if first.is_overview and _ASKS_FOR_LIST.search(text):
            return [list_kind(base, first.kind, emergency_number=number)]
        return [
            answer(base, topic, aspect, emergency_number=number) for topic in topics[:_MOST_AT_ONCE]
        ]

    def _utter(self, dispatcher: CollectingDispatcher, item: Answer, *, last: bool) -> None:
        base = get_knowledge()
        buttons = [
            {
                "title": base.topic(topic).title,
                "payload": f"Tell me about {base.topic(topic).title}",
            }
            for topic in item.related[:_OFFERED_NEXT]
        ]
        dispatcher.utter_message(
            text=f"{item.text}\n\n{item.source_line}", buttons=buttons if last else []
        )


def wants_more(tracker: Tracker) -> bool:
    """Tell whether the message only asks to go on about the last topic."""
    text = latest_text(tracker).lower()
    return bool(_ASKS_FOR_MORE.search(text))


def tell_more(topic: Topic, emergency_number: str) -> str:
    """Return further sides of a topic that its first answer left out.

    Args:
        topic: The topic.
        emergency_number: Fills the number into the text.
    """
    base = get_knowledge()
    sides = [name for name in _FURTHER_SIDES if name in topic.aspects][:_SIDES_AT_ONCE]
    lines = [f"**{base.aspects[name].heading}** {topic.aspects[name]}" for name in sides]
    text = "\n\n".join(lines) or topic.short
    return text.replace("{emergency_number}", emergency_number)
