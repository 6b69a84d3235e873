"""The pages as a supervisor's browser gets them, in both languages, and as files."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core import mail

from bot.insights import digest, reading
from bot.insights.definitions import DEFINITIONS
from bot.insights.figures import Scope
from bot.insights.models import Alarm, Episode
from tests.insights.small_log import LATER

JANUARY = "period=own&since=2026-01-01&until=2026-01-31"


@pytest.fixture
def read(small_log: None) -> None:
    reading.refresh(LATER)


@pytest.fixture
def alarm(read: None) -> Alarm:
    """The pump of Lucía's Brasa rang on the day she first wrote."""
    episode = Episode.objects.get(started_at__day=5)
    evidence = {"window": 30, "contacts": 4, "compared": 1, "exposure": 900.0, "exposure_compared": 9000.0,
                "chance": 1e-5, "expected": 0.1}  # fmt: skip
    return Alarm.objects.create(product="BR20", lot="BR20-25L", problem="pump", raised_at=episode.started_at,
                                evidence=evidence)  # fmt: skip


def test_strangers_sign_in_and_agents_are_told_that_it_is_not_for_them(client: Any, ana: Any, at_desk: Any) -> None:
    assert client.get("/insights").status_code == 302
    for address in ("/insights", "/insights.json", "/insights.csv", "/insights/radar", "/insights/monthly"):
        assert at_desk(ana).get(address).status_code == 403


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_figure_stands_with_its_definition(read: None, vera: Any, at_desk: Any, language: str) -> None:
    from django.utils import translation
    from django.utils.html import escape

    page = at_desk(vera, language).get(f"/insights?{JANUARY}").content.decode()
    with translation.override(language):
        for definition in DEFINITIONS:
            assert escape(str(definition.name)) in page
            assert escape(str(definition.meaning)) in page
    assert ("Resuelto a la primera" in page) == (language == "es")
    assert ("50,0" if language == "es" else "50.0") in page


def test_json_and_csv_tell_the_same_figures(read: None, vera: Any, at_desk: Any) -> None:
    told = at_desk(vera).get(f"/insights.json?{JANUARY}").json()
    assert told["figures"]["first_contact"]["value"] == 0.5
    assert told["counts"]["article"] == {"devoluciones-plazo": 2, "cambios": 1}
    text = at_desk(vera).get(f"/insights.csv?{JANUARY}").content.decode("utf-8-sig")
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["first_contact"]["value"] == "0.5"
    assert rows["article:cambios"]["value"] == "1"


def test_filters_and_nonsense_in_the_address(read: None, vera: Any, at_desk: Any) -> None:
    browser = at_desk(vera)
    assert browser.get(f"/insights.json?{JANUARY}&channel=web").json()["figures"]["episodes"]["value"] == 2
    for nonsense in ("period=x", "period=own&since=2026-02-01&until=2026-01-01", "channel=fax", "since=%00"):
        assert browser.get(f"/insights?{nonsense}").status_code == 200


def test_an_alarm_shows_its_evidence_and_who_bought_the_lot(alarm: Alarm, vera: Any, at_desk: Any) -> None:
    browser = at_desk(vera)
    assert f"/insights/radar/{alarm.pk}" in browser.get("/insights/radar").content.decode()
    page = browser.get(f"/insights/radar/{alarm.pk}").content.decode()
    assert "BR20-25L" in page and "T-c01-1" in page
    rows = list(csv.DictReader(io.StringIO(
        browser.get(f"/insights/radar/{alarm.pk}/owners.csv").content.decode("utf-8-sig"))))  # fmt: skip
    # All four orders of the small log are of that lot; Lucía, with two of them, has written.
    assert {(row["order"], row["wrote"]) for row in rows} == {
        ("T-c01-1", "1"), ("T-c01-2", "1"), ("T-c02-1", "0"), ("T-c03-1", "0")
    }  # fmt: skip
    assert browser.post(f"/insights/radar/{alarm.pk}/close").status_code == 302
    alarm.refresh_from_db()
    assert alarm.closed_by == "vera"


def test_an_alarm_gives_the_draft_of_an_article_once(alarm: Alarm, vera: Any, at_desk: Any) -> None:
    from knowledge.importing import ensure_tree
    from knowledge.models import ArticlePage, HelpIndexPage

    for index in HelpIndexPage.objects.all():
        index.delete()
    browser = at_desk(vera)
    assert browser.post(f"/insights/radar/{alarm.pk}/draft").status_code == 409
    ensure_tree(["es", "en"])
    for _again in range(2):
        assert browser.post(f"/insights/radar/{alarm.pk}/draft").status_code == 302
    draft = ArticlePage.objects.get()
    assert not draft.live
    assert "Brasa 20" in draft.title


def test_the_month_for_the_shop_names_nobody(read: None, vera: Any, at_desk: Any) -> None:
    page = at_desk(vera).get("/insights/monthly?month=2026-01").content.decode()
    assert "bomba" in page and "BR20-25L" in page
    for name in ("Lucía", "Marc", "Emily"):
        assert name not in page
    rows = at_desk(vera).get("/insights/monthly/product.csv?month=2026-01").content.decode("utf-8-sig").splitlines()
    # One first contact about the pump; four units of the lot were delivered by the end of January but Lucía's second.
    assert rows[1].split(",")[2:5] == ["BR20-25L", "1", "3"]
    assert at_desk(vera).get("/insights/monthly/salaries.csv").status_code == 404


def test_the_weekly_mail_goes_once_a_week_to_supervisors_with_an_address(read: None, vera: Any, ana: Any) -> None:
    from datetime import UTC, datetime

    vera.email = "vera@lumbre.example"
    vera.save()
    monday = datetime(2026, 1, 12, 8, tzinfo=UTC)
    sunday, early = datetime(2026, 1, 11, 12, tzinfo=UTC), datetime(2026, 1, 12, 6, tzinfo=UTC)
    assert [digest.send_when_due(moment) for moment in (sunday, early, monday, monday)] == [0, 0, 1, 0]
    assert [message.to for message in mail.outbox] == [["vera@lumbre.example"]]
    week = digest.last_week(date(2026, 1, 12))
    assert week == Scope(date(2026, 1, 5), date(2026, 1, 11))
    # Episodes A, C, D, E began in that week.
    assert "Episodios: 4" in str(mail.outbox[0].body)
