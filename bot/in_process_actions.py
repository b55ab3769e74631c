"""Run actions inside the server instead of calling a second process over HTTP."""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.safe_action import clinic_facts, log_failure


class InProcessActionEndpoint(EndpointConfig):
    """An action endpoint without a network.

    It takes the place of `action_endpoint` of endpoints.yml: Rasa hands it the same JSON
    that it would post, and rasa-sdk's executor runs the action. The domain is left out of
    that JSON, since no action needs it.
    """

    def __init__(self) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")
        shorten_calls()

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Run the action that the call names.

        Args:
            method: Ignored, as are subpath, content type and compression.
            subpath: See method.
            content_type: See method.
            compress: See method.
            **kwargs: The call under "json".

        Returns:
            Events and responses, as an action server would answer.
        """
        call: dict[str, Any] = kwargs["json"]
        try:
            result: dict[str, Any] | None = await self._executor.run(call)
        except Exception as error:  # noqa: BLE001 - the last line before the patient hears nothing
            log_failure(str(call.get("next_action")), error)
            return {
                "events": [],
                "responses": [{"response": "utter_action_failed", **clinic_facts()}],
            }
        return result or {"events": [], "responses": []}


def shorten_calls() -> None:
    """Take out of each action call what a call inside the process does not need.

    Rasa sends every event of the conversation with each call, which grows with its length,
    and checks the answer and its JSON schema anew each time, which took two thirds of a
    turn. Actions here look only at slots and at the events of the present turn, and the
    answers were checked by rasa-sdk when it built them.
    """
    RemoteAction._action_call_format = _call_of_this_turn
    RemoteAction._validate_action_result = _accept


def _call_of_this_turn(
    action: RemoteAction, tracker: DialogueStateTracker, _domain: Domain
) -> dict[str, Any]:
    events: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        events.append(event.as_dict())
        if isinstance(event, UserUttered):
            break
    # As tracker.current_state() has it, which copies the form with the message that opened it.
    form = tracker.active_loop
    state = {
        "sender_id": tracker.sender_id,
        "slots": tracker.current_slot_values(),
        "latest_message": tracker._latest_message_data(),
        "latest_event_time": tracker.events[-1].timestamp if tracker.events else None,
        "followup_action": tracker.followup_action,
        "paused": tracker.is_paused(),
        "events": events[::-1],
        "latest_input_channel": tracker.get_latest_input_channel(),
        "active_loop": {} if form is None else vars(form),
        "latest_action": tracker.latest_action,
        "latest_action_name": tracker.latest_action_name,
    }
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
    }


def _accept(_action: RemoteAction, _result: dict[str, Any]) -> bool:
    return True
