"""Which adapter a shop gets from its settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from channels import registry
from channels.messenger.adapter import MetaAdapter
from channels.telegram import sandbox as telegram_sandbox
from channels.telegram.adapter import TelegramAdapter
from channels.whatsapp import sandbox as twilio_sandbox
from channels.whatsapp.adapter import WhatsAppAdapter


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> Iterator[None]:
    settings.PUBLIC_BASE_URL, settings.SANDBOX = "https://ayuda.lumbre.es", False
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_WHATSAPP_FROM = settings.TWILIO_API_URL = ""
    settings.TWILIO_AUTH_TOKENS = []
    settings.TELEGRAM_BOT_TOKEN = settings.TELEGRAM_WEBHOOK_SECRET = settings.TELEGRAM_API_URL = ""
    settings.META_PAGE_ID = settings.META_INSTAGRAM_ID = settings.META_PAGE_TOKEN = settings.META_API_URL = ""
    settings.META_APP_SECRETS, settings.META_VERIFY_TOKEN = [], ""
    registry.adapter.cache_clear()
    yield
    registry.adapter.cache_clear()


def test_without_account_and_sandbox_a_channel_says_what_it_needs() -> None:
    needs = {
        "whatsapp": "TWILIO_ACCOUNT_SID", "telegram": "TELEGRAM_BOT_TOKEN", "messenger": "META_PAGE_ID",
        "instagram": "META_INSTAGRAM_ID",
    }  # fmt: skip
    for kind, setting in needs.items():
        with pytest.raises(registry.NotConfigured, match=setting):
            registry.adapter(kind)


def test_the_sandbox_stands_in_for_both_providers(settings: Settings) -> None:
    settings.SANDBOX = True
    whatsapp, telegram = registry.adapter("whatsapp"), registry.adapter("telegram")
    assert isinstance(whatsapp, WhatsAppAdapter) and isinstance(telegram, TelegramAdapter)
    assert whatsapp.account == twilio_sandbox.ACCOUNT_SID
    assert whatsapp.api.base_url == "https://ayuda.lumbre.es/sandbox/provider/twilio"
    assert whatsapp.status_callback == "https://ayuda.lumbre.es/channels/whatsapp/webhook"
    assert telegram.account == telegram_sandbox.BOT_TOKEN.partition(":")[0]
    assert telegram.api_url == "https://ayuda.lumbre.es/sandbox/provider/telegram"


def test_an_account_is_used_even_where_the_sandbox_is_on(settings: Settings) -> None:
    settings.SANDBOX = True
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKENS = "AC1", ["token"]
    settings.TWILIO_WHATSAPP_FROM, settings.TELEGRAM_BOT_TOKEN = "whatsapp:+34900111222", "123456:token"
    whatsapp, telegram = registry.adapter("whatsapp"), registry.adapter("telegram")
    assert isinstance(whatsapp, WhatsAppAdapter) and isinstance(telegram, TelegramAdapter)
    assert (whatsapp.account, whatsapp.sender, whatsapp.api.base_url) == ("AC1", "+34900111222", "")
    assert (telegram.account, telegram.api_url) == ("123456", "https://api.telegram.org")


def test_half_an_account_is_refused(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = "AC1"
    with pytest.raises(registry.NotConfigured, match="TWILIO_AUTH_TOKEN"):
        registry.adapter("whatsapp")


def test_messenger_and_instagram_are_two_channels_over_one_page(settings: Settings) -> None:
    settings.META_PAGE_ID, settings.META_INSTAGRAM_ID, settings.META_PAGE_TOKEN = "100", "1784", "token"
    settings.META_APP_SECRETS = ["secret"]
    with pytest.raises(registry.NotConfigured, match="META_VERIFY_TOKEN"):
        registry.adapter("messenger")
    settings.META_VERIFY_TOKEN = "word"
    messenger, instagram = registry.adapter("messenger"), registry.adapter("instagram")
    assert isinstance(messenger, MetaAdapter) and isinstance(instagram, MetaAdapter)
    assert (messenger.account, instagram.account) == ("100", "1784")
    assert messenger.messages_url == instagram.messages_url == "https://graph.facebook.com/v24.0/100/messages"


def test_a_channel_vouches_for_its_senders_where_its_provider_does(settings: Settings) -> None:
    settings.SANDBOX = True
    assert all(registry.proven(kind) for kind in ("whatsapp", "telegram", "messenger", "instagram"))
    assert not any(registry.proven(kind) for kind in ("web", "pigeon"))


def test_the_memory_channel_is_closed_where_there_is_no_sandbox() -> None:
    with pytest.raises(registry.NotConfigured, match="sandbox"):
        registry.adapter("memory")


def test_there_is_one_adapter_of_a_kind(settings: Settings) -> None:
    settings.SANDBOX = True
    assert registry.adapter("memory") is registry.adapter("memory")
    with pytest.raises(KeyError):
        registry.adapter("pigeon")
    assert {"whatsapp", "telegram", "web", "memory"} <= set(registry.CHANNELS)
