"""The stand-in for Twilio says no as Twilio does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.models import ProviderMessage
from channels.whatsapp.sandbox import ACCOUNT_SID, AUTH_TOKEN, SENDER
from tests.conversations.people import settled
from tests.sandbox.conftest import LUCIA, Sandbox

AUTH = (ACCOUNT_SID, AUTH_TOKEN)
ADDRESSES = {"From": f"whatsapp:{SENDER}", "To": f"whatsapp:{LUCIA}"}
MESSAGES = f"twilio/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


async def send(sandbox: Sandbox, provider: Callable[[str], str], auth: Any = AUTH, **form: str) -> tuple[int, Any]:
    response = await sandbox.http.post(provider(MESSAGES), data=ADDRESSES | form, auth=auth)
    await settled()
    return response.status_code, response.json()


@pytest.mark.parametrize("auth", [None, (ACCOUNT_SID, "wrong"), ("AC1", AUTH_TOKEN)])
async def test_a_wrong_token_is_refused(sandbox: Sandbox, provider: Callable[[str], str], auth: Any) -> None:
    status, answer = await send(sandbox, provider, auth, Body="hola")
    assert (status, answer["code"], answer["status"]) == (401, 20003, 401)
    assert await ProviderMessage.objects.acount() == 0


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "🙂" * 801}, 21617),
        ({"Body": ""}, 21619),
        ({"Body": "hola", "To": "+34600111001"}, 21211),
        ({"Body": "hola", "From": "whatsapp:+1"}, 63007),
        ({"ContentSid": "HX00000000000000000000000000000000"}, 20404),
    ],
)
async def test_limits_have_twilios_codes(
    sandbox: Sandbox, provider: Callable[[str], str], form: dict[str, str], code: int
) -> None:
    status, answer = await send(sandbox, provider, **form)
    assert (400 <= status < 500, answer["code"]) == (True, code)


async def test_a_text_at_the_limit_goes_out(sandbox: Sandbox, provider: Callable[[str], str]) -> None:
    status, answer = await send(sandbox, provider, Body="x" * 1600)
    assert (status, answer["status"], answer["direction"]) == (201, "queued", "outbound-api")
    assert answer["sid"].startswith("SM") and len(answer["sid"]) == 34


async def test_free_text_after_24_hours_is_taken_and_then_not_delivered(
    sandbox: Sandbox, provider: Callable[[str], str]
) -> None:
    await sandbox.say("whatsapp", LUCIA, text="hola")
    written = await ProviderMessage.objects.aget(from_customer=True)
    await ProviderMessage.objects.filter(pk=written.pk).aupdate(created_at=written.created_at - timedelta(hours=25))
    callback = f"{sandbox.address}/channels/whatsapp/webhook"
    status, answer = await send(sandbox, provider, Body="¿sigues ahí?", StatusCallback=callback)
    late = await ProviderMessage.objects.aget(provider_id=answer["sid"])
    assert (status, late.state, late.error_code) == (201, "undelivered", "63016")


async def test_content_is_kept_listed_and_filled_in(sandbox: Sandbox, provider: Callable[[str], str]) -> None:
    button = {"type": "QUICK_REPLY", "title": "{{t1}}", "id": "{{i1}}"}
    content = {
        "friendly_name": "one",
        "language": "es",
        "types": {"twilio/quick-reply": {"body": "{{b}}", "actions": [button]}},
    }
    made = await sandbox.http.post(provider("twilio/v1/Content"), json=content, auth=AUTH)
    assert made.status_code == 201
    listed = (await sandbox.http.get(provider("twilio/v1/Content?PageSize=500"), auth=AUTH)).json()
    assert [each["sid"] for each in listed["contents"]] == [made.json()["sid"]]
    await send(sandbox, provider, ContentSid=made.json()["sid"], ContentVariables='{"b":"¿Sí?","t1":"Sí","i1":"yes"}')
    shown = (await sandbox.see("whatsapp", LUCIA))["messages"][0]
    assert (shown["text"], shown["choices"]) == ("¿Sí?", [{"id": "yes", "label": "Sí"}])
    _, refused = await send(sandbox, provider, ContentSid=made.json()["sid"], ContentVariables="[1]")
    assert refused["code"] == 21656


async def test_unreadable_content_is_refused(sandbox: Sandbox, provider: Callable[[str], str]) -> None:
    for body in ("{", "[]", '{"types": {}}', '{"language": "es", "types": {"twilio/list-picker": {"items": []}}}'):
        response = await sandbox.http.post(provider("twilio/v1/Content"), content=body, auth=AUTH)
        assert (response.status_code, response.json()["code"]) == (400, 20001)


async def test_typing_is_shown_for_a_message_that_exists(sandbox: Sandbox, provider: Callable[[str], str]) -> None:
    await sandbox.say("whatsapp", LUCIA, text="hola")
    own = (await sandbox.see("whatsapp", LUCIA, all=1))["messages"][0]
    address = provider("twilio/v2/Indicators/Typing.json")
    good = await sandbox.http.post(address, data={"channel": "whatsapp", "messageId": own["id"]}, auth=AUTH)
    lost = await sandbox.http.post(address, data={"channel": "whatsapp", "messageId": "SM0"}, auth=AUTH)
    assert (good.json(), lost.status_code) == ({"success": True}, 404)
    seen = await sandbox.see("whatsapp", LUCIA, all=1)
    assert (seen["typing"], seen["messages"][0]["state"]) == (True, "read")
