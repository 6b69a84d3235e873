"""How each channel's provider would tell us what a customer did: the webhook that is posted to our own adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from bot.conversations.database import on_database
from bot.sandbox import mail_program, meta_phone, sending, telegram_phone, whatsapp_phone
from bot.sandbox.saying import Kept, Said
from channels.messenger.platforms import INSTAGRAM, MESSENGER, Platform


async def whatsapp(kept: Kept, said: Said) -> httpx.Response:
    return await sending.post_form(sending.webhook_address("whatsapp"), whatsapp_phone.form_for(kept, said))


async def telegram(kept: Kept, said: Said) -> httpx.Response:
    return await sending.post_update(telegram_phone.update_for(kept, said))


async def mail(kept: Kept, said: Said) -> httpx.Response:
    return await sending.post_mail(await on_database(mail_program.mail_for, kept, said))


def meta(platform: Platform) -> Callable[[Kept, Said], Awaitable[httpx.Response]]:
    async def post(kept: Kept, said: Said) -> httpx.Response:
        return await sending.post_signed(platform.name, meta_phone.webhook_for(kept, said, platform))

    return post


POSTS: dict[str, Callable[[Kept, Said], Awaitable[httpx.Response]]] = {
    "whatsapp": whatsapp,
    "telegram": telegram,
    "mail": mail,
    "messenger": meta(MESSENGER),
    "instagram": meta(INSTAGRAM),
}
