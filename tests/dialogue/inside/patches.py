"""Rasa with and without our patches, side by side; prints what it saw as JSON."""

import asyncio
import json

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from aiohttp import web  # noqa: E402
from jsonschema import ValidationError  # noqa: E402
from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.shared.core import events  # noqa: E402
from rasa.utils.endpoints import ClientResponseError, EndpointConfig  # noqa: E402

from bot.dialogue.components import patches  # noqa: E402

RESULTS = [
    {"events": [], "responses": []},
    {},
    {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}], "responses": [{"text": "x"}]},
    {"events": [{"event": "followup", "name": "x"}, {"event": "active_loop", "name": None}]},
    {"events": [{"event": "slot", "value": 1}]},
    {"events": [{"event": "nonsense"}]},
    {"events": [{"name": "x"}]},
    {"events": ["x"]},
    {"events": {}},
    {"events": None},
    {"responses": ["x"]},
    {"responses": {}},
    [],
    None,
    {"events": [{"event": "user", "text": 5}]},
    {"events": [{"event": "action", "name": "x", "policy": None, "confidence": None}]},
]


def validations() -> list:
    action = RemoteAction("a", None)
    outcomes = []
    for result in RESULTS:
        try:
            outcomes.append(action._validate_action_result(result))
        except ValidationError as error:
            outcomes.append(f"refused: {error.message[:60]}")
    return outcomes


def event_types() -> list:
    names = ["slot", "user", "bot", "action", "followup", "active_loop", "nonsense", "topic", None]
    found = []
    for name in names * 2:
        try:
            found.append(str(events.Event.resolve_by_type(name)))
        except ValueError as error:
            found.append(str(error))
    found.append(str(events.Event.resolve_by_type("nonsense", events.SlotSet)))
    found.append(str(events.deserialise_events([{"event": "slot", "name": "a", "value": 1, "timestamp": 1.0}])))
    return found


async def calls() -> dict:
    """What an endpoint sends and gives back, and over how many connections."""
    seen: list = []
    peers = set()

    async def answer(request: web.Request) -> web.Response:
        peers.add(request.transport.get_extra_info("peername"))
        headers = {name: request.headers.get(name) for name in ("Content-Type", "Authorization", "X-One")}
        read = await request.read()
        given = json.loads(read or b"null") if headers["Content-Type"] == "application/json" else read.decode()
        seen.append([request.method, request.path_qs, headers, given])
        if request.path == "/bad":
            return web.json_response({"error": "no"}, status=400)
        if request.path == "/text":
            return web.Response(text="words")
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    endpoint = EndpointConfig(
        f"http://127.0.0.1:{port}", params={"p": "1"}, headers={"Authorization": "Bearer x"}, token="t"
    )
    results = [
        await endpoint.request(json={"a": [1, 0.1, 1e300, 2**70, None, True, "ñ / \ud800 \x00 </script>"], "b": {}}),
        await endpoint.request("get", subpath="/sub", params={"q": "2"}, headers={"X-One": "1"}),
        await endpoint.request("get", subpath="text"),
        await endpoint.request("put", subpath="none", content_type=None, data=b"raw"),
    ]
    try:
        await endpoint.request(subpath="bad", json={})
    except ClientResponseError as error:
        results.append([error.status, error.message, error.text.decode()])
    await patches.close_sessions()
    await runner.cleanup()
    return {"seen": seen, "results": results, "connections": len(peers)}


def observe() -> dict:
    return {"validations": validations(), "types": event_types(), "calls": asyncio.run(calls())}


def refusal() -> str:
    """What a changed Rasa would be told."""
    try:
        patches.check(
            {**patches.patched_things(), "Event.resolve_by_type": observe}, {"Event.resolve_by_type": "0" * 16}
        )
    except patches.UnknownRasa as error:
        return str(error)
    return ""


if __name__ == "__main__":
    changed = refusal()
    patches.check(patches.patched_things(), patches.KNOWN)
    before = observe()
    patches.apply()
    patches.apply()
    after = observe()
    import sys

    print(
        json.dumps(
            {
                "before": before,
                "after": after,
                "refusal": changed,
                "stand_ins": stubs.loaded(),
                "tensorflow": "tensorflow" in sys.modules and bool(sys.modules["tensorflow"].__spec__.origin),
                "chat_sdks": [
                    name for name in ("twilio", "slack_sdk", "aiogram", "fbmessenger") if name in sys.modules
                ],
            }
        )
    )
