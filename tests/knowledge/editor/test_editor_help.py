"""The public help centre: found by search engines, searched like the bot, and it asks whether it helped."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from knowledge.models import ArticlePage, Feedback, Gap, Question
from tests.knowledge.editor.newsroom import article, words

ARTICLE = "/es/ayuda/devoluciones-plazo/"


def soup(path: str) -> BeautifulSoup:
    return BeautifulSoup(Client().get(path).content, "html.parser")


def test_an_article_names_itself_its_languages_and_its_question(small_shop: Path) -> None:
    page = soup(ARTICLE)

    assert str(page.select_one("link[rel=canonical]")["href"]).endswith(ARTICLE)
    languages = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate]")}
    assert set(languages) == {"es", "en"} and str(languages["en"]).endswith("/en/help/devoluciones-plazo/")
    data = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert data["@type"] == "FAQPage"
    assert data["mainEntity"][0]["name"] == "¿Cuánto tiempo tengo para devolver un producto?"
    assert "30 días" in data["mainEntity"][0]["acceptedAnswer"]["text"]


def test_the_site_map_has_every_public_page_once(small_shop: Path) -> None:
    ArticlePage.objects.filter(slug="brasa-20-errores").update(live=False)
    found = ElementTree.fromstring(Client().get("/sitemap.xml").content)

    places = [place.text or "" for place in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == len(set(places)) == 4
    assert not any("brasa" in place for place in places)
    assert "sitemap.xml" in Client().get("/robots.txt").content.decode()


def test_the_chat_is_on_every_page(small_shop: Path) -> None:
    for path in ("/es/ayuda/", ARTICLE, "/en/help/"):
        assert soup(path).select_one("script[src*='loader.js'][data-language]"), path


def test_search_answers_like_the_bot_and_keeps_what_nothing_answers(small_shop: Path) -> None:
    lucia = Client(headers={"Sec-Fetch-Site": "same-origin"})

    answered = BeautifulSoup(lucia.get("/es/ayuda/", {"q": "plazo para devolver un producto"}).content, "html.parser")
    assert "30 días" in answered.select_one(".result.sure").get_text()
    assert Question.objects.get().article == "devoluciones-plazo"

    lucia.get("/es/ayuda/", {"q": "¿vendéis lavadoras industriales de segunda mano?"})
    assert Gap.objects.get().channel == "help"


def test_a_crawler_makes_no_gaps(small_shop: Path) -> None:
    page = Client().get("/es/ayuda/", {"q": "¿vendéis lavadoras industriales de segunda mano?"})

    assert page.status_code == 200 and not Question.objects.exists()
    assert BeautifulSoup(page.content, "html.parser").select_one("meta[name=robots][content=noindex]")


def test_marc_says_once_whether_it_helped(small_shop: Path) -> None:
    cache.clear()
    marc, ana = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    address = soup(ARTICLE).select_one(".helped form")["action"]

    thanked = marc.post(address, {"helped": "no"}, follow=True)
    marc.post(address, {"helped": "no"})
    ana.post(address, {"helped": "yes"}, headers={"Accept": "application/json"})

    assert BeautifulSoup(thanked.content, "html.parser").select_one("#helped [role=status]")
    row = Feedback.objects.get()
    assert (row.slug, row.helped, row.not_helped, row.revision) == (
        "devoluciones-plazo", 1, 1, article("devoluciones-plazo").revision,
    )  # fmt: skip


def test_other_sites_cannot_vote(small_shop: Path) -> None:
    cache.clear()
    refused = Client().post(
        "/help/feedback/es/devoluciones-plazo", {"helped": "no"}, headers={"Origin": "https://malo.example"}
    )

    assert refused.status_code == 403 and not Feedback.objects.exists()


def test_a_page_without_a_language_version_says_so_nowhere(small_shop: Path) -> None:
    page = soup("/es/ayuda/brasa-20-errores/")

    assert not page.select("link[rel=alternate]") and "English" not in words(
        Client().get("/es/ayuda/brasa-20-errores/")
    )
