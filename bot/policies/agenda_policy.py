"""Carry out the turns that Atlas planned itself, before Rasa's rules are asked."""

from __future__ import annotations

from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

AGENDA_SLOT = "agenda"
# What follows when a form has all it needs.
AFTER_FORM = {
    "interview_form": "action_give_outcome",
    "booking_form": "action_book_appointment",
    "appointment_form": "action_manage_appointment",
}


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class AgendaPolicy(Policy):
    """Predict the actions of the agenda one by one, then listen.

    `action_validate_slot_mappings` reads every message and writes the agenda: an emergency,
    an interruption of an open form, or several requests in one message. Without an agenda
    this policy stands aside and RulePolicy decides.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: a priority above RulePolicy's 6."""
        return {"priority": 10, "max_history": None}

    @staticmethod
    def supported_data() -> SupportedData:
        """Say that the policy learns from no stories or rules."""
        return SupportedData.ML_AND_RULE_DATA

    def _create_featurizer(self) -> TrackerFeaturizer | None:
        return None

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Store that the policy exists; there is nothing to learn."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "agenda_policy").write_text(AGENDA_SLOT)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AgendaPolicy:
        """Create the policy; it keeps no state."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the next action of the agenda with certainty, or nothing."""
        action = next_of_agenda(tracker)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        certain = PolicyPrediction.for_action_name(domain, action).probabilities
        # Rasa lets the happy path of an open form win over every prediction that looked at
        # the message; an emergency must win over the form.
        return self._prediction(certain, is_no_user_prediction=True)


def next_of_agenda(tracker: DialogueStateTracker) -> str | None:
    """Return the action that the agenda wants next, or None where there is no agenda.

    Args:
        tracker: The conversation so far.
    """
    agenda = tracker.get_slot(AGENDA_SLOT)
    if not agenda:
        return None
    done = actions_of_this_turn(tracker)
    if done is None:
        return None
    remaining = list(agenda)
    for name in done:
        if remaining and remaining[0] == name:
            remaining.pop(0)
    if remaining:
        return str(remaining[0])
    last = done[-1]
    if last in AFTER_FORM and tracker.active_loop_name is None:
        return AFTER_FORM[last]
    return ACTION_LISTEN_NAME


def actions_of_this_turn(tracker: DialogueStateTracker) -> list[str] | None:
    """Return the actions since the last message, or None before any message."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return names[::-1]
        if isinstance(event, ActionExecuted) and event.action_name:
            names.append(event.action_name)
    return None
