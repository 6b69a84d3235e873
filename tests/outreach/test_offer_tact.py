"""What may be offered after a solved matter, and when nothing may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations import ownership
from bot.conversations.models import Conversation, Customer, Event, Identity, Message, record
from bot.outreach import offers
from bot.outreach.models import Offered
from bot.outreach.offering import note_purchases
from bot.outreach.offers import Buyer, Choice, Said, Shown, choose, current, held_out
from bot.shop.models import Case, Order, OrderItem
from bot.shop.models import Customer as ShopCustomer

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
GLAD = Said("rating", 5)
ALL = current().model_copy(update={"hold_out": Decimal(0)})


def lucia(*owned: tuple[str, int], **more: Any) -> Buyer:
    return Buyer("shop:c01", "es", [(sku, NOW.date() - timedelta(days=days)) for sku, days in owned], **more)


def chosen(buyer: Buyer, said: Said = GLAD) -> str:
    found = choose(ALL, buyer, said, NOW)
    return found.offer.id if isinstance(found, Choice) else found


def test_what_fits_what_she_owns_is_offered() -> None:
    assert chosen(lucia(("MR1", 90))) == "marea_heads"
    assert chosen(lucia(("BR20", 30))) == "coffee"
    assert chosen(lucia(("MR1", 10))) == "friend", "the heads are still new"
    assert chosen(lucia(("MR1", 90), ("MRH", 20))) == "friend", "she has just bought some"
    assert chosen(lucia(("AL1", 90), points=340)) == "points"
    assert chosen(lucia()) == "nothing_fits"


@pytest.mark.parametrize("said", [Said("rating", 3), Said("rating", 1), Said("nps", 8), Said("fixed", 0)])
def test_nothing_unless_the_mood_is_good(said: Said) -> None:
    assert chosen(lucia(("MR1", 90)), said) == "mood"


@pytest.mark.parametrize(
    ("what", "why"),
    [("complaint", "complaint"), ("open_case", "open"), ("with_person", "with_person"), ("said_no", "said_no")],
)
def test_never_in_a_complaint_nor_while_anything_is_open(what: str, why: str) -> None:
    assert chosen(replace(lucia(("MR1", 90)), **{what: True})) == why


def test_never_the_same_twice_in_a_year_and_never_soon_again() -> None:
    owns = lucia(("MR1", 90))
    assert chosen(replace(owns, past=[Shown("coffee", NOW - timedelta(days=10))])) == "cap"
    assert chosen(replace(owns, past=[Shown("marea_heads", NOW - timedelta(days=100))])) == "friend"
    assert chosen(replace(owns, past=[Shown(str(n), NOW - timedelta(days=40 * n)) for n in (1, 2, 3, 4)])) == "cap"


def test_the_words_have_the_price_and_what_points_are_worth() -> None:
    by_id = {offer.id: offer for offer in ALL.offers}
    assert "14,90 €" in offers.text(by_id["marea_heads"], lucia())
    assert "340 puntos" in offers.text(by_id["points"], lucia(points=340))
    assert "15 €" in offers.text(by_id["points"], lucia(points=340))
    assert "€14.90" in offers.text(by_id["marea_heads"], replace(lucia(), language="en"))


@given(st.text(min_size=1, max_size=40))
def test_who_is_held_out_is_always_held_out(key: str) -> None:
    assert held_out(key, Decimal("0.2")) == held_out(key, Decimal("0.2"))
    assert not held_out(key, Decimal(0)) and held_out(key, Decimal(1))
    assert not held_out(key, Decimal("0.2")) or held_out(key, Decimal("0.5")), "a larger share only adds"


def test_the_share_that_is_held_out_is_the_share_of_the_file() -> None:
    held = sum(held_out(f"shop:c{number}", Decimal("0.2")) for number in range(5000))
    assert 0.18 < held / 5000 < 0.22


@given(
    st.builds(
        Buyer, key=st.just("shop:c01"), language=st.sampled_from(["es", "en"]), points=st.integers(0, 2000),
        owned=st.lists(st.tuples(st.sampled_from(["MR1", "BR20", "MRH", "CAF"]),
                                 st.dates(datetime(2024, 1, 1).date(), NOW.date())), max_size=4),
        complaint=st.booleans(), open_case=st.booleans(), with_person=st.booleans(), said_no=st.booleans(),
        past=st.lists(st.builds(Shown, offer=st.sampled_from(["coffee", "friend"]),
                                at=st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 18), timezones=st.just(UTC))),
                      max_size=5),
    ),
    st.builds(Said, st.sampled_from(["rating", "nps", "fixed"]), st.integers(0, 10)),
)  # fmt: skip
def test_tact_whatever_comes_together(buyer: Buyer, said: Said) -> None:
    if isinstance(choose(ALL, buyer, said, NOW), Choice):
        assert said.good and not (buyer.complaint or buyer.open_case or buyer.with_person or buyer.said_no)
        assert all(each.at <= NOW - timedelta(days=30) for each in buyer.past)


@pytest.fixture
def talk(transactional_db: None, phone: Any) -> Conversation:
    """Lucía, known by her channel, owns a Marea since spring."""
    shop = ShopCustomer.objects.create(reference="c01", name="Lucía", email="l@x.example", phone="+34600111001")
    order = Order.objects.create(number="LB-1", customer=shop, email="", phone="", status="delivered",
                                 ship_to="mainland", ordered_at=datetime(2025, 3, 1, tzinfo=UTC),
                                 delivered_at=datetime(2025, 3, 3, tzinfo=UTC))  # fmt: skip
    OrderItem.objects.create(order=order, sku="MR1", unit_price=59)
    customer = Customer.objects.create(name="Lucía", shop_customer="c01")
    identity = Identity.objects.create(customer=customer, channel="memory", account="memory", external_id="lucia",
                                       known_as="c01", known_by="channel")  # fmt: skip
    return Conversation.objects.create(identity=identity, channel="memory")


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "current", lambda: ALL)


@pytest.mark.usefixtures("everybody")
def test_a_good_word_is_followed_by_one_offer_and_a_purchase_is_counted(talk: Conversation) -> None:
    record(talk, "rating", "customer", score=5)
    record(talk, "nps", "customer", score=10)
    line = talk.messages.get(author=Message.Author.SYSTEM)
    assert "cabezales" in line.text
    assert Event.objects.get(kind="offer_shown").data == {"offer": "marea_heads", "product": "MRH"}
    assert note_purchases() == 0
    bought = Order.objects.create(number="LB-2", customer=ShopCustomer.objects.get(), email="", phone="", status="paid",
                                  ship_to="mainland", ordered_at=datetime.now(UTC) + timedelta(hours=1))  # fmt: skip
    OrderItem.objects.create(order=bought, sku="MRH", unit_price=14)
    assert note_purchases() == 1 and note_purchases() == 0
    assert Event.objects.get(kind="offer_purchase").data == {
        "offer": "marea_heads", "product": "MRH", "order": "LB-2", "held_out": False,
    }  # fmt: skip


def test_who_is_held_out_hears_nothing_and_is_noted(talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "current", lambda: ALL.model_copy(update={"hold_out": Decimal(1)}))
    record(talk, "fixed", "customer", fixed=True)
    assert not talk.messages.exists() and Offered.objects.get().held_out
    assert Event.objects.get(kind="offer_held_out").data["offer"] == "marea_heads"


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("trouble", ["low", "angry", "case", "queue", "unknown"])
def test_nothing_is_offered_in_trouble(talk: Conversation, trouble: str) -> None:
    if trouble == "low":
        record(talk, "rating", "customer", score=1)
    elif trouble == "angry":
        ownership.request(talk.pk, "very_upset", "bot")
        ownership.resolve(talk.pk, "agent:1")
    elif trouble == "case":
        Case.objects.create(number="C-1", order=Order.objects.get(), asked_kind="return", kind="return",
                            decision="approved", clause="x", inputs={}, result={}, rules="r", conversation="x",
                            message_id="m", decided_on=NOW.date(), opened_at=NOW)  # fmt: skip
    elif trouble == "queue":
        ownership.request(talk.pk, "asked_for_person", "bot")
    else:
        Identity.objects.update(known_as="", known_by="")
    talk.refresh_from_db()
    record(talk, "rating", "customer", score=5)
    assert not Offered.objects.exists()
