"""The stand-in for Telegram, asked by python-telegram-bot: a client that nobody here wrote."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import BadRequest, InvalidToken

from bot.sandbox.provider.formatting import Unreadable, read_html
from channels.telegram.sandbox import BOT_TOKEN
from tests.sandbox.conftest import MARC, Sandbox


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    await sandbox.say("telegram", MARC, text="hola")
    base = f"{sandbox.address}/sandbox/provider/telegram"
    async with Bot(BOT_TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as started:
        yield started


async def test_a_message_with_buttons_arrives_as_sent(bot: Bot, sandbox: Sandbox) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Sí", callback_data="yes")]])
    text = 'Mira <a href="https://shop.example/a">la guía</a> &amp; dime'
    sent = await bot.send_message(MARC, text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
    assert (sent.text, sent.entities[0].url) == ("Mira la guía & dime", "https://shop.example/a")
    shown = (await sandbox.see("telegram", MARC))["messages"][-1]
    assert (shown["number"], shown["text"]) == (sent.message_id, "Mira la guía & dime")
    assert shown["links"] == [{"offset": 5, "length": 7, "url": "https://shop.example/a"}]
    assert (shown["choices"], shown["sent"]["text"]) == ([{"id": "yes", "label": "Sí"}], text)


async def test_the_usual_calls_are_answered(bot: Bot, sandbox: Sandbox) -> None:
    assert (await bot.get_me()).is_bot
    assert await bot.set_webhook("https://shop.example/hook", secret_token="s")
    assert await bot.answer_callback_query("1")
    assert await bot.send_chat_action(MARC, "typing")
    assert (await sandbox.see("telegram", MARC))["typing"] is True
    assert await bot.get_updates(timeout=0) == ()


async def test_a_photo_is_taken_by_address_and_by_upload(bot: Bot, sandbox: Sandbox) -> None:
    await bot.send_photo(MARC, "https://shop.example/label.png", caption="Tu etiqueta")
    await bot.send_document(MARC, b"%PDF-1.7", filename="etiqueta.pdf")
    first, second = (await sandbox.see("telegram", MARC))["messages"][-2:]
    assert (first["text"], first["media"][0]["url"]) == ("Tu etiqueta", "https://shop.example/label.png")
    assert (await sandbox.http.get(second["media"][0]["url"])).content == b"%PDF-1.7"


async def test_a_customers_photo_is_fetched(bot: Bot, sandbox: Sandbox) -> None:
    await sandbox.say("telegram", MARC, attachment="photo")
    own = next(each for each in (await sandbox.see("telegram", MARC, all=1))["messages"] if each["media"])
    file = await bot.get_file(own["media"][0]["url"].rpartition("/")[2])
    assert bytes(await file.download_as_bytearray()).startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 4097, "too long"),
        ("🙂" * 2049, "too long"),
        ("   ", "empty"),
        ("<b>sin cerrar", "end tag"),
        ("<script>x</script>", "nsupported start tag"),
        ("<b><i>cruzado</b></i>", "nexpected end tag"),
    ],
)
async def test_a_text_is_refused_in_telegrams_words(bot: Bot, text: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        await bot.send_message(MARC, text, parse_mode=ParseMode.HTML)


async def test_a_bot_cannot_write_first(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="not found"):
        await bot.send_message("799999999", "hola")


async def test_a_buttons_data_is_at_most_64_bytes(bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Sí", callback_data="ñ" * 33)]])
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(MARC, "¿Sí?", reply_markup=keyboard)


async def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    bot = Bot("1:wrong", base_url=f"{sandbox.address}/sandbox/provider/telegram/bot")
    with pytest.raises(InvalidToken):
        await bot.get_me()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60))
def test_an_escaped_text_is_shown_as_it_was(text: str) -> None:
    assert read_html(html.escape(text, quote=False)) == (text, [])


@given(st.text(alphabet="ab<>/&;\"'= i", max_size=40))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    try:
        shown, links = read_html(markup)
    except Unreadable as refused:
        assert "can't parse entities" in str(refused)
    else:
        assert len(shown) <= len(markup) and links == []
