"""Write the summary that a patient can keep: as text for a chat, as a page to print."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.history.phrasebook import Phrasebook
from clinic.triage.conditions import Condition, ConditionError, History, compile_condition
from clinic.triage.engine import Assessment
from clinic.triage.rules import Level, Rule

_WORDS = (
    *(
        "title",
        "made_by",
        "nothing_told",
        "left_out",
        "because",
        "rules_line",
        "no_rule",
        "no_rule_named",
    ),
    *("most_questions", "private", "watch", "questions", "open_questions", "headings", "levels"),
)
_HEADINGS = ("told", "denied", "open", "level", "watch", "questions", "sources")
_LEVELS = (
    *("emergency_ambulance", "emergency", "consultation_24", "consultation_days"),
    *("consultation_routine", "self_care", "unknown"),
)
# The page is a file of its own, so it brings its few rules of style along.
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;"
    "color:#111;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.2rem 0 .2rem}"
    "ul{margin:.2rem 0;padding-left:1.3rem}.now{border:2px solid #b00020;padding:.4rem .8rem;"
    "font-weight:bold}footer{margin-top:1.5rem;font-size:.85rem;color:#444}"
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the summary.

    Attributes:
        heading: Its heading.
        lines: Its points.
        urgent: Whether it says to get help now.
    """

    heading: str
    lines: tuple[str, ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class PatientSummary:
    """What a patient can keep of a conversation.

    Attributes:
        title: Its title.
        sections: Its parts in order; none is empty.
        made_by: Who wrote it and when, and what it is not.
    """

    title: str
    sections: tuple[Section, ...]
    made_by: str

    def as_text(self) -> str:
        """Return it as a chat message."""
        parts = [
            f"**{section.heading}**\n" + "\n".join(f"- {line}" for line in section.lines)
            for section in self.sections
        ]
        return "\n\n".join([f"**{self.title}**", *parts, self.made_by])

    def as_page(self) -> str:
        """Return it as an HTML page that needs nothing else, for printing and saving."""
        parts = []
        for section in self.sections:
            lines = "".join(f"<li>{escape(line)}</li>" for line in section.lines)
            mark = ' class="now"' if section.urgent else ""
            parts.append(f"<h2>{escape(section.heading)}</h2><ul{mark}>{lines}</ul>")
        title = escape(self.title)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{''.join(parts)}"
            f"<footer>{escape(self.made_by)}</footer></body></html>"
        )


@dataclass(frozen=True, slots=True)
class SummaryWriter:
    """Writes summaries in the words of `summary.yml`.

    Attributes:
        words: The file's words.
        questions: What one may ask the doctor, with the condition for asking it.
        phrasebook: The words for findings.
    """

    words: Mapping[str, Any]
    questions: tuple[tuple[str, Condition], ...]
    phrasebook: Phrasebook

    @classmethod
    def load(
        cls, path: Path, attributes: AttributeCatalogue, phrasebook: Phrasebook
    ) -> SummaryWriter:
        """Load and check `summary.yml`.

        Raises:
            DataFileError: Something is missing, or a condition names something unknown.
        """
        words = load_yaml(path)
        if not isinstance(words, dict):
            raise DataFileError(path, "", "expected the words of the summary")
        wanted = {"": _WORDS, "headings": _HEADINGS, "levels": _LEVELS}
        for field, names in wanted.items():
            held = words.get(field) if field else words
            for name in names:
                if not isinstance(held, dict) or not held.get(name):
                    raise DataFileError(path, f"{field}.{name}".lstrip("."), "is missing")
        for name in (*words["private"], *words["open_questions"]):
            if name not in attributes:
                raise DataFileError(path, str(name), "is no attribute of history.yml")
        questions = []
        for entry in words["questions"]:
            try:
                questions.append((str(entry["ask"]), _condition(entry, attributes)))
            except (ConditionError, KeyError, TypeError) as error:
                raise DataFileError(path, f"questions: {entry}", str(error)) from error
        return cls(words, tuple(questions), phrasebook)

    def write(
        self,
        history: History,
        assessment: Assessment,
        *,
        level: Level | None,
        left_open: Collection[str],
        facts: Mapping[str, str],
        today: date,
    ) -> PatientSummary:
        """Write the summary of a conversation.

        Args:
            history: What is known.
            assessment: The history weighed.
            level: The level that was given; None before one was.
            left_open: Questions of the interview without an answer.
            facts: What texts may name of the clinic.
            today: The present date at the clinic.
        """
        headings: Mapping[str, str] = self.words["headings"]
        private = [name for name in self.words["private"] if history.get(name)]
        told = {name: value for name, value in history.items() if name not in private}
        if private and level is assessment.level:
            assessment = _without(assessment, told)
        sections = [
            Section(headings["level"], self._level(level, assessment), _is_emergency(level)),
            Section(headings["told"], self._told(told, bool(private))),
            Section(headings["denied"], tuple(self.phrasebook.denied(told))),
        ]
        if not _is_emergency(level):  # then only help counts
            sections += [
                Section(headings["open"], self._open(left_open)),
                Section(headings["watch"], tuple(self.words["watch"])),
                Section(headings["questions"], self._questions(told)),
            ]
        rules = assessment.decisive if level is assessment.level else ()
        sources = self._sources(assessment.version, rules, is_private=bool(private))
        sections.append(Section(headings["sources"], (sources,)))
        named = {**facts, "date": f"{today:%B %-d, %Y}"}
        return PatientSummary(
            title=str(self.words["title"]),
            sections=tuple(_filled(section, named) for section in sections if section.lines),
            made_by=str(self.words["made_by"]).format(**named),
        )

    def _level(self, level: Level | None, assessment: Assessment) -> tuple[str, ...]:
        name = level.value if level else "unknown"
        if level is Level.CONSULTATION:
            name += f"_{assessment.within or 'routine'}"
        lines = [str(self.words["levels"][name])]
        if level is assessment.level and assessment.reasons:
            reasons = "; ".join(assessment.reasons)
            lines.append(str(self.words["because"]).replace("{reasons}", reasons))
        return tuple(lines)

    def _told(self, told: History, is_private: bool) -> tuple[str, ...]:
        lines = self.phrasebook.present(told) or [str(self.words["nothing_told"])]
        return (*lines, *([str(self.words["left_out"])] if is_private else []))

    def _open(self, left_open: Collection[str]) -> tuple[str, ...]:
        names: Mapping[str, str] = self.words["open_questions"]
        return tuple(str(words) for name, words in names.items() if name in left_open)

    def _questions(self, told: History) -> tuple[str, ...]:
        asked = [text for text, holds in self.questions if holds(told)]
        return tuple(asked[: int(self.words["most_questions"])])

    def _sources(self, version: str, rules: tuple[Rule, ...], *, is_private: bool) -> str:
        named = "; ".join(f"{rule.id} ({', '.join(rule.sources)})" for rule in rules)
        if not named:
            named = str(self.words["no_rule_named" if is_private else "no_rule"])
        line = str(self.words["rules_line"])
        return line.replace("{version}", version).replace("{rules}", named)


def _condition(entry: Mapping[str, Any], attributes: AttributeCatalogue) -> Condition:
    if "when" not in entry:
        return lambda history: True
    return compile_condition(entry["when"], attributes)


def _without(assessment: Assessment, told: History) -> Assessment:
    """Leave out the reasons that speak of what was told in confidence."""
    kept = [
        (rule, grade)
        for rule in assessment.decisive
        if (grade := rule.grade(told)) is not None and grade.level is assessment.level
    ]
    return replace(
        assessment,
        decisive=tuple(rule for rule, _ in kept),
        reasons=tuple(dict.fromkeys(grade.reason or rule.reason for rule, grade in kept)),
    )


def _is_emergency(level: Level | None) -> bool:
    return level is not None and level.is_emergency


def _filled(section: Section, named: Mapping[str, str]) -> Section:
    """Fill the clinic's facts in; words with other braces in them stay as they are."""

    def fill(text: str) -> str:
        for name, value in named.items():
            text = text.replace("{" + name + "}", value)
        return text

    return replace(section, heading=fill(section.heading), lines=tuple(map(fill, section.lines)))
