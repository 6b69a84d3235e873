"""The channels there are, by kind. To add one, write a folder and a line here: see ADDING_A_CHANNEL.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from channels.base import ChannelAdapter

# Where a provider's webhook and its delivery reports arrive, under the public address.
WEBHOOK_PATH = "/channels/{kind}/webhook"


class NotConfigured(LookupError):
    """The channel has no account, and the sandbox is off: to customers, there is no such channel."""


def made_by(path: str) -> Callable[[], ChannelAdapter]:
    """Return the factory of that dotted path, imported when an adapter is first asked for."""
    return lambda: cast(ChannelAdapter, import_string(path)())


def whatsapp() -> ChannelAdapter:
    from channels.whatsapp import sandbox
    from channels.whatsapp.adapter import WhatsAppAdapter

    public_url, path = settings.PUBLIC_BASE_URL, WEBHOOK_PATH.format(kind="whatsapp")
    if settings.TWILIO_ACCOUNT_SID:
        if not settings.TWILIO_AUTH_TOKENS or not settings.TWILIO_WHATSAPP_FROM:
            raise NotConfigured("TWILIO_ACCOUNT_SID is set, but TWILIO_AUTH_TOKEN or TWILIO_WHATSAPP_FROM is not.")
        return WhatsAppAdapter(
            account_sid=settings.TWILIO_ACCOUNT_SID,
            auth_tokens=settings.TWILIO_AUTH_TOKENS,
            sender=settings.TWILIO_WHATSAPP_FROM,
            public_url=public_url,
            status_callback=public_url + path,
            api_url=settings.TWILIO_API_URL,
        )
    if not settings.SANDBOX:
        raise NotConfigured("WhatsApp needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_FROM.")
    return WhatsAppAdapter(
        account_sid=sandbox.ACCOUNT_SID,
        auth_tokens=[sandbox.AUTH_TOKEN],
        sender=sandbox.SENDER,
        public_url=public_url,
        status_callback=public_url + path,
        api_url=settings.TWILIO_API_URL or public_url + sandbox.API_PATH,
    )


def telegram() -> ChannelAdapter:
    from channels.telegram import sandbox
    from channels.telegram.adapter import TelegramAdapter
    from channels.telegram.polling import PolledTelegram

    if settings.TELEGRAM_BOT_TOKEN:
        reached = settings.PUBLIC_BASE_URL.startswith("https://")
        return (TelegramAdapter if reached else PolledTelegram)(
            token=settings.TELEGRAM_BOT_TOKEN,
            secret=settings.TELEGRAM_WEBHOOK_SECRET,
            api_url=settings.TELEGRAM_API_URL,
        )
    if not settings.SANDBOX:
        raise NotConfigured("Telegram needs TELEGRAM_BOT_TOKEN, and TELEGRAM_WEBHOOK_SECRET for webhooks.")
    return TelegramAdapter(
        token=sandbox.BOT_TOKEN,
        secret=sandbox.WEBHOOK_SECRET,
        api_url=settings.TELEGRAM_API_URL or settings.PUBLIC_BASE_URL + sandbox.API_PATH,
    )


def web() -> ChannelAdapter:
    from channels.web.adapter import WebAdapter

    return WebAdapter(settings.SECRET_KEY, settings.WEB_TOKEN_AGE, settings.WEB_IDENTITY_SECRETS)


def memory() -> ChannelAdapter:
    from channels.memory.adapter import MemoryAdapter

    if not settings.SANDBOX:
        raise NotConfigured("The memory channel is for trials: its secret is public. Turn on the sandbox to use it.")
    return MemoryAdapter()


CHANNELS: dict[str, tuple[str, Callable[[], ChannelAdapter]]] = {
    "whatsapp": ("WhatsApp", whatsapp),
    "telegram": ("Telegram", telegram),
    "web": ("Web", web),
    "mail": ("Mail", made_by("channels.mail.connect.mail")),
    "messenger": ("Messenger", made_by("channels.messenger.connect.messenger")),
    "instagram": ("Instagram", made_by("channels.messenger.connect.instagram")),
    "memory": ("Memory", memory),
}


@cache
def adapter(kind: str) -> ChannelAdapter:
    """Return the one adapter of `kind`, made on first use. Raises KeyError for no such kind, and `NotConfigured`."""
    return CHANNELS[kind][1]()


def proven(kind: str) -> bool:
    """Whether the channel vouches for who its messages are from; one that is not connected vouches for nobody."""
    try:
        return adapter(kind).caps.sender_proven
    except (KeyError, NotConfigured):
        return False
