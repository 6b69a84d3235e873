"""Fetching what a customer sent over WhatsApp: with our credentials, but from nowhere else."""

from __future__ import annotations

import httpx
import pytest

from channels.base import ChannelError
from tests.channels.standins import JPEG, Twilio
from tests.channels.twilio_account import FILE, SID, Waits, adapter, fetched, inner_host


async def test_our_credentials_go_to_twilio_and_not_to_where_it_redirects() -> None:
    twilio = Twilio()
    assert await fetched(adapter(twilio)) == JPEG
    assert ["authorization" in call.headers for call in twilio.calls] == [True, False]


async def test_a_file_that_is_not_there_yet_is_asked_for_again() -> None:
    twilio, waits = Twilio(), Waits()
    twilio.next_answers(httpx.Response(404), httpx.Response(404))
    assert await fetched(adapter(twilio, sleep=waits)) == JPEG
    assert waits == [1.0, 3.0]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        FILE.replace("https", "http"),
        FILE.replace("api.twilio.com", "api.twilio.com.malo.example"),
        FILE.replace("api.twilio.com", "malo.example"),
        FILE.replace("//", "//a:b@"),
        FILE.replace(SID, "AC" + "f" * 32),
        FILE + "/../../x",
        FILE.replace("api.twilio.com", "api.twilio.com:8443"),
    ],
)
async def test_other_addresses_are_never_called(address: str) -> None:
    twilio = Twilio()
    with pytest.raises(ChannelError) as refused:
        await fetched(adapter(twilio), address)
    assert refused.value.kind == "bad_content" and not twilio.calls


@pytest.mark.parametrize(
    "target", ["http://media.example/x", "https://127.0.0.1/x", "file:///etc/passwd", "https://[::1]/x"]
)
async def test_a_redirect_out_of_the_public_internet_is_not_followed(target: str) -> None:
    twilio = Twilio()
    twilio.next_answers(httpx.Response(302, headers={"location": target}))

    async def literal(host: str) -> list[str]:
        return [host]

    with pytest.raises(ChannelError):
        await fetched(adapter(twilio, resolver=literal))
    assert len(twilio.calls) <= 2


async def test_a_host_with_one_inner_address_is_refused() -> None:
    twilio = Twilio()
    with pytest.raises(ChannelError) as refused:
        await fetched(adapter(twilio, resolver=inner_host))
    assert refused.value.code == "unsafe_address" and len(twilio.calls) == 1


async def test_a_web_page_in_place_of_a_photo_is_refused() -> None:
    twilio = Twilio()
    twilio.next_answers(httpx.Response(200, headers={"content-type": "text/html"}, content=b"<html>"))
    with pytest.raises(ChannelError) as refused:
        await fetched(adapter(twilio))
    assert refused.value.code == "wrong_type"


@pytest.mark.parametrize("status, kind", [(401, "auth"), (410, "bad_content"), (429, "rate"), (502, "retry")])
async def test_a_file_that_is_refused_is_judged(status: int, kind: str) -> None:
    twilio = Twilio()
    twilio.next_answers(httpx.Response(status, text="x" * 100_000))
    with pytest.raises(ChannelError) as refused:
        await fetched(adapter(twilio))
    assert refused.value.kind == kind
