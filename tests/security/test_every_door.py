"""Every address of the web process, asked as every role: what is not meant for somebody does not open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.test import AsyncClient
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from bot.desk.models import ApiToken
from tests.security.conftest import ROLES

VALUES = {
    "uuid": "00000000-0000-4000-8000-000000000000", "int": "1", "slug": "x", "str": "x", "path": "x", "bottoken": "x",
}  # fmt: skip
# Addresses that anybody may open; each guards itself by a signature, a token of its own, or has nothing to hide.
PUBLIC = (
    r"channels/", r"web/", r"continue$", r"calls/status$", r"healthz$", r"readyz$", r"metrics$", r"login$", r"logout$",
    r"login/code$",
    r"sitemap\.xml$", r"robots\.txt$", r"help/", r"i18n/", r"sandbox", r"$", r"es/", r"en/", r"documents/", r"static/",
    r"cms/login/$", r"cms/logout/$", r"cms/password_reset/", r"cms/jsi18n/", r"cms/sprite", r"admin/login/$",
    r"admin/logout/$", r"admin/jsi18n/$", r"api/openapi\.json$", r"_util/", r"cms/icons/", r"files/",
    r"shop/[^/]+/webhook$", r"our-messages",
)  # fmt: skip
DESK, API, CMS, ADMIN, INSIGHTS, OUTREACH, ACCOUNT = (
    "desk", "api/", "cms/", "admin/", "insights", "outreach", "account",
)  # fmt: skip
# Which roles may see anything but a refusal there.
ALLOWED = {
    DESK: {"agent", "supervisor", "root"},
    API: {"agent", "supervisor", "root"},
    CMS: {"editor", "publisher", "root"},
    ADMIN: {"root"},
    INSIGHTS: {"supervisor", "root"},
    OUTREACH: {"supervisor", "root"},
    ACCOUNT: set(ROLES) - {"nobody"},
}
REFUSED = {401, 403, 404, 405}


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address, with something in place of what varies."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        here = before + written(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def written(pattern: str) -> str:
    """A route or a regular expression, filled in."""
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: VALUES.get(match[1] or "str", "x"), pattern)
    filled = re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\)[^()]*)*\)", "1", filled)
    return re.sub(r"[\^$?]|\\[AZ]|\(\?:[^)]*\)", "", filled).replace("\\.", ".").replace("\\", "")


ALL = sorted(set(addresses()))
GUARDED = [address for address in ALL if not any(re.match(pattern, address) for pattern in PUBLIC)]


def test_the_walk_finds_what_there_is() -> None:
    assert len(ALL) > 150 and "desk" in ALL and "cms/" in ALL and "admin/" in ALL
    assert any(str(UUID(VALUES["uuid"])) in address for address in ALL)


def test_nothing_is_guarded_by_nobody() -> None:
    assert [address for address in GUARDED if not address.startswith(tuple(ALLOWED))] == []


async def opens(client: AsyncClient, method: str, address: str) -> tuple[bool, int]:
    """Whether it gave anything but a refusal or the way to the sign-in page."""
    answer = await getattr(client, method)(f"/{address}")
    to = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    refused = answer.status_code in REFUSED or (answer.status_code in (301, 302) and ("login" in to or to == "/cms/"))
    return not refused, answer.status_code


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
async def test_every_address_as_every_role(accounts: dict[str, Any], role: str) -> None:
    client = AsyncClient(raise_request_exception=False)
    if role != "nobody":
        await client.aforce_login(accounts[role])
    wrong, broken = [], []
    for address in GUARDED:
        kind = next(kind for kind in ALLOWED if address.startswith(kind))
        if role in ALLOWED[kind]:
            continue
        for method in ("get", "post"):
            # Signing out is everybody's.
            if "logout" in address:
                continue
            opened, status = await opens(client, method, address)
            if status >= 500:
                broken.append((method, address, status))
            elif opened:
                wrong.append((method, address, status))
    assert (wrong, broken) == ([], [])


@pytest.mark.parametrize("address", ["desk/c/00000000-0000-4000-8000-000000000000/take", "logout", "cms/logout/"])
async def test_a_form_of_another_site_is_refused(accounts: dict[str, Any], address: str) -> None:
    browser = AsyncClient(enforce_csrf_checks=True)
    await browser.aforce_login(accounts["root"])
    answer = await browser.post(f"/{address}", headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert (await browser.get("/desk")).status_code == 200, "and nobody was signed out"


async def test_what_is_taken_away_is_taken_away_at_once(accounts: dict[str, Any]) -> None:
    """A session ends with its account, its password and its role; a token with its revocation."""
    ana = accounts["agent"]
    browser, programme = AsyncClient(), AsyncClient()
    token, key = await sync_to_async(ApiToken.issue)(ana)
    bearer = {"authorization": f"Bearer {key}"}
    await browser.aforce_login(ana)
    assert (await browser.get("/desk")).status_code == 200
    assert (await programme.get("/api/conversations", headers=bearer)).status_code == 200
    await ana.groups.aclear()
    assert (await browser.get("/desk")).status_code == 403
    assert (await programme.get("/api/conversations", headers=bearer)).status_code == 403
    await ana.groups.aadd(await Group.objects.aget(name="agents"))
    await ApiToken.objects.filter(pk=token.pk).aupdate(revoked_at=timezone.now())
    assert (await programme.get("/api/conversations", headers=bearer)).status_code == 401
    ana.set_password("a new one, since the old one was seen")
    await ana.asave()
    assert (await browser.get("/desk")).status_code == 302, "every session of before is over"
    await browser.aforce_login(ana)
    ana.is_active = False
    await ana.asave()
    assert (await browser.get("/desk")).status_code == 302
