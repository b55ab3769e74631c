"""Fixtures of the whole: the trained model, an agent inside the process, a real server."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Set before Rasa is imported anywhere, as the `atlas` command does.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from support.project import trained_model
from support.server import AtlasServer, Conversation

if TYPE_CHECKING:
    from rasa.core.agent import Agent

# A Wednesday, ten in the morning in New York: the clinic is open.
SERVER_NOW = "2027-03-03T15:00:00+00:00"


def pytest_configure() -> None:
    """Collect no garbage while test modules are read.

    CPython 3.11 ends now and then with "AST constructor recursion depth mismatch" where a
    collection falls into the making of a syntax tree, as pytest makes one of every test module.
    """
    gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage again once the tests are known."""
    gc.enable()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model for the present data and code, trained once if there is none."""
    return trained_model()


@pytest.fixture(scope="session")
def agent(model: Path) -> Agent:
    """Rasa with the trained model and the real actions, inside this process."""
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    from bot.in_process_actions import InProcessActionEndpoint
    from bot.rasa_shortcuts import shorten_rasa

    configure_structlog(logging.WARNING)
    shorten_rasa()  # as the server does
    return Agent.load(
        str(model),
        action_endpoint=InProcessActionEndpoint(),
        generator=EndpointConfig(type="bot.translated_replies.TranslatedReplies"),
    )


@pytest.fixture(scope="session")
def atlas(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtlasServer]:
    """A real server, shared by all tests that change nothing of it."""
    server = AtlasServer(tmp_path_factory.mktemp("atlas"), ATLAS_NOW=SERVER_NOW)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def conversation(atlas: AtlasServer) -> Conversation:
    """A new visitor of the shared server."""
    return Conversation(atlas.base_url)
