"""Who may hear about an order, seen from outside: what is answered, and when nothing is any more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.addresses import normal_phone
from bot.shop.identity import (
    Locked,
    Mismatch,
    Proof,
    access,
    forget,
    orders_of,
    prove_channel,
    prove_order,
)
from bot.shop.models import IdentityAttempt, IdentityLock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]

EMILY, LUCIA = "emily.carter@mail.example", "lucia.romero@correo.example"


def try_order(now, number="LB-10404", who="web:emily", message_id="", **proof):
    return prove_order(who, f"conversation of {who}", number, now=now, message_id=message_id, **proof)


@pytest.mark.parametrize(
    "proof",
    [
        {"email": EMILY}, {"email": " Emily.Carter@MAIL.example "}, {"phone": "+44 7700 900003"},
        {"phone": "07700 900003"}, {"phone": "7700900003"}, {"email": "wrong@mail.example",
        "phone": "+447700900003"},
    ],
)  # fmt: skip
def test_the_number_and_the_mail_or_the_phone_open_the_order(now, proof):
    result = try_order(now, "lb 10404", **proof)
    assert isinstance(result, Proof)
    assert (result.order.number, result.customer.name) == ("LB-10404", "Emily Carter")


@pytest.mark.parametrize(
    "proof",
    [{}, {"email": ""}, {"email": LUCIA}, {"phone": "900003"}, {"phone": "+34600111001"}, {"phone": "00000000000"},
     {"email": "emily.carter@mail.example.com"}],
)  # fmt: skip
def test_anything_else_does_not(now, proof):
    assert isinstance(try_order(now, **proof), Mismatch)


def test_a_proof_and_its_use_take_few_statements(now, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert isinstance(try_order(now, email=EMILY), Proof)
    with django_assert_max_num_queries(3):
        (order,) = access("web:emily", "conversation of web:emily", now).orders
        assert [item.qty for item in order.items.all()] == [item.qty for item in order.items.all()]


def test_a_proof_that_is_given_again_lasts_longer(now):
    for minutes in (0, 20):
        proof = try_order(now + timedelta(minutes=minutes), email=EMILY)
    (order,) = access("web:emily", "conversation of web:emily", proof.expires_at - timedelta(seconds=1)).orders
    assert order.number == "LB-10404"


@pytest.mark.parametrize("tries", [1, 2, 3, 4])
def test_a_wrong_pair_and_an_unknown_order_are_answered_alike(now, tries):
    real = [try_order(now, "LB-10404", "web:a", email="x@y.example") for _ in range(tries)]
    unknown = [try_order(now, "LB-99999", "web:b", email="x@y.example") for _ in range(tries)]
    assert real == unknown


def test_three_wrong_tries_lock_the_identity_for_an_hour(now):
    answers = [try_order(now, f"LB-1040{n}", email="x@y.example") for n in (1, 2, 4)]
    assert answers == [Mismatch(2), Mismatch(1), Locked(now + timedelta(hours=1))]
    assert try_order(now + timedelta(minutes=59), "LB-10411", email=EMILY) == Locked(now + timedelta(hours=1))
    assert isinstance(try_order(now + timedelta(minutes=60), email=EMILY), Proof)


def test_three_wrong_tries_lock_the_order_whoever_made_them(now):
    for who in ("web:a", "web:b", "web:c"):
        try_order(now, "LB-10404", who, email="x@y.example")
    assert isinstance(try_order(now, "LB-10404", "web:emily", email=EMILY), Locked)
    assert isinstance(try_order(now, "LB-10405", "web:emily", email=EMILY), Proof)


def test_a_locked_order_does_not_use_up_an_honest_identity(now):
    for who in ("web:a", "web:b", "web:c"):
        try_order(now, "LB-10404", who, email="x@y.example")
    for _ in range(5):
        assert isinstance(try_order(now, "LB-10404", email=EMILY), Locked)
    assert isinstance(try_order(now, "LB-10405", email=EMILY), Proof)


def test_wrong_tries_are_forgotten_after_an_hour(now):
    for minutes in (0, 1):
        try_order(now + timedelta(minutes=minutes), email="x@y.example")
    assert try_order(now + timedelta(minutes=62), email="x@y.example") == Mismatch(2)


def test_being_right_in_between_does_not_buy_more_tries(now):
    outcomes = [
        try_order(now, number, email=email)
        for number, email in [("LB-10401", "a@b.example"), ("LB-10402", "a@b.example"), ("LB-10404", EMILY),
                              ("LB-10403", "a@b.example")]
    ]  # fmt: skip
    assert [type(outcome) for outcome in outcomes] == [Mismatch, Mismatch, Proof, Locked]


@pytest.mark.parametrize("email", ["x@y.example", EMILY])
def test_a_repeated_turn_is_answered_alike_and_counted_once(now, email):
    first = try_order(now, message_id="m1", email=email)
    again = [try_order(now, message_id="m1", email=email) for _ in range(5)]
    assert all(type(answer) is type(first) for answer in again)
    assert IdentityAttempt.objects.count() == 1
    assert set(IdentityLock.objects.values_list("tries", flat=True)) == ({1} if email != EMILY else {0})


def test_a_proof_opens_that_order_in_that_conversation_only(now):
    try_order(now, email=EMILY)
    mine = access("web:emily", "conversation of web:emily", now)
    assert (mine.level, [order.number for order in mine.orders]) == ("order", ["LB-10404"])
    assert mine.may_see("lb10404") and not mine.may_see("LB-10405")
    assert access("web:emily", "another conversation", now).level == "none"
    assert access("web:eve", "conversation of web:emily", now).level == "none"


def test_a_proof_lives_while_it_is_used_and_then_ends(now):
    try_order(now, email=EMILY)
    half_hours = [now + timedelta(minutes=29 * step) for step in (1, 2, 3)]
    assert [access("web:emily", "conversation of web:emily", at).level for at in half_hours] == ["order"] * 3
    assert access("web:emily", "conversation of web:emily", half_hours[-1] + timedelta(minutes=30)).level == "none"


def test_a_resolved_conversation_forgets_its_proof(now):
    try_order(now, email=EMILY)
    forget("web:emily", "conversation of web:emily")
    assert access("web:emily", "conversation of web:emily", now).level == "none"


@pytest.mark.parametrize(("channel", "address", "name"), [
    ("whatsapp", "+34600111001", "Lucía Romero"), ("whatsapp", "whatsapp:+34600111001", "Lucía Romero"),
    ("telegram", "700100002", "Marc Vidal"), ("whatsapp", "+34600111002", None), ("telegram", "", None),
    ("whatsapp", "", None), ("web", "+34600111001", None), ("telegram", "+34600111001", None),
])  # fmt: skip
def test_a_channel_proves_only_the_address_listed_for_it(channel, address, name):
    customer = prove_channel(channel, address)
    assert (customer.name if customer else None) == name


def test_a_proven_channel_opens_all_orders_of_its_customer(now):
    lucia = access("whatsapp:1", "c", now, channel="whatsapp", address="+34600111001")
    assert (lucia.level, [order.number for order in lucia.orders]) == ("channel", ["LB-10401", "LB-10402"])
    assert list(orders_of(lucia.customer)) == list(lucia.orders)


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_phone_reader(text):
    assert normal_phone(text) == "" or normal_phone(text).startswith("+")


@pytest.mark.django_db
def test_wrong_tries_keep_no_personal_data(now):
    try_order(now, email="secret@mail.example", phone="+34600999888", message_id="m1")
    stored = str(list(IdentityAttempt.objects.values())) + str(list(IdentityLock.objects.values()))
    assert "secret" not in stored and "600999888" not in stored
