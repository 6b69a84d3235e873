"""One whole shop for all of the road's tests: real Rasa, action server, Chroma, web and worker processes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local import stack as stacks
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.road.people import Agent, Customer, SandboxPhone, Widget

CHANNELS = ("web", "whatsapp", "telegram")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stacks.Stack]:
    with stacks.running(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield running
        running.close()


@pytest.fixture(scope="session")
def ana(stack: stacks.Stack) -> Agent:
    return Agent(stack, "ana")


@pytest.fixture(scope="session")
def bruno(stack: stacks.Stack) -> Agent:
    return Agent(stack, "bruno")


@pytest.fixture
def stranger(stack: stacks.Stack) -> Callable[[str], Customer]:
    """Somebody the shop has never heard of, on a channel."""

    def on(channel: str) -> Customer:
        base, number = stack.urls["web"], next(_numbers)
        if channel == "web":
            return Widget(base)
        return SandboxPhone(base, channel, f"+34699{number:06d}" if channel == "whatsapp" else f"79{number:07d}")

    return on


@pytest.fixture(params=CHANNELS)
def customer(request: pytest.FixtureRequest, stranger: Callable[[str], Customer]) -> Customer:
    """A stranger on each of the three channels."""
    return stranger(request.param)
