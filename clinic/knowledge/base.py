"""Load the knowledge base and refuse it, with one clear sentence, when something is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from clinic.clock import now
from clinic.datafiles import DataFileError, load_yaml
from clinic.knowledge.readability import grade
from clinic.knowledge.schema import (
    UNCHECKED,
    AspectEntry,
    ClinicPage,
    Matching,
    PictureEntry,
    Rules,
    SafetyEntry,
    SourceEntry,
    TopicEntry,
)
from clinic.knowledge.visitors_questions import load_questions
from clinic.knowledge.words import fold_word, words_of

EMERGENCY_NUMBER = "{emergency_number}"
OVERVIEW = "overview"

KIND_FILES: Mapping[str, str] = {
    "condition": "conditions.yml",
    "test": "tests.yml",
    "treatment": "treatments.yml",
    "anatomy": "anatomy.yml",
    "cause": "causes.yml",
    "symptom": "symptoms.yml",
    "advice": "advice.yml",
    "fact": "facts.yml",
    "clinic": "clinic.yml",
}

_DATA = Path(__file__).resolve().parents[2] / "data" / "knowledge"
_TOPIC_ID = re.compile(r"[a-z]+/[a-z][a-z0-9_]*")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")

_Model = TypeVar("_Model", bound=BaseModel)


class UnknownTopicError(KeyError):
    """No topic of that id, or no kind of that name, is in the knowledge base."""


@dataclass(frozen=True)
class Source:
    """A page that a topic rests on; `url` is empty for a book or the clinic itself."""

    title: str
    url: str
    date: str
    checked: str

    @property
    def is_checked(self) -> bool:
        """Tell whether somebody has read the page for this knowledge base."""
        return self.date != UNCHECKED


@dataclass(frozen=True)
class Picture:
    """A drawing; `alt` says in words what it shows."""

    file: str
    title: str
    alt: str


@dataclass(frozen=True)
class Topic:
    """One thing a visitor can ask about; texts may hold `{emergency_number}`.

    `questions` ask for the topic as a whole, `asks` for one aspect of it.
    """

    id: str
    title: str
    names: tuple[str, ...]
    weak_names: tuple[str, ...]
    questions: tuple[str, ...]
    asks: Mapping[str, tuple[str, ...]]
    short: str
    aspects: Mapping[str, str]
    safety_line: str
    sources: tuple[Source, ...]
    reviewed: date
    status: str
    related: tuple[str, ...]
    covers: tuple[str, ...]
    pictures: tuple[Picture, ...]

    @property
    def kind(self) -> str:
        """Return the first half of the id, such as `test`."""
        return self.id.partition("/")[0]

    @property
    def all_questions(self) -> tuple[str, ...]:
        """Return every example question, whatever it asks for."""
        return (*self.questions, *(ask for asks in self.asks.values() for ask in asks))

    @property
    def is_overview(self) -> bool:
        """Tell whether the topic introduces its kind rather than one member of it."""
        return self.id.endswith(f"/{OVERVIEW}")

    @property
    def first_answer(self) -> str:
        """Return the short text and, in a paragraph of its own, the safety line."""
        return with_safety(self.short, self)


@dataclass(frozen=True)
class Aspect:
    """A side that a topic can be asked about."""

    id: str
    label: str
    heading: str
    asks: tuple[str, ...]
    cues: tuple[str, ...]
    near: tuple[str, ...]
    is_weak: bool


@dataclass(frozen=True, eq=False)
class KnowledgeBase:
    """Everything that may be explained, validated; make one with `load`."""

    topics: Mapping[str, Topic]
    aspects: Mapping[str, Aspect]
    rules: Rules
    spellings: Mapping[str, str]
    silent_words: frozenset[str]
    ordinary_words: frozenset[str]
    other_parts: frozenset[str]
    own_words: frozenset[str]
    page: ClinicPage
    sources: Mapping[str, Source]
    warnings: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path = _DATA) -> KnowledgeBase:
        """Read and validate the files of a folder.

        Args:
            folder: Where the YAML files are; by default the project's data/knowledge.

        Returns:
            The knowledge base; `warnings` says what is out of date or not yet checked.

        Raises:
            DataFileError: Something in a file is wrong; the message names file, entry and field.
        """
        return _Loader(folder).load()

    def topic(self, topic_id: str) -> Topic:
        """Return one topic.

        Raises:
            UnknownTopicError: There is none of that id.
        """
        try:
            return self.topics[topic_id]
        except KeyError as error:
            raise UnknownTopicError(topic_id) from error

    def side_of(self, topic: Topic, aspect: str) -> str | None:
        """Return the aspect of a topic that answers for one: itself, or one close in meaning."""
        wanted = self.aspects[aspect]
        return next((name for name in (wanted.id, *wanted.near) if name in topic.aspects), None)

    def of_kind(self, kind: str) -> tuple[Topic, ...]:
        """Return the topics of a kind, such as `test`, without its overview, in file order.

        Raises:
            UnknownTopicError: There is no such kind.
        """
        if kind not in KIND_FILES:
            raise UnknownTopicError(kind)
        return tuple(
            topic for topic in self.topics.values() if topic.kind == kind and not topic.is_overview
        )


@lru_cache(maxsize=1)
def get_knowledge() -> KnowledgeBase:
    """Return the project's own knowledge base, loaded once.

    Raises:
        DataFileError: Something in a file is wrong.
    """
    return KnowledgeBase.load()


def with_safety(text: str, topic: Topic) -> str:
    """Return a text about a topic followed by the topic's safety line, if it has one."""
    return f"{text}\n\n{topic.safety_line}" if topic.safety_line else text


class _Loader:
    """Reads one folder; each method checks one thing and raises DataFileError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rules = self._one(Rules, "rules.yml")
        self._forbidden = [
            (re.compile(entry.pattern.strip(), re.IGNORECASE), entry)
            for entry in self._rules.forbidden
        ]
        self._aspects = self._load_aspects()
        self._sources = {
            name: Source(entry.title, entry.url, entry.date, entry.checked)
            for name, entry in self._named(SourceEntry, "sources.yml", "sources").items()
        }
        self._safety = self._load_safety()
        self._pictures = self._load_pictures()

    def load(self) -> KnowledgeBase:
        matching = self._one(Matching, "matching.yml")
        topics: dict[str, Topic] = {}
        for kind, name in KIND_FILES.items():
            for topic in self._load_topics(kind, self._folder / name):
                if topic.id in topics:
                    raise DataFileError(self._folder / name, topic.id, "is there twice")
                topics[topic.id] = topic
        topics = self._with_questions(topics)
        page = self._one(ClinicPage, "clinic_page.yml")
        self._check_references(topics)
        self._check_page(page, topics)
        self._check_names(topics, matching.spellings)
        return KnowledgeBase(
            topics=topics,
            aspects=self._aspects,
            rules=self._rules,
            spellings=matching.spellings,
            silent_words=frozenset(matching.silent_words),
            ordinary_words=frozenset(matching.ordinary_words),
            other_parts=frozenset(matching.other_parts),
            own_words=frozenset(matching.own_words),
            page=page,
            sources=self._sources,
            warnings=tuple(self._warnings(topics.values())),
        )

    def _with_questions(self, topics: Mapping[str, Topic]) -> dict[str, Topic]:
        aspects = {topic.id: topic.aspects for topic in topics.values()}
        more = load_questions(self._folder / "questions", aspects)
        return {
            topic.id: replace(
                topic,
                questions=(*topic.questions, *more[topic.id].whole),
                asks={
                    name: (*topic.asks.get(name, ()), *more[topic.id].sides.get(name, ()))
                    for name in topic.aspects
                    if name in topic.asks or name in more[topic.id].sides
                },
            )
            if topic.id in more
            else topic
            for topic in topics.values()
        }

    def _one(self, model: type[_Model], name: str) -> _Model:
        path = self._folder / name
        return _parse(model, load_yaml(path), path, "")

    def _named(self, model: type[_Model], name: str, key: str) -> dict[str, _Model]:
        path = self._folder / name
        entries = _entries(path, key, dict)
        return {
            entry_id: _parse(model, entry, path, entry_id) for entry_id, entry in entries.items()
        }

    def _load_aspects(self) -> dict[str, Aspect]:
        path = self._folder / "aspects.yml"
        aspects: dict[str, Aspect] = {}
        for raw in _entries(path, "aspects", list):
            entry = _parse(AspectEntry, raw, path, _id_of(raw))
            aspects[entry.id] = Aspect(
                entry.id,
                entry.label,
                entry.heading,
                tuple(entry.asks),
                tuple(entry.cues),
                tuple(entry.near),
                entry.weak,
            )
        for aspect in aspects.values():
            for other in aspect.near:
                if other not in aspects:
                    raise DataFileError(path, f"{aspect.id}.near", f"{other} is no aspect")
        for field in ("compare_aspects", "more_aspects"):
            for other in getattr(self._rules, field):
                if other not in aspects:
                    raise DataFileError(self._folder / "rules.yml", field, f"{other} is no aspect")
        return aspects

    def _load_safety(self) -> dict[str, str]:
        path = self._folder / "safety.yml"
        lines: dict[str, str] = {}
        for name, entry in self._named(SafetyEntry, "safety.yml", "lines").items():
            lines[name] = " ".join(entry.text.split())
            self._check_wording(lines[name], path, f"{name}.text")
        return lines

    def _load_pictures(self) -> dict[str, Picture]:
        path = self._folder / "pictures.yml"
        pictures: dict[str, Picture] = {}
        for name, entry in self._named(PictureEntry, "pictures.yml", "pictures").items():
            if not (self._folder / "pictures" / entry.file).is_file():
                raise DataFileError(path, f"{name}.file", f"pictures/{entry.file} is not there")
            for field, text in (("title", entry.title), ("alt", entry.alt)):
                self._check_text(text, self._rules.limits.aspect_words, path, f"{name}.{field}")
            pictures[name] = Picture(entry.file, entry.title, " ".join(entry.alt.split()))
        return pictures

    def _load_topics(self, kind: str, path: Path) -> list[Topic]:
        return [self._topic(kind, raw, path) for raw in _entries(path, "topics", list)]

    def _topic(self, kind: str, raw: object, path: Path) -> Topic:
        entry = _parse(TopicEntry, raw, path, _id_of(raw))
        if not _TOPIC_ID.fullmatch(entry.id) or not entry.id.startswith(f"{kind}/"):
            raise DataFileError(path, f"{entry.id}.id", f"must read {kind}/ and a name_like_this")
        for name in entry.sources:
            if name not in self._sources:
                raise DataFileError(path, f"{entry.id}.sources", f"{name} is not in sources.yml")
        if entry.safety and entry.safety not in self._safety:
            raise DataFileError(path, f"{entry.id}.safety", f"{entry.safety} is not in safety.yml")
        for name in entry.pictures:
            if name not in self._pictures:
                raise DataFileError(path, f"{entry.id}.pictures", f"{name} is not in pictures.yml")
        topic = Topic(
            id=entry.id,
            title=entry.title,
            names=tuple(entry.names),
            weak_names=tuple(entry.weak_names),
            questions=tuple(entry.questions),
            asks={name: tuple(asks) for name, asks in entry.asks.items()},
            short=" ".join(entry.short.split()),
            aspects={name: " ".join(text.split()) for name, text in entry.aspects.items()},
            safety_line=self._safety.get(entry.safety, ""),
            sources=tuple(self._sources[name] for name in entry.sources),
            reviewed=entry.reviewed,
            status=entry.status,
            related=tuple(entry.related),
            covers=tuple(entry.covers),
            pictures=tuple(self._pictures[name] for name in entry.pictures),
        )
        self._check_topic(topic, path)
        return topic

    def _check_topic(self, topic: Topic, path: Path) -> None:
        limits = self._rules.limits
        if not topic.names and not topic.weak_names:
            raise DataFileError(path, f"{topic.id}.names", "must hold at least one name")
        if len(topic.questions) < limits.questions:
            raise DataFileError(
                path, f"{topic.id}.questions", f"must hold at least {limits.questions} questions"
            )
        self._check_text(topic.title, 20, path, f"{topic.id}.title")
        self._check_text(topic.first_answer, limits.short_words, path, f"{topic.id}.short")
        for name, text in topic.aspects.items():
            if name not in self._aspects:
                raise DataFileError(
                    path, f"{topic.id}.aspects", f"{name} is no aspect that aspects.yml knows"
                )
            self._check_text(text, limits.aspect_words, path, f"{topic.id}.aspects.{name}")
        for name in topic.asks:
            if name not in topic.aspects:
                raise DataFileError(path, f"{topic.id}.asks.{name}", "is no aspect of the topic")

    def _check_text(self, text: str, limit: int, path: Path, field: str) -> None:
        if not text.strip():
            raise DataFileError(path, field, "is empty")
        if (count := len(text.split())) > limit:
            raise DataFileError(path, field, f"holds {count} words; at most {limit} are allowed")
        self._check_wording(text, path, field)

    def _check_wording(self, text: str, path: Path, field: str) -> None:
        for pattern, entry in self._forbidden:
            if found := pattern.search(text):
                raise DataFileError(
                    path, field, f"{found.group()!r} {entry.reason} (rule {entry.id})"
                )
        for placeholder in _PLACEHOLDER.findall(text):
            if placeholder != EMERGENCY_NUMBER:
                raise DataFileError(path, field, f"{placeholder} is no known placeholder")

    def _check_references(self, topics: Mapping[str, Topic]) -> None:
        rules = self._folder / "rules.yml"
        for aspect, overview in self._rules.overviews.items():
            if aspect not in self._aspects:
                raise DataFileError(rules, "overviews", f"{aspect} is no aspect")
            if overview not in topics:
                raise DataFileError(rules, f"overviews.{aspect}", f"{overview} is no topic")
        for field in ("general_topics", "leading_topics", "medicine_topics"):
            for topic_id in getattr(self._rules, field):
                if topic_id not in topics:
                    raise DataFileError(rules, field, f"{topic_id} is no topic")
        for topic in topics.values():
            for other in topic.related:
                if other not in topics or other == topic.id:
                    raise DataFileError(
                        self._folder / KIND_FILES[topic.kind],
                        f"{topic.id}.related",
                        f"{other} is no other topic",
                    )

    def _check_page(self, page: ClinicPage, topics: Mapping[str, Topic]) -> None:
        for topic in topics.values():
            for row in topic.covers:
                if row not in page.rows:
                    path = self._folder / KIND_FILES[topic.kind]
                    raise DataFileError(
                        path, f"{topic.id}.covers", f"{row} is no row of clinic_page.yml"
                    )
        path = self._folder / "clinic_page.yml"
        covered = {row for topic in topics.values() for row in topic.covers}
        for row in page.rows:
            if row not in covered:
                raise DataFileError(path, f"rows.{row}", "no topic covers it")
        for item in page.first_for_sign_off:
            if item.topic not in topics:
                raise DataFileError(path, "first_for_sign_off", f"{item.topic} is no topic")

    def _check_names(self, topics: Mapping[str, Topic], spellings: Mapping[str, str]) -> None:
        owners: dict[tuple[str, ...], str] = {}
        for topic in topics.values():
            for name in (*topic.names, *topic.weak_names):
                field = f"{topic.id}.names"
                path = self._folder / KIND_FILES[topic.kind]
                key = tuple(fold_word(word, spellings) for word, _, _ in words_of(name))
                if not key:
                    raise DataFileError(path, field, f"{name!r} holds no word")
                if name != name.lower():
                    raise DataFileError(path, field, f"{name!r} must be lower-case")
                if owners.setdefault(key, topic.id) != topic.id:
                    raise DataFileError(path, field, f"{name!r} is already a name of {owners[key]}")

    def _warnings(self, topics: Iterable[Topic]) -> Iterable[str]:
        oldest = now().date() - timedelta(days=self._rules.review_valid_days)
        for topic in topics:
            if topic.reviewed < oldest:
                yield f"{topic.id}: reviewed {topic.reviewed}, which is out of date"
            reads_at = grade(" ".join((topic.first_answer, *topic.aspects.values())))
            if reads_at > self._rules.limits.grade:
                yield f"{topic.id}: reads at school grade {reads_at:.1f}; use shorter words"
        for name, source in self._sources.items():
            if not source.is_checked:
                yield f"sources.yml, {name}: nobody has read this page for us yet"


def _parse(model: type[_Model], raw: object, path: Path, entry: str) -> _Model:
    try:
        return model.parse_obj(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "__root__")
        where = ".".join(part for part in (entry, field) if part)
        raise DataFileError(path, where, first["msg"]) from error


def _entries(path: Path, key: str, kind: type[Any]) -> Any:
    raw = load_yaml(path)
    if not isinstance(raw, dict) or not isinstance(raw.get(key), kind) or len(raw) != 1:
        shape = "list" if kind is list else "mapping"
        raise DataFileError(path, "", f"must hold one {shape} called {key}")
    return raw[key]


def _id_of(raw: object) -> str:
    return str(raw.get("id", "?")) if isinstance(raw, dict) else "?"
