"""Which of several Rasas is asked: the same for a conversation, another while that one is down, none in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.dialogue.base import DialogueError, Question
from bot.dialogue.rasa import RasaDialogue

LUCIA = UUID("11111111-2222-4333-8444-555555555555")


class Standin(ThreadingHTTPServer):
    """Rasa's side of a turn: says its own name, or what `status` tells it to."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Answering)
        self.asked, self.status = 0, 200
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Standin

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.asked += 1
        body = f'{{"replies": [{{"text": "{self.server.url}"}}]}}'.encode()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: Any) -> None:
        """Not to the tests' output."""


@contextmanager
def serving(port: int = 0) -> Iterator[Standin]:
    server = Standin(port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def three() -> Iterator[list[Standin]]:
    with ExitStack() as stack:
        yield [stack.enter_context(serving()) for _ in range(3)]


def question(conversation: UUID) -> Question:
    return Question(conversation=conversation, message_id=uuid4(), text="hola", payload=None, channel="web",
                    language="es", identity="web:lucia", contact="1", verified=None)  # fmt: skip


async def asked(dialogue: RasaDialogue, conversation: UUID) -> str:
    return (await dialogue.ask(question(conversation))).replies[0].text


async def test_conversations_are_spread_and_each_stays_where_it_is(three: list[Standin]) -> None:
    dialogue = RasaDialogue([each.url for each in three], "token", 5)
    people = [UUID(int=number) for number in range(60)]
    first = [await asked(dialogue, one) for one in people]
    assert first == [await asked(dialogue, one) for one in people]
    assert min(Counter(first)[each.url] for each in three) >= 8


async def test_another_process_and_another_order_choose_the_same(three: list[Standin]) -> None:
    urls = [each.url for each in three]
    one, other = RasaDialogue(urls, "token", 5), RasaDialogue(urls[::-1], "token", 5)
    for number in range(12):
        assert await asked(one, UUID(int=number)) == await asked(other, UUID(int=number))


async def test_a_rasa_that_is_down_moves_only_its_own_conversations(three: list[Standin]) -> None:
    people = [UUID(int=number) for number in range(30)]
    with serving() as fourth:
        urls = [*(each.url for each in three), fourth.url]
        dialogue = RasaDialogue(urls, "token", 5)
        before = {one: await asked(dialogue, one) for one in people}
    after = {one: await asked(dialogue, one) for one in people}
    moved = {one for one in people if before[one] != after[one]}
    assert moved == {one for one in people if before[one] == fourth.url}
    assert fourth.url not in after.values()


async def test_one_that_has_no_model_yet_is_passed_over(three: list[Standin]) -> None:
    dialogue = RasaDialogue([each.url for each in three], "token", 5)
    home = await asked(dialogue, LUCIA)
    next(each for each in three if each.url == home).status = 503
    assert await asked(dialogue, LUCIA) != home


async def test_a_turn_that_arrived_and_failed_is_not_asked_elsewhere(three: list[Standin]) -> None:
    for each in three:
        each.status = 500
    with pytest.raises(DialogueError) as failed:
        await RasaDialogue([each.url for each in three], "token", 5).ask(question(LUCIA))
    assert not failed.value.unreachable
    assert sum(each.asked for each in three) == 1


async def test_where_all_are_down_it_says_so() -> None:
    with serving() as one, serving() as other:
        urls = [one.url, other.url]
    with pytest.raises(DialogueError) as failed:
        await RasaDialogue(urls, "token", 5).ask(question(LUCIA))
    assert failed.value.unreachable
    assert not await RasaDialogue(urls, "token", 5).healthy()
