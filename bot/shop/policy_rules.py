"""The kinds of rule that `policies.yml` is made of: what numbers each holds, and what is refused."""

from datetime import date, time
from decimal import Decimal
from itertools import pairwise
from string import Formatter
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

type Zone = Literal["mainland", "balearics", "canaries", "ceuta_melilla", "portugal", "eu"]
type Status = Literal["paid", "preparing", "shipped", "delivered", "cancelled"]
type Reason = Literal["unspecified", "changed_mind", "faulty", "damaged", "wrong", "recall"]
type Part = Literal["motor", "pump", "battery", "filter", "brush", "heads", "other"]
type Kind = Literal[
    "return", "exchange", "damaged", "wrong_item", "warranty", "lost_parcel", "cancel", "address_change", "recall"
]

Count = Annotated[int, Field(ge=1)]
Money = Annotated[Decimal, Field(ge=0, decimal_places=2)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_]+)+$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Rule(Strict):
    """One clause: its numbers, and what a customer is told about it."""

    id: ClauseId
    es: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @model_validator(mode="after")
    def sentences_name_known_numbers(self) -> Self:
        known = set(type(self).model_fields)
        for language, text in (("es", self.es), ("en", self.en)):
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - known
            if unknown:
                raise ValueError(f"the {language} sentence names {sorted(unknown)}; this rule has {sorted(known)}")
        return self


class DaysRule(Rule):
    days: Count


class YearsRule(Rule):
    years: Count


class MonthDay(Strict):
    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> "MonthDay":
        parsed = date.fromisoformat(f"2000-{text}")
        return cls(month=parsed.month, day=parsed.day)

    def of(self, year: int) -> date:
        return date(year, self.month, self.day)


class DecemberRule(Rule):
    """Deliveries of a season (MM-DD, both ends included) and the day of the next year that ends their window."""

    delivered_from: str
    delivered_until: str
    until: str

    @field_validator("delivered_from", "delivered_until", "until")
    @classmethod
    def is_month_and_day(cls, text: str) -> str:
        MonthDay.parse(text)
        if text == "02-29":
            raise ValueError("29 February does not exist every year; write 02-28")
        return text

    def deadline(self, delivered: date) -> date | None:
        """The extended last day for a delivery day, or None when the rule does not reach it."""
        year = delivered.year
        first, last = MonthDay.parse(self.delivered_from).of(year), MonthDay.parse(self.delivered_until).of(year)
        return MonthDay.parse(self.until).of(year + 1) if first <= delivered <= last else None


class ZonesRule(Rule):
    zones: list[Zone]


class PickupRule(ZonesRule):
    price: Money


class FreeRule(Rule):
    reasons: list[Reason]


class RefundTiming(Rule):
    working_days: Count
    latest_days: Count


class CancelledRefund(Rule):
    bank_days_min: Count
    bank_days_max: Count


class ExchangeTerms(Rule):
    bonus_percent: Annotated[int, Field(ge=0, le=100)]
    credit_months: Count


class ByCondition(Strict):
    new: Count
    refurbished: Count


class ConditionYears(Rule):
    years: ByCondition


class Turnaround(Rule):
    working_days: Count
    remedy_days: Count


class LimescaleRule(Rule):
    skus: list[str]
    first_descale_days: Count


class SkusRule(Rule):
    skus: list[str]


class WearParts(Rule):
    parts: list[Part]
    battery_months: Count


class CommercialWarranty(YearsRule):
    sku: str
    part: Part


class RecallLots(Rule):
    sku: str
    lots: list[str]


class NoMovement(Rule):
    working_days: Count
    answer_hours: Count


class AnswerHours(Rule):
    answer_hours: Count


class StatusesRule(Rule):
    statuses: list[Status]


class CancelRule(StatusesRule):
    hours: Count


class ZonePrice(Strict):
    """`free`: nothing is charged from the common amount up. Days are working days."""

    price: Money
    free: bool
    days_min: Count
    days_max: Count


class ShippingPrices(Rule):
    free_from: Money
    zones: dict[Zone, ZonePrice]

    @field_validator("zones")
    @classmethod
    def every_zone(cls, zones: dict[Zone, ZonePrice]) -> dict[Zone, ZonePrice]:
        missing = {"mainland", "balearics", "canaries", "ceuta_melilla", "portugal", "eu"} - set(zones)
        if missing:
            raise ValueError(f"no price for {sorted(missing)}")
        return zones

    def cost(self, zone: Zone, goods: Decimal) -> Decimal:
        """Standard shipping in euros for an order worth `goods`."""
        line = self.zones[zone]
        return Decimal(0) if line.free and goods >= self.free_from else line.price


class HighValue(Rule):
    above: Money


class ThirdContact(Rule):
    conversations: Count
    days: Count
    kinds: list[Kind]


class ProofRule(Rule):
    attempts: Count
    lock_minutes: Count
    order_proof_minutes: Count


def _wall_time(written: Any) -> Any:
    return time.fromisoformat(written) if isinstance(written, str) else written


WallTime = Annotated[time, BeforeValidator(_wall_time)]


class Opening(Strict):
    """Wall-clock times of the shop, written HH:MM."""

    opens: WallTime
    closes: WallTime

    @model_validator(mode="after")
    def opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"opens at {self.opens} but closes at {self.closes}")
        return self


def _shifts(day: Any) -> Any:
    """A day as it is written: nothing, one opening, or several (a shop that closes for lunch)."""
    return [] if day is None else [day] if isinstance(day, dict) else day


def _in_order(shifts: list[Opening]) -> list[Opening]:
    for earlier, later in pairwise(shifts):
        if later.opens <= earlier.closes:
            raise ValueError(f"the shift from {later.opens} begins before the one until {earlier.closes} has ended")
    return shifts


Shifts = Annotated[list[Opening], BeforeValidator(_shifts), AfterValidator(_in_order)]


type Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday.__value__)


class Week(Strict):
    """Each day: null, `{opens, closes}`, or a list of those."""

    monday: Shifts
    tuesday: Shifts
    wednesday: Shifts
    thursday: Shifts
    friday: Shifts
    saturday: Shifts
    sunday: Shifts

    def on(self, day: date) -> list[Opening]:
        """The shifts of that weekday in order, holidays not considered."""
        shifts: list[Opening] = getattr(self, WEEKDAYS[day.weekday()])
        return shifts

    @model_validator(mode="after")
    def opens_some_day(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("closed on every day of the week")
        return self


class OpeningHours(Rule):
    """`holidays`: ISO code of the country whose national holidays are closed days.

    `closed`: further days, as MM-DD of every year or YYYY-MM-DD. `zone`: the clock that the times are read on, where
    it is not the shop's.
    """

    holidays: Literal["ES"]
    week: Week
    closed: list[Annotated[str, Field(pattern=r"^(20\d\d-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]] = []
    zone: str | None = None

    @field_validator("zone")
    @classmethod
    def is_known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"{zone!r} is no time zone; write one like Europe/Madrid or Atlantic/Canary")
        return zone


class ClubPoints(Rule):
    points_per_euro: Count
    voucher_points: Count
    voucher_euros: Money
    expire_months: Count


class ClubFriend(Rule):
    reward: Money
    first_order_from: Money


class PaymentMethods(Rule):
    methods: list[Literal["card", "paypal", "bizum", "bank_transfer", "instalments"]]
    transfer_days: Count


class Instalments(Rule):
    from_euros: Money
    months: list[Count]


class GiftCards(YearsRule):
    minimum: Money
    maximum: Money
