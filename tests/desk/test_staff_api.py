"""The staff API: what it shows, does and refuses."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.conversations.database import on_database
from tests.desk.desk_cast import CITED, Line, Programme, begin, say, settled


@pytest.fixture
def api(ana) -> Programme:
    """Calls as Ana, with a token."""
    return Programme(ana)


@pytest.fixture
def brunos(bruno) -> Programme:
    return Programme(bruno)


async def test_the_queue(api, waiting) -> None:
    await on_database(begin, "Marc", Line("customer", "Hola"))
    body = (await api.get("/api/conversations?owner=queue")).json()
    assert body["count"] == 1
    first = body["conversations"][0]
    assert first["id"] == str(waiting.pk)
    assert first["customer"]["name"] == "Lucía Romero"
    assert first["handoff"]["reason"] == "asked_for_person"


async def test_a_conversation_with_everything_about_it(api, waiting) -> None:
    await on_database(say, waiting, Line("bot", "Treinta días", citations=(CITED,)))
    body = (await api.get(f"/api/conversations/{waiting.pk}")).json()
    assert (body["owner"], body["status"], body["language"]) == ("queue", "open", "es")
    assert [line["author"] for line in body["messages"][:3]] == ["customer", "bot", "customer"]
    assert body["messages"][3]["asks"] == "order_number"
    assert body["handoffs"][0]["trigger"] == "Prefiero hablar con una persona"
    assert body["citations"] == [{**CITED, "seq": waiting.last_seq + 1}]
    assert body["cases"] == []
    assert body["can_reply"] is True


async def test_take_reply_note_return_resolve(api, waiting, phone) -> None:
    base = f"/api/conversations/{waiting.pk}"

    async def post(verb: str, **body: str) -> dict:
        answer = await api.post(f"{base}/{verb}", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    taken = await post("take")
    assert taken["agent"] == "Ana Ruiz"
    written = await post("reply", text="Hola", key="k1")
    again = await post("reply", text="Hola", key="k1")
    assert written["last_seq"] == again["last_seq"]
    noted = await post("note", text="entre nosotros")
    assert noted["messages"][-1]["note"] is True
    assert (await post("return", note="hecho"))["owner"] == "bot"
    assert (await post("resolve"))["status"] == "resolved"
    await settled()
    assert "Hola" in [sent.payload["text"] for sent in phone.sent]
    assert "entre nosotros" not in [sent.payload["text"] for sent in phone.sent]


async def test_a_colleagues_conversation_answers_409_with_the_name(api, brunos, waiting) -> None:
    await brunos.post(f"/api/conversations/{waiting.pk}/take")
    for verb in ("take", "reply", "return", "resolve"):
        answer = await api.post(f"/api/conversations/{waiting.pk}/{verb}", {"text": "x"})
        assert answer.status_code == 409
        assert answer.json()["error"]["holder"] == "Bruno Sanz"
    over = await api.post(f"/api/conversations/{waiting.pk}/take", {"over": True})
    assert over.json()["agent"] == "Ana Ruiz"


@pytest.mark.parametrize("address", [f"/api/conversations/{uuid4()}", "/api/cases/RT-0000", "/api/cases/%00"])
async def test_what_is_not_there_is_404(api, transactional_db, address) -> None:
    assert (await api.get(address)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": "\x00"}, {"text": "x" * 50_000}, {"text": 7}, {"text": "x", "key": "k" * 65}, []],
)
async def test_a_reply_that_makes_no_sense_is_422(api, waiting, body) -> None:
    answer = await api.post(f"/api/conversations/{waiting.pk}/reply", body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    await waiting.arefresh_from_db()
    assert waiting.owner == "queue"


@pytest.mark.parametrize("query", ["owner=x", "limit=0", "limit=x", "offset=-1", "owner=agent:x"])
async def test_a_listing_that_makes_no_sense_is_422(api, transactional_db, query) -> None:
    assert (await api.get(f"/api/conversations?{query}")).status_code == 422


async def test_a_body_that_is_no_json(api, waiting) -> None:
    answer = await api.post(f"/api/conversations/{waiting.pk}/reply", b"{no")
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


async def test_metrics_count_what_happened(api, waiting) -> None:
    await api.post(f"/api/conversations/{waiting.pk}/take")
    body = (await api.get("/api/metrics?days=1")).json()
    assert body["owners"] == {"bot": 0, "queue": 0, "agent": 1, "resolved": 0}
    assert body["handoffs"] == {"asked_for_person": 1}
    assert body["messages"]["customer"] == 4
    assert body["seconds_to_take_median"] >= 0
    assert (await api.get("/api/metrics?days=0")).status_code == 422


async def test_gaps(api, transactional_db) -> None:
    from knowledge.models import Gap

    await Gap.objects.acreate(question="¿Vendéis pilas?", language="es", count=3)
    await Gap.objects.acreate(question="¿Y cables?", language="es", state="closed")
    body = (await api.get("/api/gaps")).json()
    assert [(gap["question"], gap["times"]) for gap in body["gaps"]] == [("¿Vendéis pilas?", 3)]
    assert (await api.get("/api/gaps?state=all")).json()["count"] == 2


async def test_the_description_names_every_call(api, transactional_db) -> None:
    paths = (await api.get("/api/openapi.json")).json()["paths"]
    assert {path.rsplit("/", 1)[-1] for path in paths} >= {
        "conversations",
        "take",
        "return",
        "resolve",
        "gaps",
        "metrics",
    }
