"""Shares with their intervals; precision, recall and F1."""

from __future__ import annotations

import pytest

from evaluation.statistics import Match, Share


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (Share(0, 10), 0.0, 0.2775),
        (Share(10, 10), 0.7225, 1.0),
        (Share(5, 10), 0.2366, 0.7634),
        (Share(118, 188), 0.5569, 0.6936),
        (Share(0, 0), 0.0, 1.0),
    ],
)
def test_intervals_are_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=5e-4)


def test_a_share_is_written_with_its_interval() -> None:
    assert str(Share(5, 10)) == "5/10 = 50.0 % (23.7-76.3)"
    assert str(Share(0, 0)) == "none"


def test_precision_and_recall_count_what_is_extra_and_what_is_missing() -> None:
    match = Match(right=6, extra=2) + Match(right=2, missing=4)
    assert (match.precision, match.recall) == (0.8, pytest.approx(2 / 3))
    assert match.f1 == pytest.approx(8 / 11)
    assert Match().f1 == 0.0
