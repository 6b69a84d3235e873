"""Telegram through the Bot API, with python-telegram-bot as its client."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from channels.base import (
    Acknowledgement,
    BadRequest,
    Capabilities,
    ChannelError,
    Inbound,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    SendResult,
    Unauthorized,
)
from channels.downloads import PLAIN, limited, origin
from channels.pacing import Pace
from channels.per_loop import PerLoop
from channels.telegram import errors
from channels.telegram.events import message_name, read_update
from channels.telegram.render import BUTTONS, DATA_BYTES, LABEL, TEXT, render
from channels.telegram.secrecy import keep_secrets_out_of_logs

log = logging.getLogger(__name__)
API = "https://api.telegram.org"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

CAPS = Capabilities(
    max_text=TEXT,
    text_unit="utf16",
    markup="tg_html",
    buttons=BUTTONS,
    button_label=LABEL,
    button_data_bytes=DATA_BYTES,
    media_in=frozenset({"image", "audio", "video", "document", "sticker"}),
    # Telegram fetches a file from an address up to these sizes; uploads could be larger.
    media_out={"image": 5_000_000, "audio": 20_000_000, "video": 20_000_000, "document": 20_000_000},
    typing_out=True,
    typing_ttl=5,
    receipts="sent",
    reply_to=True,
    location=True,
    contact_request=True,
    rate_global=30.0,
    rate_per_chat=1.0,
)


class TelegramAdapter:
    """Speaks for one bot.

    `secret` is what setWebhook was told to send along, "" to refuse every webhook; `api_url` replaces Telegram's own
    address, such as by the sandbox's. The token shows in no representation, log or error.
    """

    name = "telegram"
    caps = CAPS

    def __init__(
        self,
        *,
        token: str,
        secret: str,
        api_url: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.account = token.partition(":")[0]
        self.api_url = (api_url or API).rstrip("/")
        self._token, self._secret, self._transport = token, secret, transport
        self._bots = PerLoop(self._build_bot)
        self._files = PerLoop(lambda: httpx.AsyncClient(timeout=httpx.Timeout(20, connect=5), transport=transport))
        self._paces = Pace(CAPS.rate_global, 1, clock), Pace(CAPS.rate_per_chat, 3, clock)
        self._now, self._sleep = now, sleep
        keep_secrets_out_of_logs()

    def __repr__(self) -> str:
        return f"TelegramAdapter(account={self.account!r})"

    def _build_bot(self) -> Bot:
        extra = {"transport": self._transport} if self._transport else {}
        requests = [
            HTTPXRequest(connection_pool_size=size, connect_timeout=4, read_timeout=10, httpx_kwargs=dict(extra))
            for size in (2, 32)
        ]
        return Bot(
            self._token,
            base_url=f"{self.api_url}/bot",
            base_file_url=f"{self.api_url}/file/bot",
            get_updates_request=requests[0],
            request=requests[1],
        )

    def bot(self) -> Bot:
        """Return the running event loop's client of the Bot API."""
        return self._bots.get()

    def authenticate(self, request: RawRequest) -> None:
        told = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not self._secret or not hmac.compare_digest(told.encode("utf-8", "replace"), self._secret.encode()):
            raise Unauthorized(
                "X-Telegram-Bot-Api-Secret-Token is missing or wrong: set the webhook with TELEGRAM_WEBHOOK_SECRET."
            )

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        event = self.read_update(_read(request))
        return [event] if event else []

    def read_update(self, update: Mapping[str, Any]) -> Inbound | None:
        return read_update(update, self.name, self.account, self._now())

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        """Answer a pressed button within the response, a call that Telegram makes for us; a button spins until then."""
        try:
            query = _read(request).get("callback_query")
        except BadRequest:
            query = None
        if not isinstance(query, dict) or not query.get("id"):
            return Acknowledgement()
        call = {"method": "answerCallbackQuery", "callback_query_id": str(query["id"])}
        return Acknowledgement(content_type="application/json", body=json.dumps(call))

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        """Telegram has no window; a template's text is what `out.text` says."""
        return render(out, self.caps)

    async def send(self, part: Part) -> SendResult:
        await self._sleep(max(pace.reserve(key) for pace, key in zip(self._paces, ("", part.to), strict=True)))
        try:
            sent = await self._send(part)
        except TelegramError as error:
            raise errors.judge(error) from None
        return SendResult(provider_ids=(message_name(part.to, sent),), state="sent")

    async def _send(self, part: Part) -> int:
        payload = part.payload
        answered = payload.get("reply_to", "").rpartition("/")[2]
        reply = ReplyParameters(int(answered), allow_sending_without_reply=True) if answered.isdecimal() else None
        if payload["kind"] == "media":
            send_file = getattr(self.bot(), f"send_{payload['method']}")
            return int((await send_file(part.to, payload["file"], reply_parameters=reply)).message_id)
        rows = [
            [InlineKeyboardButton(each["label"], callback_data=each["data"])] for each in payload.get("buttons", [])
        ]
        options: dict[str, Any] = {
            "reply_markup": InlineKeyboardMarkup(rows) if rows else _share_phone(payload.get("contact", "")),
            "reply_parameters": reply,
            "link_preview_options": NO_PREVIEW,
        }
        bot = self.bot()
        try:
            return (await bot.send_message(part.to, payload["html"], parse_mode=ParseMode.HTML, **options)).message_id
        except TelegramError as error:
            if not errors.unparsable(error):
                raise
            return (await bot.send_message(part.to, payload["plain"], **options)).message_id

    async def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        """Stream a file. Its address holds the token, so it is made and used here and never given out."""
        try:
            file = await self.bot().get_file(ref.ref, read_timeout=10)
        except TelegramError as error:
            raise errors.judge(error) from None
        if (file.file_size or 0) > limit:
            raise ChannelError("bad_content", f"The file is larger than {limit} bytes.", code="too_large")
        address = file.file_path or ""
        if origin(address) != origin(self.api_url):
            raise ChannelError("bad_content", "Telegram named a file outside its own host.", code="foreign_address")
        try:
            async with self._files.get().stream("GET", address, headers=PLAIN, follow_redirects=False) as response:
                if not response.is_success:
                    code = str(response.status_code)
                    raise ChannelError("retry", f"Telegram did not serve the file (HTTP {code}).", code=code)
                async for chunk in limited(response, limit):
                    yield chunk
        except httpx.HTTPError as error:
            raise ChannelError("retry", f"The file did not arrive ({type(error).__name__}).", code="media") from None

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        if signal != "typing":
            return
        try:
            await self.bot().send_chat_action(to, ChatAction.TYPING)
        except TelegramError as error:
            log.info("Telegram did not show typing: %s", errors.judge(error))


def _share_phone(label: str) -> ReplyKeyboardMarkup | None:
    """The keyboard that asks for the customer's own contact card; it goes away when it was used."""
    if not label:
        return None
    button = KeyboardButton(label, request_contact=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)


def _read(request: RawRequest) -> dict[str, Any]:
    try:
        update = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadRequest("The update is not JSON.") from None
    if not isinstance(update, dict):
        raise BadRequest("The update is not a JSON object.")
    return update
