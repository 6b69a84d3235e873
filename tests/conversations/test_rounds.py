"""Chores of the worker go on when a task fails, and end when they are told to."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.conversations.rounds import rounds


@pytest.mark.django_db(transaction=True)
async def test_a_task_that_fails_comes_again_and_keeps_no_other_from_its_turn(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.rounds.AFTER_A_FAILURE", 0.0)
    stop, done = asyncio.Event(), list[str]()
    loop = asyncio.get_running_loop()

    def reads_a_mailbox_that_is_down() -> None:
        done.append("mail")
        raise ConnectionError("no route")

    async def releases_silent_agents() -> None:
        done.append("agents")
        if done.count("agents") == 3:
            loop.call_soon(stop.set)

    with caplog.at_level(logging.WARNING, logger="bot.conversations.rounds"):
        await asyncio.wait_for(rounds(stop, 0.0, reads_a_mailbox_that_is_down, releases_silent_agents), 10)

    assert done == ["mail", "agents"] * 3
    told = [record for record in caplog.records if "reads_a_mailbox_that_is_down waits" in record.getMessage()]
    assert [bool(record.exc_info) for record in told] == [True, False, False], "where it happened is told once"


async def test_a_chore_that_is_told_to_stop_does_not_wait_for_its_next_round() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)
    await asyncio.wait_for(rounds(stop, 3600.0), 10)
    assert stop.is_set()
