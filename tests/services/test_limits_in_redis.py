"""Counters of calls in Redis: shared by all processes, and nobody is turned away while it is down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.services.conftest import needed
from tests.services.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
REDIS = "django.core.cache.backends.redis.RedisCache"
PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
MOST = 30

# Another process that takes in calls from the same address.
ELSEWHERE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "bot.settings"
import django
django.setup()
from django.test import RequestFactory
from bot import limits
limits.clock = lambda: 1_800_000_000
for _ in range(20):
    print(limits.wait_for(RequestFactory().post("/continue", REMOTE_ADDR="203.0.113.7")))
"""


@pytest.fixture
def at_redis(settings: Any) -> Iterator[str]:
    address = needed("REDIS_URL", "redis")
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": address, "OPTIONS": PATIENCE}}
    settings.LIMITS = True
    cache.clear()
    yield address
    cache.clear()


def test_calls_are_counted_over_all_processes(at_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.limits.clock", lambda: 1_800_000_000)
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"0"}
    answers = [Client().post("/continue", REMOTE_ADDR="203.0.113.7").status_code for _ in range(MOST - 20 + 1)]
    assert 429 not in answers[:-1] and answers[-1] == 429


def test_customers_are_served_while_redis_is_away(settings: Any) -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": nobody, "OPTIONS": PATIENCE}}
    settings.LIMITS = True
    answer = Client().post("/web/session", {"language": "es"}, content_type="application/json")
    assert answer.status_code == 201
