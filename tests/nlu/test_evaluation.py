"""The evaluation from the files to the page: a small set of each kind, the trained model."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.pipeline import ServedPipeline
from evaluation.plots import draw
from evaluation.report import Evaluation, as_markdown
from evaluation.run import evaluate, main
from evaluation.sets import load_files

FILES = {
    "intents": "[{intent: thank, text: thank you so much}, {intent: affirm, text: thanks a lot}]",
    "slots": "[{text: my neck hurts on the left, slots: {site: [neck], side: right}}]",
    "flags": (
        "flags: [{id: RF06, level: emergency, text: I can't pee since this morning},"
        "{id: RF06, level: emergency, text: hello there}]\n"
        "benign: [{kind: idiom, text: I can't feel my legs}]"
    ),
    "assertions": "[{text: no fever, attribute: systemic, value: fever, assertion: absent}]",
}


@pytest.fixture(scope="module")
def evaluation(pipeline: ServedPipeline, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    folder = tmp_path_factory.mktemp("sets")
    for name, text in FILES.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    sets = load_files([folder / f"{name}.yml" for name in FILES])
    return evaluate(sets, pipeline, with_speed=False)


def test_every_kind_of_set_gets_its_figures(evaluation: Evaluation) -> None:
    page = as_markdown(evaluation, {})
    assert "| intents right | at least 90 % | 1/2 = 50.0 %" in page
    assert "| affirm | thank | 1 |" in page  # a confusion
    assert "| side | 1 | 0.000 | 0.000 | 0.000 |" in page
    assert "| absent | 1/1 = 100.0 %" in page
    assert "| RF06 | 1/2 = 50.0 %" in page
    assert "| idiom | 1/1 = 100.0 %" in page


def test_the_worst_errors_come_first(evaluation: Evaluation) -> None:
    assert [mistake.kind for mistake in evaluation.mistakes] == [
        "missed",
        "raised",
        "intent",
        "slots",
    ]


def test_every_perturbation_is_tried(evaluation: Evaluation) -> None:
    assert evaluation.perturbed["typos"].messages > 0
    assert evaluation.perturbed["capitals"].after.emergencies.total == 2


def test_the_pictures_are_drawn_and_the_same_each_time(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    first = {file.name: file.read_bytes() for file in draw(evaluation, tmp_path / "a").values()}
    again = {file.name: file.read_bytes() for file in draw(evaluation, tmp_path / "b").values()}
    assert "evaluation_intents.svg" in first
    assert first == again


def test_a_broken_file_ends_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("[{intent: dance, text: hello}]", encoding="utf-8")
    assert main([str(broken)]) == 1
    assert "'dance' is no intent" in capsys.readouterr().err
