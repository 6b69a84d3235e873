"""Opening cases: the same turn twice, the same wish twice, another wish, and the account of it all."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bot.shop import case_numbers, contacts
from bot.shop.cases import cases_of, close, open_case, open_cases
from bot.shop.decisions import Fault, decide
from bot.shop.demo.load import load_demo
from bot.shop.explain import customer_text, explain, replay, stored_decision
from bot.shop.gather import facts_for
from bot.shop.models import Case, CaseItem, Order, OrderItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def ask(kind, number, now, conversation="lucia-1", message_id="m1", day=None, **said):
    order = Order.objects.get(number=number)
    facts = facts_for(order, day or now.date(), **said)
    return open_case(order, kind, decide(kind, facts), facts, conversation=conversation, message_id=message_id, now=now)


def test_a_case_keeps_the_decision_its_clause_and_its_facts(now):
    opened = ask("return", "LB-10401", now, skus=["FR5"], reason="changed_mind", pickup=False)
    case = opened.case
    assert opened.created and case.state == "open"
    assert (case.decision, case.reason_code, case.clause) == ("approved", "within_window", "returns.window")
    assert case.deadline == now.date() + timedelta(days=19)
    assert "send_back_drop_off" in case.instructions
    assert stored_decision(case).refund.goods == 119
    assert (replay(case).outcome, replay(case).clause) == (case.decision, case.clause)


def test_the_same_turn_again_is_the_same_case(now):
    first = ask("return", "LB-10401", now, skus=["FR5"])
    again = ask("return", "LB-10401", now, skus=["FR5"])
    assert again.case == first.case and not again.created
    assert Case.objects.count() == 1 and first.case.events.count() == 1


def test_the_same_turn_again_is_the_same_case_even_if_it_was_superseded(now):
    first = ask("damaged", "LB-10404", now, photo=False)
    ask("damaged", "LB-10404", now, message_id="m2", photo=True)
    assert ask("damaged", "LB-10404", now, photo=False).case == first.case


def test_another_conversation_with_the_same_wish_comes_back_to_the_open_case(now):
    first = ask("return", "LB-10401", now, skus=["FR5"])
    later = [ask("return", "LB-10401", now, "lucia-2", "n1", skus=["FR5"]) for _ in range(2)]
    assert {opened.case for opened in later} == {first.case}
    assert [event.event for event in first.case.events.all()] == ["opened", "asked_again"]
    assert list(cases_of("lucia-1")) == list(cases_of("lucia-2")) == [first.case]


def test_a_new_decision_supersedes_the_open_one(now):
    pending = ask("damaged", "LB-10404", now, photo=False).case
    approved = ask("damaged", "LB-10404", now, message_id="m2", photo=True).case
    pending.refresh_from_db()
    assert (pending.state, pending.superseded_by) == ("superseded", approved)
    assert list(open_cases([approved.order])) == [approved]


def test_a_refusal_is_closed_and_leaves_an_approval_open(now):
    approved = ask("return", "LB-10401", now, skus=["FR5"]).case
    late = ask("return", "LB-10401", now, "lucia-2", "n1", day=now.date() + timedelta(days=40), skus=["FR5"])
    approved.refresh_from_db()
    assert (late.case.decision, late.case.state, late.other_open) == ("refused", "closed", approved)
    assert approved.state == "open"


def test_other_items_of_the_order_have_their_own_case(now):
    fryer = ask("return", "LB-10401", now, skus=["FR5"]).case
    coffee = ask("return", "LB-10401", now, message_id="m2", skus=["CAF"], unsealed=False).case
    assert set(open_cases([fryer.order])) == {fryer, coffee}


def test_the_database_holds_one_open_case_per_item_and_kind(now):
    case = ask("return", "LB-10401", now, skus=["FR5"]).case
    keys = CaseItem.objects.filter(case=case).values_list("open_key", flat=True)
    assert list(keys) == [f"{OrderItem.objects.get(order=case.order, sku='FR5').pk}:return"]


def test_a_closed_case_makes_room_for_a_new_one(now):
    first = ask("return", "LB-10401", now, skus=["FR5"]).case
    close(first, now, actor="agent:ana", note="done")
    close(first, now, actor="agent:ana", note="done")
    assert [event.event for event in first.events.all()] == ["opened", "closed"]
    assert ask("return", "LB-10401", now, message_id="m2", skus=["FR5"]).created


def test_case_numbers_can_be_quoted_but_not_counted_through(now):
    first = ask("return", "LB-10401", now, skus=["FR5"]).case
    second = ask("return", "LB-10404", now, message_id="m2").case
    assert first.number.startswith("C-2605-0001-") and second.number.startswith("C-2605-0002-")
    guesses = [f"C-2605-0001-{tail}" for tail in ("0000", "0001", second.number[-4:])]
    assert all(case_numbers.find(guess) is None for guess in guesses if guess != first.number)
    assert second.number[-4:] != first.number[-4:]


@pytest.mark.parametrize("write", [str, str.lower, lambda n: n.replace("-", " "), lambda n: f"¿qué hay de {n}?",
                                   lambda n: n[:-4] + n[-4:].replace("0", "O").replace("1", "l")])  # fmt: skip
def test_a_number_is_found_however_it_is_written(now, write):
    case = ask("return", "LB-10401", now, skus=["FR5"]).case
    assert case_numbers.find(write(case.number)) == case


def test_third_contact_counts_conversations_about_problems_in_30_days(now, today):
    order = Order.objects.get(number="LB-10404")
    said = {"photo": True}
    ask("damaged", "LB-10404", now, "emily-1", "m1", day=today, **said)
    ask("damaged", "LB-10404", now, "emily-1", "m2", day=today, **said)
    assert contacts.count(order, "emily-1", today) == 1
    assert contacts.note(order, "emily-2", today) == 2
    assert contacts.note(order, "emily-2", today) == 2
    assert contacts.count(order, "emily-3", today + timedelta(days=30)) == 3
    assert contacts.count(order, "emily-3", today + timedelta(days=31)) == 1


def test_a_return_is_no_problem_with_an_order(now, today):
    ask("return", "LB-10401", now, skus=["FR5"])
    assert contacts.count(Order.objects.get(number="LB-10401"), "other", today) == 1


def test_explain_tells_the_clause_the_dates_the_proposal_and_whether_it_replays(now):
    case = ask("warranty", "LB-10428", now, fault=Fault("battery")).case
    text = explain(case)
    for part in ("pending_person", "high_value", "warranty.wear_parts", "delivered 2024-04-23 (756 days before)",
                 "Replayed with the same rules: the same decision", "battery"):  # fmt: skip
        assert part in text
    assert "Iván" not in text and "ivan.morales" not in text


def test_explain_notices_that_the_rules_changed(now):
    case = ask("return", "LB-10401", now, skus=["FR5"]).case
    Case.objects.filter(pk=case.pk).update(rules="0000", clause="returns.other")
    case.refresh_from_db()
    assert "rules changed since: now approved" in explain(case)


def test_the_explain_command(now):
    case = ask("return", "LB-10401", now, skus=["FR5"]).case
    out = StringIO()
    call_command("explain", case.number.lower(), stdout=out)
    assert case.number in out.getvalue()
    with pytest.raises(CommandError, match="There is no case"):
        call_command("explain", "C-2605-0001-XXXX")


def test_the_customer_is_told_the_dates_and_never_the_proposal(now):
    approved = ask("return", "LB-10401", now, skus=["FR5"], pickup=True).case
    assert "7 de junio de 2026" in customer_text(approved, "es") and "4,95 €" in customer_text(approved, "es")
    assert "7 June 2026" in customer_text(approved, "en") and "€4.95" in customer_text(approved, "en")
    pending = ask("return", "LB-10413", now, message_id="m2").case
    assert "puedes devolver" not in customer_text(pending, "es").lower()


def test_loading_twice_changes_nothing(today):
    again = load_demo(today)
    assert (again.created, again.changed, again.kept) == (0, 0, [])


def test_a_later_day_moves_every_order_but_those_with_cases(now, today):
    ask("return", "LB-10401", now, skus=["FR5"])
    loaded = load_demo(today + timedelta(days=3))
    assert loaded.kept == ["LB-10401"]
    days = {
        order.number: (order.delivered_at.date() - today).days
        for order in Order.objects.filter(number__in=["LB-10401", "LB-10431"])
    }
    assert days == {"LB-10401": -11, "LB-10431": -27}


def test_load_demo_command_resets_on_request(now):
    ask("return", "LB-10401", now, skus=["FR5"])
    out = StringIO()
    call_command("load_demo", "--today", "2026-06-01", "--reset", stdout=out)
    assert "kept" not in out.getvalue() and not Case.objects.exists()
    with pytest.raises(CommandError, match="YYYY-MM-DD"):
        call_command("load_demo", "--today", "mañana")


@pytest.mark.parametrize(("said", "units"), [({"qty": 1}, 1), ({"qty": 9}, 2), ({}, 2)])
def test_the_units_asked_for_are_those_of_the_case(today, said, units):
    facts = facts_for(Order.objects.get(number="LB-10434"), today, **said)
    assert facts.chosen[0].qty == units


def test_the_record_wins_over_what_the_customer_says(today):
    brush = facts_for(Order.objects.get(number="LB-10409"), today, unsealed=False)
    assert decide("return", brush).reason_code == "hygiene_unsealed"
    toaster = facts_for(Order.objects.get(number="LB-10406"), today, lot="CH2-2512")
    assert decide("return", toaster).reason_code == "recall"
