"""Lucía asks what is kept of her; Vera, a supervisor, tells her. Ana, an agent, may not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from bot.conversations.media import store
from bot.conversations.models import Conversation, Identity, Media, Message
from bot.desk.security.models import AuditLine
from bot.dialogue.scripted import ScriptedDialogue
from bot.shop.models import Case, Order
from bot.shop.models import Customer as ShopCustomer
from tests.desk.desk_cast import Line, begin


@pytest.fixture
def talk(engine: ScriptedDialogue) -> Conversation:
    talk = begin("Lucía Romero", Line("customer", "Mi cafetera no enciende"), Line("bot", "¿Qué modelo es?"))
    kept = store.keep(b"la factura", conversation=talk, name="factura.txt", claimed="text/plain")
    Media.objects.filter(pk=kept.pk).update(message=talk.messages.first())
    buyer = ShopCustomer.objects.create(
        reference="c01", name="Lucía Romero", email="l@correo.example", phone="+34600111001"
    )
    order = Order.objects.create(
        number="LB-10401", customer=buyer, email=buyer.email, phone=buyer.phone, status="delivered", ship_to="mainland",
        ordered_at=timezone.now(),
    )  # fmt: skip
    Case.objects.create(
        number="C-1", order=order, asked_kind="warranty", kind="warranty", decision="technician", clause="x", inputs={},
        result={}, rules="r", conversation=str(talk.pk), message_id="m", decided_on=timezone.now().date(),
        opened_at=timezone.now(), identity="memory:lucia",
    )  # fmt: skip
    Identity.objects.filter(pk=talk.identity_id).update(known_as="c01", known_by="order")
    return talk


@pytest.fixture
def desk(vera: Any) -> Client:
    browser = Client()
    browser.force_login(vera)
    return browser


def read(content: bytes) -> tuple[dict[str, Any], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return json.loads(archive.read("data.json")), archive


def test_she_gets_everything_with_her_files(talk: Conversation, desk: Client) -> None:
    answer = desk.post(f"/desk/privacy/{talk.pk}/export")
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    told, archive = read(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert [line["text"] for line in told["messages"]] == ["Mi cafetera no enciende", "¿Qué modelo es?"]
    assert told["orders"][0]["number"] == "LB-10401" and told["cases"][0]["number"] == "C-1"
    assert archive.read(told["files"][0]["file"]) == b"la factura"
    assert "data.json" in archive.read("README.txt").decode()
    assert AuditLine.objects.get(what="exported").name == "vera"


def test_the_command_writes_the_same(talk: Conversation, tmp_path: Path, capsys: Any) -> None:
    call_command("export_customer", "LB-10401", str(tmp_path / "lucia.zip"))
    assert "messages: 2" in capsys.readouterr().out
    told, _archive = read((tmp_path / "lucia.zip").read_bytes())
    assert told["shop_customer"][0]["email"] == "l@correo.example"
    assert (tmp_path / "lucia.zip").stat().st_mode & 0o077 == 0, "for its owner's eyes"
    with pytest.raises(FileExistsError):
        call_command("export_customer", "LB-10401", str(tmp_path / "lucia.zip"))


def test_the_page_says_what_goes_and_what_stays(talk: Conversation, desk: Client) -> None:
    page = desk.get(f"/desk/privacy/{talk.pk}", headers={"accept-language": "es"}).content.decode()
    assert "Líneas de conversaciones" in page and "Pedidos" in page and "se quedan 6 años" in page and "C-1" in page
    page = desk.get(f"/desk/privacy/{talk.pk}", headers={"accept-language": "en"}).content.decode()
    assert "stays 6 years" in page


def test_erasing_asks_twice_and_waits_for_an_open_case(talk: Conversation, desk: Client) -> None:
    address = f"/desk/privacy/{talk.pk}/erase"
    assert desk.post(address).status_code == 422
    assert desk.post(address, {"sure": "1"}).status_code == 422, "her case is open"
    assert Message.objects.filter(text__contains="cafetera").exists()
    assert desk.post(address, {"sure": "1", "open_cases": "1"}).status_code == 302
    assert not Message.objects.filter(text__contains="cafetera").exists()
    case, order = Case.objects.get(), Order.objects.get()
    assert (case.conversation, case.identity, case.state) == ("erased-C-1", "", "open"), "the case itself goes on"
    assert order.email == "l@correo.example", "the shop's books"
    page = desk.get(f"/desk/privacy/{talk.pk}?said=erased", headers={"accept-language": "en"}).content.decode()
    assert "names nobody" in page
    assert desk.post(address, {"sure": "1"}).status_code == 302, "again is harmless"


@pytest.mark.parametrize("method, rest", [("get", ""), ("post", "/export"), ("post", "/erase")])
def test_an_agent_may_not(talk: Conversation, ana: Any, method: str, rest: str) -> None:
    browser = Client()
    browser.force_login(ana)
    assert getattr(browser, method)(f"/desk/privacy/{talk.pk}{rest}", {"sure": "1"}).status_code == 403
    assert Message.objects.filter(text__contains="cafetera").exists()
