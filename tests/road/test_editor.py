"""Edit and see: what an editor publishes is what the next customer hears, with the new revision cited."""

from __future__ import annotations

import httpx
from bs4 import BeautifulSoup

from deploy.local.stack import Stack
from tests.road.people import Widget, manage, until

NEW = "Y desde hoy te damos una planta a cambio."


def signed_in(stack: Stack, name: str) -> httpx.Client:
    client = httpx.Client(base_url=stack.urls["web"], follow_redirects=True, timeout=60)
    client.get("/login")
    login = {"username": name, "password": f"lumbre-{name}", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    page = client.post("/login?next=/cms/", data=login, headers={"referer": f"{client.base_url}/login"})
    assert page.status_code == 200 and "login" not in str(page.url), page.url
    return client


def form_of(page: str) -> dict[str, str]:
    """The editor's form as a browser would send it back untouched."""
    form = BeautifulSoup(page, "html.parser").select_one("form[data-edit-form]")
    assert form is not None
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


def test_a_published_change_is_what_the_next_customer_hears(stack: Stack) -> None:
    question = "¿qué hago con mi tostadora vieja, la recicláis?"
    before = Widget(stack.urls["web"])
    before.say(question)
    old = before.cited()[0]
    assert old["slug"] == "reciclaje"

    publisher = signed_in(stack, "publisher")
    look = "print(ArticlePage.objects.get(slug='reciclaje', locale__language_code='es').pk)"
    found = manage(stack, "shell", "-v", "0", "-c", f"from knowledge.models import ArticlePage; {look}")
    address = f"/cms/pages/{found.split()[-1]}/edit/"
    page = publisher.get(address).text
    fields = form_of(page)
    fields["short_answer"] = f"{fields['short_answer'].strip()[:500]} {NEW}"
    # The answer may quote the short answer or the section with the steps: both say the news.
    assert "Es gratis." in fields["body"], sorted(fields)
    fields["body"] = fields["body"].replace("Es gratis.", f"Es gratis. {NEW}")
    answer = publisher.post(
        address,
        data={**fields, "action-publish": "action-publish"},
        headers={"referer": f"{stack.urls['web']}{address}"},
    )
    assert answer.status_code == 200

    def heard() -> Widget | None:
        lucia = Widget(stack.urls["web"])
        return lucia if "una planta a cambio" in "\n".join(lucia.say(question)) else None

    new = until(heard, "the published text in an answer", 15).cited()[0]
    assert new["slug"] == "reciclaje" and new["revision"] > old["revision"]
    assert "una planta a cambio" in httpx.get(new["url"], follow_redirects=True).text
