"""Where the shop system delivers its webhooks: checked, stored once, answered at once. Bodies are never logged."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bot.shop.systems import mirror
from bot.shop.systems.base import BadSignature, NotSupported, ShopUnavailable, WebhookRequest
from bot.shop.systems.registry import NotConfigured, system

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, name: str) -> HttpResponse:
    """POST /shop/<system>/webhook"""
    if name != settings.SHOP_SYSTEM:
        return _plain("no such shop system", 400)
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        return _plain("too large", 413)
    headers = {key.lower(): value for key, value in request.headers.items()}
    try:
        event = system().event(WebhookRequest(headers=headers, body=request.body))
    except BadSignature as error:
        log.warning("%s webhook refused: %s", name, error)
        return _plain("the signature does not match", 403)
    except (NotSupported, NotConfigured):
        return _plain("this system sends no webhooks", 400)
    except ShopUnavailable as error:
        # Signed, but in a form that we do not know: sending it again would not help.
        log.error("%s webhook cannot be read: %s", name, type(error.__cause__ or error).__name__)
        return _plain("kept nothing", 200)
    new = mirror.take_in(event, name)
    log.info("%s webhook %s%s", name, event.topic, "" if new else " (again)")
    return _plain("ok", 200)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
