"""The few figures that the report needs: proportions with intervals, precision, recall."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its Wilson interval.

    Source: Wilson 1927; it holds for small numbers and for shares near 0 and 1 as well.
    """

    count: int
    total: int

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Share:
        """Count what is true."""
        listed = list(outcomes)
        return cls(sum(listed), len(listed))

    def __add__(self, other: Share) -> Share:
        return Share(self.count + other.count, self.total + other.total)

    @property
    def value(self) -> float:
        """Return the share, 0-1; 0 of 0 is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the bounds of the 95 % interval, 0-1."""
        if not self.total:
            return 0.0, 1.0
        spread = _Z * _Z / self.total
        middle = (self.value + spread / 2) / (1 + spread)
        half = (
            _Z
            * math.sqrt(self.value * (1 - self.value) / self.total + spread / (4 * self.total))
            / (1 + spread)
        )
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.total:
            return "none"
        low, high = self.interval
        return (
            f"{self.count}/{self.total} = {100 * self.value:.1f} % "
            f"({100 * low:.1f}-{100 * high:.1f})"
        )


@dataclass(frozen=True, slots=True)
class Match:
    """How what was found fits what was to be found.

    Attributes:
        right: Found and right.
        extra: Found and wrong, or found where there was nothing.
        missing: Not found, or found with another value.
    """

    right: int = 0
    extra: int = 0
    missing: int = 0

    def __add__(self, other: Match) -> Match:
        return Match(
            self.right + other.right, self.extra + other.extra, self.missing + other.missing
        )

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right, 0-1."""
        return self.right / (self.right + self.extra) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Return the share of what was to be found that was found, 0-1."""
        return self.right / (self.right + self.missing) if self.right else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall, 0-1."""
        both = 2 * self.right + self.extra + self.missing
        return 2 * self.right / both if both else 0.0

    @property
    def is_perfect(self) -> bool:
        """Tell whether nothing was wrong or missing."""
        return not self.extra and not self.missing
