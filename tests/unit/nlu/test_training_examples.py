"""No example of data/nlu stands under two intents, or twice; the fault names file and line."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "data" / "nlu"
INTENT, EXAMPLE = re.compile(r"  - intent: (\S+)"), re.compile(r"      - (.+)")


def examples() -> list[tuple[str, str, str]]:
    """Where each example stands, its intent, and its words without case and punctuation."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        intent = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := INTENT.match(line):
                intent = match[1]
            elif match := EXAMPLE.match(line):
                words = " ".join(re.findall(r"\w+", match[1].lower()))
                found.append((f"{path.name}:{number}", intent, words or match[1]))
    return found


def test_no_example_stands_under_two_intents() -> None:
    seen: dict[str, tuple[str, str]] = {}
    faults = []
    for where, intent, words in examples():
        first, other = seen.setdefault(words, (where, intent))
        if other != intent:
            faults.append(f"{where} {intent}: also {first} {other}: {words!r}")
    assert len(seen) > 10_000
    assert not faults, "\n".join(faults)
