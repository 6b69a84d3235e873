"""Who is written to when, where, and who is not: over facts and a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outreach.people import Past
from bot.outreach.plan import Held, plan, upcoming
from bot.outreach.quiet import is_quiet, next_loud
from bot.outreach.rules import current
from tests.outreach.outreach_cast import MADRID, NOW, TALK, bought, day, ended, lucia, mail, planned, whatsapp

UPKEEP = ["descale", "filter_and_brush"]


def sent(rule: str, days_ago: float, purpose: str = "service", key: str = "other") -> Past:
    return Past(key, rule, purpose, NOW - timedelta(days=days_ago))


def test_each_event_has_its_day() -> None:
    assert planned(lucia(bought("BR20", 1))) == {"first_steps": "send whatsapp"}
    assert planned(lucia(bought("BR20", 10))) == {"all_well": "send whatsapp"}
    assert planned(lucia(bought("BR20", 0))) == {}
    assert planned(lucia(bought("BR20", 40))) == {}
    assert planned(lucia(bought("BR20", 91))) == {"descale": "send whatsapp"}
    assert planned(lucia(bought("LR3", 31))) == {"filter_and_brush": "send whatsapp"}
    assert planned(lucia(bought("CH2", 100, lot="CH2-2604", recalled=True))) == {"recall": "send whatsapp"}
    assert planned(lucia(bought("BR20", 500, warranty_ends_on=day("2026-06-10")))) == {"warranty_ends": "send whatsapp"}
    assert planned(lucia(bought("CAF", 10))) == {}


def test_upkeep_counts_from_the_last_time_it_was_done() -> None:
    assert planned(lucia(bought("BR20", 500, serviced_on=day("2026-02-19")))) == {"descale": "send whatsapp"}
    assert planned(lucia(bought("BR20", 500, serviced_on=day("2026-03-19")))) == {}


def test_an_anniversary_is_marketing_and_wants_consent() -> None:
    a_year = lucia(bought("CH2", 365))
    assert planned(a_year) == {"anniversary": "no_consent"}
    assert planned(lucia(bought("CH2", 365), places=(whatsapp(agreed=True), mail()))) == {
        "anniversary": "send whatsapp"
    }


def test_offers_go_only_to_the_address_at_which_they_were_agreed_to() -> None:
    hour_ago = NOW - timedelta(hours=1)
    wrote_lately = whatsapp(last_inbound=hour_ago)
    assert planned(lucia(bought("CH2", 365), places=(wrote_lately, mail(agreed=True)))) == {"anniversary": "send mail"}
    both = (wrote_lately, mail(agreed=True, stopped=True))
    assert planned(lucia(bought("CH2", 365), places=both)) == {"anniversary": "said_no"}


def test_whoever_said_no_or_stopped_us_anywhere_is_left_alone_but_for_their_safety() -> None:
    orders = (bought("BR20", 1), bought("CH2", 1, lot="CH2-2604", recalled=True))
    assert planned(lucia(*orders, said_no=True)) == {"recall": "send whatsapp", "first_steps": "said_no"}
    stopped = lucia(*orders, places=(whatsapp(stopped=True), mail()))
    assert planned(stopped) == {"recall": "send mail", "first_steps": "said_no"}
    both = lucia(*orders, places=(whatsapp(stopped=True), mail(stopped=True)))
    assert planned(both) == {"recall": "nowhere", "first_steps": "said_no"}


@pytest.mark.parametrize("what", ["open_case", "unhappy", "with_person"])
def test_nobody_is_asked_whether_all_is_well_in_the_middle_of_trouble(what: str) -> None:
    assert planned(lucia(bought("BR20", 10), **{what: True})) == {"all_well": what}


def test_what_was_used_last_comes_first() -> None:
    hour_ago, week_ago = NOW - timedelta(hours=1), NOW - timedelta(days=7)
    wrote = lucia(bought("BR20", 1), places=(whatsapp(last_inbound=week_ago), mail(last_inbound=hour_ago)))
    assert planned(wrote) == {"first_steps": "send mail"}
    assert planned(lucia(bought("BR20", 1), places=(mail(), whatsapp()))) == {"first_steps": "send whatsapp"}
    assert planned(lucia(bought("BR20", 1), places=())) == {"first_steps": "nowhere"}


def test_a_channel_without_templates_is_only_used_while_its_window_is_open() -> None:
    place = replace(whatsapp(), needs_template=False, may_begin=False, window_ends=NOW + timedelta(hours=1))
    assert planned(lucia(bought("BR20", 1), places=(place,))) == {"first_steps": "send whatsapp"}
    assert planned(lucia(bought("BR20", 1), places=(place,)), NOW + timedelta(hours=1)) == {"first_steps": "nowhere"}


def test_where_only_an_order_was_proven_nothing_else_is_told() -> None:
    known_by_order = whatsapp(vouched=False, conversation=TALK, last_inbound=NOW - timedelta(days=5))
    person = lucia(bought("BR20", 1), places=(known_by_order,), incidents=(ended(1, "handoff"),))
    assert planned(person) == {"nps": "send whatsapp", "first_steps": "nowhere"}


def test_an_incident_is_asked_about_once_and_not_every_month() -> None:
    person = lucia(incidents=(ended(3.2, "warranty"),), places=(whatsapp(conversation=TALK),))
    assert planned(person) == {"is_it_fixed": "send whatsapp", "nps": "cap"}
    asked = replace(person, past=(sent("is_it_fixed", 0.1, "survey", "is_it_fixed:case-1"), sent("nps", 40, "survey")))
    assert planned(asked) == {"nps": "again"}


def test_a_guide_that_helped_is_asked_about_only_where_it_mends_something() -> None:
    place = whatsapp(conversation=TALK)
    mended = ended(3.5, "article", articles=frozenset({"brasa-20-errores"}))
    told = ended(3.5, "article", articles=frozenset({"envio-plazos"}))
    assert planned(lucia(incidents=(mended,), places=(place,))) == {"is_it_fixed": "send whatsapp"}
    assert planned(lucia(incidents=(told,), places=(place,))) == {}


def test_caps_let_through_what_stands_higher() -> None:
    three = lucia(bought("BR20", 1), bought("BR20", 91), bought("CH2", 9, lot="CH2-2604", recalled=True))
    assert planned(three) == {"recall": "send whatsapp", "first_steps": "send whatsapp", "descale": "cap"}


def test_caps_by_week_and_month_tell_when_they_end() -> None:
    person = lucia(bought("BR20", 1), past=(sent("a", 2), sent("b", 6)))
    [held] = plan(current(), person, NOW, MADRID)
    assert isinstance(held, Held) and held.why == "cap" and held.until == NOW + timedelta(days=1)
    month = lucia(bought("BR20", 1), past=tuple(sent("a", days) for days in (8, 14, 20, 29)))
    [held] = plan(current(), month, NOW, MADRID)
    assert isinstance(held, Held) and held.until == NOW + timedelta(days=1)


def test_what_was_refused_on_one_channel_goes_on_the_next() -> None:
    refused = Past("first_steps:LB-10402:BR20", "first_steps", "service", NOW - timedelta(days=1.5), over=False,
                   tried=frozenset({"whatsapp"}))  # fmt: skip
    assert planned(lucia(bought("BR20", 2), past=(refused,))) == {"first_steps": "send mail"}


def test_a_conversation_that_goes_on_is_not_interrupted() -> None:
    busy = whatsapp(busy_until=NOW + timedelta(hours=3), last_inbound=NOW - timedelta(hours=9))
    assert planned(lucia(bought("BR20", 1), places=(busy,))) == {"first_steps": "busy"}


def test_quiet_hours_are_the_customers_own() -> None:
    quiet = current().quiet
    half_past_nine = datetime(2026, 5, 19, 7, 30, tzinfo=UTC)
    assert not is_quiet(half_past_nine, (MADRID,), quiet)
    canaries = (MADRID, ZoneInfo("Atlantic/Canary"))
    assert is_quiet(half_past_nine, canaries, quiet)
    assert next_loud(half_past_nine, canaries, quiet) == datetime(2026, 5, 19, 8, 30, tzinfo=UTC)
    assert is_quiet(datetime(2026, 5, 17, 10, 0, tzinfo=UTC), (MADRID,), quiet), "a Sunday"
    assert is_quiet(datetime(2026, 5, 1, 10, 0, tzinfo=UTC), (MADRID,), quiet), "a national holiday"
    night = lucia(bought("BR20", 1))
    late = datetime(2026, 5, 19, 19, 0, tzinfo=UTC)
    [held] = plan(current(), night, late, MADRID)
    assert isinstance(held, Held) and held.why == "quiet_hours"
    assert held.until == datetime(2026, 5, 20, 7, 30, tzinfo=UTC)


def test_the_clock_change_moves_nobodys_night() -> None:
    # 25 October 2026 is a Sunday; the Monday after it is on winter time.
    saturday = datetime(2026, 10, 24, 19, 0, tzinfo=UTC)
    assert next_loud(saturday, (MADRID,), current().quiet) == datetime(2026, 10, 26, 8, 30, tzinfo=UTC)


def test_what_is_coming_is_shown_before_it_is_due() -> None:
    coming = upcoming(current(), lucia(bought("BR20", 0)), NOW, MADRID, 14)
    assert [moment.rule for moment in coming] == ["first_steps", "all_well"]


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 400), st.integers(0, 20), st.sampled_from(UPKEEP))
def test_upkeep_that_is_due_is_looked_for_where_it_counts_from(since: date, later: int, keep: int, rule: str) -> None:
    """What is asked of the database leaves nobody out whom the plan would write to."""
    found = current().get(rule)
    assert found
    first = since + timedelta(days=later)
    last = first + timedelta(days=keep)
    if any(first <= occurrence <= last for occurrence in found.occurrences(since)):
        assert any(start <= since <= end for start, end in found.origins(first, last))
