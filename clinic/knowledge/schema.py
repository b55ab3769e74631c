"""The shape of the knowledge base's YAML files."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, Extra, Field, validator

UNCHECKED = "unchecked"

_SOURCE_DATE = re.compile(rf"\d{{4}}-\d{{2}}(?:-\d{{2}})?|{UNCHECKED}")
_DRAWING = re.compile(r"[a-z0-9_]+\.svg")
_FLAG = re.compile(r"RF\d{2}")


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class SourceEntry(_Strict):
    """A page in sources.yml; `checked` says where it was read and what it was held against."""

    title: str
    url: str = ""
    date: str
    checked: str = ""

    @validator("date", pre=True)
    @classmethod
    def _is_a_month_or_unchecked(cls, value: object) -> str:
        if not _SOURCE_DATE.fullmatch(str(value)):
            raise ValueError(f"must be a month such as 2026-11, or {UNCHECKED}")
        return str(value)

    @validator("url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return value


class SafetyEntry(_Strict):
    """A line in safety.yml."""

    text: str
    flags: list[str] = Field(min_items=1)

    @validator("flags", each_item=True)
    @classmethod
    def _is_a_red_flag(cls, value: str) -> str:
        if not _FLAG.fullmatch(value):
            raise ValueError(f"{value} is no red flag id such as RF04")
        return value


class AspectEntry(_Strict):
    """An aspect in aspects.yml."""

    id: str
    label: str
    heading: str
    asks: list[str] = Field(min_items=2)
    cues: list[str] = Field(min_items=1)
    near: list[str]
    weak: bool = False


class ForbiddenEntry(_Strict):
    """Wording that no text may hold."""

    id: str
    pattern: str
    reason: str

    @validator("pattern")
    @classmethod
    def _is_a_regular_expression(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from error
        return value


class Limits(_Strict):
    """How long a text may be, and how many questions a topic needs."""

    short_words: int
    aspect_words: int
    questions: int
    grade: float


class Sentences(_Strict):
    """The sentences that answers are built with."""

    emergency_number_unknown: str
    about: str
    missing_aspect: str
    instead: str
    no_more: str
    origin: str
    source: str
    sources: str
    compare_end: str
    list_end: str
    menu: str
    or_meant: str


class Rules(_Strict):
    """What the knowledge base is held to."""

    review_valid_days: int = Field(gt=0)
    limits: Limits
    forbidden: list[ForbiddenEntry]
    answers: Sentences
    compare_aspects: list[str]
    more_aspects: list[str]
    weak_kinds: list[str]
    whole_kinds: list[str]
    overviews: dict[str, str]
    general_topics: list[str]
    leading_topics: list[str]
    medicine_topics: list[str]


class PageRow(_Strict):
    """A statement of the clinic's own page, and how it is corrected."""

    states: str
    correction: str = ""


class Attention(_Strict):
    """A topic that a clinician should look at early, and why."""

    topic: str
    why: str


class ClinicPage(_Strict):
    """What clinic_page.yml holds."""

    rows: dict[str, PageRow]
    first_for_sign_off: list[Attention]


class PictureEntry(_Strict):
    """A drawing in pictures.yml."""

    file: str
    title: str
    alt: str

    @validator("file")
    @classmethod
    def _is_a_drawing(cls, value: str) -> str:
        if not _DRAWING.fullmatch(value):
            raise ValueError("must be a file of pictures/ such as cervical_spine.svg")
        return value


class TopicEntry(_Strict):
    """A topic as its file holds it."""

    id: str
    title: str
    names: list[str] = []
    weak_names: list[str] = []
    questions: list[str]
    asks: dict[str, list[str]] = {}
    short: str
    safety: str = ""
    aspects: dict[str, str]
    sources: list[str] = Field(min_items=1)
    reviewed: date
    status: Literal["awaiting clinical review", "clinically reviewed"]
    related: list[str]
    covers: list[str]
    pictures: list[str] = []

    @validator("aspects")
    @classmethod
    def _says_what_it_is(cls, value: dict[str, str]) -> dict[str, str]:
        if "what" not in value:
            raise ValueError("must hold `what`, which says what it is")
        return value


class Matching(_Strict):
    """What matching.yml holds."""

    spellings: dict[str, str]
    silent_words: list[str]
    ordinary_words: list[str]
    other_parts: list[str]
    own_words: list[str]
