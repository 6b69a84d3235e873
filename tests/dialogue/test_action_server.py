"""The action server's door: who may call, and what a failing action looks like from outside."""

from __future__ import annotations

import asyncio
import base64
import threading
from typing import Any

import httpx
import numpy as np
import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.base import SyncAction
from actions.server import ActionServer
from knowledge import given
from knowledge.encoder import base_encoder

TOKEN = "secret-of-the-test"


def in_memory(executor: ActionExecutor) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=ActionServer(executor, TOKEN, take=given.take))
    return httpx.AsyncClient(
        transport=transport, base_url="http://actions", headers={"Authorization": f"Bearer {TOKEN}"}
    )


def call(name: str, text: str = "hola") -> dict[str, Any]:
    tracker = {"sender_id": "lucia", "latest_message": {"text": text, "metadata": {"channel": "web"}}}
    return {"next_action": name, "tracker": tracker, "domain": {"forms": {}}}


@pytest.fixture
def executor() -> ActionExecutor:
    """Actions given as functions, as rasa_sdk itself calls them."""
    made = ActionExecutor()

    async def say(dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text=f"hello {tracker.sender_id}")
        return [{"event": "slot", "name": "a", "value": 1, "timestamp": None}]

    async def reject(dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ActionExecutionRejection("action_reject", "not now")

    async def fail(dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ValueError(f"cannot read {tracker.latest_message['text']}")

    for name, function in {"action_say": say, "action_reject": reject, "action_fail": fail}.items():
        made.register_function(name, function)
    return made


async def test_an_action_answers_with_events_and_responses(executor: ActionExecutor) -> None:
    async with in_memory(executor) as client:
        answer = (await client.post("/webhook", json=call("action_say"))).json()
    assert answer["events"] == [{"event": "slot", "name": "a", "value": 1, "timestamp": None}]
    assert [response["text"] for response in answer["responses"]] == ["hello lucia"]


async def test_without_the_token_no_action_runs(executor: ActionExecutor) -> None:
    async with in_memory(executor) as client:
        for value in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}"):
            response = await client.post("/webhook", json=call("action_say"), headers={"Authorization": value})
            assert response.status_code == 401


async def test_a_rejection_is_400_with_the_action_name(executor: ActionExecutor) -> None:
    async with in_memory(executor) as client:
        response = await client.post("/webhook", json=call("action_reject"))
    assert (response.status_code, response.json()) == (400, {"error": "not now", "action_name": "action_reject"})


async def test_a_failure_is_500_and_tells_nothing_of_the_customer(
    executor: ActionExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_memory(executor) as client:
        response = await client.post("/webhook", json=call("action_fail", "me llamo Lucía"))
    assert response.status_code == 500
    assert "Lucía" not in response.text and "Lucía" not in caplog.text
    assert "action_fail failed: ValueError" in caplog.text


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"{", 400), (b"[]", 400), (b"{}", 400), (b"x" * 9_000_000, 413)]
)
async def test_what_is_not_a_call_is_refused(executor: ActionExecutor, body: bytes, status: int) -> None:
    async with in_memory(executor) as client:
        assert (await client.post("/webhook", content=body)).status_code == status


async def test_an_unknown_action_is_404(executor: ActionExecutor) -> None:
    async with in_memory(executor) as client:
        assert (await client.post("/webhook", json=call("action_nobody"))).status_code == 404
        assert (await client.get("/elsewhere")).status_code == 404


async def test_health_lists_the_actions_without_a_token(executor: ActionExecutor) -> None:
    async with in_memory(executor) as client:
        answer = (await client.get("/health", headers={"Authorization": ""})).json()
    assert answer == {"status": "ok", "actions": ["action_fail", "action_reject", "action_say"], "parts": {}}


async def test_sync_actions_run_side_by_side_in_threads() -> None:
    both_there = threading.Barrier(2, timeout=20)
    loop_thread = threading.get_ident()

    class Meet(SyncAction):
        def name(self) -> str:
            return "action_meet"

        def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
            both_there.wait()
            assert threading.get_ident() != loop_thread
            return []

    executor = ActionExecutor()
    executor.register_action(Meet())
    async with in_memory(executor) as client:
        answers = await asyncio.gather(*(client.post("/webhook", json=call("action_meet")) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_what_rasa_found_a_message_to_mean_is_not_worked_out_again(executor: ActionExecutor) -> None:
    text, marked = "¿y si el mensajero no da con la calle?", np.full(384, 0.05, dtype="<f4")
    meaning = {"multilingual-e5-small-q4": base64.b64encode(marked.tobytes()).decode()}
    async with in_memory(executor) as client:
        for told in (text, "dos  espacios"):
            answer = await client.post("/webhook", json={**call("action_say", told), "meaning": meaning})
            assert answer.status_code == 200

    # Rasa reads a text as it came, the articles are asked with one that was tidied: only the same text is the same.
    assert base_encoder().embed_query(text) == pytest.approx(marked.tolist())
    assert base_encoder().embed_query("dos espacios") != pytest.approx(marked.tolist())
