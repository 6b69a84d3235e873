"""Which adapter a shop gets from its settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from bot.variables import mailer
from channels import registry
from channels.base import Polled, RawRequest, Unauthorized
from channels.mail.adapter import MailAdapter
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
    settings.MAIL_ADDRESS = settings.MAIL_IMAP_URL = settings.MAIL_SMTP_URL = ""
    registry.adapter.cache_clear()
    yield
    registry.adapter.cache_clear()


def test_without_account_and_sandbox_a_channel_says_what_it_needs() -> None:
    needs = {
        "whatsapp": "TWILIO_ACCOUNT_SID", "telegram": "TELEGRAM_BOT_TOKEN", "messenger": "META_PAGE_ID",
        "instagram": "META_INSTAGRAM_ID", "mail": "MAIL_IMAP_URL",
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


def test_a_mailbox_is_polled_and_the_sandboxs_is_not(settings: Settings) -> None:
    settings.SANDBOX = True
    sandbox = registry.adapter("mail")
    assert isinstance(sandbox, MailAdapter) and sandbox.account == "ayuda@lumbre.example"
    registry.adapter.cache_clear()
    settings.MAIL_ADDRESS = "Ayuda@tienda.example"
    with pytest.raises(registry.NotConfigured, match="MAIL_IMAP_URL, MAIL_SMTP_URL"):
        registry.adapter("mail")
    settings.MAIL_IMAP_URL = "imaps://ayuda%40tienda.example:p%3Aw@imap.tienda.example"
    settings.MAIL_SMTP_URL = "smtps://ayuda%40tienda.example:p%3Aw@smtp.tienda.example"
    mail = registry.adapter("mail")
    assert isinstance(mail, MailAdapter) and isinstance(mail, Polled)
    assert (mail.account, "p:w" in repr(mail)) == ("ayuda@tienda.example", False)
    with pytest.raises(Unauthorized):
        mail.authenticate(RawRequest(method="POST", path="/", headers={"x-mail-secret": "sandbox-mail-door"}, body=b""))


@pytest.mark.parametrize(
    ("url", "options"),
    [
        (
            "smtps://a%40b.es:p%2Fw@mail.b.es",
            {"host": "mail.b.es", "port": None, "username": "a@b.es", "use_ssl": True},
        ),
        ("smtp+starttls://a:p@mail.b.es:587", {"port": 587, "password": "p", "use_tls": True}),
        ("smtp://127.0.0.1:2525", {"port": 2525, "username": ""}),
    ],
)
def test_a_mail_servers_address_is_read(url: str, options: dict[str, object]) -> None:
    assert options.items() <= mailer(url)["OPTIONS"].items()


def test_a_mail_servers_address_of_another_form_is_explained() -> None:
    for url in ("mail.example.com", "https://mail.example.com", "smtp://"):
        with pytest.raises(ValueError, match="MAIL_SMTP_URL"):
            mailer(url)


def test_telegram_is_polled_only_where_it_cannot_reach_us(settings: Settings) -> None:
    settings.TELEGRAM_BOT_TOKEN = "123456:token"
    assert not isinstance(registry.adapter("telegram"), Polled)
    registry.adapter.cache_clear()
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    assert isinstance(registry.adapter("telegram"), Polled)


def test_a_channel_vouches_for_its_senders_where_its_provider_does(settings: Settings) -> None:
    settings.SANDBOX = True
    assert all(registry.proven(kind) for kind in ("whatsapp", "telegram", "messenger", "instagram"))
    assert not any(registry.proven(kind) for kind in ("web", "mail", "pigeon"))


def test_the_memory_channel_is_closed_where_there_is_no_sandbox() -> None:
    with pytest.raises(registry.NotConfigured, match="sandbox"):
        registry.adapter("memory")


def test_there_is_one_adapter_of_a_kind(settings: Settings) -> None:
    settings.SANDBOX = True
    assert registry.adapter("memory") is registry.adapter("memory")
    with pytest.raises(KeyError):
        registry.adapter("pigeon")
    assert {"whatsapp", "telegram", "web", "memory"} <= set(registry.CHANNELS)
