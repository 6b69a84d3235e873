"""How Elena and Pau work: accounts, the editor's form as a browser sends it, and what a page says."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from knowledge.models import ArticlePage


def account(name: str, group: str) -> Any:
    found, _created = get_user_model().objects.get_or_create(username=name)
    found.groups.add(Group.objects.get(name=group))
    return found


def article(slug: str, language: str = "es") -> ArticlePage:
    return ArticlePage.objects.get(slug=slug, locale__language_code=language)


def form_of(answer: Any) -> dict[str, str]:
    """The editor's form as a browser would send it back untouched."""
    form = BeautifulSoup(answer.content, "html.parser").select_one("form[data-edit-form]")
    assert form is not None, answer.content[:500]
    fields: dict[str, str] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        kind = field.get("type")
        if kind in ("submit", "button", "file") or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            fields[str(field["name"])] = str(chosen["value"]) if chosen else ""
        else:
            fields[str(field["name"])] = field.text if field.name == "textarea" else str(field.get("value", ""))
    return fields


def edit(client: Client, page: ArticlePage, action: str = "", **changes: str) -> HttpResponse:
    """Open the article, change some fields and press a button: "" saves a draft, "publish", "submit"."""
    address = f"/cms/pages/{page.pk}/edit/"
    fields = {**form_of(client.get(address)), **changes}
    if action:
        fields[f"action-{action}"] = f"action-{action}"
    return client.post(address, fields)


def publish(client: Client, page: ArticlePage, **changes: str) -> None:
    """Change some fields and publish, whatever other answers it costs."""
    answer = edit(client, page, "publish", **changes)
    if answer.get("location", "").endswith("/losses/"):
        shown = BeautifulSoup(client.get(answer["location"]).content, "html.parser")
        revision = shown.select_one("input[name=revision]")
        assert revision is not None
        client.post(f"{answer['location']}publish/", {"revision": revision["value"]})
    page.refresh_from_db()
    assert page.live


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())
