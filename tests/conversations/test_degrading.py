"""What a customer meets while a part is down, and that it passes without hands."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from django.test import AsyncClient
from django.utils import timezone
from rasa_sdk.executor import ActionExecutor

from actions.server import ActionServer
from bot import logs
from bot.conversations import turns, worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Handoff, Message
from bot.conversations.receive import receive
from bot.dialogue.base import Answer, DialogueError, Question, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.rasa import RasaDialogue
from bot.dialogue.scripted import ScriptedDialogue
from channels.base import Inbound


class Restarting:
    """An engine that cannot be reached until `up`; `asked` counts the tries."""

    def __init__(self, unreachable: bool = True) -> None:
        self.up, self.asked, self.unreachable = False, 0, unreachable

    def __call__(self, question: Question) -> Answer:
        self.asked += 1
        if not self.up:
            raise DialogueError("not there", unreachable=self.unreachable)
        return Answer((Reply("Aquí estoy."),))


async def again(page: Any) -> None:
    """The worker comes round once the pause is over."""
    past = timezone.now() - timedelta(seconds=5)
    await Conversation.objects.filter(pk=page.conversation, turn_due_at__isnull=False).aupdate(turn_due_at=past)
    await worker.sweep()


async def begun(page: Any) -> Any:
    """Lucía has written, and no process has come to it yet."""
    lucia = await page()
    conversation = await Conversation.objects.select_related("identity").aget(pk=lucia.conversation)
    who = conversation.identity
    question = Inbound(
        channel="web", account=who.account, event_id="the-question", kind="message", external_id=who.external_id,
        occurred_at=timezone.now(), text="¿cuánto dura la garantía?",
    )  # fmt: skip
    await on_database(receive, question)
    return lucia


async def test_an_engine_that_is_restarted_takes_no_attempts_and_answers_when_it_is_back(page: Any) -> None:
    lucia, engine = await begun(page), Restarting()
    with standing_in(ScriptedDialogue(engine)):
        for _ in range(8):
            await again(lucia)
        assert (await lucia.read())["pending"] and engine.asked == 8
        engine.up = True
        await again(lucia)
    assert await lucia.said("bot") == ["Aquí estoy."]
    assert not await Handoff.objects.aexists()


async def test_an_engine_that_stays_away_brings_the_customer_to_a_person_who_is_told_so(
    page: Any, settings: Any
) -> None:
    lucia = await begun(page)
    long_ago = timezone.now() - settings.DIALOGUE_PATIENCE - timedelta(seconds=1)
    await Message.objects.filter(conversation=lucia.conversation).aupdate(created_at=long_ago)
    with standing_in(ScriptedDialogue(Restarting())):
        for _ in range(settings.TURN_ATTEMPTS):
            await again(lucia)
    state = await lucia.read()
    assert (state["owner"], state["pending"]) == ("queue", False)
    assert "Algo ha fallado" in (await lucia.said("system"))[0]


async def test_an_engine_that_answers_with_errors_is_given_up_after_its_attempts(page: Any, settings: Any) -> None:
    lucia, engine = await begun(page), Restarting(unreachable=False)
    with standing_in(ScriptedDialogue(engine)):
        for _ in range(settings.TURN_ATTEMPTS + 2):
            await again(lucia)
    assert engine.asked == settings.TURN_ATTEMPTS
    assert (await Handoff.objects.aget()).reason == "technical"


async def test_a_rasa_that_is_not_there_is_unreachable() -> None:
    engine = RasaDialogue("http://127.0.0.1:9", "token", 1.0)
    assert await engine.healthy() is False
    with pytest.raises(DialogueError) as raised:
        await engine.ask(Question(uuid4(), uuid4(), "hola", "web", "es", "web:lucia", "c:1"))
    assert raised.value.unreachable


async def test_a_web_process_without_the_dialogue_still_takes_messages_in(
    transactional_db: None, settings: Any
) -> None:
    settings.CHROMA_URL = settings.ACTIONS_HEALTH_URL = "http://127.0.0.1:9"
    settings.REDIS_URL = ""
    with standing_in(RasaDialogue("http://127.0.0.1:9", "token", 1.0)):
        told = await AsyncClient().get("/readyz")
    assert told.status_code == 200
    assert told.json() == {
        "ok": True, "database": True, "rasa": False, "actions": False, "chroma": False,
        "down": ["rasa", "actions", "chroma"],
    }  # fmt: skip
    assert (await AsyncClient().get("/healthz")).json() == {"ok": True}


async def test_what_is_down_is_a_figure_too(transactional_db: None, settings: Any) -> None:
    settings.CHROMA_URL = settings.ACTIONS_HEALTH_URL = "http://127.0.0.1:9"
    settings.REDIS_URL, settings.METRICS_TOKEN = "redis://127.0.0.1:9/0", "a-token-of-the-shop"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                                   "LOCATION": settings.REDIS_URL}}  # fmt: skip
    with standing_in(RasaDialogue("http://127.0.0.1:9", "token", 1.0)):
        assert (await AsyncClient().get("/readyz")).json()["down"] == ["rasa", "actions", "chroma", "redis"]
        answer = await AsyncClient().get("/metrics", headers={"authorization": "Bearer a-token-of-the-shop"})
    figures = answer.content.decode()
    assert 'postventa_part_up{part="database"} 1.0' in figures
    for part in ("rasa", "actions", "chroma", "redis"):
        assert f'postventa_part_up{{part="{part}"}} 0.0' in figures


@pytest.mark.parametrize("well", [True, False])
async def test_the_actions_tell_how_the_chat_model_is(transactional_db: None, settings: Any, well: bool) -> None:
    settings.METRICS_TOKEN, settings.CHAT_MODEL = "a-token-of-the-shop", "openai:faithful"
    server = uvicorn.Server(
        uvicorn.Config(ActionServer(ActionExecutor(), "t", lambda: {"chat_model": well}), port=0, log_level="warning")
    )
    with socket.create_server(("127.0.0.1", 0)) as listening, standing_in(RasaDialogue("http://127.0.0.1:9", "t", 1.0)):
        settings.ACTIONS_HEALTH_URL = f"http://127.0.0.1:{listening.getsockname()[1]}/health"
        settings.CHROMA_URL = "http://127.0.0.1:9"
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        down = (await AsyncClient().get("/readyz")).json()["down"]
        answer = await AsyncClient().get("/metrics", headers={"authorization": "Bearer a-token-of-the-shop"})
        server.should_exit = True
        await serving
    assert down == ["rasa", "chroma", *([] if well else ["chat_model"])]
    assert f'postventa_part_up{{part="chat_model"}} {float(well)}' in answer.content.decode()


async def test_figures_for_prometheus_need_their_token_and_name_nobody(page: Any, settings: Any) -> None:
    lucia = await page()
    await lucia.say("me llamo Lucía y mi correo es lucia.romero@correo.example")
    assert (await AsyncClient().get("/metrics")).status_code == 404, "off unless a token is set"
    settings.METRICS_TOKEN = "a-token-of-the-shop"
    assert (await AsyncClient().get("/metrics")).status_code == 401
    assert (await AsyncClient().get("/metrics", headers={"authorization": "Bearer é"})).status_code == 401
    answer = await AsyncClient().get("/metrics", headers={"authorization": "Bearer a-token-of-the-shop"})
    figures = answer.content.decode()
    assert 'postventa_received_total{channel="web",outcome="message"}' in figures
    assert 'postventa_turn_seconds_count{outcome="answered"}' in figures
    assert "postventa_turns_late 0.0" in figures and "postventa_queue 0.0" in figures
    assert "romero" not in figures and str(lucia.conversation) not in figures


async def test_what_is_logged_of_a_turn_names_its_conversation(page: Any) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Json())
    handler.addFilter(logs.Conversation())
    log = logging.getLogger("bot.conversations")
    log.addHandler(handler)
    try:
        lucia = await begun(page)
        with standing_in(ScriptedDialogue(Restarting())):
            await turns.run(lucia.conversation)
        with logs.about("of-another"):
            await on_database(log.warning, "from a database thread")
        log.warning("about nobody")
    finally:
        log.removeHandler(handler)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert lines[0]["conversation"] == str(lucia.conversation) and lines[0]["level"] == "WARNING"
    assert lines[-2]["conversation"] == "of-another"
    assert "conversation" not in lines[-1]
    assert "garantía" not in written.getvalue(), "no words of customers"
