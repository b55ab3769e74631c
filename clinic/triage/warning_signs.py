"""The second safety net's warning signs and the sentences it learns them from.

They are data (`data/clinical/warning_signs/`): a clinician decides what is a sign, what a
yes to its question means, and which sentences are harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.triage.conditions import Condition, ConditionError, compile_condition
from clinic.triage.rules import RuleBook

HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class WarningSign:
    """One observable thing that may be told in words nobody foresaw.

    Attributes:
        id: Its name in the data.
        findings: Attribute and value pairs that hold if the patient says yes.
        question: The yes/no question that is asked before it counts.
        witnesses: Groups of the lexicon's concepts. Where a word of each group is said of the
            patient and of now, the net is believed without the question.
        only_asked: What the reader may have understood beside it that makes a question the better
            course: of one weak arm the net alone makes no stroke.
        seldom_doubted: Whether its words count unless the net finds the message surely harmless.
    """

    id: str
    findings: tuple[tuple[str, Any], ...]
    question: str
    witnesses: tuple[tuple[str, ...], ...]
    only_asked: Condition | None = None
    seldom_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence or message that the net learns from.

    Attributes:
        text: What was written.
        sign: Id of the sign that it tells of, or `HARMLESS`.
    """

    text: str
    sign: str


class WarningSigns:
    """All signs by id.

    Attributes:
        findings: What the signs mean: attributes and values.
    """

    def __init__(self, signs: Mapping[str, WarningSign]) -> None:
        self._signs = dict(signs)
        self._of_attribute: dict[str, tuple[WarningSign, ...]] = {}
        for sign in self:
            for name in {attribute for attribute, _ in sign.findings}:
                self._of_attribute[name] = (*self._of_attribute.get(name, ()), sign)
        self.findings = frozenset(finding for sign in self for finding in sign.findings)

    def __iter__(self) -> Iterator[WarningSign]:
        return iter(self._signs.values())

    def __contains__(self, sign_id: object) -> bool:
        return sign_id in self._signs

    def __getitem__(self, sign_id: str) -> WarningSign:
        return self._signs[sign_id]

    def of_attribute(self, attribute: str) -> tuple[WarningSign, ...]:
        """Return the signs that a finding of an attribute may tell of."""
        return self._of_attribute.get(attribute, ())

    @classmethod
    def load(
        cls,
        folder: Path,
        attributes: AttributeCatalogue,
        rules: RuleBook,
        concepts: Collection[str],
    ) -> WarningSigns:
        """Load and check `signs.yml`.

        Args:
            folder: The folder `warning_signs`.
            attributes: What a finding may be.
            rules: The red flags that a sign may belong to.
            concepts: The lexicon's concepts, of which some are witnesses.

        Raises:
            DataFileError: A field is missing, or a finding, a flag or a concept is unknown.
        """
        path = folder / "signs.yml"
        entries = load_yaml(path)
        if not isinstance(entries, dict) or not isinstance(entries.get("signs"), dict):
            raise DataFileError(path, "", "expected the key signs")
        flags = {rule.id for rule in rules.red_flags}
        signs = {}
        for name, entry in entries["signs"].items():
            if not isinstance(entry, dict):
                raise DataFileError(path, str(name), "expected flags, findings and question")
            unknown = set(entry.get("flags") or [""]) - flags
            if unknown:
                raise DataFileError(path, f"{name}.flags", f"no such red flag: {min(unknown)!r}")
            if not str(entry.get("question", "")).endswith("?"):
                raise DataFileError(path, f"{name}.question", "expected a yes/no question")
            findings = _read_findings(entry.get("findings"), str(name), path, attributes)
            witnesses = _read_witnesses(entry.get("witnesses"), str(name), path, concepts)
            question = str(entry["question"])
            only_asked = _read_only_asked(entry.get("only_asked"), str(name), path, attributes)
            seldom = entry.get("seldom_doubted", False)
            if not isinstance(seldom, bool):
                raise DataFileError(path, f"{name}.seldom_doubted", "expected true or false")
            signs[str(name)] = WarningSign(
                str(name), findings, question, witnesses, only_asked, seldom
            )
        return cls(signs)

    def load_examples(self, folder: Path) -> list[Example]:
        """Load and check `examples.yml` and `harmless.yml`.

        Args:
            folder: The folder `warning_signs`.

        Raises:
            DataFileError: A text stands twice, or belongs to an unknown sign.
        """
        told, harmless = folder / "examples.yml", folder / "harmless.yml"
        examples = []
        texts: set[str] = set()
        for path, sign, text in (
            *((told, *pair) for pair in _read_told(told)),
            *((harmless, HARMLESS, text) for text in _read_harmless(harmless)),
        ):
            if path == told and sign not in self._signs:
                raise DataFileError(path, sign, "is no sign of signs.yml")
            if " ".join(text.lower().split()) in texts:
                raise DataFileError(path, sign, f"stands twice: {text[:60]!r}")
            texts.add(" ".join(text.lower().split()))
            examples.append(Example(text, sign))
        return examples


def _read_findings(
    entry: Any, name: str, path: Path, attributes: AttributeCatalogue
) -> tuple[tuple[str, Any], ...]:
    if not isinstance(entry, dict) or not entry:
        raise DataFileError(path, f"{name}.findings", "expected an attribute with its value")
    try:
        compile_condition({"all": [{key: value} for key, value in entry.items()]}, attributes)
    except ConditionError as error:
        raise DataFileError(path, f"{name}.findings", str(error)) from error
    return tuple(
        (str(attribute), value)
        for attribute, values in entry.items()
        for value in (values if isinstance(values, list) else [values])
    )


def _read_only_asked(
    entry: Any, name: str, path: Path, attributes: AttributeCatalogue
) -> Condition | None:
    if entry is None:
        return None
    try:
        return compile_condition(entry, attributes)
    except ConditionError as error:
        raise DataFileError(path, f"{name}.only_asked", str(error)) from error


def _read_witnesses(
    entry: Any, name: str, path: Path, concepts: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    if not isinstance(entry, list) or not entry:
        raise DataFileError(path, f"{name}.witnesses", "expected concepts, or lists of them")
    groups = tuple(
        tuple(map(str, group)) if isinstance(group, list) else (str(group),) for group in entry
    )
    unknown = {concept for group in groups for concept in group} - set(concepts)
    if unknown or not all(groups):
        raise DataFileError(
            path, f"{name}.witnesses", f"no such concept: {min(unknown, default='')}"
        )
    return groups


def _read_told(path: Path) -> Iterator[tuple[str, str]]:
    entries = load_yaml(path)
    if not isinstance(entries, dict) or not isinstance(entries.get("examples"), dict):
        raise DataFileError(path, "", "expected the key examples")
    for sign, texts in entries["examples"].items():
        yield from ((str(sign), str(text)) for text in texts)
    for entry in entries.get("combined") or ():
        yield str(entry["signs"][0]), str(entry["text"])


def _read_harmless(path: Path) -> Iterator[str]:
    entries = load_yaml(path)
    if not isinstance(entries, dict) or not isinstance(entries.get(HARMLESS), dict):
        raise DataFileError(path, "", f"expected the key {HARMLESS}")
    for texts in entries[HARMLESS].values():
        yield from (str(text) for text in texts)
