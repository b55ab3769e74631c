"""Say every reply in the language of the conversation."""

from __future__ import annotations

import random
import re
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.interpolator import interpolate
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from clinic.language.languages import Language, get_languages

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A person's own words and names: never put into another language word by word.
_VERBATIM = frozenset({"patient", "people", "who", "clinic_name", "reference", "note"})


class TranslatedReplies(TemplatedNaturalLanguageGenerator):
    """Rasa's templates, with the texts of data/translations in their place.

    Buttons keep what they send, so that everything behind them is the same in every language. A
    text that is not translated is said in English, after a sentence that says so.

    Args:
        endpoint_config: The entry of endpoints.yml; nothing of it is needed.
        domain: Holds the English texts.
    """

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)
        self._languages = get_languages()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Generate a response; `language` among the arguments wins over the conversation's."""
        slots = tracker.current_slot_values()
        draft: dict[str, Any] | None = self.generate_from_slots(
            utter_action, slots, output_channel, **kwargs
        )
        language = self._languages.get(kwargs.get("language") or slots.get("language") or "")
        if draft is None or language is None:
            return draft
        return _translated(utter_action, draft, language, {**slots, **kwargs})

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Choose a variation; Rasa makes a NumPy array of them first, though mostly one is there.

        Args:
            utter_action: The response's name.
            output_channel: Variations may be for some channels only.
            filled_slots: Variations may depend on them.
        """
        if utter_action not in self.responses:
            return None
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        return random.choice(suitable) if suitable else None


def _translated(
    name: str, draft: dict[str, Any], language: Language, values: dict[str, Any]
) -> dict[str, Any]:
    response = language.responses.get(name)
    if response is None:
        if draft.get("text"):
            draft["text"] = f"{language.only_in_english} {draft['text']}"
        return draft
    said = {
        field: _say(field, values[field], language)
        for field in _PLACEHOLDER.findall(response.text + " ".join(response.buttons.values()))
        if field in values
    }
    draft["text"] = interpolate(response.text, said)
    titles = [interpolate(title, said) for title in response.buttons.values()]
    buttons = draft.get("buttons") or []
    draft["buttons"] = [
        {**button, "title": title} for button, title in zip(buttons, titles, strict=True)
    ]
    if draft.get("custom"):
        draft["custom"] = language.values.say_card(draft["custom"])
    return draft


def _say(field: str, value: Any, language: Language) -> Any:
    if not isinstance(value, str):
        return value
    return language.values.say_whole(value) if field in _VERBATIM else language.values.say(value)
