"""Fetching mail from real IMAP servers."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.base import ChannelError, Inbound, MediaRef
from channels.mail.adapter import MailAdapter
from channels.mail.mailbox import ASIDE, TAKEN, ImapMailbox
from tests.channels.imap_servers import Mailer, dovecot, pymap
from tests.channels.mail_servers import mail_with_photo
from tests.channels.standins import JPEG
from tests.channels.test_mail import adapter, written


@pytest.fixture(scope="module", params=["dovecot", "pymap"])
def server(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of an IMAP server with one mailbox."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imap", ignore_cleanup_errors=True)))
        yield stack.enter_context(dovecot(folder) if request.param == "dovecot" else pymap())


@pytest.fixture
def customer(server: int) -> Iterator[Mailer]:
    mailer = Mailer(server)
    yield mailer
    mailer.client.logout()


def mark(customer: Mailer, *more: bytes) -> set[bytes]:
    """What shows that a mail was taken over."""
    if customer.keywords:
        return {TAKEN, *more}
    return {b"\\Seen", *(set(more) - {ASIDE})}


def shop(mailer: Mailer, **more: Any) -> MailAdapter:
    box = mailer.mailbox()
    return adapter(mailbox=box, store=box, **more)


async def taken(mail: MailAdapter, count: int, then: Callable[[], None] = lambda: None) -> list[Inbound]:
    """The first `count` events; `then` happens when they have arrived, before they count as stored."""
    stop, found = asyncio.Event(), list[Inbound]()
    async with asyncio.timeout(30):
        async with contextlib.aclosing(_closing(mail, stop)) as batches:
            async for events in batches:
                found += events
                if len(found) >= count:
                    then()
                    stop.set()
    return found


async def _closing(mail: MailAdapter, stop: asyncio.Event) -> AsyncIterator[Sequence[Inbound]]:
    async for events in mail.batches(stop):
        yield events


async def test_mail_is_taken_once_in_order_and_stays_unread(customer: Mailer) -> None:
    for number in (1, 2, 3):
        customer.sends(written(f"mail {number}", Message_ID=f"<{number}@x.example>"))
    assert [event.text for event in await taken(shop(customer), 3)] == ["mail 1", "mail 2", "mail 3"]
    assert customer.flags() == [mark(customer)] * 3
    customer.sends(written("mail 4", Message_ID="<4@x.example>"))
    assert [event.text for event in await taken(shop(customer), 1)] == ["mail 4"]


async def test_mail_that_arrives_later_is_announced(customer: Mailer) -> None:
    customer.sends(written("first", Message_ID="<1@x.example>"))
    mail, stop, found = shop(customer), asyncio.Event(), list[str]()
    async with asyncio.timeout(30):
        async for events in mail.batches(stop):
            found += [event.text for event in events]
            if len(found) == 1:
                asyncio.get_running_loop().call_later(
                    0.3, customer.sends, written("second", Message_ID="<2@x.example>")
                )
            else:
                stop.set()
    assert found == ["first", "second"]


async def test_what_was_yielded_and_not_stored_comes_again(customer: Mailer) -> None:
    customer.sends(written("hola", Message_ID="<1@x.example>"))
    for _ in range(2):
        batches = shop(customer).batches(asyncio.Event())
        (event,) = await anext(batches)  # type: ignore[arg-type]
        await batches.aclose()  # type: ignore[attr-defined]
        assert (event.text, customer.flags()) == ("hola", [set()])


async def test_an_archive_is_no_news_but_mail_missed_for_weeks_is(customer: Mailer) -> None:
    customer.sends(written("from the archive", Message_ID="<0@x.example>"), timedelta(days=40))
    customer.sends(written("today", Message_ID="<1@x.example>"))
    assert [event.text for event in await taken(shop(customer), 1)] == ["today"]
    if not customer.keywords:
        # Nothing in such a mailbox tells what was there before us from what came while we were away.
        assert customer.flags() == [set(), mark(customer)]
        return
    customer.sends(written("while we were away", Message_ID="<2@x.example>"), timedelta(days=20))
    assert [event.text for event in await taken(shop(customer), 1)] == ["while we were away"]
    assert customer.flags() == [set(), mark(customer), mark(customer)]


async def test_programs_and_riddles_are_taken_without_a_word(customer: Mailer) -> None:
    customer.sends(written("Estoy de vacaciones", Message_ID="<1@x.example>", Auto_Submitted="auto-replied"))
    customer.sends(b"Subject: nobody\r\n\r\nhola\r\n")
    customer.sends(written("hola", Message_ID="<3@x.example>"))
    assert [event.text for event in await taken(shop(customer), 1)] == ["hola"]
    assert customer.flags() == [mark(customer), mark(customer, ASIDE, b"\\Flagged"), mark(customer)]


async def test_a_program_that_answers_every_answer_is_left_to_a_person(customer: Mailer) -> None:
    for number in range(23):
        customer.sends(written("Gracias por su mensaje", Message_ID=f"<{number}@x.example>"))
    customer.sends(written("hola", Message_ID="<marc@x.example>", From="marc@example.com"))
    found = await taken(shop(customer), 21)
    assert [event.external_id for event in found] == ["lucia.garcia@example.com"] * 20 + ["marc@example.com"]
    aside = mark(customer, ASIDE, b"\\Flagged")
    assert customer.flags()[19:] == [mark(customer), aside, aside, aside, mark(customer)]


async def test_of_a_huge_mail_the_beginning_is_read(customer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.mail.mailbox.LARGEST", 5_000)
    monkeypatch.setattr("channels.mail.mailbox.BEGINNING", 2_000)
    customer.sends(mail_with_photo())
    (event,) = await taken(shop(customer), 1)
    assert (event.text, event.attachments) == ("Así llegó", ())


async def test_a_file_is_fetched_from_wherever_people_moved_the_mail(customer: Mailer) -> None:
    customer.sends(mail_with_photo())
    mail = shop(customer)
    (event,) = await taken(mail, 1)
    (ref,) = event.attachments
    assert b"".join([part async for part in mail.fetch_media(ref, 10_000)]) == JPEG
    customer.client.create_folder("Reclamaciones")
    customer.client.copy(customer.client.search(["ALL"]), "Reclamaciones")
    customer.client.delete_messages(customer.client.search(["ALL"]))
    customer.client.expunge()
    assert b"".join([part async for part in mail.fetch_media(ref, 10_000)]) == JPEG
    for name in ("<gone@x.example>", '<"a" OR ALL>', "sha256:00"):
        with pytest.raises(ChannelError) as gone:
            [part async for part in mail.fetch_media(MediaRef(kind="image", ref=f"{name}#1"), 10_000)]
        assert gone.value.code == "missing"


async def test_a_server_that_goes_away_is_waited_for(
    customer: Mailer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels.mail.polling.PAUSES", (0.01,))
    customer.sends(written("hola", Message_ID="<1@x.example>"))
    box = customer.mailbox()
    mail = adapter(mailbox=box, store=box)

    def breaks() -> None:
        assert box._client is not None
        box._client.shutdown()

    assert [event.text for event in await taken(mail, 1, breaks)] == ["hola"]
    assert "cannot be read" in caplog.text
    assert [event.text for event in await taken(shop(customer), 1)] == ["hola"], "it was never marked as taken"


async def test_a_wrong_password_is_told_and_does_not_end_the_worker(
    customer: Mailer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels.mail.polling.PAUSES", (0.01,))
    box = ImapMailbox(customer.url("wrong-password"))
    stop = asyncio.Event()

    def look() -> None:
        if caplog.text.count("refused our name or password") >= 2:
            stop.set()
        else:
            asyncio.get_running_loop().call_later(0.01, look)

    look()
    async with asyncio.timeout(30):
        assert [events async for events in adapter(mailbox=box).batches(stop)] == []
    assert "wrong-password" not in caplog.text + repr(box)
    with pytest.raises(ChannelError) as refused:
        await box.find("<1@x.example>")
    assert refused.value.kind == "auth"


@pytest.mark.parametrize("url", ["", "imap.example.com", "https://a:b@example.com", "imaps://example.com/INBOX"])
def test_an_address_of_another_form_is_explained(url: str) -> None:
    with pytest.raises(ValueError, match="imaps://name:password@host"):
        ImapMailbox(url)
