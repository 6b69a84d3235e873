"""The mail adapter as a shop's settings say."""

from __future__ import annotations

import httpx
from django.conf import settings
from django.core.mail import mailers
from django.utils.module_loading import import_string

from channels.base import ChannelError
from channels.mail import sandbox
from channels.mail.adapter import MailAdapter
from channels.mail.mailbox import ImapMailbox
from channels.registry import NotConfigured


def mail() -> MailAdapter:
    """Raises `NotConfigured` without a mailbox, where the sandbox is off; ValueError for an address in another form."""
    needed = {
        "MAIL_ADDRESS": settings.MAIL_ADDRESS,
        "MAIL_IMAP_URL": settings.MAIL_IMAP_URL,
        "MAIL_SMTP_URL": settings.MAIL_SMTP_URL,
    }
    missing = ", ".join(name for name, value in needed.items() if not value)
    if not missing:
        mailbox = ImapMailbox(settings.MAIL_IMAP_URL)
        return MailAdapter(
            address=settings.MAIL_ADDRESS,
            shop=settings.WAGTAIL_SITE_NAME,
            secret=settings.SECRET_KEY,
            mailer=lambda: mailers["default"],
            store=mailbox,
            mailbox=mailbox,
            plus=settings.MAIL_PLUS_ADDRESSES,
        )
    if settings.MAIL_ADDRESS or not settings.SANDBOX:
        raise NotConfigured(f"Mail needs {missing}.")
    return MailAdapter(
        address=sandbox.ADDRESS,
        shop=settings.WAGTAIL_SITE_NAME,
        secret=settings.SECRET_KEY,
        mailer=lambda: import_string(settings.SANDBOX_MAILER)(alias="sandbox"),
        store=SandboxStore(settings.PUBLIC_BASE_URL + sandbox.API_PATH),
        door_secret=sandbox.DOOR_SECRET,
    )


class SandboxStore:
    """Mails as the sandbox's stand-in keeps them, at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def find(self, name: str) -> bytes | None:
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                headers = {"x-mail-secret": sandbox.DOOR_SECRET}
                response = await client.get(self.url, params={"message_id": name}, headers=headers)
        except httpx.HTTPError as error:
            raise ChannelError("retry", f"The sandbox did not answer ({type(error).__name__}).", code="store") from None
        return response.content if response.is_success else None
