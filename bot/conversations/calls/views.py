"""POST /calls/status: what Twilio reports of a call."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bot.conversations.calls import tasks
from bot.conversations.database import on_database
from bot.conversations.webhooks import LARGEST_BODY, raw_request
from channels import registry
from channels.base import BadRequest, Unauthorized

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
async def status(request: HttpRequest) -> HttpResponse:
    try:
        telephone = registry.telephone()
    except registry.NotConfigured:
        return HttpResponse("no telephone is connected", status=404, content_type="text/plain")
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        return HttpResponse("too large", status=413, content_type="text/plain")
    raw = raw_request(request)
    try:
        telephone.authenticate(raw)
        report = telephone.parse(raw)
    except Unauthorized as error:
        log.warning("call report refused: %s", error)
        return HttpResponse("the signature does not match", status=403, content_type="text/plain")
    except BadRequest as error:
        return HttpResponse(f"unreadable: {error}", status=400, content_type="text/plain")
    if report:
        await on_database(tasks.merge, report)
    return HttpResponse("<Response/>", content_type="text/xml")
