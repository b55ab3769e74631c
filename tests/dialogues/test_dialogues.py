"""Every dialogue of this folder, played against the trained model with the real actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from support.dialogue import NOW, Stage, load_dialogue

FOLDER = Path(__file__).parent
VIGNETTES = FOLDER / "vignettes"  # cases of bench/vignettes, played by test_vignettes.py
DIALOGUES = sorted(path for path in FOLDER.rglob("*.yml") if VIGNETTES not in path.parents)


@pytest.mark.parametrize(
    "path", DIALOGUES, ids=[str(path.relative_to(FOLDER).with_suffix("")) for path in DIALOGUES]
)
async def test_the_dialogue_goes_as_written(
    path: Path, agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = load_dialogue(path)
    stage = Stage(
        agent, tmp_path, monkeypatch, dialogue.get("clinic"), str(dialogue.get("at", NOW))
    )
    await stage.play(dialogue)
