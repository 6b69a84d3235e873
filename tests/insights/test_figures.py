"""Every figure equals the one counted by hand on the small log; replaying the log changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.insights import figures, reading
from bot.insights.figures import Scope
from bot.insights.models import Day, DayCount, Episode
from tests.insights.small_log import EARLY, LATER, Talk, at

JANUARY = Scope(date(2026, 1, 1), date(2026, 1, 31))


def told(scope: Scope = JANUARY) -> dict[str, tuple[float | None, int]]:
    return {one.definition.key: (one.value, one.of) for one in figures.figures(scope)}


def everything() -> list[Any]:
    days = [{**row, "id": 0} for row in Day.objects.order_by("day", "channel", "language", "product").values()]
    counts = DayCount.objects.order_by("day", "what", "key", "channel", "product").values_list(
        "day", "what", "key", "count"
    )
    episodes = Episode.objects.order_by("conversation", "number").values()
    return [days, list(counts), [{**row, "id": 0} for row in episodes]]


@pytest.fixture
def read(small_log: None) -> None:
    reading.refresh(LATER)


def test_there_are_six_episodes_and_answers_to_surveys_begin_none(read: None) -> None:
    assert list(Episode.objects.order_by("started_at").values_list("started_at", flat=True)) == [
        at(5, 9), at(6, 20), at(9, 20), at(10, 8), at(12, 8), at(25, 10)
    ]  # fmt: skip


def test_every_figure_is_the_one_counted_by_hand(read: None) -> None:
    assert told() == {
        "episodes": (6, 6),
        # First about their matter in 30 days: A, C, E, F. Not C (came back on the 9th), not E (no answer).
        "first_contact": (2 / 4, 4),
        "confirmed": (1 / 6, 6),
        "confirmed_of_asked": (1 / 2, 2),
        # C was followed by D, E by F within a week.
        "quiet_week": (4 / 6, 6),
        # With a matter: A, B, C, D, F. A came back after 20 days, C after 3.
        "repeated": (2 / 5, 5),
        # Matters: A 600 s, B 3600 s, C until D 72 h 2 min, E 0 s, F 60 s.
        "real_time": (600.0, 5),
        "csat": (2 / 3, 3),
        "rating": ((2 + 5 + 4) / 3, 3),
        "nps": (0.0, 2),
        "handoff": (1 / 6, 6),
        "gaps": (1 / 6, 6),
        # Unhappy: B (rated 2, bought on 1 February), D (not fixed), F (NPS 3, bought on the 20th).
        "churn_avoided": (2 / 3, 3),
        # In January only Emily's first order; of December's buyers nobody came back in January.
        "repeat_orders": (0.0, 1),
        "retention": (0.0, 2),
    }


def test_a_period_with_the_second_order_shows_the_return(read: None) -> None:
    february = told(Scope(date(2026, 2, 1), date(2026, 2, 28)))
    assert february["repeat_orders"] == (1.0, 1)
    assert february["retention"] == (1 / 3, 3)


def test_what_takes_time_to_know_is_not_told_early(small_log: None) -> None:
    reading.refresh(EARLY)
    known = told()
    # At midnight before the 13th a quiet week is known of A alone; C and E are known to have come back.
    assert known["quiet_week"] == (1 / 3, 3)
    # No month is over yet: known are only A and C, which did come back.
    assert known["repeated"] == (1.0, 2)


def test_filters_choose_episodes(read: None) -> None:
    assert told(Scope(*_january(), channel="telegram"))["episodes"] == (2, 2)
    assert told(Scope(*_january(), language="en"))["gaps"] == (1 / 2, 2)
    assert told(Scope(*_january(), product="BR20"))["csat"] == (0.0, 1)


def test_counts_by_reason_article_hour_channel_and_product(read: None) -> None:
    assert figures.counts(JANUARY, "reason") == [("asked_for_person", 1)]
    assert figures.counts(JANUARY, "article") == [("devoluciones-plazo", 2), ("cambios", 1)]
    assert figures.counts(JANUARY, "channel") == [("telegram", 2), ("web", 2), ("whatsapp", 2)]
    assert figures.counts(JANUARY, "product") == [("BR20", 2)]
    hours = figures.hours(JANUARY)
    # 5 January 2026 is a Monday; 9:00 UTC is 10:00 in Madrid. Answers to surveys are no load.
    assert hours[0][10] == 2
    assert sum(map(sum, hours)) == 10


def test_an_offer_is_measured_against_those_from_whom_it_was_held_out(db: None) -> None:
    marc = Talk("Marc", "telegram", "es", "")
    marc.ask(at(6, 9))
    for _customer in range(40):
        marc.event("offer_shown", at(6, 10), "system", offer="heads", product="MRH")
        marc.event("offer_held_out", at(6, 10), "system", offer="heads", product="MRH")
    for number in range(15):
        marc.event("offer_purchase", at(8, 10), "system", offer="heads", product="MRH", held_out=number < 3)
    reading.refresh(LATER)
    offer = figures.offers(JANUARY)[0]
    assert (offer.shown, offer.bought, offer.held_out, offer.bought_anyway) == (40, 12, 40, 3)
    # 30 % against 7.5 %; Newcombe's interval by hand from Wilson's (0.181, 0.454) and (0.026, 0.199).
    assert offer.gain == pytest.approx((0.225, 0.053, 0.387), abs=0.002)


def test_replaying_the_log_gives_the_same_rows(read: None) -> None:
    before = everything()
    reading.replay(LATER)
    assert everything() == before


def test_reading_day_by_day_gives_the_same_rows_as_reading_at_once(small_log: None) -> None:
    """The same log, read as it grew: every morning, with what had happened by then."""
    from bot.conversations.models import Event

    events = list(Event.objects.order_by("at", "pk"))
    Event.objects.all().delete()
    morning = at(1, 6)
    while morning < LATER:
        ripe = [event for event in events if event.at < morning]
        events = [event for event in events if event.at >= morning]
        for event in ripe:
            event.pk = None
        Event.objects.bulk_create(ripe)
        reading.refresh(morning)
        morning += timedelta(days=1) if morning < at(40, 6) else timedelta(days=30)
    reading.refresh(LATER)
    grown = everything()
    reading.replay(LATER)
    assert grown == everything()


def test_a_line_after_a_day_of_silence_is_another_episode(db: None) -> None:
    marc = Talk("Marc", "telegram", "es", "")
    marc.ask(at(6, 9))
    marc.ask(at(7, 8, 59))
    marc.ask(at(8, 9, 1))
    reading.refresh(LATER)
    assert Episode.objects.count() == 2


def test_while_a_person_has_it_silence_ends_nothing(db: None) -> None:
    marc = Talk("Marc", "telegram", "es", "")
    marc.ask(at(6, 9))
    marc.person(at(6, 10), 7, "asked_for_person")
    marc.line(at(9, 9))
    marc.resolve(at(9, 10), 7)
    reading.refresh(LATER)
    episode = Episode.objects.get()
    assert (episode.resolved, episode.ended_at) == (True, at(9, 10))


def _january() -> tuple[date, date]:
    return JANUARY.since, JANUARY.until
