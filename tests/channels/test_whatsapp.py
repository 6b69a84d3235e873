"""WhatsApp through Twilio, against a stand-in for Twilio in this process."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import strategies as st

from channels.base import (
    ChannelAdapter,
    ChannelError,
    Choice,
    ErrorKind,
    MediaRef,
    Part,
    RawRequest,
    Template,
    Unauthorized,
)
from tests.channels.contract import ChannelContract
from tests.channels.gateway_contract import GatewayContract
from tests.channels.standins import JPEG, Twilio, body_of
from tests.channels.twilio_account import (
    FILE,
    OLD_TOKEN,
    PATH,
    PUBLIC,
    SID,
    TOKEN,
    YES_NO,
    Waits,
    adapter,
    fetched,
    lucia,
    refusal,
    signed,
)


class TestWhatsApp(ChannelContract):
    kind = "whatsapp"
    webhook = PATH
    secrets = (TOKEN, OLD_TOKEN)
    customers = ("+34600111222", "ES.1kQ9xZt7Ab", "ES.ENT." + "a" * 128)
    provider: Twilio

    def make(self) -> ChannelAdapter:
        self.provider = Twilio()
        return adapter(self.provider)

    def genuine(self, body: bytes) -> RawRequest:
        return signed(body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        good = signed(body)
        signature = good.headers["x-twilio-signature"]
        tellings = {"missing": {}, "empty": {"x-twilio-signature": ""}, "cut": {"x-twilio-signature": signature[:-1]}}
        return {
            **{name: good.model_copy(update={"headers": headers}) for name, headers in tellings.items()},
            "another secret": signed(body, token="somebody-elses"),
            "another body": good.model_copy(update={"body": body + b"&Body=otra"}),
            "a blank field dropped": signed(body + b"&Blank=").model_copy(update={"body": body}),
            "another address": signed(body, url="https://ayuda.lumbre.es" + PATH),
            "plain http": signed(body, url=PUBLIC.replace("https", "http") + PATH),
            "a slash more": good.model_copy(update={"path": PATH + "/"}),
            "an unknown algorithm": good.model_copy(
                update={"headers": {**good.headers, "x-twilio-webhooks-signature-settings": "algorithm=HMAC_MD5"}}
            ),
        }

    def says(self, words: str, event: str = "1") -> bytes:
        form = {"MessageSid": f"SM{int(event):032x}", "From": "whatsapp:+34600111222", "Body": words, "NumMedia": "0"}
        return urlencode({**form, "SmsStatus": "received", "AccountSid": SID}).encode()

    def changed(self, body: bytes) -> st.SearchStrategy[bytes]:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        values = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
        return st.builds(
            lambda key, value: urlencode({**form, key: value}).encode(), st.sampled_from(list(form)), values
        )

    def shown(self, part: Part) -> str:
        payload = part.payload
        return str(payload.get("body") or payload.get("variables", {}).get("body") or payload.get("url"))

    def offered(self, part: Part) -> list[str]:
        if part.payload["kind"] != "choices":
            return []
        return [part.payload["variables"][f"i{number}"] for number in range(1, part.payload["count"] + 1)]

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        codes: dict[ErrorKind, list[int]] = {
            "rate": [20429, 63017, 63018, 30001],
            "window": [63016],
            "optout": [21610, 63032],
            "unreachable": [63014, 63003, 63024, 21211],
            "auth": [20003, 63007, 63015],
            "bad_content": [21617, 63005, 63013, 63019, 63021, 63028, 99999],
        }
        table = [(str(code), refusal(400, code), kind) for kind, each in codes.items() for code in each]
        request = httpx.Request("POST", "https://api.twilio.com")
        return [
            *table,
            ("429 in words", httpx.Response(429, text="slow down"), "rate"),
            ("401 in words", httpx.Response(401, text="who are you"), "auth"),
            ("500 of Twilio", refusal(500, 20500), "retry"),
            ("503", httpx.Response(503), "retry"),
            ("a gateway's 502", httpx.Response(502, text="<html>"), "uncertain"),
            ("accepted, answer broken", httpx.Response(201, text="<html>"), "uncertain"),
            ("no connection", httpx.ConnectError("no route", request=request), "retry"),
            ("connecting took too long", httpx.ConnectTimeout("", request=request), "retry"),
            ("no answer in time", httpx.ReadTimeout("", request=request), "uncertain"),
            ("cut off", httpx.RemoteProtocolError("", request=request), "uncertain"),
        ]

    def addressee(self) -> str:
        return str(body_of(self.provider.calls[-1])["To"]).removeprefix("whatsapp:")

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref=FILE, mime="image/jpeg")

    def received(self, adapter: ChannelAdapter) -> list[str]:
        sent = self.provider.asked("/Messages.json")
        return [each.get("Body") or json.loads(each["ContentVariables"])["body"] for each in sent]


class TestWhatsAppInTheGateway(GatewayContract):
    channel = TestWhatsApp
    pressed = "button"
    ignored = ("sms", "status_unknown")


BODY = urlencode({"MessageSid": "SM1", "From": "whatsapp:+34600111222", "Body": "Hola "}).encode()


@pytest.mark.parametrize(
    "path, url",
    [
        (PATH + "?reference=a%20b&x=", PUBLIC + PATH + "?reference=a%20b&x="),
        (PATH, "https://ayuda.lumbre.es:443/bot" + PATH),
    ],
    ids=["query as it came", "port named"],
)
def test_the_signed_address_is_the_public_one(path: str, url: str) -> None:
    adapter().authenticate(signed(BODY, path=path, url=url))


def test_a_reordered_query_is_refused() -> None:
    with pytest.raises(Unauthorized):
        adapter().authenticate(signed(BODY, path=PATH + "?a=1&b=2", url=PUBLIC + PATH + "?b=2&a=1"))


def test_the_former_token_is_accepted_while_it_is_being_changed() -> None:
    adapter().authenticate(signed(BODY, token=OLD_TOKEN))


def test_a_shared_key_signs_with_sha256() -> None:
    adapter().authenticate(signed(BODY, algorithm="HMAC_SHA256"))


def test_repeated_fields_are_signed_too() -> None:
    adapter().authenticate(signed(BODY + b"&Tag=b&Tag=a&Tag="))


def test_a_thousand_fields_are_no_message() -> None:
    with pytest.raises(Unauthorized):
        adapter().authenticate(signed(b"a=1").model_copy(update={"body": b"&".join([b"a=1"] * 1_001)}))


async def test_buttons_use_one_content_for_every_question_of_that_size() -> None:
    twilio = Twilio()
    whatsapp = adapter(twilio)
    for words in ("¿La recogemos?", "¿Sigue sin calentar?"):
        for part in whatsapp.render(lucia(words, choices=YES_NO), True):
            await whatsapp.send(part)
    assert len(twilio.contents) == 1
    assert twilio.contents[0]["types"]["twilio/quick-reply"]["actions"][0]["title"] == "{{t1}}"
    sent = twilio.asked("/Messages.json")
    assert [json.loads(each["ContentVariables"])["body"] for each in sent] == ["¿La recogemos?", "¿Sigue sin calentar?"]
    assert {each["ContentSid"] for each in sent} == {twilio.contents[0]["sid"]}
    assert all("Body" not in each for each in sent)


async def test_contents_are_found_again_after_a_restart() -> None:
    twilio = Twilio()
    for _ in range(2):
        whatsapp = adapter(twilio)
        await whatsapp.send(whatsapp.render(lucia(choices=YES_NO), True)[0])
    assert len(twilio.contents) == 1


async def test_four_choices_are_a_list_with_whole_labels_below() -> None:
    labels = ["No calienta nada de nada desde ayer", "Pierde agua", "Hace ruido", "Otra cosa"]
    choices = tuple(Choice(id=f"c{number}", label=label) for number, label in enumerate(labels))
    twilio = Twilio()
    whatsapp = adapter(twilio)
    await whatsapp.send(whatsapp.render(lucia(choices=choices), True)[0])
    variables = json.loads(twilio.asked("/Messages.json")[0]["ContentVariables"])
    assert variables["t1"].endswith("…") and len(variables["t1"]) <= 24
    assert [variables[f"d{number}"] for number in range(1, 5)] == labels
    assert "twilio/list-picker" in twilio.contents[0]["types"]


@pytest.mark.parametrize("answers", [1, 2], ids=["no list of contents", "none can be made"])
async def test_without_contents_the_choices_go_as_numbers(answers: int) -> None:
    twilio = Twilio()
    twilio.next_answers(*[httpx.Response(200, json={"contents": []}), httpx.Response(404)][-answers:])
    whatsapp = adapter(twilio)
    for part in whatsapp.render(lucia(choices=YES_NO), True) * 2:
        await whatsapp.send(part)
    sent = twilio.asked("/Messages.json")
    assert [each["Body"] for each in sent] == ["¿La recogemos?\n\n1. Sí\n2. No\n\nResponde con el número."] * 2
    assert len(twilio.asked("/v1/Content")) == answers, "asked again although it was refused a moment ago"


async def test_a_refused_content_goes_as_numbers_but_an_uncertain_one_never_again() -> None:
    twilio = Twilio()
    whatsapp = adapter(twilio)
    (part,) = whatsapp.render(lucia(choices=YES_NO), True)
    await whatsapp.send(part)
    twilio.next_answers(refusal(400, 63013))
    await whatsapp.send(part)
    assert "1. Sí" in twilio.asked("/Messages.json")[-1]["Body"]
    count = len(twilio.calls)
    twilio.next_answers(httpx.ReadTimeout("", request=httpx.Request("POST", "https://api.twilio.com")))
    with pytest.raises(ChannelError) as refused:
        await whatsapp.send(part)
    assert refused.value.kind == "uncertain" and len(twilio.calls) == count + 1


async def test_a_template_goes_by_the_content_of_its_name_and_language() -> None:
    twilio = Twilio()
    twilio.contents = [{"sid": "HX" + "9" * 32, "friendly_name": "case_update_es"}]
    whatsapp = adapter(twilio)
    template = Template(name="case_update", language="es", variables={"1": "LUM-1"})
    await whatsapp.send(whatsapp.render(lucia("", template=template), False)[0])
    (sent,) = twilio.asked("/Messages.json")
    assert (sent["ContentSid"], json.loads(sent["ContentVariables"])) == ("HX" + "9" * 32, {"1": "LUM-1"})
    assert "Body" not in sent
    missing = template.model_copy(update={"language": "en"})
    with pytest.raises(ChannelError, match="case_update_en") as refused:
        await whatsapp.send(whatsapp.render(lucia("", template=missing), False)[0])
    assert refused.value.kind == "window"


async def test_delivery_reports_name_the_part_they_speak_of() -> None:
    twilio = Twilio()
    whatsapp = adapter(twilio)
    parts = whatsapp.render(lucia("Hola. " * 400), True)
    assert len(parts) == 2
    for part in parts:
        await whatsapp.send(part)
    second = twilio.asked("/Messages.json")[1]["StatusCallback"]
    path = second.removeprefix(PUBLIC)
    form = {"MessageSid": "SM9", "MessageStatus": "delivered", "To": "whatsapp:+34600111222"}
    request = signed(urlencode(form).encode(), path=path)
    whatsapp.authenticate(request)
    (event,) = whatsapp.parse(request)
    assert (event.reference, event.status) == ("00000000-0000-0000-0000-000000000007.2", "delivered")


async def test_retry_after_is_passed_on() -> None:
    twilio = Twilio()
    twilio.next_answers(refusal(429, 20429, **{"retry-after": "7"}))
    whatsapp = adapter(twilio)
    with pytest.raises(ChannelError) as refused:
        await whatsapp.send(whatsapp.render(lucia(), True)[0])
    assert (refused.value.kind, refused.value.retry_after) == ("rate", 7.0)


async def test_the_sandbox_answers_at_its_own_address() -> None:
    twilio = Twilio()
    base = "http://127.0.0.1:8000/sandbox/provider/twilio"
    whatsapp = adapter(twilio, api_url=base)
    await whatsapp.send(whatsapp.render(lucia(choices=YES_NO), True)[0])
    await whatsapp.signal("+34600111222", "typing", "SM1")
    assert {str(call.url).partition("?")[0] for call in twilio.calls} == {
        f"{base}/2010-04-01/Accounts/{SID}/Messages.json",
        f"{base}/v1/Content",
        f"{base}/v2/Indicators/Typing.json",
    }
    twilio.next_answers(httpx.Response(200, headers={"content-type": "image/jpeg"}, content=JPEG))
    assert await fetched(whatsapp, FILE.replace("https://api.twilio.com", base)) == JPEG


async def test_typing_is_about_the_customers_message() -> None:
    twilio = Twilio()
    await adapter(twilio).signal("+34600111222", "typing", "SM1")
    await adapter(twilio).signal("+34600111222", "typing", None)
    assert twilio.asked("/Typing.json") == [{"channel": "whatsapp", "messageId": "SM1"}]


async def test_a_customer_gets_no_more_than_one_message_a_second_after_a_burst() -> None:
    waits = Waits()
    whatsapp = adapter(sleep=waits)
    (part,) = whatsapp.render(lucia("Hola"), True)
    for _ in range(23):
        await whatsapp.send(part)
    assert [round(wait) for wait in waits] == [0] * 20 + [1, 2, 3]
