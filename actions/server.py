"""The action server: `python -m actions.server --port 5055`.

rasa_sdk's executor behind a small ASGI application of our own, because rasa_sdk's own server listens on every
network interface and its token does not cover the webhook. Rasa posts to `/webhook`; `GET /health` names the actions.
"""

from __future__ import annotations

import argparse
import gc
import hmac
import json
import logging
import os
import sys
import traceback
import zlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from opentelemetry.trace import SpanKind
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot import tracing
from bot.logs import about

logger = logging.getLogger(__name__)

# Set it to 0.0.0.0 in a container, where no one else shares the loopback.
HOST = os.environ.get("POSTVENTA_HOST", "127.0.0.1")
MAX_BODY_BYTES = 8 * 1024 * 1024
KEEP_ALIVE_SECONDS = 75
"""Longer than the 30 s after which Rasa drops an idle connection, so that no call meets a closing one."""

DEFAULT_TOKEN = "local"  # noqa: S105

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, dict[str, Any]]


class ActionServer:
    """ASGI application over an executor; one token for every call but `/health`, which also tells `parts`: what the
    actions use, and whether it answers. `take` is given what Rasa found a message to mean: its text and vectors."""

    def __init__(
        self,
        executor: ActionExecutor,
        token: str,
        parts: Callable[[], dict[str, bool]] = dict,
        take: Callable[[str, dict[str, str]], None] | None = None,
    ) -> None:
        self._executor = executor
        self._token = token.encode()
        self._parts = parts
        self._take = take

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; a lifespan scope is only acknowledged."""
        if scope["type"] == "lifespan":
            await _acknowledge_lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        status, body = await self._respond(scope, receive)
        await _send_json(send, status, body)

    async def _respond(self, scope: dict[str, Any], receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        if (method, path) == ("GET", "/health"):
            return 200, {"status": "ok", "actions": sorted(self._executor.actions), "parts": self._parts()}
        if (method, path) != ("POST", "/webhook"):
            return 404, {"error": "Nothing is here; Rasa posts to /webhook, GET /health tells how we are."}
        headers = {name.lower(): value for name, value in scope["headers"]}
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token.strip(), self._token):
            return 401, {"error": "No valid token: send Authorization: Bearer with POSTVENTA_ACTIONS_TOKEN."}
        body = await _read(receive)
        if body is None:
            return 413, {"error": f"The call is larger than {MAX_BODY_BYTES} bytes; is the tracker that long?"}
        try:
            call = json.loads(zlib.decompress(body) if headers.get(b"content-encoding") == b"deflate" else body)
        except (ValueError, zlib.error):
            return 400, {"error": "The body is not JSON; send what Rasa's action_endpoint sends."}
        if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
            return 400, {"error": "An action call is an object with next_action, tracker and domain."}
        return await self._run(call, headers.get(b"traceparent", b"").decode("ascii", "replace"))

    async def _run(self, call: dict[str, Any], trace: str) -> Answer:
        conversation, within = str(call.get("sender_id") or ""), {"traceparent": trace} if trace else {}
        name = str(call.get("next_action") or "action")[:80]
        with about(conversation), tracing.span(name, SpanKind.SERVER, within=within, conversation=conversation):
            return await self._perform(call)

    async def _perform(self, call: dict[str, Any]) -> Answer:
        name, meaning = str(call.get("next_action") or ""), call.pop("meaning", None)
        if isinstance(meaning, dict) and self._take:
            self._take(str((call["tracker"].get("latest_message") or {}).get("text") or ""), meaning)
        try:
            result = await self._executor.run({"domain": {}, **call})
        except ActionExecutionRejection as error:
            return 400, {"error": error.message, "action_name": error.action_name}
        except ActionNotFoundException as error:
            logger.error("There is no action %s; is its module in the actions package?", name)
            return 404, {"error": error.message, "action_name": error.action_name}
        except Exception as error:
            # Never the message: it may quote what the customer wrote.
            logger.error("action %s failed: %s", name, _where(error))
            return 500, {"error": f"{type(error).__name__} in {name}", "action_name": name}
        return 200, result.model_dump() if result else {"events": [], "responses": []}


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return f"{type(error).__name__} at " + " < ".join(f"{f.name}:{f.lineno}" for f in reversed(frames))


async def _read(receive: Receive) -> bytes | None:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def _send_json(send: Send, status: int, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})


async def _acknowledge_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def build(
    packages: Sequence[str] = ("actions",),
    token: str | None = None,
    parts: Callable[[], dict[str, bool]] = dict,
    take: Callable[[str, dict[str, str]], None] | None = None,
) -> ActionServer:
    """The application over every action of `packages`. Without a token, POSTVENTA_ACTIONS_TOKEN's."""
    executor = ActionExecutor()
    for package in packages:
        executor.register_package(package)
    return ActionServer(executor, token or os.environ.get("POSTVENTA_ACTIONS_TOKEN") or DEFAULT_TOKEN, parts, take)


def used_parts() -> dict[str, bool]:
    """The chat model, where one is configured: whether it answered when it was last asked, and is not left alone."""
    from knowledge import writing

    return {"chat_model": writing.well()} if writing.configured() else {}


def warm_up() -> None:
    """Load what the first customers would otherwise wait for: encoder, articles, calendar of holidays."""
    from django.utils import timezone

    from bot.shop.hours import opening_words
    from knowledge.answers import KnowledgeUnavailable, answer

    opening_words(timezone.now(), "es")
    try:
        answer("¿cuánto dura la garantía?", "es")
    except KnowledgeUnavailable as error:
        logger.warning("The articles cannot be searched yet: %s", error)


def ready() -> ActionServer:
    """The application as each process serves it, warmed up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")
    import django

    django.setup()
    tracing.start("actions")
    # Not on this thread, where an event loop runs already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(_warmed).result()
    from knowledge import given

    # Articles and encoders stay: to look through them for garbage again and again takes a fifth of a second.
    gc.freeze()
    return build(parts=used_parts, take=given.take)


def _warmed() -> None:
    from django.db import connections

    try:
        warm_up()
    finally:
        connections.close_all()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; runs until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m actions.server", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("POSTVENTA_ACTIONS_PORT", "5055")))
    most = int(os.environ.get("POSTVENTA_ACTIONS_PROCESSES", "1"))
    parser.add_argument("--processes", type=int, default=most, help="on the same port (default: %(default)s)")
    options = parser.parse_args(arguments)

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import uvicorn

    if not os.environ.get("POSTVENTA_ACTIONS_TOKEN"):
        logger.warning(
            "POSTVENTA_ACTIONS_TOKEN is not set: the token is %r, for a machine of one's own.", DEFAULT_TOKEN
        )
    uvicorn.run(
        "actions.server:ready",
        factory=True,
        workers=options.processes,
        host=HOST,
        port=options.port,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        log_level="warning",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
