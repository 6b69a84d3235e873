"""A stand-in for the parts of Telegram's Bot API that the adapter calls. https://core.telegram.org/bots/api"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bot.conversations.database import on_database
from bot.sandbox.answers import in_sandbox_only
from bot.sandbox.models import Phone, ProviderFile, ProviderMessage
from bot.sandbox.provider.formatting import Unreadable, length, read_html
from bot.sandbox.telegram_phone import BOT, bot_message
from channels.telegram.sandbox import BOT_TOKEN

TEXT, CAPTION, BUTTON_DATA, BUTTONS = 4096, 1024, 64, 100
TYPING = timedelta(seconds=5)
LONGEST_POLL = 25
FILE_METHODS = {
    "sendphoto": ("photo", "image"), "senddocument": ("document", "document"), "sendaudio": ("audio", "audio"),
    "sendvideo": ("video", "video"), "sendvoice": ("voice", "audio"),
}  # fmt: skip
DONE = ("answercallbackquery", "setwebhook", "deletewebhook", "setmycommands", "deletemycommands", "setmydescription",
        "setmyshortdescription", "logout", "close")  # fmt: skip


class Refused(Exception):
    """An answer of Telegram's that says no."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


@csrf_exempt
async def call(request: HttpRequest, token: str, method: str) -> HttpResponseBase:
    """GET or POST /bot<token>/<method>, with a form, JSON or a query."""
    in_sandbox_only()
    try:
        _check_token(token)
        result = await _perform(method.lower(), _arguments(request), request)
    except (Refused, Unreadable) as refused:
        code = getattr(refused, "code", 400)
        return JsonResponse({"ok": False, "error_code": code, "description": str(refused)}, status=code)
    return JsonResponse({"ok": True, "result": result})


def _check_token(token: str) -> None:
    if not hmac.compare_digest(token.encode("utf-8", "replace"), BOT_TOKEN.encode()):
        raise Refused(401, "Unauthorized")


def _arguments(request: HttpRequest) -> dict[str, Any]:
    """The call's arguments; in a form, structures are JSON in a field."""
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "Bad Request: can't parse JSON object") from None
        return body if isinstance(body, dict) else {}
    return {**request.GET.dict(), **request.POST.dict()}


async def _perform(method: str, arguments: dict[str, Any], request: HttpRequest) -> Any:
    if method == "getme":
        return BOT | {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}
    if method == "getupdates":
        # Telegram holds the call open; without that, whoever polls would ask again at once.
        await asyncio.sleep(min(_whole(arguments.get("timeout", 0)), LONGEST_POLL))
        return []
    if method in DONE:
        return True
    actions: dict[str, Callable[[dict[str, Any]], Any]] = {
        "sendmessage": _send_message,
        "sendchataction": _send_action,
        "getfile": _get_file,
        "getwebhookinfo": _webhook_info,
        "editmessagereplymarkup": _edit_markup,
    }
    if method in FILE_METHODS:
        field, kind = FILE_METHODS[method]
        upload = request.FILES.get(field)
        content = (upload.name or "", upload.content_type or "", upload.read()) if upload else None
        return await on_database(_send_file, arguments, field, kind, content)
    if method not in actions:
        raise Refused(404, "Not Found: method not found")
    return await on_database(actions[method], arguments)


def _whole(value: Any) -> int:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        return 0


def _chat(arguments: Mapping[str, Any]) -> Phone:
    """The phone of a chat. A bot cannot write first."""
    wanted = str(arguments.get("chat_id") or "")
    if not wanted:
        raise Refused(400, "Bad Request: chat_id is empty")
    phone = Phone.objects.filter(channel="telegram", identity=wanted, messages__from_customer=True).first()
    if phone is None:
        raise Refused(400, "Bad Request: chat not found")
    return phone


def _send_message(arguments: dict[str, Any]) -> dict[str, Any]:
    phone = _chat(arguments)
    text, links = _formatted(arguments, "text")
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if length(text) > TEXT:
        raise Refused(400, "Bad Request: message is too long")
    return _keep(phone, arguments, text, links, [])


def _send_file(
    arguments: dict[str, Any], field: str, kind: str, upload: tuple[str, str, bytes] | None
) -> dict[str, Any]:
    phone = _chat(arguments)
    caption, links = _formatted(arguments, "caption")
    if length(caption) > CAPTION:
        raise Refused(400, "Bad Request: message caption is too long")
    given = str(arguments.get(field) or "")
    if upload:
        name, mime, data = upload
        stored = ProviderFile.objects.create(provider_id=phone.identity, name=name[:200], mime=mime[:100], data=data)
        given = f"/sandbox/provider/files/{stored.key}"
    elif not given.startswith(("https://", "http://")):
        raise Refused(400, "Bad Request: wrong remote file identifier specified: Wrong string length")
    media = [{"kind": kind, "url": given, "name": given.rpartition("/")[2][:100], "mime": ""}]
    return _keep(phone, arguments, caption, links, media)


def _formatted(arguments: Mapping[str, Any], field: str) -> tuple[str, list[dict[str, Any]]]:
    text = str(arguments.get(field) or "")
    mode = str(arguments.get("parse_mode") or "").lower()
    if mode and mode != "html":
        raise Refused(400, "Bad Request: unsupported parse_mode")
    return read_html(text) if mode else (text, [])


def _keep(
    phone: Phone, arguments: dict[str, Any], text: str, links: list[dict[str, Any]], media: list[dict[str, str]]
) -> dict[str, Any]:
    choices = _buttons(arguments.get("reply_markup"))
    message = ProviderMessage.objects.create(
        phone=phone, provider_id="", text=text, links=links, choices=choices, media=media, request=arguments
    )
    message.provider_id = f"{phone.identity}/{message.pk}"
    message.save()
    Phone.objects.filter(pk=phone.pk).update(typing_until=None)
    return bot_message(message)


def _buttons(markup: Any) -> list[dict[str, str]]:
    try:
        markup = json.loads(markup) if isinstance(markup, str) else markup or {}
        rows = markup.get("inline_keyboard") or []
        buttons = [button for row in rows for button in row]
        pressed = [{"id": each["callback_data"], "label": each["text"]} for each in buttons if "callback_data" in each]
    except (ValueError, AttributeError, TypeError, KeyError):
        raise Refused(400, "Bad Request: can't parse reply keyboard markup JSON object") from None
    if len(buttons) > BUTTONS:
        raise Refused(400, "Bad Request: reply markup is too long")
    if any(not 0 < len(each["id"].encode()) <= BUTTON_DATA for each in pressed):
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if any(not each["label"].strip() for each in pressed):
        raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    return pressed


def _send_action(arguments: dict[str, Any]) -> bool:
    phone = _chat(arguments)
    if arguments.get("action") == "typing":
        Phone.objects.filter(pk=phone.pk).update(typing_until=timezone.now() + TYPING)
    return True


def _edit_markup(arguments: dict[str, Any]) -> dict[str, Any]:
    phone = _chat(arguments)
    message = phone.messages.filter(pk=_whole(arguments.get("message_id")), from_customer=False).first()
    if message is None:
        raise Refused(400, "Bad Request: message to edit not found")
    message.choices = _buttons(arguments.get("reply_markup"))
    message.save()
    return bot_message(message)


def _webhook_info(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


def _get_file(arguments: dict[str, Any]) -> dict[str, Any]:
    file = ProviderFile.objects.filter(key=str(arguments.get("file_id") or "")).first()
    if file is None:
        raise Refused(400, "Bad Request: invalid file_id")
    path = f"files/{file.key}"
    return {"file_id": file.key, "file_unique_id": file.key[:16], "file_size": len(file.data), "file_path": path}


async def download(request: HttpRequest, token: str, key: str) -> HttpResponseBase:
    """GET /file/bot<token>/files/<key>"""
    in_sandbox_only()
    try:
        _check_token(token)
    except Refused as refused:
        return JsonResponse({"ok": False, "error_code": 401, "description": str(refused)}, status=401)
    file = await on_database(ProviderFile.objects.filter(key=key).first)
    if file is None:
        return JsonResponse({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
    return HttpResponse(bytes(file.data), content_type=file.mime or "application/octet-stream")
