"""Nobody without a place at the desk gets in, by any address."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import AsyncClient, Client

from bot.desk.models import ApiToken
from bot.desk.tools.urls import urlpatterns as tools_urlpatterns
from bot.desk.urls import urlpatterns

ID = uuid4()
PAGES = ["/desk", "/desk/list", "/desk/events", f"/desk/c/{ID}", f"/desk/c/{ID}/news", f"/desk/c/{ID}/earlier"]
PAGES += ["/desk/replies", *(f"/desk/c/{ID}/{panel}" for panel in ("canned", "articles", "passing", "suggested"))]
PAGES += ["/desk/floor", "/desk/teams", "/desk/second-looks", "/desk/audit", f"/desk/c/{ID}/translation/1"]
PAGES += ["/desk/calls", f"/desk/media/{ID}", f"/desk/c/{ID}/history"]
VERBS = [f"/desk/c/{ID}/{verb}" for verb in ("take", "take_over", "reply", "note", "return", "release", "resolve")]
VERBS += [f"/desk/c/{ID}/{verb}" for verb in ("continue", "undo_move", "apart")]
VERBS += [f"/desk/c/{ID}/{verb}" for verb in ("transfer", "snooze", "join", "undo", "files", f"files/{ID}/forget")]
VERBS += [f"/desk/c/{ID}/{verb}" for verb in ("case", "confirm", "decline")]
POSTS = [
    *VERBS,
    f"/desk/c/{ID}/again/1",
    f"/desk/c/{ID}/template",
    f"/desk/c/{ID}/typing",
    f"/desk/c/{ID}/call-back",
    f"/desk/calls/{ID}/start",
    "/desk/away",
]
API = [
    ("get", "/api/conversations"),
    ("get", f"/api/conversations/{ID}"),
    *(
        ("post", f"/api/conversations/{ID}/{verb}")
        for verb in ("take", "reply", "template", "note", "return", "resolve", "transfer", "snooze", "join", "undo")
    ),
    *(("post", f"/api/conversations/{ID}/{verb}") for verb in ("continue", "undo_move", "apart")),
    ("get", f"/api/conversations/{ID}/history"),
    ("get", "/api/cases/RT-1"),
    ("get", "/api/gaps"),
    ("get", "/api/metrics"),
    ("get", "/api/openapi.json"),
]


def test_no_address_is_missing_from_this_list() -> None:
    names = {pattern.name for pattern in [*urlpatterns, *tools_urlpatterns] if getattr(pattern, "name", None)}
    assert names == {
        "login", "logout", "desk", "desk-list", "desk-events", "desk-conversation", "desk-news", "desk-earlier",
        "desk-again", "desk-act", "desk-media", "desk-calls", "desk-call", "desk-call-new", "desk-history",
        "desk-typing", "desk-replies", "desk-files", "desk-file-forget", "desk-canned", "desk-articles",
        "desk-passing", "desk-suggested", "desk-second-looks", "desk-translation", "desk-teams",
        "desk-floor", "desk-away",
    }  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
async def test_a_stranger_is_sent_to_the_sign_in_page(transactional_db, address) -> None:
    answer = await AsyncClient().get(address)
    assert answer.status_code in (302, 401)
    assert (answer.headers.get("Location") or answer.headers["HX-Redirect"]).startswith("/login?next=/desk")


@pytest.mark.parametrize("address", POSTS)
async def test_a_stranger_can_do_nothing(transactional_db, address) -> None:
    answer = await AsyncClient().post(address, {"text": "x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize(("method", "address"), API)
async def test_the_api_knows_no_strangers(transactional_db, method, address) -> None:
    answer = await getattr(AsyncClient(), method)(address)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthenticated"


async def test_an_account_without_the_role_is_told_so(elena, at_desk) -> None:
    browser = await at_desk(elena)
    for address in PAGES:
        answer = await browser.get(address)
        assert answer.status_code == 403, address
        assert "agents" in answer.content.decode()
    for address in POSTS:
        assert (await browser.post(address, {"text": "x"})).status_code == 403
    for method, address in API:
        answer = await getattr(browser, method)(address)
        assert answer.status_code == 403, address
        assert answer.json()["error"]["code"] == "forbidden"


async def test_an_agent_who_left_is_out(ana, at_desk) -> None:
    browser = await at_desk(ana)
    assert (await browser.get("/desk")).status_code == 200
    _, key = await _issue(ana)
    ana.is_active = False
    await ana.asave()
    assert (await browser.get("/desk")).status_code == 302
    answer = await AsyncClient().get("/api/conversations", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 401


async def _issue(account: object) -> tuple[ApiToken, str]:
    from asgiref.sync import sync_to_async

    return await sync_to_async(ApiToken.issue)(account, "test")


async def test_a_token_opens_the_api_until_it_is_revoked(ana, transactional_db) -> None:
    token, key = await _issue(ana)
    headers = {"authorization": f"Bearer {key}"}
    assert key not in (await ApiToken.objects.aget()).digest
    assert (await AsyncClient().get("/api/conversations", headers=headers)).status_code == 200
    assert (
        await AsyncClient().get("/api/conversations", headers={"authorization": f"Bearer {key}x"})
    ).status_code == 401
    token.revoked_at = token.created_at
    await token.asave()
    assert (await AsyncClient().get("/api/conversations", headers=headers)).status_code == 401


def test_a_session_needs_the_csrf_token_to_change_anything(ana, waiting) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana)
    assert browser.get("/api/conversations").status_code == 200
    for address in (f"/api/conversations/{waiting.pk}/take", f"/desk/c/{waiting.pk}/take"):
        assert browser.post(address, content_type="application/json").status_code == 403
    waiting.refresh_from_db()
    assert waiting.owner == "queue"


def test_the_demo_shops_people_are_made_once_and_can_sign_in(transactional_db, settings) -> None:
    for _ in range(2):
        call_command("demo_staff", stdout=StringIO())
    assert get_user_model().objects.count() == len(settings.DEMO_STAFF)
    assert set(Group.objects.get(name="agents").user_set.values_list("username", flat=True)) == {"ana", "bruno"}
    browser = Client()
    answer = browser.post("/login", {"username": "ana", "password": settings.DEMO_STAFF["ana"]})
    assert answer.headers["Location"] == "/desk"
    key = StringIO()
    call_command("api_token", "ana", stdout=key)
    assert Client().get("/api/gaps", headers={"authorization": f"Bearer {key.getvalue().strip()}"}).status_code == 200
    with pytest.raises(CommandError, match="not an agent"):
        call_command("api_token", "editor")


def test_public_passwords_stay_in_the_sandbox(transactional_db, settings) -> None:
    settings.SANDBOX = False
    with pytest.raises(CommandError, match="sandbox only"):
        call_command("demo_staff")
    assert not get_user_model().objects.exists()
