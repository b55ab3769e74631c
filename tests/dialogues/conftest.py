"""A stage on which visitors stand in every state, walked to once."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio
from rasa.core.agent import Agent
from support.dialogue import Stage
from support.quick_agent import QuickAgent
from support.states import walk_everywhere


@pytest.fixture(scope="session")
def quick_agent(agent: Agent) -> QuickAgent:
    """The agent, quick enough for thousands of turns."""
    return QuickAgent(agent)


@pytest_asyncio.fixture
async def everywhere(
    quick_agent: QuickAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """A stage of one's own calendar, where a visitor stands in each of `states.EVERYWHERE`."""
    stage = Stage(quick_agent, tmp_path, monkeypatch, name="walked")
    if not await quick_agent.tracker_store.keys():
        await walk_everywhere(stage)
    return stage
