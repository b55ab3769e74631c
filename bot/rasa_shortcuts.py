"""Shorten what Rasa does for every message, without changing what comes of it.

Applied in the server only; training and the plain `rasa` commands run Rasa as it is.
tests/unit/bot/test_rasa_shortcuts.py holds each shortcut against Rasa's own way. What each saved
is in docs/performance.md.
"""

from __future__ import annotations

import copy
import dataclasses
import time
import types
from collections import deque
from typing import Any, TypeVar

import rasa.core.actions.forms
import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import (
    LOOP_WAS_INTERRUPTED,
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RulePolicy,
)
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import DEFAULT_SLOT_NAMES, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.graph_runner import StraightGraphRunner
from bot.policies.agenda_policy import next_of_agenda

_Found = tuple[str | None, str | None, bool]
_S = TypeVar("_S", bound=Slot)

_rules_predict = RulePolicy.predict_action_probabilities
_stories_predict = MemoizationPolicy.predict_action_probabilities
_find_from_rules = RulePolicy._find_action_from_rules
_is_empty = Domain.is_empty
_extract_slots = ActionExtractSlots.run
# What domain.yml says of a slot that `action_validate_slot_mappings` fills
_BY_ATLAS = {"type": "custom"}
# These copy only what they hand to structlog at DEBUG, which writes it at once.
_COPY_FOR_THE_LOG = (
    rasa.core.processor,
    rasa.core.actions.forms,
    rasa.core.policies.memoization,
    rasa.core.policies.rule_policy,
)


def shorten_rasa() -> None:
    """Put the shortcuts in place; once more does no harm."""
    Slot.__copy__ = copy_slot
    for owner, name, shortcut in shortcuts():
        setattr(owner, name, shortcut)


def shortcuts() -> list[tuple[Any, str, Any]]:
    """Return what each shortcut takes the place of: its owner, its name, and the shortcut."""
    return [
        (DialogueStateTracker, "copy", copy_tracker),
        (FormAction, "_temporary_tracker", temporary_tracker),
        (RulePolicy, "predict_action_probabilities", ask_rules),
        (RulePolicy, "_find_action_from_rules", find_from_rules),
        (MemoizationPolicy, "predict_action_probabilities", ask_stories),
        (ActionExtractSlots, "run", extract_slots),
        (MessageProcessor, "_has_session_expired", has_session_expired),
        (Domain, "is_empty", is_empty),
        (rasa.core.processor, "DaskGraphRunner", StraightGraphRunner),
        *(
            (module, "copy", types.SimpleNamespace(deepcopy=_as_it_is))
            for module in _COPY_FOR_THE_LOG
        ),
    ]


def copy_slot(slot: _S) -> _S:
    """Copy a slot as copy.copy does, which looks for ways to pickle it first.

    Args:
        slot: A tracker copies all of them, of which there are over a hundred.
    """
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def copy_tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Copy the state of a tracker, which Rasa finds by running through all its events again.

    Args:
        tracker: Rasa copies it for each action that it runs.
    """
    made: DialogueStateTracker = DialogueStateTracker.__new__(DialogueStateTracker)
    made.__dict__.update(tracker.__dict__)
    made.events = deque(tracker.events, tracker._max_event_history)
    made.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    if tracker.active_loop is not None:
        made.active_loop = dataclasses.replace(tracker.active_loop)
    # As Rasa leaves them in a copy
    made.sender_source = made.model_id = made.assistant_id = None
    return made


def temporary_tracker(
    form: FormAction,
    current_tracker: DialogueStateTracker,
    additional_events: list[Event],
    domain: Domain,
) -> DialogueStateTracker:
    """Return what the tracker would be with more events, for a form's validation.

    Args:
        form: The form.
        current_tracker: The tracker as it is.
        additional_events: What the form's run has found so far.
        domain: Ignored; the tracker knows its slots.
    """
    made = copy_tracker(current_tracker)
    made.events = deque(current_tracker.events_after_latest_restart())
    made.update(SlotSet(REQUESTED_SLOT, form.get_slot_to_fill(current_tracker)))
    made.update(ActionExecuted(form.name()))
    for event in additional_events:
        made.update(event)
    return made


def ask_rules(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> PolicyPrediction:
    """Predict by rules unless the agenda, whose word is certain, decides anyway.

    Args:
        policy: Rasa's policy.
        tracker: The conversation.
        domain: The domain.
        rule_only_data: See RulePolicy, as kwargs.
        **kwargs: See rule_only_data.
    """
    if next_of_agenda(tracker) is not None and not _tells_of_interruptions(policy):
        return policy._prediction(policy._default_predictions(domain))
    return _rules_predict(policy, tracker, domain, rule_only_data, **kwargs)


def ask_stories(
    policy: MemoizationPolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> PolicyPrediction:
    """Predict by stories unless the agenda decides, or an open form goes on by itself.

    Args:
        policy: Rasa's policy.
        tracker: The conversation.
        domain: The domain.
        rule_only_data: See MemoizationPolicy, as kwargs.
        **kwargs: See rule_only_data.
    """
    if next_of_agenda(tracker) is not None or _form_goes_on(tracker):
        return policy._prediction(policy._default_predictions(domain))
    return _stories_predict(policy, tracker, domain, rule_only_data, **kwargs)


def find_from_rules(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> _Found:
    """Look for a rule; where the words themselves are asked for, only if some rule names words.

    Args:
        policy: Rasa's policy.
        tracker: The conversation.
        domain: The domain.
        use_text_for_last_user_input: Whether the message's words are looked at, not its intent.
    """
    if use_text_for_last_user_input and not _names_words(policy):
        return None, None, False
    found: _Found = _find_from_rules(policy, tracker, domain, use_text_for_last_user_input)
    return found


async def extract_slots(
    action: ActionExtractSlots,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
    metadata: dict[str, Any] | None = None,
) -> list[Event]:
    """Let `action_validate_slot_mappings` fill the slots, without trying each of them before.

    Args:
        action: Rasa's action.
        output_channel: See Action.run, as what follows.
        nlg: See output_channel.
        tracker: The conversation.
        domain: Where each slot's mapping is `custom`, there is nothing else to try.
        metadata: See output_channel.
    """
    if _maps_slots(domain):
        found: list[Event] = await _extract_slots(
            action, output_channel, nlg, tracker, domain, metadata
        )
        return found
    filled: list[Event] = await action._execute_validation_action(
        [], output_channel, nlg, tracker, domain
    )
    return filled


def has_session_expired(processor: MessageProcessor, tracker: DialogueStateTracker) -> bool:
    """Tell whether the last message is too long ago to go on.

    Rasa leaves out the answers to a form that went well, so that a slow visitor's session ended
    in the middle of it, however short ago the last answer was.

    Args:
        processor: Rasa's processor, with the domain.
        tracker: The conversation before the new message.
    """
    config = processor.domain.session_config
    last = next(
        (event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None
    )
    if last is None or not config.are_sessions_enabled():
        return False
    return (time.time() - last.timestamp) / 60 > float(config.session_expiration_time)


def is_empty(domain: Domain) -> bool:
    """Tell whether a domain holds nothing, for which Rasa makes an empty one for every message.

    Args:
        domain: A domain never changes once it is loaded.
    """
    known: bool | None = getattr(domain, "atlas_is_empty", None)
    if known is None:
        known = bool(_is_empty(domain))
        domain.atlas_is_empty = known
    return known


def _maps_slots(domain: Domain) -> bool:
    """Tell whether Rasa itself fills any slot."""
    known: bool | None = getattr(domain, "atlas_maps_slots", None)
    if known is None:
        known = any(
            mapping != _BY_ATLAS
            for slot in domain.slots
            if slot.name not in DEFAULT_SLOT_NAMES
            for mapping in slot.mappings
        )
        domain.atlas_maps_slots = known
    return known


def _form_goes_on(tracker: DialogueStateTracker) -> bool:
    return RulePolicy._find_action_from_loop_happy_path(tracker)[0] is not None


def _tells_of_interruptions(policy: RulePolicy) -> bool:
    """Tell whether a rule returns to a form in mid-way, which the form has to hear of."""
    return LOOP_WAS_INTERRUPTED in policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {}).values()


def _names_words(policy: RulePolicy) -> bool:
    known: bool | None = getattr(policy, "atlas_names_words", None)
    if known is None:
        keys = [*policy.lookup.get(RULES, {}), *policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
        known = any('"text":' in key for key in keys)
        policy.atlas_names_words = known
    return known


def _as_it_is(value: Any) -> Any:
    return value


# What was there before; the tests hold the shortcuts against it.
RASAS_OWN = [(owner, name, getattr(owner, name)) for owner, name, _ in shortcuts()]
