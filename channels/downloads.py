"""Fetching a customer's file: never more than asked, never from inside our own network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx

from channels.base import ChannelError

# A packed answer of a few kilobytes could unfold into gigabytes before anybody counts them.
PLAIN = {"Accept-Encoding": "identity"}

Resolver = Callable[[str], Awaitable[list[str]]]


async def resolve(host: str) -> list[str]:
    """Return the addresses of `host`; raises OSError when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of `url`: credentials go only where all three are the provider's own."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


async def refuse_inner_hosts(url: str, resolver: Resolver = resolve) -> None:
    """Raise `ChannelError("bad_content")` unless `url` is https and all its addresses are on the public internet.

    A webhook's link or a redirect may name a metadata service or a database of ours (server-side request forgery).
    """
    scheme, host, port = origin(url)
    if scheme != "https" or port != 443 or not host:
        raise ChannelError("bad_content", "A file's address must be https on the usual port.", code="unsafe_address")
    try:
        addresses = await resolver(host)
    except OSError:
        raise ChannelError("retry", "The file's host has no address at the moment.", code="dns") from None
    if not addresses or not all(ipaddress.ip_address(each.split("%")[0]).is_global for each in addresses):
        raise ChannelError(
            "bad_content", "A file's address may not lead into a private network.", code="unsafe_address"
        )


async def limited(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """Yield the body of `response`; raises `ChannelError("bad_content")` as soon as it exceeds `limit` bytes."""
    too_large = ChannelError("bad_content", f"The file is larger than {limit} bytes.", code="too_large")
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    received = 0
    async for chunk in response.aiter_bytes():
        received += len(chunk)
        if received > limit:
            raise too_large
        yield chunk


def refuse_other_type(declared: str, served: str) -> None:
    """Raise `ChannelError("bad_content")` when a file announced as one type is served as another."""
    said, got = (value.split(";")[0].strip().lower() for value in (declared, served))
    if not said or not got or got.endswith("/octet-stream"):
        return
    if said.split("/")[0] != got.split("/")[0] and not (said.startswith("application/") and got == "text/plain"):
        raise ChannelError("bad_content", f"A file announced as {said} was served as {got}.", code="wrong_type")
