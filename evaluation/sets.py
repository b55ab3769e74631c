"""Load the data sets of tests/nlu, checked, with what sets.yml says about each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError, load_yaml
from clinic.history.findings import Assertion
from clinic.triage.rules import Level

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "nlu"
MANIFEST = "sets.yml"
_PLAYED = "questions"
KINDS = ("intents", "slots", "flags", "assertions")
# The slots of the contract that a message fills by itself and the writers were asked to label.
SLOTS = (
    "site",
    "side",
    "duration_days",
    "onset_how",
    "injury",
    "injury_mechanism",
    "character",
    "radiation",
    "severity",
    "timing",
    "neuro_arm",
    "neuro_leg",
    "systemic",
    "who_for",
)
_TEXT_LIMIT = 4000
_ABOUT_A_MESSAGE = frozenset({"text", "style", "author"})
_ABOUT_A_SET = ("id", "kind", "files", "written_by", "tuned_on", "first_measured", "first_figure")


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of a data set.

    Attributes:
        text: The message.
        file: The file's name without its ending.
        style: Dialect or manner of writing, where the file gives it.
        author: Who wrote it, where the file gives it.
    """

    text: str
    file: str
    style: str | None
    author: str | None


@dataclass(frozen=True, slots=True)
class IntentMessage(Sample):
    """A message with its intent, or with several in the order in which they are said."""

    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotMessage(Sample):
    """A message with every slot of the contract that it fills.

    Attributes:
        slots: Values by slot; an empty list or false was denied.
        unscored: Slots on which careful readers differ.
    """

    slots: Mapping[str, Any]
    unscored: frozenset[str]


@dataclass(frozen=True, slots=True)
class FlagMessage(Sample):
    """A message that tells of a warning sign.

    Attributes:
        flag: The sign, RF01 to RF30.
        level: The least urgent level that is acceptable.
    """

    flag: str
    level: Level


@dataclass(frozen=True, slots=True)
class BenignMessage(Sample):
    """A message that must not be raised to an emergency.

    Attributes:
        kind: What makes it hard, such as "relative" or "past".
    """

    kind: str


@dataclass(frozen=True, slots=True)
class AssertionMessage(Sample):
    """A message with one finding and how it is said."""

    attribute: str
    value: Any
    assertion: Assertion


@dataclass(frozen=True, slots=True)
class DataSet:
    """Messages that were written together, and what is known about them.

    Attributes:
        id: Its name in the report.
        kind: One of `KINDS`.
        written_by: Who wrote it, and what they had seen of Atlas.
        tuned_on: Whether Atlas was changed in the light of it.
        first_measured: When it was first measured, before any change that it led to.
        first_figure: What was measured then.
        intents: Its messages, where it has intents; the following likewise.
    """

    id: str
    kind: str
    written_by: str
    tuned_on: bool
    first_measured: date | None
    first_figure: str
    intents: tuple[IntentMessage, ...] = ()
    slots: tuple[SlotMessage, ...] = ()
    flags: tuple[FlagMessage, ...] = ()
    benign: tuple[BenignMessage, ...] = ()
    assertions: tuple[AssertionMessage, ...] = ()

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Return all messages."""
        return (*self.intents, *self.slots, *self.flags, *self.benign, *self.assertions)


def load_sets(folder: Path = FOLDER) -> list[DataSet]:
    """Load every set that the folder's sets.yml names.

    Raises:
        DataFileError: An entry is not usable, a file is in no set, or a message stands twice.
    """
    manifest = folder / MANIFEST
    content = _mapping(load_yaml(manifest), manifest, "")
    entries = content.get("sets")
    if not isinstance(entries, list) or not entries:
        raise DataFileError(manifest, "sets", "expected a list")
    named: dict[Path, str] = {}
    sets = [_read_set(entry, manifest, named) for entry in entries]
    elsewhere = [
        file for pattern in content.get("elsewhere") or () for file in folder.glob(pattern)
    ]
    for file in sorted(folder.rglob("*.yml")):
        if file not in (manifest, *named, *elsewhere):
            raise DataFileError(manifest, "sets", f"{file.relative_to(folder)} is in no set")
    _refuse_twice(sets, manifest)
    return sets


def load_files(paths: Sequence[Path]) -> list[DataSet]:
    """Load files that no sets.yml speaks of, one set a file, its kind taken from its shape.

    Raises:
        DataFileError: A file is not usable.
    """
    return [
        _with_messages(
            {"id": path.stem, "kind": _guess_kind(path), "written_by": "not said"}, [path]
        )
        for path in paths
    ]


def _read_set(entry: Any, manifest: Path, named: dict[Path, str]) -> DataSet:
    entry = _mapping(entry, manifest, "sets")
    name = str(entry.get("id") or "a set without an id")
    for key in ("id", "kind", "files", "written_by"):
        if not entry.get(key):
            raise DataFileError(manifest, f"{name}.{key}", "is missing")
    for key in entry:
        if key not in _ABOUT_A_SET:
            raise DataFileError(manifest, f"{name}.{key}", "is unknown")
    if entry["kind"] not in KINDS:
        raise DataFileError(manifest, f"{name}.kind", f"expected one of {', '.join(KINDS)}")
    if not isinstance(entry.get("tuned_on"), bool):
        raise DataFileError(manifest, f"{name}.tuned_on", "expected true or false")
    files = sorted(manifest.parent.glob(str(entry["files"])))
    if not files:
        raise DataFileError(manifest, f"{name}.files", f"no file is called {entry['files']}")
    for file in files:
        if file in named:
            raise DataFileError(manifest, f"{name}.files", f"{file.name} is in {named[file]} too")
        named[file] = name
    return _with_messages(entry, files)


def _with_messages(entry: Mapping[str, Any], files: Sequence[Path]) -> DataSet:
    kind = entry["kind"]
    loaded: dict[str, tuple[Any, ...]] = {}
    if kind == "flags":
        loaded["flags"] = tuple(_items(files, "flags", _read_flag))
        loaded["benign"] = tuple(_items(files, "benign", _read_benign))
    else:
        reader = {"intents": _read_intent, "slots": _read_slots, "assertions": _read_assertion}
        loaded[kind] = tuple(_items(files, None, reader[kind]))
    return DataSet(
        id=str(entry["id"]),
        kind=kind,
        written_by=str(entry["written_by"]),
        tuned_on=bool(entry.get("tuned_on", False)),
        first_measured=entry.get("first_measured"),
        first_figure=str(entry.get("first_figure") or ""),
        **loaded,
    )


def _items(files: Sequence[Path], key: str | None, read: Any) -> Iterable[Any]:
    for path in files:
        content = load_yaml(path)
        if key is not None:
            content = _mapping(content, path, "").get(key) or []
        if not isinstance(content, list):
            raise DataFileError(path, key or "", "expected a list of messages")
        for number, entry in enumerate(content, 1):
            where = f"{key or 'entry'} {number}"
            entry = _mapping(entry, path, where)
            text = entry.get("text")
            if not isinstance(text, str) or not text.strip() or len(text) > _TEXT_LIMIT:
                raise DataFileError(path, f"{where}.text", "expected the words of a message")
            about = {
                "text": text,
                "file": path.stem,
                "style": entry.get("style"),
                "author": entry.get("author"),
            }
            said = {name: value for name, value in entry.items() if name not in _ABOUT_A_MESSAGE}
            yield read(said, about, path, f"{where} ({text[:30]!r})")


def _read_intent(
    said: dict[str, Any], about: dict[str, Any], path: Path, where: str
) -> IntentMessage:
    _only(said, {"intent", "intents"}, path, where)
    intents = said.get("intents") or [said.get("intent")]
    if not isinstance(intents, list):
        raise DataFileError(path, f"{where}.intents", "expected a list")
    for intent in intents:
        if intent not in _known_intents():
            raise DataFileError(path, f"{where}.intent", f"{intent!r} is no intent of domain.yml")
    return IntentMessage(**about, intents=tuple(intents))


def _read_flag(said: dict[str, Any], about: dict[str, Any], path: Path, where: str) -> FlagMessage:
    _only(said, {"id", "level"}, path, where)
    known = {rule.id for rule in get_clinical_data().rules.red_flags}
    if said.get("id") not in known:
        raise DataFileError(path, f"{where}.id", f"{said.get('id')!r} is no warning sign")
    return FlagMessage(**about, flag=said["id"], level=_level(said.get("level"), path, where))


def _read_benign(
    said: dict[str, Any], about: dict[str, Any], path: Path, where: str
) -> BenignMessage:
    _only(said, {"kind"}, path, where)
    return BenignMessage(**about, kind=str(said.get("kind") or "ordinary"))


def _read_slots(said: dict[str, Any], about: dict[str, Any], path: Path, where: str) -> SlotMessage:
    _only(said, {"slots", "either"}, path, where)
    slots = _mapping(said.get("slots") or {}, path, f"{where}.slots")
    for name, value in slots.items():
        _check_slot(name, value, path, where)
    unscored = said.get("either") or []
    if not isinstance(unscored, list):
        raise DataFileError(path, f"{where}.either", "expected a list of slots")
    for name in unscored:
        _check_name(name, path, f"{where}.either")
    return SlotMessage(**about, slots=slots, unscored=frozenset(unscored))


def _read_assertion(
    said: dict[str, Any], about: dict[str, Any], path: Path, where: str
) -> AssertionMessage:
    _only(said, {"attribute", "value", "assertion"}, path, where)
    try:
        get_clinical_data().attributes.check(str(said.get("attribute")), said.get("value"))
        assertion = Assertion(str(said.get("assertion")))
    except ValueError as error:
        raise DataFileError(path, where, str(error)) from error
    return AssertionMessage(
        **about, attribute=said["attribute"], value=said["value"], assertion=assertion
    )


def _check_name(name: Any, path: Path, where: str) -> None:
    if name not in SLOTS:
        raise DataFileError(path, f"{where}.{name}", "is no slot of the contract")


def _check_slot(name: Any, value: Any, path: Path, where: str) -> None:
    _check_name(name, path, where)
    attributes = get_clinical_data().attributes
    is_list = attributes[name].kind == "list"
    if is_list != isinstance(value, list):
        raise DataFileError(
            path, f"{where}.{name}", "expected a list" if is_list else "expected one value"
        )
    try:
        for item in value if is_list else [value]:
            attributes.check(name, item)
    except ValueError as error:
        raise DataFileError(path, f"{where}.{name}", str(error)) from error


def _level(value: Any, path: Path, where: str) -> Level:
    try:
        return Level(value)
    except ValueError as error:
        raise DataFileError(path, f"{where}.level", f"{value!r} is no level") from error


def _guess_kind(path: Path) -> str:
    content = load_yaml(path)
    if isinstance(content, dict):
        return "flags"
    keys = set(content[0]) if isinstance(content, list) and content else set()
    for kind, key in (("slots", "slots"), ("assertions", "assertion"), ("intents", "intent")):
        if key in keys or f"{key}s" in keys:
            return kind
    raise DataFileError(path, "", "has none of the shapes that tests/nlu/sets.yml describes")


@lru_cache(maxsize=1)
def _known_intents() -> frozenset[str]:
    path = ROOT / "domain.yml"
    entries = _mapping(load_yaml(path), path, "").get("intents") or []
    return frozenset(
        str(next(iter(entry))) if isinstance(entry, dict) else entry for entry in entries
    )


def _only(said: Mapping[str, Any], known: set[str], path: Path, where: str) -> None:
    for key in said:
        if key not in known:
            raise DataFileError(path, f"{where}.{key}", "is unknown")


def _mapping(value: Any, path: Path, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataFileError(path, where, "expected keys with values")
    return value


def _refuse_twice(sets: Iterable[DataSet], manifest: Path) -> None:
    seen: dict[tuple[str, str], str] = {}
    twice: list[str] = []
    for entry in sets:
        for sample in entry.samples:
            key = (type(sample).__name__, " ".join(sample.text.lower().split()))
            if key in seen:
                twice.append(f"{sample.text[:60]!r} ({seen[key]}, {entry.id})")
            seen[key] = entry.id
    if twice:
        raise DataFileError(manifest, "sets", f"each message once; twice: {'; '.join(twice)}")
