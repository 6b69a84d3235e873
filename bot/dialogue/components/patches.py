"""Fifteen small changes to Rasa 3.6.21 that make a turn about three times cheaper and change no behaviour.

Rasa Open Source ends at 3.6.21, so what is patched stays patched. Each change first checks that the function it
replaces is the one it was measured against, and refuses with a remedy otherwise. The runner of graphs, what rules
cost and copies have modules of their own, graphs.py, rules.py and copies.py; the last, TensorFlow's stand-in, has to
come before rasa is imported: see stubs.py.
"""

import asyncio
import copy
import gc
import hashlib
import inspect
import logging
import ssl
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import ujson
from aiohttp.client_exceptions import ContentTypeError
from jsonschema import Draft7Validator
from rasa.core import processor
from rasa.core.actions import action as action_module
from rasa.core.actions import forms
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies import rule_policy
from rasa.engine.runner import dask
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

from bot.dialogue.components import copies, graphs, meaning, rules, tracing

ACTION_TIMEOUT_SECONDS = 15.0
"""How long an action may take when endpoints.yml says nothing (Rasa's own limit is 300 s)."""

KEEP_ALIVE_SECONDS = 30.0
"""Idle connections are dropped before the action server does it (75 s there)."""

KNOWN: dict[str, str] = {
    "RemoteAction._validate_action_result": "f8cdb4be68123961",
    "RemoteAction.action_response_format_spec": "091b74aa3738d126",
    "Event.resolve_by_type": "b5cf570fa7f286c7",
    "EndpointConfig.request": "ccdb778aed8208e2",
    "EndpointConfig.session": "e55aa13d9d4fb4bc",
    "RemoteAction.run": "ccabf6f1160d527a",
    "Agent._create_tracker_store": "97499b594b45581b",
    "rasa.core.processor": "f42dfbf26e2ffcb6",
    "rasa.core.actions.forms": "7cb6c30550116597",
    "rasa.core.policies.rule_policy": "952d1a13906511ac",
    "rasa.engine.runner.dask": "fc92eebf60a37336",
    "Domain.states_for_tracker_history": "035111ce73ac90ba",
    "Domain.is_empty": "884be90ef485f1d2",
    "Slot": "0a694d68aef36732",
    "DialogueStateTracker": "187ee2be2d5e793e",
}
"""First 16 digits of the SHA-256 of each patched function's or module's source in rasa 3.6.21."""


class UnknownRasa(RuntimeError):
    """A function to patch is not the one of rasa 3.6.21."""


def fingerprint(thing: Any) -> str:
    """The first 16 digits of the SHA-256 of a function's or module's source."""
    return hashlib.sha256(inspect.getsource(thing).encode()).hexdigest()[:16]


def check(things: dict[str, Any], known: dict[str, str]) -> None:
    """Raise UnknownRasa unless each thing has the source that the patches were written for."""
    for name, expected in known.items():
        found = fingerprint(things[name])
        if found != expected:
            raise UnknownRasa(
                f"{name} is not what bot/dialogue/components/patches.py was written for in rasa 3.6.21 "
                f"(expected {expected}, found {found}). Install the pinned rasa with "
                "`uv pip sync requirements/rasa.txt`; after a deliberate change, read the new source, adapt the "
                "patch and its test, and put the new fingerprint into KNOWN."
            )


def patched_things() -> dict[str, Any]:
    """What KNOWN names, as it is now."""
    return {
        "RemoteAction._validate_action_result": RemoteAction._validate_action_result,
        "RemoteAction.action_response_format_spec": RemoteAction.action_response_format_spec,
        "Event.resolve_by_type": Event.resolve_by_type,
        "EndpointConfig.request": EndpointConfig.request,
        "EndpointConfig.session": EndpointConfig.session,
        "RemoteAction.run": RemoteAction.run,
        "Agent._create_tracker_store": Agent._create_tracker_store,
        "rasa.core.processor": processor,
        "rasa.core.actions.forms": forms,
        "rasa.core.policies.rule_policy": rule_policy,
        "rasa.engine.runner.dask": dask,
        "Domain.states_for_tracker_history": Domain.states_for_tracker_history,
        "Domain.is_empty": Domain.is_empty,
        "Slot": Slot,
        "DialogueStateTracker": DialogueStateTracker,
    }


def check_only_the_events_own_schema() -> None:
    """Check each event of an action's answer against the schema of its own type, compiled once.

    Rasa checks its schema of 23 event types itself on every answer, and then each event against all of them:
    40–70 ms a call. What does not pass the short way is left to the original, which knows how to complain.
    """
    original = RemoteAction._validate_action_result
    validators = _validators_by_event(RemoteAction.action_response_format_spec())

    def accepted(event: Any) -> bool:
        validator = validators.get(event.get("event")) if isinstance(event, dict) else None
        return validator is not None and bool(validator.is_valid(event))

    def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        events = result.get("events", []) if isinstance(result, dict) else None
        responses = result.get("responses", []) if isinstance(result, dict) else None
        if isinstance(events, list) and isinstance(responses, list):
            plain = all(isinstance(response, dict) for response in responses)
            if plain and all(map(accepted, events)):
                return True
        return original(self, result)

    RemoteAction._validate_action_result = _validate_action_result


def _validators_by_event(schema: dict[str, Any]) -> dict[str, Draft7Validator]:
    item = dict(schema["properties"]["events"]["items"])
    return {one["properties"]["event"]["const"]: Draft7Validator({**item, "oneOf": [one]}) for one in item.pop("oneOf")}


def cache_event_types() -> None:
    """Remember which class an event name means: Rasa walks all subclasses for every event it reads."""
    original: Callable[..., type[Event] | None] = Event.resolve_by_type
    known: dict[str, type[Event]] = {}

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        if type_name not in known:
            found = original(type_name, default)
            if found is None or found.type_name != type_name:
                return found
            known[type_name] = found
        return known[type_name]

    Event.resolve_by_type = staticmethod(resolve_by_type)


_sessions: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, aiohttp.ClientSession]]" = WeakKeyDictionary()


def _session(endpoint: EndpointConfig) -> aiohttp.ClientSession:
    """The kept-alive session of an endpoint's address on this event loop."""
    sessions = _sessions.setdefault(asyncio.get_running_loop(), {})
    key = f"{endpoint.url} {sorted(endpoint.basic_auth.items())}"
    if key not in sessions or sessions[key].closed:
        auth = (
            aiohttp.BasicAuth(endpoint.basic_auth["username"], endpoint.basic_auth["password"])
            if endpoint.basic_auth
            else None
        )
        connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_SECONDS)
        sessions[key] = aiohttp.ClientSession(connector=connector, auth=auth, json_serialize=ujson.dumps)
    return sessions[key]


async def close_sessions() -> None:
    """Close this event loop's kept-alive sessions; call when the server stops."""
    for session in _sessions.pop(asyncio.get_running_loop(), {}).values():
        await session.close()


def keep_connections_alive() -> None:
    """One HTTP session per endpoint instead of one per call, with the time limit of endpoints.yml (`timeout`), and JSON
    written in a third of the time: all events go along with each call. A call of an action also carries what the
    message means to the encoders of this process."""

    async def request(
        self: EndpointConfig,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        headers = {"Content-Type": content_type} if content_type else {}
        headers.update(kwargs.pop("headers", None) or {})
        headers.update(self.headers)
        params = self.combine_parameters(kwargs)
        kwargs["timeout"] = aiohttp.ClientTimeout(total=float(self.kwargs.get("timeout", ACTION_TIMEOUT_SECONDS)))
        tls = ssl.create_default_context(cafile=self.cafile) if self.cafile else None
        if "next_action" in (call := kwargs.get("json") or {}):
            kwargs["json"] = {**call, "meaning": meaning.vectors(call)}
        with tracing.span("actions", tracing.CLIENT):
            headers.update(tracing.headers())
            return await called(self, method, concat_url(self.url, subpath), headers, params, compress, tls, kwargs)

    async def called(
        self: EndpointConfig, method: str, url: str, headers: Any, params: Any, compress: bool, tls: Any, more: Any
    ) -> Any | None:
        async with _session(self).request(
            method,
            url,
            headers=headers,
            params=params,
            compress=compress,
            ssl=tls,
            **more,
        ) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason, await response.content.read())
            try:
                return await response.json()
            except ContentTypeError:
                return None

    EndpointConfig.request = request


def skip_copies_for_debug_logs() -> None:
    """Hand debug logs the objects themselves instead of deep copies, while nothing writes those logs.

    In these three modules `copy` serves log calls alone.
    """
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        return
    modules: tuple[ModuleType, ...] = (processor, forms, rule_policy)
    for module in modules:
        if module.copy is copy:
            module.copy = SimpleNamespace(deepcopy=_same, copy=copy.copy)  # type: ignore[attr-defined]


def _same(thing: Any) -> Any:
    return thing


def know_an_empty_domain() -> None:
    """Do not make an empty domain after each message, only to see that the model's is not one."""
    nothing = Domain.empty().as_dict()

    def is_empty(self: Domain) -> bool:
        return bool(self.as_dict() == nothing)

    Domain.is_empty = is_empty


def freeze() -> None:
    """Take everything loaded so far out of the garbage collector's rounds. Call after the model is loaded."""
    gc.collect()
    gc.freeze()


class TurnFailed(BaseException):
    """An action could not be run, so the turn has to fail.

    Rasa's processor swallows every Exception of an action and goes on as if it had said nothing; only a
    BaseException gets past it.
    """


def fail_loudly() -> None:
    """Let a failing action fail its turn, and a failing tracker store too.

    Unlike the other changes these two alter behaviour, on purpose: Rasa would answer 200 with what there is, and
    its FailSafeTrackerStore would go on with an empty tracker.
    """
    original_run = RemoteAction.run
    original_store = Agent._create_tracker_store

    async def run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await original_run(self, *args, **kwargs)
        except action_module.ActionExecutionRejection:
            raise
        except Exception as error:
            raise TurnFailed(f"action {self.name()} failed with {type(error).__name__}") from error

    def _create_tracker_store(store: Any, domain: Any) -> Any:
        if store is None:
            return original_store(store, domain)
        store.domain = domain
        return store

    RemoteAction.run = run
    Agent._create_tracker_store = staticmethod(_create_tracker_store)


_applied = False


def apply() -> None:
    """Apply all of them, once per process. Raises UnknownRasa before anything is changed."""
    global _applied
    if _applied:
        return
    check(patched_things(), KNOWN)
    check_only_the_events_own_schema()
    cache_event_types()
    keep_connections_alive()
    skip_copies_for_debug_logs()
    know_an_empty_domain()
    copies.copy_slots_plainly()
    copies.copy_trackers_as_they_stand()
    copies.copy_for_forms_too()
    graphs.run_straight()
    rules.look_for_words_only_where_rules_have_some()
    rules.look_at_rules_that_end_here()
    rules.play_only_what_is_new()
    fail_loudly()
    _applied = True
