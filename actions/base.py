"""Base of the actions: synchronous code, because Django's ORM is, run in a thread of its own."""

from __future__ import annotations

import abc
import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

_WRAPPED = ("validate_", "extract_")


def in_thread[Result](work: Callable[..., Result]) -> Callable[..., Any]:
    """`work` as a coroutine function that runs it in a thread, with a usable database connection."""

    @functools.wraps(work)
    def guarded(*args: Any, **kwargs: Any) -> Result:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return functools.partial(asyncio.to_thread, guarded)


class SyncAction(Action, abc.ABC):  # type: ignore[misc]
    """An action whose work is `perform`, in a thread: it may use the ORM and may block.

    A subclass has a `name()` and a `perform()`. What `perform` raises fails the whole turn, and nothing of the turn
    is kept; to let Rasa choose another action instead, raise `rasa_sdk.interfaces.ActionExecutionRejection`.
    """

    @abc.abstractmethod
    def name(self) -> str:
        """The action's name in the domain. Abstract, so that rasa_sdk does not register this base class."""

    @abc.abstractmethod
    def perform(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say things through `dispatcher` and return events (`SlotSet`, `FollowupAction`, …)."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by rasa_sdk: `perform` in a thread."""
        events: list[dict[str, Any]] = await in_thread(self.perform)(dispatcher, tracker, domain)
        return events


class SyncFormValidation(FormValidationAction, abc.ABC):  # type: ignore[misc]
    """A form's validation whose `validate_<slot>` and `extract_<slot>` are plain methods that may use the ORM.

    rasa_sdk would call them on the event loop, where Django refuses to touch the database; here each runs in a
    thread.
    """

    @abc.abstractmethod
    def name(self) -> str:
        """`validate_<form>`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if name.startswith(_WRAPPED) and inspect.isfunction(method) and not inspect.iscoroutinefunction(method):
                setattr(cls, name, _threaded_method(method))


def _threaded_method(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    async def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await in_thread(method)(self, *args, **kwargs)

    return run


def turn_metadata(tracker: Tracker) -> dict[str, Any]:
    """The turn's metadata as the gateway sent it: message_id, channel, language, verified, identity, today."""
    metadata: dict[str, Any] = tracker.latest_message.get("metadata") or {}
    return metadata
