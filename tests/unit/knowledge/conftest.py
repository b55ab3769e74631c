from __future__ import annotations

import pytest

from clinic.knowledge.base import KnowledgeBase, get_knowledge


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    return get_knowledge()
