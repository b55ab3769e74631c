"""What the tests of several workers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cluster import Cluster
from support.stores import postgresql_server


@pytest.fixture(scope="module")
def cluster(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers on a PostgreSQL of their own."""
    for database in postgresql_server():
        made = Cluster(tmp_path_factory.mktemp("cluster"), database)
        made.server.start()
        yield made
        made.server.kill()
        made.proxy.close()
