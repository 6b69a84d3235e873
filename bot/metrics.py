"""Figures for Prometheus: GET /metrics of a web process, and of a worker on a port of its own.

Counters and histograms are this process's. Gauges are read from the database when asked, so one process is enough for
those. No label holds anything about a customer.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

registry = CollectorRegistry()
RECEIVED = Counter(
    "postventa_received", "Events of channels, by what became of them", ["channel", "outcome"], registry=registry
)
TURNS = Histogram(
    "postventa_turn_seconds",
    "Turns, from the question to the commit",
    ["outcome"],
    registry=registry,
    buckets=(0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 24),
)
CALLS = Counter("postventa_provider_calls", "Calls to providers, by what came of them", ["channel", "outcome"],
                registry=registry)  # fmt: skip
UP = Gauge("postventa_part_up", "Whether a part answered when it was asked just now", ["part"], registry=registry)
# What has waited longer than this waits for something that is broken.
LATE = timedelta(seconds=30)


class Waiting(Collector):
    """What waits in the database now."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        close_old_connections()
        try:
            yield from _waiting()
        except DatabaseError:
            yield _gauge("postventa_database_up", "Whether the database answers", 0)
        else:
            yield _gauge("postventa_database_up", "Whether the database answers", 1)
        finally:
            close_old_connections()


def _waiting() -> list[Metric]:
    from bot.conversations.models import Conversation, Delivery, Handoff

    late = timezone.now() - LATE
    return [
        _gauge("postventa_turns_waiting", "Turns that are due", Conversation.objects.exclude(turn_due_at=None).count()),
        _gauge(
            "postventa_turns_late", f"Turns due for more than {LATE.seconds} s",
            Conversation.objects.filter(turn_due_at__lt=late).count(),
        ),
        _gauge(
            "postventa_outbox_late", f"Conversations whose outbox is due for more than {LATE.seconds} s",
            Conversation.objects.filter(outbox_due_at__lt=late).count(),
        ),
        _gauge("postventa_uncertain", "Deliveries of which nobody knows",
               Delivery.objects.filter(state="uncertain").count()),
        _gauge("postventa_queue", "Customers who wait for a person",
               Handoff.objects.filter(state=Handoff.State.QUEUED).count()),
    ]  # fmt: skip


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


registry.register(Waiting())


async def page(request: HttpRequest) -> HttpResponse:
    """GET /metrics, with POSTVENTA_METRICS_TOKEN as a bearer token; without that setting there is no such page."""
    told = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN:
        raise Http404("no POSTVENTA_METRICS_TOKEN is set")
    if not hmac.compare_digest(told.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse("the bearer token is missing or wrong", status=401, content_type="text/plain")
    from bot.conversations import health
    from bot.conversations.database import on_database

    for name, well in (await health.parts()).items():
        UP.labels(name).set(well)
    return HttpResponse(await on_database(generate_latest, registry), content_type=CONTENT_TYPE_LATEST)
