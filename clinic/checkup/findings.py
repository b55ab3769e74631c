"""What a check-up found, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "problem"]

_WIDEST_NAME = 14


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; never holds a secret.

    Args:
        check: What was looked at, such as "database".
        verdict: Whether it is as it should be.
        told: What was found, in one sentence.
        todo: What to do about it; empty where nothing is.
    """

    check: str
    verdict: Verdict
    told: str
    todo: str = ""

    def line(self) -> str:
        """Return the finding as one line."""
        head = f"{self.verdict:<8} {self.check:<{_WIDEST_NAME}} {self.told}"
        return f"{head} -> {self.todo}" if self.todo else head


def ok(check: str, told: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(check, "ok", told)


def warning(check: str, told: str, todo: str) -> Finding:
    """Return that something works and should be looked at."""
    return Finding(check, "warning", told, todo)


def problem(check: str, told: str, todo: str) -> Finding:
    """Return that something does not work."""
    return Finding(check, "problem", told, todo)


def has_problem(findings: Sequence[Finding]) -> bool:
    """Tell whether anything does not work."""
    return any(finding.verdict == "problem" for finding in findings)


def findings_as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, and one that counts them."""
    count = dict.fromkeys(("problem", "warning", "ok"), 0)
    for finding in findings:
        count[finding.verdict] += 1
    total = f"{count['problem']} problems, {count['warning']} warnings, {count['ok']} ok"
    return "\n".join([*(finding.line() for finding in findings), total])


def findings_as_json(findings: Sequence[Finding]) -> str:
    """Return the findings for programs."""
    content = {
        "healthy": not has_problem(findings),
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(content, indent=1)
