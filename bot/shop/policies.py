"""`policies.yml` as typed, checked rules. Nothing here decides; `bot/shop/decisions` does."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bot.shop.marked_yaml import load
from bot.shop.policy_rules import (
    AnswerHours,
    CancelledRefund,
    CancelRule,
    ClubFriend,
    ClubPoints,
    CommercialWarranty,
    ConditionYears,
    Count,
    DaysRule,
    DecemberRule,
    ExchangeTerms,
    FreeRule,
    GiftCards,
    HighValue,
    Instalments,
    LimescaleRule,
    NoMovement,
    OpeningHours,
    PaymentMethods,
    PickupRule,
    ProofRule,
    RecallLots,
    RefundTiming,
    Rule,
    ShippingPrices,
    SkusRule,
    StatusesRule,
    Strict,
    ThirdContact,
    Turnaround,
    WearParts,
    YearsRule,
    ZonesRule,
)

PATH = Path(__file__).with_name("policies.yml")


class Returns(Strict):
    window: DaysRule
    december: DecemberRule
    delivered_first: Rule
    not_cancelled: Rule
    hygiene: Rule
    food: Rule
    personalised: Rule
    gift_card: Rule


class ReturnShipping(Strict):
    drop_off: ZonesRule
    label: ZonesRule
    pickup: PickupRule
    free: FreeRule


class Refunds(Strict):
    timing: RefundTiming
    original_shipping: DaysRule
    cancelled: CancelledRefund
    instalments: Rule
    bank_transfer: Rule


class Exchange(Strict):
    terms: ExchangeTerms


class Arrival(Strict):
    window: DaysRule
    no_photo: Rule


class Warranty(Strict):
    legal: ConditionYears
    presumption: ConditionYears
    delivered_first: Rule
    repaired_parts: YearsRule
    turnaround: Turnaround
    misuse: Rule
    drops: Rule
    limescale: LimescaleRule
    immersion: SkusRule
    third_party: Rule
    wear_parts: WearParts
    commercial: list[CommercialWarranty]


class Recall(Strict):
    lots: RecallLots


class Parcel(Strict):
    no_movement: NoMovement
    delivered_not_received: AnswerHours


class Changes(Strict):
    cancel: CancelRule
    address: StatusesRule
    dearer_zone: Rule


class Shipping(Strict):
    prices: ShippingPrices


class People(Strict):
    danger: Rule
    legal: Rule
    high_value: HighValue
    third_contact: ThirdContact
    gift_card: Rule
    lot_unknown: Rule
    exception: Rule
    four_eyes: HighValue


class Identity(Strict):
    proof: ProofRule


class Hours(Strict):
    team: OpeningHours
    shops: OpeningHours


class Club(Strict):
    points: ClubPoints
    friend: ClubFriend


class Payments(Strict):
    methods: PaymentMethods
    instalments: Instalments
    invoice: DaysRule
    gift_card: GiftCards


class Service(Strict):
    spare_parts: YearsRule
    privacy: DaysRule
    recycling: Rule


class ShopAddress(Strict):
    city: str
    address: str


class ContactData(Strict):
    phone: str
    email: str
    shops: list[ShopAddress]


class OrderNumber(Strict):
    prefix: str = Field(pattern=r"^[A-Z]{1,4}$")
    digits: Count


class Orders(Strict):
    number: OrderNumber


class Policies(Strict):
    """Everything in policies.yml, section by section."""

    returns: Returns
    return_shipping: ReturnShipping
    refunds: Refunds
    exchange: Exchange
    arrival: Arrival
    warranty: Warranty
    recall: Recall
    parcel: Parcel
    changes: Changes
    shipping: Shipping
    people: People
    orders: Orders
    identity: Identity
    hours: Hours
    club: Club
    payments: Payments
    service: Service
    contact: ContactData

    def rules(self) -> Iterator[Rule]:
        """Every clause, in the order of the file."""
        for name in type(self).model_fields:
            section = getattr(self, name)
            for field in type(section).model_fields:
                value = getattr(section, field)
                yield from (rule for rule in (value if isinstance(value, list) else [value]) if isinstance(rule, Rule))

    def rule(self, clause: str) -> Rule:
        """The clause with that id. Raises KeyError naming it."""
        for rule in self.rules():
            if rule.id == clause:
                return rule
        raise KeyError(f"policies.yml has no clause '{clause}'")

    @model_validator(mode="after")
    def ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules():
            if rule.id in seen:
                raise ValueError(f"two rules have the id '{rule.id}'; a decision could not say which one it followed")
            seen.add(rule.id)
        return self


def read(path: Path = PATH) -> Policies:
    """The policies of a file. Raises FileMistake naming the line."""
    return load(path, Policies)


@lru_cache(maxsize=1)
def current() -> Policies:
    """The shop's own policies, read once per process."""
    return read()
