"""An SMTP server for the mail adapter: aiosmtpd, on a real port of this machine."""

from __future__ import annotations

import logging
import socket
from collections import deque
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail.backends.smtp import EmailBackend

from tests.channels.standins import JPEG

# What the server does instead of answering: it hangs up before, or after it has taken the mail.
HANGS_UP, TAKES_AND_HANGS_UP = "hangs up", "takes and hangs up"


# The server's own account of what it was told is no log of ours.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class OnAnyPort(Controller):
    """aiosmtpd wants to know its port beforehand; here the system chooses one that is free."""

    def _create_server(self) -> Any:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


class SmtpServer:
    """Takes mail, unless answers were queued: at RCPT, or with "DATA " before them at the end of the mail."""

    def __init__(self) -> None:
        self.calls: list[Message] = []
        self.queued: deque[str] = deque()
        self.controller = OnAnyPort(self, hostname="127.0.0.1")
        self.controller.start()
        self.port = self.controller.port

    def fresh(self) -> SmtpServer:
        self.calls.clear()
        self.queued.clear()
        return self

    def next_answers(self, *answers: Any) -> None:
        self.queued.extend(answers)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.queued and not self.queued[0].startswith(("DATA ", TAKES_AND_HANGS_UP)):
            answer = self.queued.popleft()
            if answer == HANGS_UP:
                server.transport.abort()
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.queued.popleft() if self.queued else ""
        if answer.startswith("DATA "):
            return answer.removeprefix("DATA ")
        assert isinstance(envelope.content, bytes)
        self.calls.append(message_from_bytes(envelope.content, policy=default))
        if answer == TAKES_AND_HANGS_UP:
            server.transport.abort()
        return "250 OK"

    def mailer(self) -> EmailBackend:
        return EmailBackend(alias="test", host="127.0.0.1", port=self.port, timeout=5)

    def stop(self) -> None:
        self.controller.stop()


class Kept:
    """Mails that can be found again."""

    def __init__(self, **mails: bytes) -> None:
        self.mails = mails

    async def find(self, name: str) -> bytes | None:
        return self.mails.get(name)


def mail_with_photo() -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["Message-ID"] = "lucia@example.com", "<photo@example.com>"
    message.set_content("Así llegó")
    message.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="rota.jpg")
    return message.as_bytes()
