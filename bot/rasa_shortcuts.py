"""Shorten what Rasa does for every message, without changing what comes of it.

Applied in the server only; training and the plain `rasa` commands run Rasa as it is.
tests/unit/bot/test_rasa_shortcuts.py holds each shortcut against Rasa's own way. What each saved
is in docs/performance.md.
"""

from __future__ import annotations

import time
import types
from collections import deque
from inspect import getattr_static
from typing import Any

import rasa.core.actions.action
import rasa.core.actions.forms
import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.actions.action import Action, ActionExtractSlots
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
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.button_texts import parse_message
from bot.graph_runner import StraightGraphRunner
from bot.policies.agenda_policy import next_of_agenda
from bot.tracker_copies import (
    copy_tracker,
    current_slot_values,
    idx_after_latest_restart,
    init_tracker,
    reset_slots,
    set_slot,
    update_tracker,
)

_Found = tuple[str | None, str | None, bool]

_rules_predict = RulePolicy.predict_action_probabilities
_stories_predict = MemoizationPolicy.predict_action_probabilities
_find_from_rules = RulePolicy._find_action_from_rules
_is_empty = Domain.is_empty
_default_actions = rasa.core.actions.action.default_actions
_extract_slots = ActionExtractSlots.run
_update_session = MessageProcessor._update_tracker_session
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
    for owner, name, shortcut in shortcuts():
        setattr(owner, name, shortcut)


def shortcuts() -> list[tuple[Any, str, Any]]:
    """Return what each shortcut takes the place of: its owner, its name, and the shortcut."""
    return [
        (DialogueStateTracker, "__init__", init_tracker),
        (DialogueStateTracker, "_reset_slots", reset_slots),
        (DialogueStateTracker, "_set_slot", set_slot),
        (DialogueStateTracker, "update", update_tracker),
        (DialogueStateTracker, "current_slot_values", current_slot_values),
        (DialogueStateTracker, "idx_after_latest_restart", idx_after_latest_restart),
        (DialogueStateTracker, "copy", copy_tracker),
        (FormAction, "_temporary_tracker", temporary_tracker),
        (RulePolicy, "predict_action_probabilities", ask_rules),
        (RulePolicy, "_find_action_from_rules", find_from_rules),
        (MemoizationPolicy, "predict_action_probabilities", ask_stories),
        (ActionExtractSlots, "run", extract_slots),
        (MessageProcessor, "_parse_message_with_graph", parse_message),
        (MessageProcessor, "_has_session_expired", has_session_expired),
        (MessageProcessor, "_update_tracker_session", update_session),
        (MessageProcessor, "_log_slots", staticmethod(log_no_slots)),
        (Domain, "is_empty", is_empty),
        (rasa.core.actions.action, "default_actions", default_actions),
        (rasa.core.processor, "DaskGraphRunner", StraightGraphRunner),
        *(
            (module, "copy", types.SimpleNamespace(deepcopy=_as_it_is))
            for module in _COPY_FOR_THE_LOG
        ),
    ]


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
    if ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions:
        return []
    since_restart = copy_tracker(tracker)
    since_restart.events = deque(tracker.events_after_latest_restart())
    filled: list[Event] = await action._run_custom_action(
        ACTION_VALIDATE_SLOT_MAPPINGS, output_channel, nlg, since_restart, domain
    )
    return filled


async def update_session(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    output_channel: OutputChannel,
    metadata: dict[str, Any] | None = None,
) -> None:
    """Begin a session where there is none, without undoing each form's turns to see that.

    Args:
        processor: Rasa's processor.
        tracker: The conversation before the new message.
        output_channel: See MessageProcessor, as metadata.
        metadata: See output_channel.
    """
    last = tracker.events[-1] if tracker.events else None
    listens = isinstance(last, ActionExecuted) and last.action_name == ACTION_LISTEN_NAME
    if not listens or processor._has_session_expired(tracker):
        await _update_session(processor, tracker, output_channel, metadata)


def log_no_slots(_tracker: DialogueStateTracker) -> None:
    """Leave a debug line out that lists all slots: they tell what somebody has."""


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


def default_actions(endpoint: EndpointConfig | None = None) -> list[Action]:
    """Return Rasa's own actions, made once: for each action that runs it looks through all.

    Args:
        endpoint: Where custom actions run.
    """
    made: list[Action]
    if endpoint is None:
        made = _default_actions(endpoint)
        return made
    if not hasattr(endpoint, "atlas_default_actions"):
        endpoint.atlas_default_actions = _default_actions(endpoint)
    made = endpoint.atlas_default_actions
    return made


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
RASAS_OWN = [(owner, name, getattr_static(owner, name)) for owner, name, _ in shortcuts()]
