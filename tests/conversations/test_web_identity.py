"""Signed-in customers: the shop's own token proves who they are, for as long as it lasts and not a moment longer."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import AsyncClient

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Customer, Identity, InboundEvent
from bot.dialogue.scripted import ScriptedDialogue
from bot.shop import identity as shop_identity
from bot.shop.models import Customer as ShopCustomer
from channels import registry
from channels.web import tokens
from channels.web.identity import sign
from tests.conversations.people import Page, settled

OURS = "the shop and the support desk both know this one"
OLD = "and this one is the secret of before the summer"
FOREIGN = "while this one belongs to somebody quite different"
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def shop(settings: Any) -> Iterator[Any]:
    """The secret as it is set for this shop; the old one is still good while it is being changed."""
    settings.WEB_IDENTITY_SECRETS = [OURS, OLD]
    registry.adapter.cache_clear()
    yield settings
    registry.adapter.cache_clear()


def shop_token(secret: str = OURS, subject: str = "C-LUCIA", age: timedelta = TEN_MINUTES, **more: str) -> str:
    return sign(secret, subject, age, **more)


def session_token(age: timedelta) -> str:
    """What the widget holds when Lucía's session has this long to go."""
    return tokens.issue(settings.SECRET_KEY, tokens.customer("C-LUCIA"), datetime.now(UTC) + age)


def by_hand(claims: dict[str, Any], secret: str = OURS, algorithm: str = "HS256") -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, secret, algorithm=algorithm)


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts) + "."


def in_an_hour(minutes: int = 10) -> int:
    return int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())


async def test_lucia_is_proven_by_the_shop_with_every_message(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await (await page()).open(identity=shop_token(name="Lucía Romero", phone="+34600111001"))
    await lucia.say("¿dónde está mi pedido?")
    assert engine.asked[-1].verified == {"channel": "web", "address": "C-LUCIA"}
    conversation = await Conversation.objects.select_related("identity__customer").aget(pk=lucia.conversation)
    assert conversation.identity.customer.name == "Lucía Romero"
    assert conversation.identity.customer.shop_customer == "C-LUCIA"
    assert conversation.identity.phone == "+34600111001"


async def test_a_visitor_is_proven_by_nothing(page: Any, engine: ScriptedDialogue) -> None:
    marc = await page()
    await marc.say("hola")
    assert engine.asked[-1].verified is None


async def test_the_shop_knows_her_by_its_own_number(transactional_db: None) -> None:
    await ShopCustomer.objects.acreate(
        reference="C-LUCIA", name="Lucía", email="lucia@example.com", phone="+34600111001"
    )
    found = await on_database(shop_identity.prove_channel, "web", "C-LUCIA")
    assert found is not None and found.reference == "C-LUCIA"
    assert await on_database(shop_identity.prove_channel, "web", "C-MARC") is None


async def test_the_same_customer_finds_her_conversation_on_another_device(page: Any) -> None:
    at_home = await Page(AsyncClient()).open(identity=shop_token())
    await at_home.say("hola")
    on_the_phone = await Page(AsyncClient()).open(identity=shop_token(secret=OLD))
    assert on_the_phone.conversation == at_home.conversation
    somebody_else = await Page(AsyncClient()).open(identity=shop_token(subject="C-MARC"))
    assert somebody_else.conversation != at_home.conversation


async def test_who_signs_in_takes_the_conversation_along(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await page()
    await lucia.say("quiero devolver una freidora")
    before, visitor = lucia.conversation, lucia.token
    await lucia.open(identity=shop_token())
    assert lucia.conversation == before
    await lucia.say("¿seguimos?")
    assert [question.verified is not None for question in engine.asked] == [False, True]
    assert [question.conversation for question in engine.asked] == [before, before]

    stale = Page(lucia.client)
    stale.token = visitor
    refused = await stale.post({"client_id": "from-a-stale-tab", "text": "hola"})
    assert refused.status_code == 401, "the visitor's token opens nothing any more"
    assert await Identity.objects.acount() == 1


async def test_a_message_repeated_across_the_signing_in_is_still_one(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await page()
    first = await lucia.post({"client_id": "the-same-one", "text": "hola"})
    await settled()
    await lucia.open(identity=shop_token())
    second = await lucia.post({"client_id": "the-same-one", "text": "hola"})
    await settled()
    assert second.json() == first.json()
    assert len(engine.asked) == 1
    assert [line["client_id"] for line in (await lucia.read())["messages"]] == ["the-same-one", None]


async def test_the_conversation_of_today_wins_over_an_older_one(page: Any) -> None:
    at_home = await Page(AsyncClient()).open(identity=shop_token())
    await at_home.say("hola")
    at_work = await page()
    await at_work.say("tengo otra pregunta")
    began = at_work.conversation
    await at_work.open(identity=shop_token())
    assert at_work.conversation == began
    assert await on_database(Identity.objects.filter(conversations=began).count) == 1
    assert await Identity.objects.acount() == await Customer.objects.acount() == 1
    again = await Page(AsyncClient()).open(identity=shop_token())
    assert again.conversation == began


async def test_an_empty_visit_gives_way_to_her_own_conversation(page: Any) -> None:
    at_home = await Page(AsyncClient()).open(identity=shop_token())
    await at_home.say("hola")
    at_work = await (await page()).open(identity=shop_token())
    assert at_work.conversation == at_home.conversation


async def test_a_stolen_visit_does_not_reach_the_next_customer(page: Any) -> None:
    """Lucía's signed-in token, sent along by Marc's signing in on the same computer, is not taken over."""
    lucia = await (await page()).open(identity=shop_token())
    await lucia.say("mi pedido es el LB-10401")
    hers = lucia.conversation
    await lucia.open(identity=shop_token(subject="C-MARC"))
    assert lucia.conversation != hers
    assert (await lucia.read())["messages"] == []


async def test_it_ends_with_the_shops_token_and_goes_on_with_the_next(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await (await page()).open(identity=shop_token())
    await lucia.say("hola")
    before, lucia.token = lucia.conversation, session_token(timedelta(seconds=-1))
    late = await lucia.post({"client_id": "after-the-end", "text": "¿sigues ahí?"})
    assert late.status_code == 401 and "expired" in late.json()["error"]["message"]
    assert len(engine.asked) == 1
    await lucia.open(identity=shop_token())
    assert lucia.conversation == before
    await lucia.say("¿sigues ahí?")
    assert engine.asked[-1].verified == {"channel": "web", "address": "C-LUCIA"}


async def test_what_is_proven_lasts_as_long_as_the_shop_says(page: Any) -> None:
    answer = (await (await page()).begin({"identity": shop_token(age=TEN_MINUTES)})).json()
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert answer["signed_in"] is True and timedelta(minutes=9) < left < timedelta(minutes=11)


async def test_an_open_stream_ends_with_the_token(page: Any) -> None:
    lucia = await (await page()).open(identity=shop_token())
    token = session_token(timedelta(seconds=1.5))
    stream = await lucia.client.get("/web/events", headers={"authorization": f"Bearer {token}"})
    parts = [part.decode() async for part in stream.streaming_content]
    assert parts[0].startswith("retry:") and "event: owner" in "".join(parts)


REFUSED = {
    "expired": (lambda: shop_token(age=-TEN_MINUTES), "identity_expired", "sign a new one"),
    "another secret": (lambda: shop_token(secret=FOREIGN), "identity", "POSTVENTA_WEB_IDENTITY_SECRET"),
    "no signature": (lambda: unsigned({"sub": "C", "aud": "postventa", "exp": in_an_hour()}), "identity", "HS256"),
    "another algorithm": (
        lambda: by_hand({"sub": "C-LUCIA", "aud": "postventa", "exp": in_an_hour()}, algorithm="HS512"),
        "identity",
        "HS256",
    ),
    "no sub": (lambda: by_hand({"aud": "postventa", "exp": in_an_hour()}), "identity", "sub is missing"),
    "no exp": (lambda: by_hand({"sub": "C-LUCIA", "aud": "postventa"}), "identity", "exp is missing"),
    "no aud": (lambda: by_hand({"sub": "C-LUCIA", "exp": in_an_hour()}), "identity", "aud"),
    "another aud": (
        lambda: by_hand({"sub": "C-LUCIA", "aud": "shop", "exp": in_an_hour()}), "identity", 'aud is not "postventa"',
    ),
    "a number": (lambda: by_hand({"sub": 7, "aud": "postventa", "exp": in_an_hour()}), "identity", "sub is not a text"),
    "a space": (lambda: shop_token(subject="C LUCIA"), "identity", "claim sub"),
    "a whole day": (lambda: shop_token(age=timedelta(days=1)), "identity", "more than an hour"),
    "a bad phone": (lambda: shop_token(phone="600 111 001"), "identity", "claim phone"),
    "not yet": (
        lambda: by_hand({"sub": "C", "aud": "postventa", "exp": in_an_hour(), "nbf": in_an_hour(5)}),
        "identity",
        "clock",
    ),
    "no token at all": (lambda: "lucia", "identity", "JSON Web Token"),
    "our own token": (lambda: registry.adapter("web").visit("visitor:x")[0], "identity", "POSTVENTA_WEB_IDENTITY"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_believed_is_explained_and_begins_nothing(case: str, transactional_db: None) -> None:
    make, code, words = REFUSED[case]
    answer = await Page(AsyncClient()).begin({"identity": make()})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert words in answer.json()["error"]["message"]
    assert await Conversation.objects.acount() == await InboundEvent.objects.acount() == 0


async def test_a_shop_without_a_secret_says_so(shop: Any, transactional_db: None) -> None:
    shop.WEB_IDENTITY_SECRETS = []
    registry.adapter.cache_clear()
    answer = await Page(AsyncClient()).begin({"identity": shop_token()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "identity_off")


@pytest.mark.parametrize("identity", [7, True, {"sub": "C-LUCIA"}, []])
async def test_an_identity_is_a_text(identity: Any, transactional_db: None) -> None:
    answer = await Page(AsyncClient()).begin({"identity": identity})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_a_short_secret_stops_the_start(shop: Any) -> None:
    from bot.checks import identity_secrets_are_long

    shop.WEB_IDENTITY_SECRETS = [OURS, "corto"]
    assert [problem.id for problem in identity_secrets_are_long(None)] == ["postventa.E003"]
    shop.WEB_IDENTITY_SECRETS = [OURS]
    assert identity_secrets_are_long(None) == []
