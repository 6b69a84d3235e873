"""Fetching what a customer sent: Meta signs the address itself, so no credential of ours goes along."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx

from channels.base import ChannelError, ErrorKind, MediaRef
from channels.downloads import PLAIN, Resolver, limited, origin, refuse_inner_hosts, refuse_other_type

HOSTS = re.compile(r"([a-z0-9-]+\.)*(fbcdn\.net|fbsbx\.com|cdninstagram\.com)")


async def fetch(
    client: httpx.AsyncClient, ref: MediaRef, limit: int, api_url: str, resolver: Resolver
) -> AsyncIterator[bytes]:
    """Stream the file behind `ref`, at most `limit` bytes of it; raises `ChannelError`."""
    scheme, host, _ = origin(ref.ref)
    if origin(ref.ref) != origin(api_url):
        if scheme != "https" or not HOSTS.fullmatch(host):
            raise ChannelError("bad_content", "The file's address is not one of Meta's hosts.", code="foreign_address")
        await refuse_inner_hosts(ref.ref, resolver)
    try:
        async with client.stream("GET", ref.ref, headers=PLAIN) as response:
            if not response.is_success:
                status = response.status_code
                # An address is valid for some days and answers 403 afterwards.
                gone = status < 500 and status != 429
                kind: ErrorKind = "bad_content" if gone else "retry"
                raise ChannelError(kind, f"The file was not served (HTTP {status}).", code=str(status))
            refuse_other_type(ref.mime, response.headers.get("content-type", ""))
            async for chunk in limited(response, limit):
                yield chunk
    except httpx.HTTPError as error:
        raise ChannelError("retry", f"The file did not arrive ({type(error).__name__}).", code="media") from None
