"""Rasa's door to the gateway: one POST is one turn.

POST /webhooks/postventa/turn     Authorization: Bearer $POSTVENTA_RASA_TOKEN
  {conversation, message_id, text | payload, metadata: {...}, fresh?: bool, state?: bool}
→ 200 {replies: [{text, buttons: [{title, payload}], custom, image?}], replayed, language, state?}
  4xx a turn that cannot be read, 401 no token, 500 the turn failed and left no trace,
  503 no model, 504 still running: ask again with the same message_id.
DELETE /webhooks/postventa/conversations/<id>     → 204, nothing of it is kept
PUT /webhooks/postventa/model     {path}          → 204, the conversations go on
"""

import asyncio
import hmac
import logging
import os
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.components import tracing
from bot.dialogue.components.patches import TurnFailed
from bot.dialogue.components.turns import TurnRunner
from bot.dialogue.components.wire import BadTurn, Turn, read_turn

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 20.0


def failure(status: int, error: str, hint: str) -> HTTPResponse:
    """An error answer: what was wrong, and the remedy."""
    return response.json({"error": error, "hint": hint}, status=status)


def where(error: BaseException) -> str:
    """An error's type and place for the log, without its message, which may quote the customer."""
    root = error
    while root.__cause__ or root.__context__:
        root = root.__cause__ or root.__context__  # type: ignore[assignment]
    frames = traceback.extract_tb(root.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    what = str(error) if isinstance(error, TurnFailed) else type(error).__name__
    return f"{what} ({type(root).__name__} at {places})"


class TurnChannel(InputChannel):
    """The input channel; named by class path in credentials.yml."""

    @classmethod
    def name(cls) -> str:
        """Also the mount point: /webhooks/postventa."""
        return "postventa"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnChannel":
        """`token` from credentials.yml or POSTVENTA_RASA_TOKEN; `deadline` in seconds or POSTVENTA_RASA_DEADLINE.

        Raises RasaException without a token: anybody on this machine could speak as any customer.
        """
        given = credentials or {}
        token = str(given.get("token") or os.environ.get("POSTVENTA_RASA_TOKEN") or "")
        if not token:
            raise RasaException(
                "No token for Rasa's turns: set POSTVENTA_RASA_TOKEN to a long random text, the same for the "
                "gateway and for Rasa (`python -c 'import secrets; print(secrets.token_urlsafe(32))'`)."
            )
        deadline = given.get("deadline") or os.environ.get("POSTVENTA_RASA_DEADLINE") or DEADLINE_SECONDS
        return cls(token, float(deadline))

    def __init__(self, token: str, deadline: float = DEADLINE_SECONDS) -> None:
        self._token = token.encode()
        self._deadline = deadline
        self._running: set[asyncio.Task[dict[str, Any]]] = set()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes; Rasa's own handler is not used because it swallows failures."""
        routes = Blueprint("postventa_turns")
        routes.add_route(self._guarded(self._turn), "/turn", methods=["POST"])
        routes.add_route(self._guarded(self._forget), "/conversations/<conversation:str>", methods=["DELETE"])
        routes.add_route(self._guarded(self._load), "/model", methods=["PUT"], name="model")
        return routes

    def _guarded(self, handler: Callable[..., Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
        async def route(request: Request, **values: str) -> HTTPResponse:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            known = hmac.compare_digest(token.strip().encode("utf-8", "replace"), self._token)
            if scheme.lower() != "bearer" or not known:
                return failure(401, "No valid token.", "Send Authorization: Bearer with POSTVENTA_RASA_TOKEN.")
            agent: Agent | None = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return failure(503, "No model is loaded.", "Train one: python -m bot.dialogue.components.train")
            return await handler(request, agent, **values)

        route.__name__ = handler.__name__.strip("_")
        return route

    async def _turn(self, request: Request, agent: Agent) -> HTTPResponse:
        try:
            turn = read_turn(request.body)
            runner = TurnRunner(agent)
            runner.check(turn)
        except BadTurn as error:
            return failure(422, str(error), "See bot/dialogue/components/wire.py for what a turn is.")
        parent = request.headers.get("traceparent", "")
        with tracing.span("turn", tracing.SERVER, parent, conversation=turn.conversation):
            return await self._answer(runner, turn)

    async def _answer(self, runner: TurnRunner, turn: Turn) -> HTTPResponse:
        # The turn is a task of its own: neither the deadline nor a caller that hangs up may stop it half way.
        task = asyncio.ensure_future(runner.run(turn))
        self._running.add(task)
        task.add_done_callback(self._finished)
        try:
            return response.json(await asyncio.wait_for(asyncio.shield(task), self._deadline))
        except asyncio.TimeoutError:  # noqa: UP041 - another class until Python 3.11
            hint = "The turn goes on; ask again with the same message_id for its replies."
            return failure(504, f"No reply within {self._deadline:g} s.", hint)
        except (Exception, TurnFailed):
            hint = "Nothing of it was kept: ask again with the same message_id, or hand over to a person."
            return failure(500, "The turn failed.", hint)

    def _finished(self, task: "asyncio.Task[dict[str, Any]]") -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("A turn failed: %s", where(error))

    async def _forget(self, request: Request, agent: Agent, conversation: str) -> HTTPResponse:
        async with agent.lock_store.lock(conversation):
            await agent.tracker_store.forget(conversation)  # type: ignore[attr-defined]
        return response.empty(204)

    async def _load(self, request: Request, agent: Agent) -> HTTPResponse:
        path = (request.json or {}).get("path") if request.body else None
        if not isinstance(path, str) or not Path(path).is_file():  # noqa: ASYNC240
            return failure(400, "There is no model at that path.", 'Send {"path": "var/rasa/models/….tar.gz"}.')
        fresh = Agent(
            tracker_store=agent.tracker_store, lock_store=agent.lock_store, action_endpoint=agent.action_endpoint
        )
        try:
            fresh.load_model(path)
        except Exception as error:
            logger.error("A model could not be loaded: %s", where(error))
            # Building the new agent gave the shared store an empty domain.
            agent.tracker_store.domain = agent.domain
            return failure(400, "That file is not a model of this release.", "The old one goes on; train again.")
        request.app.ctx.agent = fresh
        return response.empty(204)
