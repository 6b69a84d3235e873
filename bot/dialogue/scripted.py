"""A dialogue that answers from a script: for tests, demonstrations and machines without Rasa."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from bot.dialogue.base import Answer, DialogueError, Question, Reply


class ScriptedDialogue:
    """Keeps the promises of a real engine: one answer a message id, given again when asked again.

    `script` turns a question into an answer or raises `DialogueError`. While `gate` is cleared, questions wait: a test
    can let something else happen in the middle of a turn. `asked` lists the questions in the order they came,
    `forgotten` the conversations that it was to forget.
    """

    def __init__(self, script: Callable[[Question], Answer] | None = None) -> None:
        self._script = script or (lambda question: Answer((Reply(f"bot: {question.text or question.payload}"),)))
        self._answered: dict[UUID, Answer] = {}
        self.asked: list[Question] = []
        self.forgotten: list[UUID] = []
        self.thinking = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        self.thinking.set()
        await self.gate.wait()
        if question.message_id in self._answered:
            return replace(self._answered[question.message_id], replayed=True)
        answer = self._script(question)
        self._answered[question.message_id] = answer
        return answer

    async def forget(self, conversation: UUID) -> None:
        self.forgotten.append(conversation)

    async def healthy(self) -> bool:
        return True


def broken(question: Question) -> Answer:
    """The script of an engine that is down."""
    raise DialogueError(f"no engine answers conversation {question.conversation}")
