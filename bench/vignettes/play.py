"""Play cases over the REST channel of a server and note how each ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from bench.vignettes.cases import Case
from bench.vignettes.patient import Patient, Questions
from clinic.triage.rules import Level

_TURN_SECONDS = 60
_MOST_TURNS = 25
_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended.

    Attributes:
        case: The case.
        level: The level that Atlas gave, or None.
        red_flags: The warning signs that it heard.
        questions: How many answers the patient had to give.
        transcript: What was said, one line a message.
    """

    case: Case
    level: Level | None
    red_flags: frozenset[str]
    questions: int
    transcript: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        """Whether a careful clinician would accept the level."""
        return self.level in self.case.acceptable

    @property
    def missed(self) -> bool:
        """Whether an emergency was not found."""
        return self.case.is_emergency and not (self.level and self.level.is_emergency)

    @property
    def raised(self) -> bool:
        """Whether the level is above the ceiling of the case."""
        ceiling, level = self.case.ceiling, self.level
        return bool(ceiling and level and level.urgency > ceiling.urgency)


class Server:
    """The REST channel and the HTTP API of a running Atlas.

    Args:
        base_url: Where it is served.
        token: Its API token.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._token = token
        self._session = requests.Session()

    def say(self, sender: str, text: str) -> str:
        """Write a message and return the text of the replies."""
        answer = self._session.post(
            f"{self._base_url}/webhooks/rest/webhook",
            json={"sender": sender, "message": text},
            timeout=_TURN_SECONDS,
        )
        answer.raise_for_status()
        return "\n".join(reply["text"] for reply in answer.json() if reply.get("text"))

    def state(self, sender: str) -> tuple[dict[str, Any], str | None]:
        """Return the slots and the open form of a conversation."""
        answer = self._session.get(
            f"{self._base_url}/conversations/{sender}/tracker",
            params={"token": self._token, "include_events": "NONE"},
            timeout=_TURN_SECONDS,
        )
        answer.raise_for_status()
        tracker = answer.json()
        return tracker["slots"], (tracker.get("active_loop") or {}).get("name")


def play(case: Case, server: Server, questions: Questions) -> Outcome:
    """Play one case to its level, or until Atlas asks nothing more."""
    sender = f"case-{uuid.uuid4().hex}"
    patient = Patient(case, questions)
    transcript: list[str] = []
    asked = 0
    slots: dict[str, Any] = {}
    waiting = list(case.opening)
    answer: str | None = waiting.pop(0)
    while answer is not None and len(transcript) < 2 * _MOST_TURNS:
        text = server.say(sender, answer)
        transcript += [f"P: {answer}", f"A: {text}"]
        slots, form = server.state(sender)
        if waiting:
            answer = waiting.pop(0)
        elif slots.get("disposition") and form is None and not slots.get("unconfirmed"):
            answer = None
        else:
            answer = patient.answer(slots, form, text)
            asked += answer is not None
    return Outcome(
        case=case,
        level=Level(slots["disposition"]) if slots.get("disposition") else None,
        red_flags=frozenset(slots.get("red_flags") or ()),
        questions=asked,
        transcript=tuple(transcript),
    )


def play_all(cases: Iterable[Case], base_url: str, token: str) -> list[Outcome]:
    """Play cases, a few at once, and return the outcomes in the order of the cases."""
    questions = Questions.load()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda case: play(case, Server(base_url, token), questions), cases))
