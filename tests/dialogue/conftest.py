"""Rasa, its action server and the customers Lucía and Marc, for every test of the dialogue."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogue.engine import ACTIONS_TOKEN, MODELS, PROJECT, Rasa, Server, free_port, make_rasa, numbers, train


@pytest.fixture(scope="session")
def model() -> Path:
    """The project's model, trained unless it exists already."""
    return train(PROJECT, MODELS)


@pytest.fixture(scope="session")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("actions")
    port = free_port()
    server = Server(
        [sys.executable, "-m", "tests.dialogue.project.serve_actions", str(port)],
        port,
        folder / "log",
        {
            "POSTVENTA_ACTIONS_TOKEN": ACTIONS_TOKEN,
            "TEST_GATE": str(folder / "gate"),
            "TEST_CRASH": str(folder / "crash"),
        },
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def rasa(model: Path, actions: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    """One Rasa process for all tests that leave it running."""
    engine = make_rasa(model, actions, tmp_path_factory.mktemp("rasa"))
    engine.server.start()
    yield engine
    engine.server.stop()


@pytest.fixture
def own_rasa(model: Path, actions: Server, tmp_path: Path) -> Iterator[Rasa]:
    """A Rasa of the test's own, not started yet, to be killed."""
    engine = make_rasa(model, actions, tmp_path)
    yield engine
    engine.server.stop()


@pytest.fixture
def lucia(request: pytest.FixtureRequest) -> str:
    """Lucía's conversation, a new one in each test."""
    return f"lucia-{request.node.name}-{next(numbers)}"[:200]


@pytest.fixture
def marc(request: pytest.FixtureRequest) -> str:
    """Marc's conversation, a new one in each test."""
    return f"marc-{request.node.name}-{next(numbers)}"[:200]
