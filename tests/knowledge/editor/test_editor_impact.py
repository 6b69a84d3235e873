"""What a draft changes: seen before it is published, asked about where answers would be lost, never felt before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from knowledge import corpus, impact
from knowledge.answers import answer
from knowledge.gaps import record_answer, record_gap
from knowledge.models import ArticlePage, IndexState, PendingArticle
from tests.knowledge.editor.newsroom import article, edit, words

RETURNS = "¿hasta cuándo puedo devolver lo que compré?"
E3 = "mi cafetera marca error E3"


@pytest.fixture
def asked(small_shop: Path) -> None:
    """What customers asked so far."""
    for _time in range(3):
        record_answer(RETURNS, "es", "web", "c-1", "devoluciones-plazo", 1)
    record_answer(E3, "es", "whatsapp", "c-3", "brasa-20-errores", 1)
    record_gap("¿Puedo pagar con bitcoin?", "es", "web", "c-2")


def batch(client: Client, page: ArticlePage) -> tuple[dict[str, int], BeautifulSoup]:
    found = client.get(f"/cms/articles/{page.pk}/impact/batch/").json()
    while found["next"] < found["total"]:
        more = client.get(f"/cms/articles/{page.pk}/impact/batch/?from={found['next']}").json()
        counts = {kind: found["counts"][kind] + more["counts"][kind] for kind in found["counts"]}
        found = {**more, "counts": counts, "html": found["html"] + more["html"]}
    return found["counts"], BeautifulSoup(found["html"], "html.parser")


def draft_of(slug: str, **changes: str) -> ArticlePage:
    page = article(slug).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision()
    return article(slug)


def test_a_changed_answer_stands_beside_the_old_one_and_customers_notice_nothing(asked: None, elena: Client) -> None:
    before = IndexState.current().revision
    page = draft_of(
        "devoluciones-plazo", short_answer="Tienes 45 días desde la entrega para devolver lo que compraste."
    )

    counts, seen = batch(elena, page)

    assert counts == {"new": 0, "changed": 1, "lost": 0, "same": 2}
    now, then = (side.get_text(" ") for side in seen.select(".kn-sides > div"))
    assert "30 días" in now and "45 días" in then
    assert "30 días" in answer(RETURNS, "es").text
    assert IndexState.current().revision == before and not PendingArticle.objects.exists()


def test_a_gap_is_newly_answered_by_a_draft_that_was_never_published(asked: None, elena: Client) -> None:
    parent = article("devoluciones-plazo").get_parent()
    page = ArticlePage(
        title="¿Puedo pagar con bitcoin?", slug="bitcoin", live=False, locale=article("devoluciones-plazo").locale,
        short_answer="No aceptamos bitcoin ni otras criptomonedas.", questions="pagar en criptomonedas\npago cripto",
    )  # fmt: skip
    parent.add_child(instance=page)
    page.save_revision()

    counts, seen = batch(elena, page)

    assert counts["new"] == 1 and counts["lost"] == 0
    assert "¿Puedo pagar con bitcoin?" in seen.get_text() and "criptomonedas" in seen.get_text()
    assert not answer("¿Puedo pagar con bitcoin?", "es").found


def test_elena_asks_the_draft(asked: None, elena: Client) -> None:
    page = draft_of(
        "brasa-20-errores",
        body="| Código | Qué significa | Qué hacer |\n|---|---|---|\n| E3 | Hay cal | Llama al 900 |",
    )

    told = words(elena.get(f"/cms/articles/{page.pk}/impact/ask/", {"q": E3}))

    assert "Descalcifica la Brasa 20 ya" in told and "Llama al 900" in told


NOTHING = {"title": "¿Vendéis lavadoras?", "questions": "lavadoras", "short_answer": "No las vendemos.", "body": ""}


def test_losing_answers_asks_for_confirmation_first(asked: None, pau: Client) -> None:
    page = article("brasa-20-errores")
    old = page.short_answer

    stopped = edit(pau, page, "publish", **NOTHING)

    assert stopped["location"] == f"/cms/articles/{page.pk}/losses/"
    page.refresh_from_db()
    assert page.short_answer == old, "not published"
    shown = pau.get(stopped["location"])
    assert E3 in words(shown) and "Descalcifica" in words(shown)
    assert page.get_latest_revision_as_object().short_answer == "No las vendemos.", "the draft is saved"

    revision = BeautifulSoup(shown.content, "html.parser").select_one("input[name=revision]")
    assert revision is not None
    pau.post(f"/cms/articles/{page.pk}/losses/publish/", {"revision": revision["value"]})
    page.refresh_from_db()
    assert page.live and page.short_answer == "No las vendemos."


def test_a_draft_that_changed_meanwhile_is_looked_at_again(asked: None, pau: Client) -> None:
    page = draft_of("devoluciones-plazo", title="¿Otra cosa?", questions="", short_answer="Otra cosa.", body="")
    shown = page.latest_revision_id
    draft_of("devoluciones-plazo", short_answer="Y otra más.")

    pau.post(f"/cms/articles/{page.pk}/losses/publish/", {"revision": shown})

    assert "30 días" in article("devoluciones-plazo").short_answer


def test_a_writer_may_not_publish_past_the_question(asked: None, elena: Client) -> None:
    page = draft_of("devoluciones-plazo", short_answer="Otra cosa.")

    answered = elena.post(f"/cms/articles/{page.pk}/losses/publish/", {"revision": page.latest_revision_id})

    assert answered.status_code in (302, 403)
    assert "30 días" in article("devoluciones-plazo").short_answer


def test_publishing_what_loses_nothing_asks_nothing(asked: None, pau: Client) -> None:
    page = article("devoluciones-plazo")

    edit(pau, page, "publish", short_answer="Tienes 45 días desde la entrega para devolver casi cualquier producto.")

    assert "45 días" in article("devoluciones-plazo").short_answer


def test_approving_in_the_workflow_asks_too(asked: None, elena: Client, pau: Client) -> None:
    page = article("brasa-20-errores")
    edit(elena, page, "submit", **NOTHING)
    page = article("brasa-20-errores")
    assert page.current_workflow_state is not None, "submitted to the publishers"

    stopped = edit(pau, page, "workflow-action", **{"workflow-action-name": "approve"})

    task = page.current_workflow_task_state.pk
    assert stopped["location"] == f"/cms/articles/{page.pk}/losses/?task={task}"
    assert "No las vendemos" not in article("brasa-20-errores").short_answer
    pau.post(f"/cms/articles/{page.pk}/losses/publish/", {"task": task})
    assert article("brasa-20-errores").short_answer == "No las vendemos."


def test_the_evaluation_set_tells_right_from_wrong(asked: None, elena: Client, settings: Any, tmp_path: Path) -> None:
    lines = [
        {
            "id": "1",
            "lang": "es",
            "text": "plazo para devolver un producto",
            "expect": ["devoluciones-plazo"],
            "kind": "faq",
        },
        {"id": "2", "lang": "es", "text": "hola", "expect": [], "kind": "smalltalk"},
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    settings.KNOWLEDGE_EVALUATION_SET = str(path)
    page = draft_of("devoluciones-plazo", title="¿Otra?", questions="lavadoras", short_answer="Otra.", body="")

    changes = list(impact.Trial(page.get_latest_revision_as_object()).changes(impact.evaluation_set()))

    assert [(change.posed.text, change.verdict) for change in changes] == [("plazo para devolver un producto", "worse")]


def test_what_stands_in_for_an_article_is_gone_afterwards(asked: None) -> None:
    trial = impact.Trial(draft_of("devoluciones-plazo", short_answer="X.").get_latest_revision_as_object())

    with corpus.instead(trial.new):
        assert corpus.replaced()
    assert not corpus.replaced() and "30 días" in answer(RETURNS, "es").text


def test_the_box_stands_beside_the_preview(asked: None, elena: Client) -> None:
    page = article("devoluciones-plazo")

    editor = BeautifulSoup(elena.get(f"/cms/pages/{page.pk}/edit/").content, "html.parser")

    panel = editor.select_one("[data-side-panel=preview]")
    assert panel is not None and panel.select_one(f"[data-knowledge-impact='/cms/articles/{page.pk}/impact/batch/']")
