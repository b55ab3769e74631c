"""The bot's texts in another language, held against those of domain.yml when they are loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.language.files import check_keys, load_translation

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NAME = "utter_"


@dataclass(frozen=True, slots=True)
class Original:
    """A text of domain.yml.

    Attributes:
        text: The English text.
        buttons: What its buttons send, in order.
        titles: The buttons' titles.
    """

    text: str
    buttons: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """A text in another language.

    Attributes:
        text: The text, with the placeholders of the original.
        buttons: Titles by what the buttons send, in the order of the original.
    """

    text: str
    buttons: Mapping[str, str]


def load_originals(domain: Path) -> dict[str, Original]:
    """Read the responses of domain.yml.

    Args:
        domain: The file.

    Raises:
        DataFileError: It cannot be read, or has no responses.
    """
    data = load_yaml(domain)
    responses = data.get("responses") if isinstance(data, dict) else None
    if not isinstance(responses, dict):
        raise DataFileError(domain, "responses", "expected the bot's texts")
    originals = {}
    for name, variants in responses.items():
        first = variants[0]
        buttons = first.get("buttons") or ()
        originals[str(name)] = Original(
            text=str(first.get("text", "")),
            buttons=tuple(str(button["payload"]) for button in buttons),
            titles=tuple(str(button["title"]) for button in buttons),
        )
    return originals


def load_responses(
    paths: Iterable[Path], originals: Mapping[str, Original], required: Iterable[str], folder: Path
) -> dict[str, Response]:
    """Load a language's texts and check them against the originals.

    Args:
        paths: The files with the key `replies`.
        originals: The texts of domain.yml.
        required: The names that the language must cover.
        folder: The language's folder, for the message.

    Raises:
        DataFileError: A name is unknown or given twice, a placeholder or a button is missing, or a
            text that must be there is not.
    """
    responses: dict[str, Response] = {}
    for path in paths:
        for name, entry in load_translation(path, frozenset({"replies"}))["replies"].items():
            where = f"replies.{name}"
            if name not in originals:
                raise DataFileError(path, where, "is no response of domain.yml")
            if name in responses:
                raise DataFileError(path, where, "is translated twice")
            responses[str(name)] = _response(entry, originals[name], path, where)
    missing = [name for name in required if name not in responses]
    if missing:
        raise DataFileError(
            folder, f"replies.{missing[0]}", "is not translated, and must_cover.yml demands it"
        )
    return responses


def _response(entry: Any, original: Original, path: Path, where: str) -> Response:
    entry = {"text": entry} if isinstance(entry, str) else entry
    if not isinstance(entry, dict) or not str(entry.get("text") or "").strip():
        raise DataFileError(path, where, "expected a text")
    check_keys(entry, frozenset({"text", "buttons"}), path, where)
    text = str(entry["text"])
    wanted, found = (set(_PLACEHOLDER.findall(one)) for one in (original.text, text))
    if wanted != found:
        name = min(wanted ^ found)
        what = "is missing" if name in wanted else "is not in the English text"
        raise DataFileError(path, f"{where}.text", f"the placeholder {{{name}}} {what}")
    buttons = entry.get("buttons") or {}
    if not isinstance(buttons, dict):
        raise DataFileError(path, f"{where}.buttons", "expected what each sends, and its title")
    if len(buttons) != len(original.buttons):
        raise DataFileError(
            path,
            f"{where}.buttons",
            f"has {len(buttons)} buttons; domain.yml has {len(original.buttons)}",
        )
    for payload in original.buttons:
        if not str(buttons.get(payload) or "").strip():
            raise DataFileError(
                path, f"{where}.buttons", f"lacks the button that sends {payload!r}"
            )
    return Response(text, {payload: str(buttons[payload]) for payload in original.buttons})
