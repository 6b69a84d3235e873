"""What the simulated shop is like: every chance that the year is drawn with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.shop.clock import shop_zone

MARK = "sim-"


@dataclass(frozen=True)
class Wave:
    """A fault that one lot has: of its delivered units `share` fail within `spread` days from `begins` on."""

    sku: str
    problem: str
    month: int
    share: float = 0.2
    spread: int = 45


@dataclass(frozen=True)
class Plan:
    """`until` is the day after the last one. `conversations`: how many times customers come with something new."""

    until: date
    months: int = 12
    seed: int = 1
    conversations: int = 6_000
    waves: tuple[Wave, ...] = ()

    @property
    def end(self) -> datetime:
        return datetime.combine(self.until, time(0), shop_zone())

    @property
    def start(self) -> datetime:
        return self.end - timedelta(days=round(self.months * 365 / 12))


@dataclass(frozen=True)
class Chances:
    """Of one kind of matter: how often it goes to a person, and whether NPS is asked after it."""

    handoff: float
    weight: float = 0.0
    incident: bool = True


KINDS = {
    "question": Chances(0.05, weight=0.68, incident=False),
    "gap": Chances(0.35, weight=0.06, incident=False),
    "return": Chances(0.10, weight=0.15),
    "damaged": Chances(0.22, weight=0.05),
    "lost_parcel": Chances(0.15, weight=0.06),
    "fault": Chances(0.20),
}
# What comes after the first time: again within a week, with something else within a week, again within the month.
AFTER = {"same": 0.12, "other": 0.04, "late": 0.04}
ASKED_RATING, ASKED_NPS, ASKED_FIXED = 0.30, 0.28, 0.45
SCORES = {True: (0.03, 0.05, 0.12, 0.32, 0.48), False: (0.28, 0.22, 0.24, 0.17, 0.09)}
# Shares of 9–10, 7–8 and 0–6.
NPS = {True: (0.48, 0.32, 0.20), False: (0.15, 0.27, 0.58)}
FIXED = {True: 0.90, False: 0.45}
# An unhappy customer buys again within 90 days.
BUYS_AGAIN = 0.30
REASONS = {
    "question": {"asked_for_person": 0.8, "press": 0.05, "very_upset": 0.15},
    "gap": {"no_answer": 1.0},
    "return": {"asked_for_person": 0.6, "high_value": 0.4},
    "damaged": {"policy_check": 0.5, "very_upset": 0.3, "asked_for_person": 0.2},
    "lost_parcel": {"policy_check": 0.4, "very_upset": 0.3, "asked_for_person": 0.3},
    "fault": {"asked_for_person": 0.45, "high_value": 0.25, "third_contact": 0.1, "safety": 0.08, "very_upset": 0.12},
}
CHANNELS = {"whatsapp": 0.52, "web": 0.24, "telegram": 0.14, "mail": 0.10}
LANGUAGES = {"es": 0.82, "en": 0.18}
# How many of each are sold, and how often a unit's part fails in a year. The first weeks are twice as bad.
SOLD = {"BR20": 14, "BR20-R": 5, "CH2": 14, "FR5": 17, "VX12": 12, "LR3": 9, "TT1": 6, "EB2": 16, "MR1": 11, "AL1": 12}
EXTRAS = {"CAF": 0.18, "MRH": 0.10}
FAULTS = {
    "BR20": {"pump": 0.020, "filter": 0.008, "other": 0.020}, "BR20-R": {"pump": 0.035, "other": 0.030},
    "CH2": {"other": 0.030}, "FR5": {"other": 0.030}, "VX12": {"motor": 0.025, "other": 0.015},
    "LR3": {"battery": 0.030, "brush": 0.020, "other": 0.045}, "TT1": {"other": 0.040},
    "EB2": {"battery": 0.035, "other": 0.025}, "MR1": {"battery": 0.030, "heads": 0.008},
    "AL1": {"motor": 0.020, "filter": 0.010, "other": 0.015},
}  # fmt: skip
INFANT_DAYS, INFANT = 45, 2.0
# Weights of the hours 0 to 23 in which customers write.
HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 3, 6, 9, 10, 10, 9, 8, 7, 8, 9, 10, 10, 9, 9, 8, 5, 2)
# Two matters of one customer lie at least so far apart, so that no chance meeting spoils the truth.
APART = timedelta(days=105)
ORDERS_PER_CONVERSATION = 1.15
ORDERS_PER_CUSTOMER = 1.7
DEFAULT_WAVES = (Wave("EB2", "battery", 8, 0.25), Wave("LR3", "other", 11, 0.25))


@dataclass(eq=False)
class Unit:
    """One line of an order."""

    sku: str
    qty: int
    lot: str


@dataclass(eq=False)
class Buyer:
    number: int
    name: str
    language: str
    channel: str

    @property
    def reference(self) -> str:
        return f"{MARK}{self.number:06d}"


@dataclass(eq=False)
class Purchase:
    buyer: Buyer
    ordered_at: datetime
    delivered_at: datetime
    zone: str
    units: list[Unit]
    number: str = ""
    dropped: bool = False


@dataclass(eq=False)
class Incident:
    """Something that a customer comes with. `unit` is what it is about; `slug` the article that answers a question."""

    buyer: Buyer
    kind: str
    at: datetime
    purchase: Purchase | None = None
    unit: Unit | None = None
    problem: str = ""
    wave: int | None = None
    after: str = ""
    follows: str = ""
    well: bool = True
    ended_at: datetime | None = None
    answers: dict[str, object] = field(default_factory=dict)
    handed_off: bool = False
    unhappy_at: datetime | None = None
