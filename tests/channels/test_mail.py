"""Mail: what is read, what is left alone, and what goes out over a real SMTP server."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from channels.base import (
    BadRequest,
    ChannelAdapter,
    ChannelError,
    Choice,
    ErrorKind,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
)
from channels.mail.adapter import MailAdapter
from channels.mail.bodies import from_markup
from channels.mail.names import Names
from channels.mail.quotes import without_quotes
from tests.channels.contract import NOW, PAYLOADS, ChannelContract
from tests.channels.gateway_contract import GatewayContract
from tests.channels.mail_servers import HANGS_UP, TAKES_AND_HANGS_UP, Kept, SmtpServer, mail_with_photo
from tests.channels.samples import PROPERTY

SECRET, DOOR, ADDRESS = "mail-signing-secret-1", "mail-door-secret", "ayuda@lumbre.example"
REPLIES = yaml.safe_load((Path(__file__).parent / "replies.yml").read_text())
LUCIA = "lucia.garcia@example.com"


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.stop()


def adapter(server: SmtpServer | None = None, **more: Any) -> MailAdapter:
    def nowhere() -> Any:
        raise AssertionError("this test sends nothing")

    options: dict[str, Any] = {
        "address": ADDRESS, "shop": "Lumbre", "secret": SECRET, "mailer": server.mailer if server else nowhere,
        "store": Kept(**{"<photo@example.com>": mail_with_photo()}), "door_secret": DOOR, "now": lambda: NOW,
    }  # fmt: skip
    return MailAdapter(**(options | more))


def posted(body: bytes, secret: str = DOOR) -> RawRequest:
    return RawRequest(method="POST", path="/channels/mail/webhook", headers={"x-mail-secret": secret}, body=body)


def lucia(words: str = "¿La recogemos?", **more: Any) -> Outbound:
    fields = {"id": UUID(int=7), "to": LUCIA, "actor": "bot", "text": words, "thread": "0" * 31 + "9"}
    return Outbound.model_validate({**fields, **more})


def written(words: str, **headers: str) -> bytes:
    """A mail of Lucía's, without subject unless one is given."""
    message = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": f"Lucía García <{LUCIA}>", "To": ADDRESS, "Message-ID": "<1@example.com>"}.items():
        message[name] = value
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(words, cte="base64")
    return message.as_bytes()


class TestMail(ChannelContract):
    kind = "mail"
    secrets = (SECRET, DOOR)
    customers = (LUCIA, "o'brien+casa@ejemplo-largo.example", "x" * 60 + "@" + "y" * 90 + ".es")
    server: SmtpServer

    @pytest.fixture(autouse=True)
    def _server(self, smtp: SmtpServer) -> None:
        type(self).server = smtp

    def make(self) -> ChannelAdapter:
        self.provider = self.server.fresh()  # type: ignore[assignment]
        return adapter(self.server)

    def genuine(self, body: bytes) -> RawRequest:
        return posted(body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        return {
            "missing": posted(body).model_copy(update={"headers": {}}),
            **{repr(secret): posted(body, secret) for secret in ("", DOOR[:-1], DOOR + "x", DOOR.upper(), "ñ")},
        }

    def says(self, words: str, event: str = "1") -> bytes:
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Message-ID"] = LUCIA, ADDRESS, f"<{event}@example.com>"
        message["In-Reply-To"] = "<the-first-of-this-thread@example.com>"
        # One line, whatever it holds: mail itself would break it at line ends.
        message.set_content(words.encode("utf-8", "surrogatepass"), "text", "plain", params={"charset": "utf-8"})
        return message.as_bytes()

    def changed(self, body: bytes) -> st.SearchStrategy[bytes]:
        """A mail in which some bytes are others: in a header, a boundary, a charset, an encoding or the text."""

        def change(start: int, length: int, other: bytes) -> bytes:
            at = start % max(len(body), 1)
            return body[:at] + other + body[at + length :]

        return st.builds(change, st.integers(0, 3_000), st.integers(0, 60), st.binary(max_size=60))

    def shown(self, part: Part) -> str:
        shown = re.sub(r"<br>\n?|</p>\n<p>", "\n", part.payload["html"])
        assert "<script" not in shown and "malo.example'>" not in shown
        return str(part.payload["text"])

    def offered(self, part: Part) -> list[str]:
        return []

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        return [
            ("no such mailbox", "550 5.1.1 <lucia@x> LUM-10234 no such user", "unreachable"),
            ("no such mailbox, in old words", "550 no such user here", "unreachable"),
            ("mailbox disabled", "550 5.2.1 mailbox disabled", "unreachable"),
            ("greylisted", "451 4.7.1 try again later", "retry"),
            ("mailbox full", "452 4.2.2 mailbox full", "retry"),
            ("too many at once", "450 4.7.28 unusual rate", "rate"),
            ("the server is tired", "421 4.3.2 closing", "retry"),
            ("looks like spam", "DATA 554 5.7.1 message refused", "bad_content"),
            ("too large", "DATA 552 5.3.4 message too big", "bad_content"),
            ("not logged in", "530 5.7.0 authentication required", "auth"),
            ("gone in the middle", HANGS_UP, "uncertain"),
            ("gone after it was taken", TAKES_AND_HANGS_UP, "uncertain"),
        ]

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref="<photo@example.com>#1", mime="image/jpeg")

    def received(self, adapter: ChannelAdapter) -> list[str]:
        bodies = [call.get_body(("plain",)) for call in self.server.calls]  # type: ignore[attr-defined]
        return [str(body.get_content()).rstrip("\r\n") for body in bodies if body]

    def addressee(self) -> str:
        return str(self.server.calls[-1]["To"]).lower()


class TestMailInTheGateway(GatewayContract):
    channel = TestMail
    ignored = ("auto_reply", "bulk", "list", "machine", "own_address", "read_receipt")

    @pytest.fixture(autouse=True)
    def _server(self, smtp: SmtpServer) -> None:
        TestMail.server = smtp


@pytest.mark.parametrize("sample", REPLIES, ids=lambda sample: sample["name"])
def test_what_was_quoted_and_signed_by_programs_is_not_said_again(sample: dict[str, str]) -> None:
    assert without_quotes(sample["mail"].rstrip("\n")).split() == sample["said"].split()


@PROPERTY
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.sampled_from(REPLIES))
def test_words_above_a_quotation_are_kept_whatever_they_are(words: str, sample: dict[str, str]) -> None:
    plain = " ".join(words.replace(">", "").replace("-", "").replace("_", "").replace(":", "").split())
    quoted = "\n\nEl vie, 20 nov 2026 a las 9:41, Lumbre (<ayuda@lumbre.example>) escribió:\n\n> ¿Sí?\n"
    assert without_quotes(plain + quoted).split() == (plain or quoted).split()
    assert without_quotes(sample["mail"]).strip()


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 5_000 + "hola" + "</div>" * 5_000,
        "<p>" + "<b>" * 3_000 + "hola",
        "hola<!--" + "x" * 100_000,
        "<a href='javascript:alert(1)'>hola</a>",
        "hola" + "<table>" * 2_000,
        "hola<img src=x onerror=alert(1)><iframe src='file:///etc/passwd'>no</iframe>",
    ],
    ids=["deep", "unclosed", "comment", "script link", "tables", "frames"],
)
def test_hostile_markup_is_only_text(markup: str) -> None:
    assert from_markup(markup) == "hola"


async def test_an_answer_goes_into_the_customers_thread(smtp: SmtpServer) -> None:
    mail = adapter(smtp.fresh())
    (asked,) = mail.parse(posted((PAYLOADS / "mail" / "text.eml").read_bytes()))
    (part,) = mail.render(lucia(thread=asked.thread, context=asked.context, actor="human"), True)
    result = await mail.send(part)
    (sent,) = smtp.calls
    assert sent["Subject"] == "Re: La freidora LUM-10234 no calienta"
    assert sent["In-Reply-To"] == sent["References"] == "<CAF-1a2b3c@mail.example.com>"
    assert (sent["From"], sent["To"]) == (f"Lumbre <{ADDRESS}>", LUCIA)
    assert (sent["Message-ID"],) == result.provider_ids
    assert (sent["Auto-Submitted"], sent["Reply-To"], sent["Content-Language"]) == (None, None, "es")
    assert [part.get_content_type() for part in sent.iter_parts()] == ["text/plain", "text/html"]


async def test_a_reply_finds_its_thread_by_any_of_our_names(smtp: SmtpServer) -> None:
    mail = adapter(smtp.fresh(), plus=True)
    await mail.send(mail.render(lucia("¿Cuál es el pedido?"), True)[0])
    (sent,) = smtp.calls
    ours, plus = str(sent["Message-ID"]), str(sent["Reply-To"])
    for headers in (
        {"In_Reply_To": ours},
        {"References": f"<old@x> {ours}"},
        {"References": ours.strip("<>").upper()},
        {"In_Reply_To": "<lost@x>", "References": f"garbage {ours} <another@x>"},
        {"To": plus},
        {"Cc": f"Otro <otro@example.com>, Lumbre <{plus.upper()}>"},
    ):
        (event,) = mail.parse(posted(written("LUM-10234", Subject="Re: algo", **headers)))
        assert event.thread == "0" * 31 + "9", headers
    for forged in (ours.replace("0009.", "0008."), ours.replace(".1.", ".2."), "<lost@x>"):
        (event,) = mail.parse(posted(written("LUM-10234", In_Reply_To=forged)))
        assert event.thread != "0" * 31 + "9", forged
    (other,) = adapter(secret="another-shops").parse(posted(written("x", In_Reply_To=ours)))
    assert other.thread != "0" * 31 + "9"


async def test_what_the_bot_says_asks_programs_not_to_answer(smtp: SmtpServer) -> None:
    mail = adapter(smtp.fresh())
    for actor in ("bot", "system"):
        await mail.send(mail.render(lucia(actor=actor), True)[0])
    assert [(call["Auto-Submitted"], call["X-Auto-Response-Suppress"]) for call in smtp.calls] == [
        ("auto-replied", "All")
    ] * 2
    for call in smtp.calls:
        assert mail.parse(posted(call.as_bytes())) == [], "our own mail is no customer's"


def test_choices_are_a_numbered_list() -> None:
    choices = (Choice(id="a", label="Sí, recogedla"), Choice(id="b", label="No"))
    (part,) = adapter().render(lucia(choices=choices), True)
    assert part.payload["text"] == "¿La recogemos?\n\n1. Sí, recogedla\n2. No\n\nResponde con el número."
    assert "1. Sí, recogedla<br>\n2. No" in part.payload["html"]


@pytest.mark.parametrize(
    ("told", "language", "subject"),
    [
        ("Mi freidora", "es", "Re: Mi freidora"),
        ("", "es", "Tu consulta a Lumbre"),
        ("", "en", "Your question to Lumbre"),
        ("Hola\r\nBcc: todos@example.com", "es", "Re: Hola Bcc: todos@example.com"),
    ],
)
async def test_the_subject_is_the_customers(smtp: SmtpServer, told: str, language: str, subject: str) -> None:
    mail = adapter(smtp.fresh())
    await mail.send(
        mail.render(lucia(language=language, context={"subject": told, "answers": "<1@mail.example>"}), True)[0]
    )
    assert (smtp.calls[0]["Subject"], smtp.calls[0]["Bcc"]) == (subject, None)


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    gone = SmtpServer()
    gone.stop()
    mail = adapter(gone)
    with pytest.raises(ChannelError) as down:
        await mail.send(mail.render(lucia(), True)[0])
    assert down.value.kind == "retry"


def test_without_a_secret_no_mail_is_taken_over_http() -> None:
    with pytest.raises(Exception, match="IMAP"):
        adapter(door_secret="").authenticate(posted(written("Hola"), ""))


@pytest.mark.parametrize("sender", ["", "nobody", "Lumbre", "<>", "a@b", "x" * 70 + "@example.com", "@example.com"])
def test_a_mail_that_cannot_be_answered_is_refused(sender: str) -> None:
    raw = written("Hola").replace(b"lucia.garcia@example.com", sender.encode()).replace(b"<>", b"")
    with pytest.raises(BadRequest, match="From"):
        adapter().parse(posted(raw))


def test_reply_to_is_no_way_to_get_somebody_elses_answers() -> None:
    (event,) = adapter().parse(posted(written("Hola", Reply_To="otro@malo.example")))
    assert event.external_id == LUCIA


def test_of_a_mail_that_is_too_large_the_words_count(caplog: pytest.LogCaptureFixture) -> None:
    message = message_from_bytes(written("Os mando el vídeo"), policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    message.add_attachment(b"0" * 400_000, maintype="video", subtype="mp4", filename="humo.mp4")
    (event,) = adapter().read(message.as_bytes()[:200_000], whole=False)
    assert (event.text, event.attachments) == ("Os mando el vídeo", ())


async def test_a_file_that_is_gone_says_so() -> None:
    for ref in (
        "<other@example.com>#1",
        "<photo@example.com>#0",
        "<photo@example.com>#99",
        "nothing",
        "<photo@example.com>#-1",
    ):
        with pytest.raises(ChannelError) as missing:
            [part async for part in adapter().fetch_media(MediaRef(kind="image", ref=ref), 10_000)]
        assert (missing.value.kind, missing.value.code) == ("bad_content", "missing")


@PROPERTY
@given(st.uuids(), st.integers(1, 9999), st.text(max_size=40), st.text(max_size=40))
def test_every_name_that_we_give_is_known_again_and_no_other(
    message: UUID, number: int, thread: str, secret: str
) -> None:
    names = Names(secret, ADDRESS)
    given_name = names.message(message, number, thread)
    assert len(given_name) <= 160
    (found,) = names.find(f"References: <a@b>\n {given_name.upper()} <c@d>")
    assert (found.reference, found.name) == (f"{message}.{number}", given_name)
    assert Names(secret + "x", ADDRESS).find(given_name) == []
    assert names.thread("", names.reply_to(thread)) == found.thread
