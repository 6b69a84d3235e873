"""A stand-in for the parts of Twilio's API that the WhatsApp adapter calls.

Shapes and error codes: https://www.twilio.com/docs/messaging/api/message-resource, /docs/content, /docs/api/errors
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from email.utils import format_datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.sandbox.answers import in_sandbox_only
from bot.sandbox.models import Phone, ProviderContent, ProviderFile, ProviderMessage, new_sid
from bot.sandbox.provider import basic, contents, receipts
from bot.sandbox.provider.refusals import Refused
from channels.whatsapp.sandbox import ACCOUNT_SID, API_PATH, AUTH_TOKEN, SENDER

BODY = 1600
WINDOW = timedelta(hours=24)
TYPING = timedelta(seconds=25)
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def endpoint(*methods: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            in_sandbox_only()
            try:
                if kwargs.pop("account", ACCOUNT_SID) != ACCOUNT_SID:
                    raise Refused(20404, "The requested resource was not found", 404)
                if not basic.allowed(request.headers.get("authorization", ""), ACCOUNT_SID, AUTH_TOKEN):
                    raise Refused(20003, "Authenticate", 401)
                if request.method not in methods:
                    raise Refused(20004, "Method not allowed", 405)
                return await view(request, **kwargs)
            except Refused as refused:
                return refused.response()

        return guarded

    return decorate


@endpoint("POST")
async def create_message(request: HttpRequest) -> HttpResponseBase:
    """POST /2010-04-01/Accounts/{sid}/Messages.json"""
    form = {name: str(value) for name, value in request.POST.items()}
    message, outside = await on_database(_store, form)
    callback = form.get("StatusCallback", "")
    if callback.startswith(f"{settings.PUBLIC_BASE_URL}/"):
        go_on(receipts.report(message.pk, callback, form["To"], outside))
    return JsonResponse(_resource(message, form), status=201)


def _store(form: Mapping[str, str]) -> tuple[ProviderMessage, bool]:
    """Keep the message; tell whether WhatsApp will refuse it because the 24 hours are over."""
    phone = _addressee(form)
    shown = contents.render(form) if form.get("ContentSid") else contents.Shown(text=form.get("Body", ""))
    media = [{"kind": "image", "url": form["MediaUrl"], "name": "", "mime": ""}] if form.get("MediaUrl") else []
    if not shown.text and not media:
        raise Refused(21619, "A text message body or media urls must be specified.")
    if not form.get("ContentSid") and len(shown.text.encode("utf-16-le", "surrogatepass")) // 2 > BODY:
        raise Refused(21617, f"The concatenated message body exceeds the {BODY} character limit")
    written = phone.messages.filter(from_customer=True, created_at__gt=timezone.now() - WINDOW).exists()
    outside = not written and not shown.template
    message = ProviderMessage.objects.create(
        phone=phone,
        provider_id=new_sid("MM" if media else "SM"),
        text=shown.text,
        choices=shown.choices,
        list_button=shown.list_button,
        media=media,
        state="queued",
        request=dict(form),
    )
    Phone.objects.filter(pk=phone.pk).update(typing_until=None)
    return message, outside


def _addressee(form: Mapping[str, str]) -> Phone:
    to = form.get("To", "")
    if form.get("From") != f"whatsapp:{SENDER}":
        raise Refused(63007, "Twilio could not find a Channel with the specified From address")
    if not to.startswith("whatsapp:") or not 6 < len(to.removeprefix("whatsapp:")) <= 160:
        raise Refused(21211, f"The 'To' number {to[:40]} is not a valid phone number.")
    return Phone.objects.get_or_create(channel="whatsapp", identity=to.removeprefix("whatsapp:"))[0]


def _resource(message: ProviderMessage, form: Mapping[str, str]) -> dict[str, Any]:
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{message.provider_id}"
    return {
        "sid": message.provider_id, "account_sid": ACCOUNT_SID, "messaging_service_sid": None, "body": message.text,
        "from": form["From"], "to": form["To"], "status": "queued", "direction": "outbound-api",
        "num_media": str(len(message.media)), "num_segments": "1", "price": None, "price_unit": None,
        "error_code": None, "error_message": None, "api_version": "2010-04-01",
        "date_created": format_datetime(message.created_at), "date_updated": format_datetime(message.created_at),
        "date_sent": None, "uri": f"{uri}.json", "subresource_uris": {"media": f"{uri}/Media.json"},
    }  # fmt: skip


@endpoint("POST", "GET")
async def content(request: HttpRequest) -> HttpResponseBase:
    """POST and GET /v1/Content"""
    if request.method == "GET":
        return JsonResponse(await on_database(_list))
    try:
        body = json.loads(request.body)
        wrong = contents.problem(body)
    except (ValueError, RecursionError):
        wrong = "the body is not JSON"
    if wrong:
        raise Refused(20001, f"Invalid parameter: {wrong}")
    return JsonResponse(contents.resource(await on_database(contents.create, body)), status=201)


def _list() -> dict[str, Any]:
    found = [contents.resource(each) for each in ProviderContent.objects.order_by("-pk")[:500]]
    url = f"{settings.PUBLIC_BASE_URL}{API_PATH}/v1/Content?PageSize=500&Page=0"
    meta = {"page": 0, "page_size": 500, "first_page_url": url, "previous_page_url": None, "url": url}
    return {"meta": {**meta, "next_page_url": None, "key": "contents"}, "contents": found}


@endpoint("POST")
async def typing(request: HttpRequest) -> HttpResponseBase:
    """POST /v2/Indicators/Typing.json: shows typing for 25 seconds and marks the customer's message as read."""
    if request.POST.get("channel") != "whatsapp":
        raise Refused(20001, "Invalid parameter: channel")
    if not await on_database(_show_typing, request.POST.get("messageId", "")):
        raise Refused(20404, "The requested resource was not found", 404)
    return JsonResponse({"success": True})


def _show_typing(about: str) -> bool:
    message = ProviderMessage.objects.filter(provider_id=about, from_customer=True).first()
    if message is None:
        return False
    ProviderMessage.objects.filter(pk=message.pk).update(state="read")
    Phone.objects.filter(pk=message.phone_id).update(typing_until=timezone.now() + TYPING)
    return True


@endpoint("GET")
async def media(request: HttpRequest, message: str, key: str) -> HttpResponseBase:
    """GET …/Messages/{sid}/Media/{sid}: leads to the file's storage, as at Twilio."""
    if not await on_database(ProviderFile.objects.filter(provider_id=message, key=key).exists):
        raise Refused(20404, "The requested resource was not found", 404)
    return HttpResponseRedirect(f"{settings.PUBLIC_BASE_URL}/sandbox/provider/files/{key}")


async def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """GET a file by its unguessable name. Always a download: nothing that a phone sent is run as a page."""
    in_sandbox_only()
    found = await on_database(ProviderFile.objects.filter(key=key).first)
    if found is None:
        raise Http404("no such file")
    response = HttpResponse(bytes(found.data), content_type=found.mime)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
