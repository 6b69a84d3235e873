"""OpenTelemetry traces: one for each message, through web or worker, Rasa and the actions.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) names a collector that speaks OTLP over
HTTP; then the SDK's own variables hold, such as OTEL_TRACES_SAMPLER. A span holds ids, names and times, never words.
Rasa's part, in its own Python, is `bot/dialogue/components/tracing.py`.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

_tracer = trace.get_tracer("postventa")
_NOT_TRACED = ("/healthz", "/readyz", "/metrics", "/static/", "/media/", "/web/events", "/desk/events")
Next = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def wanted() -> bool:
    """Whether a collector is named."""
    named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not off and any(os.environ.get(name) for name in named)


def start(process: str) -> None:
    """Send this process's spans to the collector, as the service "postventa-<process>". Nothing without a collector."""
    if not wanted():
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = f"{os.environ.get('OTEL_SERVICE_NAME') or 'postventa'}-{process}"
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    atexit.register(provider.shutdown)


@contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, *, within: Mapping[str, str] | None = None, **attributes: str | int
) -> Iterator[Span]:
    """A part of a trace: of the one that `within` carries (headers, or what `carried` gave), else of the present one.

    An error is noted by its type; its words may quote a customer.
    """
    context = propagate.extract(within) if within else None
    with _tracer.start_as_current_span(
        name, context, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as error:
            made.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def carried() -> dict[str, str]:
    """The present trace as W3C headers, for a call or to be kept beside a message; empty where nothing is traced."""
    if not trace.get_current_span().get_span_context().is_valid:
        return {}
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return {name: value for name, value in headers.items() if name == "traceparent"}


@sync_and_async_middleware
def middleware(get_response: Next) -> Next:
    """A span for each request, named by its route. Without a collector there is no such middleware."""
    if not wanted():
        raise MiddlewareNotUsed
    if iscoroutinefunction(get_response):

        async def waiting(request: HttpRequest) -> HttpResponseBase:
            if request.path.startswith(_NOT_TRACED):
                answer: HttpResponseBase = await get_response(request)
                return answer
            with span(request.method or "GET", SpanKind.SERVER, within=_headers(request)) as made:
                return _told(made, request, await get_response(request))

        return waiting

    def at_once(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_NOT_TRACED):
            answer: HttpResponseBase = get_response(request)  # type: ignore[assignment]
            return answer
        with span(request.method or "GET", SpanKind.SERVER, within=_headers(request)) as made:
            return _told(made, request, get_response(request))  # type: ignore[arg-type]

    return at_once


def _headers(request: HttpRequest) -> dict[str, str]:
    given = request.headers.get("traceparent", "")
    return {"traceparent": given} if given else {}


def _told(made: Span, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The route, never the address: that one may hold a conversation's or a file's key."""
    route = getattr(request.resolver_match, "route", "") or "unknown"
    made.update_name(f"{request.method} {route}")
    made.set_attributes({"http.route": route, "http.response.status_code": response.status_code})
    return response
