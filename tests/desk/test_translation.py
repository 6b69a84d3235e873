"""A customer's line in the agent's language: only where a chat model is configured, and only beside the original."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.database import on_database
from knowledge.translating import read
from tests.desk.desk_cast import Line, begin
from tests.knowledge.editor.test_editor_written import model, sandbox

__all__ = ["model", "sandbox"]


async def test_without_a_model_there_is_no_translation(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    assert "Traducir" not in (await browser.get(f"/desk/c/{waiting.pk}")).content.decode()
    assert (await browser.get(f"/desk/c/{waiting.pk}/translation/1")).status_code == 404


async def test_with_one_a_line_is_shown_translated_and_marked(ana, at_desk, phone, model: Any) -> None:
    model("faithful")
    amy = await on_database(begin, "Amy", Line("customer", "It leaks <b>a lot</b>"), handoff="press", language="en")
    browser = await at_desk(ana)
    html = (await browser.get(f"/desk/c/{amy.pk}")).content.decode()
    assert "Traducir" in html and "It leaks &lt;b&gt;a lot" in html
    told = (await browser.get(f"/desk/c/{amy.pk}/translation/1")).content.decode()
    assert "[Spanish] It leaks &lt;b&gt;a lot&lt;/b&gt;" in told and "traducido por una máquina" in told
    assert (await browser.get(f"/desk/c/{amy.pk}/translation/99")).status_code == 404


@pytest.mark.parametrize("character", ["chatty", "broken"])
async def test_a_model_that_does_not_translate_is_said_so(ana, at_desk, waiting, model: Any, character: str) -> None:
    model(character)
    told = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}/translation/1")).content.decode()
    assert "no se ha podido traducir" in told


@pytest.mark.parametrize("answer", ["", "hola", "[]", '{"translation": 3}', "{"])
def test_what_is_no_translation_is_none(answer: str) -> None:
    with pytest.raises(ValueError):
        read(answer)
