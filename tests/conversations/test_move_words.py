"""Which words ask to go on elsewhere, which look like a code, and where the links lead."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations import codes, move_notices
from bot.conversations.move_words import wish

ASK = [
    ("seguir por WhatsApp", "whatsapp"),
    ("¿Puedo seguir por wasap, por favor?", "whatsapp"),
    ("Prefiero seguir hablando por WhatsApp", "whatsapp"),
    ("pásame a Telegram", "telegram"),
    ("quiero continuar esta conversación en Telegram", "telegram"),
    ("can we continue on WhatsApp please", "whatsapp"),
    ("I'd like to continue this conversation on Telegram", "telegram"),
    ("let's move to Telegram", "telegram"),
    ("quiero seguir en la web", "web"),
    ("continuar en el chat de la web", "web"),
    ("seguir en el ordenador", "web"),
    ("switch to the website", "web"),
    ("seguir aquí", "here"),
    ("continue here", "here"),
    ("trae la otra conversación aquí", "here"),
    ("seguir en otro canal", ""),
    ("continue elsewhere", ""),
]
ABOUT_SOMETHING_ELSE = [
    "quiero seguir mi pedido por WhatsApp",
    "¿puedo devolver por WhatsApp?",
    "¿tenéis Telegram?",
    "¿puedo cambiar esto aquí?",
    "can I bring it here?",
    "¿lo puedo llevar a la tienda?",
    "quiero hablar con una persona",
    "el robot no quiere seguir",
    "cambiarlo en otro sitio",
    "aquí",
    "sigo aquí",
    "seguimos por aquí",
    "seguir",
    "",
    "seguir por WhatsApp " + "por favor " * 20,
]


@pytest.mark.parametrize(("text", "channel"), ASK)
def test_these_words_ask_to_go_on_elsewhere(text: str, channel: str) -> None:
    found = wish(text)
    assert found is not None and found.channel == channel


@pytest.mark.parametrize("text", ABOUT_SOMETHING_ELSE)
def test_these_do_not(text: str) -> None:
    assert wish(text) is None


@given(st.text(max_size=400))
def test_any_text_is_read_without_harm(text: str) -> None:
    found = wish(text)
    assert found is None or len(text.strip()) <= 200
    code, _ = codes.said(text)
    assert not code or len(code) == codes.LENGTH


@given(st.sampled_from(["{}", "Seguir aquí: {}", "  {} ", "Continue here: {}.", "el código es {}"]), st.integers(0, 3))
def test_a_code_is_found_as_people_write_it(words: str, how: int) -> None:
    code = codes.new()
    written = [codes.shown(code), code, code.lower(), f"{code[:4]} {code[4:]}"][how]
    assert codes.said(words.format(written)) == (code, True)
    assert set(code) <= set(codes.ALPHABET) and not set(code) & set("01OIL")


@pytest.mark.parametrize("text", ["LB-10401", "C-2611-0042-K7QX", "cafetera", "DEVUELVE", "2222-3333 y 4444-5555"])
def test_order_and_case_numbers_and_words_are_no_codes(text: str) -> None:
    assert codes.said(text) == ("", False)


class Earlier(signing.TimestampSigner):
    """Signs as if it were a little longer ago than a link lasts."""

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time() - codes.LASTS.total_seconds() - 2))


def test_a_link_that_was_altered_or_is_too_old_has_no_code() -> None:
    token = codes.sign("K7M2RXP9")
    assert codes.signed(token) == "K7M2RXP9"
    assert codes.signed(token[:-1] + ("A" if token[-1] != "A" else "B")) == codes.signed("x") == ""
    assert codes.signed(Earlier(salt=codes.SALT).sign_object("K7M2RXP9")) == ""


def test_links_open_the_shops_own_accounts(settings: Any) -> None:
    settings.TWILIO_WHATSAPP_FROM, settings.TELEGRAM_BOT_NAME = "whatsapp:+34911222333", "@lumbre_bot"
    whatsapp = move_notices.link("whatsapp", "K7M2RXP9", "es")
    assert whatsapp == "https://wa.me/34911222333?text=Seguir%20aqu%C3%AD%3A%20K7M2-RXP9"
    assert move_notices.link("telegram", "K7M2RXP9", "es") == "https://t.me/lumbre_bot?start=K7M2RXP9"
    settings.META_PAGE_ID = "1029384756"
    assert move_notices.link("messenger", "K7M2RXP9", "es") == "https://m.me/1029384756?ref=K7M2RXP9"
    web = move_notices.link("web", "K7M2RXP9", "en")
    assert web.startswith(f"{settings.PUBLIC_BASE_URL}/continue#") and codes.signed(web.split("#")[1]) == "K7M2RXP9"
    settings.TWILIO_WHATSAPP_FROM = settings.TELEGRAM_BOT_NAME = settings.META_PAGE_ID = ""
    assert move_notices.link("messenger", "K7M2RXP9", "es") == ""
    assert move_notices.link("whatsapp", "K7M2RXP9", "es") == move_notices.link("telegram", "K7M2RXP9", "es") == ""
    assert "K7M2-RXP9" in move_notices.offered("es", "whatsapp", "K7M2RXP9")
