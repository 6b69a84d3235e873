"""Fetching what a customer sent over WhatsApp.

Twilio's address needs our credentials and redirects to a storage host, which must not see them. A fresh address may
answer 404 for a few seconds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urljoin, urlsplit

import httpx

from channels.base import ChannelError, MediaRef
from channels.downloads import PLAIN, Resolver, limited, origin, refuse_inner_hosts, refuse_other_type, resolve
from channels.whatsapp import errors
from channels.whatsapp.api import TwilioApi

RETRY_AFTER = (1.0, 3.0)
REDIRECTS = 3
OWN_HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
OWN_PATH = r"/2010-04-01/Accounts/{sid}/Messages/(SM|MM)[0-9a-f]{{32}}/Media/ME[0-9a-f]{{32}}"
Sleep = Callable[[float], Awaitable[None]]


def own(url: str, api: TwilioApi) -> bool:
    """Say whether `url` is a file of our own account at Twilio, the only place that gets our credentials."""
    parts, base = urlsplit(url), urlsplit(api.base_url)
    path = re.escape(base.path.rstrip("/")) + OWN_PATH.format(sid=api.account_sid)
    if not re.fullmatch(path, parts.path) or parts.username or parts.password:
        return False
    if api.base_url:
        return origin(url) == origin(api.base_url)
    return parts.scheme == "https" and parts.port in (None, 443) and bool(OWN_HOST.fullmatch(parts.hostname or ""))


async def fetch(
    api: TwilioApi, ref: MediaRef, limit: int, sleep: Sleep = asyncio.sleep, resolver: Resolver = resolve
) -> AsyncIterator[bytes]:
    """Stream the file behind `ref`, at most `limit` bytes of it; raises `ChannelError`."""
    if not own(ref.ref, api):
        raise ChannelError(
            "bad_content", "The file's address is not one of our account at Twilio.", code="foreign_address"
        )
    async with AsyncExitStack() as stack:
        try:
            response = await _open(api, ref.ref, stack, sleep, resolver)
            refuse_other_type(ref.mime, response.headers.get("content-type", ""))
            async for chunk in limited(response, limit):
                yield chunk
        except httpx.HTTPError as error:
            raise ChannelError("retry", f"The file did not arrive ({type(error).__name__}).", code="media") from None


async def _open(api: TwilioApi, url: str, stack: AsyncExitStack, sleep: Sleep, resolver: Resolver) -> httpx.Response:
    for pause in (*RETRY_AFTER, None):
        response = await _follow(api, url, stack, resolver)
        if response.status_code != 404 or pause is None:
            break
        await sleep(pause)
    if not response.is_success:
        status = response.status_code
        kind = errors.by_status(status, repeatable=True)
        raise ChannelError(kind, f"The file was not served (HTTP {status}).", code=str(status))
    return response


async def _follow(api: TwilioApi, url: str, stack: AsyncExitStack, resolver: Resolver) -> httpx.Response:
    """Open `url`, and where it redirects to without credentials."""
    client = api.clients.get()
    response = await stack.enter_async_context(client.stream("GET", url, headers=PLAIN, auth=api.credentials))
    for _ in range(REDIRECTS):
        if not response.is_redirect:
            return response
        url = urljoin(url, response.headers.get("location", ""))
        if not (api.base_url and origin(url) == origin(api.base_url)):
            await refuse_inner_hosts(url, resolver)
        response = await stack.enter_async_context(client.stream("GET", url, headers=PLAIN, auth=None))
    raise ChannelError("bad_content", "The file's address redirects too often.", code="redirects")
