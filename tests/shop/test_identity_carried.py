"""What a conversation has proven when it goes on at another identity of the same person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bot.shop.clock import shop_day, shop_zone
from bot.shop.identity import Proof, access, carry, prove_order
from bot.shop.models import Customer, CustomerChannel, Order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]

WEB, PHONE, THREAD = "web:visitor", "whatsapp:+34600111001", "conversation"
LUCIA = "lucia.romero@correo.example"


def taken_along(**more):
    said = {"before": WEB, "after": PHONE, "conversation": THREAD, "order": "", "channel": "web", "address": ""}
    return carry(**(said | more))


def seen(who, **more):
    return [order.number for order in access(who, THREAD, timezone.now(), **more).orders]


def test_a_proof_by_order_goes_along_and_stays_where_it_was():
    assert isinstance(prove_order(WEB, THREAD, "LB-10401", now=timezone.now(), email=LUCIA), Proof)
    assert taken_along() == 1
    assert seen(PHONE) == seen(WEB) == ["LB-10401"]
    assert access(PHONE, "another conversation", timezone.now()).level == "none"


def test_of_what_the_channel_vouched_for_only_the_order_in_hand_goes_along():
    back = {"before": PHONE, "after": WEB, "channel": "whatsapp", "address": "+34600111001"}
    assert len(seen(PHONE, channel="whatsapp", address="+34600111001")) > 1
    assert taken_along(**back, order="LB-10401") == 1
    assert seen(WEB) == ["LB-10401"]


@pytest.mark.parametrize("order", ["", "LB-10403", "LB-99999", "x" * 500])
def test_an_order_that_was_not_open_does_not_become_so(order):
    assert taken_along(before=PHONE, after=WEB, channel="whatsapp", address="+34600111001", order=order) == 0
    assert taken_along(order=order) == 0
    assert seen(WEB) == []


def test_a_proof_that_has_ended_is_not_revived():
    prove_order(WEB, THREAD, "LB-10401", now=timezone.now() - timedelta(minutes=31), email=LUCIA)
    assert taken_along() == 0


def test_on_another_day_of_the_sandbox_it_holds_on_that_day():
    day = shop_day() + timedelta(days=300)
    then = timezone.localtime(timezone.now(), shop_zone()) + timedelta(days=300)
    prove_order(WEB, THREAD, "LB-10401", now=then, email=LUCIA)
    assert taken_along(today=day) == 1
    assert access(PHONE, THREAD, then).may_see("LB-10401")


def test_a_known_phone_may_also_see_a_friends_order_that_it_has_proven():
    """Lucía sends Marc's headphones back for him: the order is open to her, and he does not become her."""
    vouched = {"channel": "whatsapp", "address": "+34600111001"}
    prove_order(PHONE, THREAD, "LB-10403", now=timezone.now(), email="marc.vidal@correo.example")
    allowed = access(PHONE, THREAD, timezone.now(), **vouched)
    lucia = CustomerChannel.objects.get(channel="whatsapp", address="+34600111001").customer
    assert allowed.customer == lucia and allowed.may_see("LB-10403") and allowed.may_see("LB-10401")
    marcs = Order.objects.get(number="LB-10403")
    assert allowed.level_of(marcs) == "order"
    assert allowed.level_of(Order.objects.get(number="LB-10401")) == "channel"
    assert Customer.objects.get(pk=marcs.customer_id) != lucia
