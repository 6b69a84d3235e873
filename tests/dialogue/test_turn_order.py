"""One turn at a time, in order, each once, whatever the caller's patience."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.dialogue.engine import DEADLINE, TOKEN, Rasa

DAWDLE = "tómate mucho tiempo antes de responder"
SHOW = "enséñame los metadatos del turno"


@pytest.fixture(autouse=True)
def closed_gate(rasa: Rasa) -> None:
    """The dawdling action waits until a test opens the gate."""
    rasa.gate.unlink(missing_ok=True)


async def test_twelve_turns_at_once_are_answered_in_order_of_arrival(rasa: Rasa, lucia: str) -> None:
    url = f"{rasa.server.url}/webhooks/postventa/turn"
    bodies = [rasa.body(lucia, SHOW, message_id=f"{lucia}-{n}") for n in range(12)]
    async with httpx.AsyncClient(timeout=60, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        # While the first turn dawdles, the others arrive one after the other and line up.
        turns = [asyncio.ensure_future(client.post(url, json=rasa.body(lucia, DAWDLE)))]
        for body in bodies:
            await asyncio.sleep(0.05)
            turns.append(asyncio.ensure_future(client.post(url, json=body)))
        await asyncio.sleep(0.05)
        rasa.gate.touch()
        answers = [response.json() for response in await asyncio.gather(*turns)]
    seen = [json.loads(answer["replies"][0]["text"]) for answer in answers[1:]]
    assert [one["metadata"]["message_id"] for one in seen] == [body["message_id"] for body in bodies]
    assert [one["turns"] for one in seen] == list(range(2, 14))


def test_conversations_do_not_wait_for_each_other(rasa: Rasa, lucia: str, marc: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(rasa.post, rasa.body(lucia, DAWDLE))
        assert rasa.ask(marc, "hola")["says"] == ["¡Hola!"]
        assert not slow.done()
        rasa.gate.touch()
        assert slow.result(30).status_code == 200


def test_a_repeat_gets_the_same_replies_and_changes_nothing(rasa: Rasa, lucia: str) -> None:
    body = rasa.body(lucia, "quiero devolver una cafetera")
    first, second = rasa.post(body).json(), rasa.post(body).json()
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert second["replies"] == first["replies"]
    assert json.loads(rasa.ask(lucia, SHOW)["says"][0])["turns"] == 2


def test_a_late_repeat_is_answered_from_the_past(rasa: Rasa, lucia: str) -> None:
    body = rasa.body(lucia, "quiero devolver una cafetera")
    first = rasa.post(body).json()
    rasa.ask(lucia, "LB-10401")
    rasa.ask(lucia, "hola", fresh=True)
    again = rasa.post(body).json()
    assert again["replayed"] and again["replies"] == first["replies"]
    assert again["state"]["active_form"] is None


def test_a_repeat_during_the_first_run_waits_for_it(rasa: Rasa, lucia: str) -> None:
    body = rasa.body(lucia, DAWDLE)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(rasa.post, body) for _ in range(2)]
        rasa.gate.touch()
        answers = [one.result(30).json() for one in both]
    assert sorted(answer["replayed"] for answer in answers) == [False, True]
    assert answers[0]["replies"] == answers[1]["replies"]


def test_past_the_deadline_the_turn_goes_on_and_its_replies_can_be_fetched(rasa: Rasa, lucia: str) -> None:
    body = rasa.body(lucia, DAWDLE)
    began = time.monotonic()
    late = rasa.post(body)
    assert late.status_code == 504 and "same message_id" in late.json()["hint"]
    assert time.monotonic() - began >= DEADLINE - 0.1
    rasa.gate.touch()
    answer = rasa.post(body).json()
    assert answer["replayed"] is True
    assert [reply["text"] for reply in answer["replies"]] == ["done at last"]


def test_a_caller_that_hangs_up_loses_no_turn(rasa: Rasa, lucia: str) -> None:
    body = json.dumps(rasa.body(lucia, DAWDLE, message_id="hung-up")).encode()
    request = (
        f"POST /webhooks/postventa/turn HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with socket.create_connection(("127.0.0.1", rasa.server.port)) as line:
        line.sendall(request)
        # The turn has begun once another of this conversation has to wait for it.
        other = threading.Thread(target=rasa.post, args=(rasa.body(lucia, "hola"),))
        other.start()
        other.join(0.5)
        assert other.is_alive()
    rasa.gate.touch()
    other.join(30)
    answer = rasa.ask(lucia, DAWDLE, message_id="hung-up")
    assert answer["replayed"] is True and answer["says"] == ["done at last"]
