"""Chatwoot as the desk: an inbox of its kind "API", and an Agent Bot whose token posts every line.

The contact and the conversation are made through the public API of the inbox; lines, notes and the status go through
the application API with the bot's token, which may do that and nothing else. In Chatwoot a bot owns what is `pending`
and people what is `open`, so a conversation that people put back to `pending` is the bot's again. A webhook that is
not answered with 200 makes Chatwoot drop the bot from the conversation. Facts: developers.chatwoot.com, read in 2026.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

import httpx
from django.conf import settings
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.desk.desks.base import DeskError, Heard, Told, Unauthorized, Unreadable, Who

TIMEOUT = 10.0
# Chatwoot signs "<timestamp>.<body>"; an older request may be a replay.
FRESH = timedelta(minutes=5)
NAMED = "postventa"


class _Sender(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str | None = None
    type: str | None = None


class _Conversation(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: int


class _Attachment(BaseModel):
    model_config = ConfigDict(extra="ignore")
    data_url: str | None = None
    file_type: str | None = None


class _Event(BaseModel):
    """The parts of a webhook that are read: of `message_created` and of `conversation_status_changed`."""

    model_config = ConfigDict(extra="ignore")
    event: str
    id: int | None = None
    content: str | None = None
    message_type: str | int | None = None
    private: bool = False
    status: str | None = None
    updated_at: str | float | None = None
    timestamp: str | float | None = None
    sender: _Sender | None = None
    conversation: _Conversation | None = None
    attachments: tuple[_Attachment, ...] = ()


class ChatwootDesk:
    """`Desk` over Chatwoot's HTTP APIs; `settings.CHATWOOT` holds the addresses and secrets."""

    name = "chatwoot"

    def __init__(self, config: Mapping[str, Any] | None = None, transport: httpx.AsyncBaseTransport | None = None):
        self._config = config
        self._transport = transport

    @property
    def config(self) -> Mapping[str, Any]:
        """url, account, inbox (the API inbox's identifier), token (the Agent Bot's), secrets (of the webhooks)."""
        return self._config if self._config is not None else settings.CHATWOOT

    def configured(self) -> bool:
        return all(self.config.get(name) for name in ("url", "account", "inbox", "token", "secrets"))

    async def open(self, who: Who, known_as: str, summary: str, about: Mapping[str, str]) -> str:
        external_id = known_as
        if not external_id:
            contact = await self._contact(who)
            path = f"{self._inbox}/contacts/{quote(contact, safe='')}/conversations"
            answer = await self._call("POST", path, {"custom_attributes": dict(about)})
            external_id = f"{contact}/{answer['id']}"
        if summary:
            await self._post(external_id, summary, private=True)
        await self._status(external_id, "open")
        return external_id

    async def tell(self, external_id: str, line: Told) -> None:
        text = "\n".join([line.text, *(f"📎 {address}" for address in line.files)]).strip()
        kind = "incoming" if line.author == "customer" else "outgoing"
        await self._post(external_id, text, kind=kind, name=line.name, private=line.author == "system")

    async def has(self, external_id: str, names: Sequence[str]) -> set[str]:
        """A bot's token reads nothing, so the contact's own view is asked; it has no notes, which may come twice."""
        contact, _slash, number = external_id.rpartition("/")
        path = f"{self._inbox}/contacts/{quote(contact, safe='')}/conversations/{number}/messages"
        messages = (await self._call("GET", path, None)).get("payload", ())
        return {str((each.get("content_attributes") or {}).get(NAMED, "")) for each in messages} & set(names)

    async def close(self, external_id: str, state: Literal["resolved", "bot"]) -> None:
        await self._status(external_id, "resolved" if state == "resolved" else "pending")

    async def _contact(self, who: Who) -> str:
        """The contact's source id in our inbox; the same identifier gives the same contact."""
        body = {"identifier": who.reference, "name": who.name, "email": who.email, "phone_number": who.phone}
        answer = await self._call("POST", f"{self._inbox}/contacts", {k: v for k, v in body.items() if v})
        return str(answer["source_id"])

    async def _post(
        self, external_id: str, text: str, *, kind: str = "outgoing", private: bool = False, name: str = ""
    ) -> None:
        """`kind` may be "incoming" because the inbox is of the kind API; the contact is then the sender."""
        body: dict[str, Any] = {"content": text, "message_type": kind, "private": private}
        body["content_attributes"] = {NAMED: name or "summary"}
        await self._call("POST", f"{self._conversation(external_id)}/messages", body)

    async def _status(self, external_id: str, status: str) -> None:
        await self._call("POST", f"{self._conversation(external_id)}/toggle_status", {"status": status})

    @property
    def _inbox(self) -> str:
        return f"/public/api/v1/inboxes/{quote(str(self.config['inbox']), safe='')}"

    def _conversation(self, external_id: str) -> str:
        number = external_id.rpartition("/")[2]
        return f"/api/v1/accounts/{self.config['account']}/conversations/{number}"

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        headers = {} if path.startswith("/public/") else {"api_access_token": str(self.config["token"])}
        client = httpx.AsyncClient(base_url=self.config["url"], timeout=TIMEOUT, transport=self._transport)
        try:
            async with client:
                answer = await client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise DeskError(f"Chatwoot did not answer ({type(error).__name__}).") from None
        if answer.status_code in (401, 403, 404, 422):
            raise DeskError(f"Chatwoot refused {method} {_kind(path)} with {answer.status_code}.", final=True)
        if answer.status_code >= 300:
            raise DeskError(f"Chatwoot answered {answer.status_code} to {method} {_kind(path)}.")
        try:
            data = answer.json()
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {"payload": data}

    def authenticate(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        sent, signature = headers.get("x-chatwoot-timestamp", ""), headers.get("x-chatwoot-signature", "")
        if not sent.isascii() or not sent.isdecimal() or len(sent) > 11:
            raise Unauthorized("X-Chatwoot-Timestamp is missing: use a Chatwoot that signs its webhooks (4.12 on).")
        if abs(now.timestamp() - int(sent)) > FRESH.total_seconds():
            raise Unauthorized("The request is too old, or one of the clocks is wrong.")
        signed = sent.encode() + b"." + body
        known = [_signature(str(secret), signed) for secret in self.config["secrets"]]
        if not any(hmac.compare_digest(each.encode(), signature.encode()) for each in known):
            raise Unauthorized("X-Chatwoot-Signature does not match any secret of CHATWOOT_WEBHOOK_SECRET.")

    def parse(self, body: bytes) -> Sequence[Heard]:
        try:
            event = _Event.model_validate(json.loads(body))
        except (ValueError, ValidationError) as error:
            raise Unreadable("the body is no event of Chatwoot") from error
        if event.event == "message_created":
            return _message(event)
        return _status_changed(event) if event.event == "conversation_status_changed" else ()


def _signature(secret: str, signed: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _message(event: _Event) -> Sequence[Heard]:
    """A person's words. What the contact or a bot says is ours, and comes back to us like everything else."""
    person = event.sender is not None and event.sender.type == "user"
    if event.message_type not in ("outgoing", 1) or not person or event.id is None or event.conversation is None:
        return ()
    files = tuple((each.file_type or "file", each.data_url) for each in event.attachments if each.data_url)
    kind: Literal["note", "reply"] = "note" if event.private else "reply"
    name = (event.sender.name if event.sender else None) or ""
    number = str(event.conversation.id)
    return (Heard(f"message:{event.id}", number, kind, event.content or "", name, files),)


def _status_changed(event: _Event) -> Sequence[Heard]:
    """`resolved` ends it and `pending` gives it back to the bot; `open` is what it is with people anyway."""
    number = event.id if event.id is not None else event.conversation.id if event.conversation else None
    kinds: Mapping[str, Literal["resolved", "to_bot"]] = {"resolved": "resolved", "pending": "to_bot"}
    if number is None or not event.status or event.status not in kinds:
        return ()
    when = event.updated_at or event.timestamp or ""
    return (Heard(f"status:{number}:{event.status}:{when}", str(number), kinds[event.status]),)


def _kind(path: str) -> str:
    """The path without the names in it, for the log."""
    return path.rpartition("/")[2].partition("?")[0]
