"""Never twice, in quiet hours, after an opt-out, without consent to offers, or without a template when the
window is closed: over random orders, clocks, answers, refusals and processes that die at any point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.conversations import outbox, ownership
from bot.conversations.models import BOT, Conversation, Delivery, Identity
from bot.conversations.receive import receive
from bot.outreach import rules, sending
from bot.outreach.models import Reach
from bot.shop.days import is_holiday
from bot.shop.models import Customer, CustomerChannel, Order, OrderItem
from channels import registry
from channels.base import Capabilities, ChannelError, Outbound, Part, SendResult
from channels.memory.adapter import CAPS, MemoryAdapter
from channels.whatsapp.render import render
from tests.conversations.people import inbound

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
MADRID, CANARY = ZoneInfo("Europe/Madrid"), ZoneInfo("Atlantic/Canary")
WINDOW = timedelta(hours=24)
SEARCH = hypothesis_settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


# The rules that have reached somebody in a search.
SEEN: list[str] = []


DAYS = st.fixed_dictionaries(
    {
        "hour": st.sampled_from([8, 9, 11, 12, 14, 16, 18, 20]),
        "order": st.sampled_from(
            [None, (8, "FR5"), (10, "FR5"), (10, "BR20"), (11, "TT1"), (1064, "BR20"), (366, "BR20")]
        ),
        "helped": st.booleans(),
        "dies": st.booleans(),
        "in_between": st.sampled_from(
            [
                "",
                "",
                "",
                "",
                "hola",
                "9",
                "gracias",
                "stop",
                "start",
                "sin avisos",
                "con avisos",
                "quiero recibir ofertas",
                "quiero recibir ofertas",
                "sin ofertas",
            ]
        ),
        "pause": st.sampled_from([1, 1, 1, 61, 1439]),
        "failure": st.sampled_from([None, None, None, "retry", "unreachable", "uncertain", "killed"]),
    }
)


class Killed(BaseException):
    """The process died during the provider call."""


@dataclass(frozen=True)
class Call:
    """A provider call. Unless it was `refused`, the customer may have got it."""

    at: datetime
    part: Part
    refused: bool


class WindowedPhone(MemoryAdapter):
    """A phone behind WhatsApp's rules: free words for a day after the customer's last, then templates alone."""

    caps: Capabilities = CAPS.model_copy(update={"reply_window": WINDOW, "templates": True})

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.next: BaseException | None = None

    def render(self, out: Outbound, window_open: bool) -> Any:
        return render(out, window_open, self.caps)

    async def send(self, part: Part) -> SendResult:
        failure, self.next = self.next, None
        refused = isinstance(failure, ChannelError) and failure.kind != "uncertain"
        self.calls.append(Call(datetime.now(UTC), part, refused))
        if failure:
            raise failure
        return SendResult(provider_ids=(f"wa-{len(self.calls)}",), state="delivered")


@pytest.fixture
def windowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    own = rules.read()
    mine = own.model_copy(
        update={"rules": [each.model_copy(update={"channels": ["memory"], "guides": {}}) if each.event != "maintenance"
                          else each.model_copy(update={"channels": ["memory"]}) for each in own.rules
                          if each.id in ("nps", "all_well", "warranty_ends", "quiet_case", "anniversary")]}
    )  # fmt: skip
    monkeypatch.setattr(rules, "current", lambda: mine)
    monkeypatch.setitem(registry.CHANNELS, "memory", ("Memory", WindowedPhone))
    registry.adapter.cache_clear()
    yield
    registry.adapter.cache_clear()


class World:
    """Lucía on the Canaries, her orders, her moods, and processes that come and go."""

    def __init__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        registry.adapter.cache_clear()
        phone = registry.adapter("memory")
        assert isinstance(phone, WindowedPhone)
        self.phone, self.now, self.numbers = phone, START, itertools.count(1)
        self.wrote_at: datetime | None = None
        self.stopped = self.said_no = self.agreed = False
        self.reached: set[str] = set()
        self.clock = time_machine.travel(START, tick=False)
        self.watch = self.clock.start()
        self.lucia = Customer.objects.create(reference="c01", name="Lucía Romero", email="", phone="+34600111001")
        CustomerChannel.objects.create(customer=self.lucia, channel="memory", address="lucia")
        self.an_order_came(200, "CAF")

    def end(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.watch.move_to(self.now)

    def live(self, day: dict[str, Any]) -> None:
        """A day: what comes, what she says, a worker that looks and sends, perhaps an hour later, when it is night."""
        self.now = (self.now + timedelta(days=1)).replace(hour=day["hour"], minute=58)
        self.watch.move_to(self.now)
        if day["order"]:
            self.an_order_came(*day["order"])
        if day["helped"]:
            self.a_person_helps_and_ends()
        self.the_worker_looks(dies=day["dies"])
        self.the_worker_looks(dies=False)
        if day["in_between"] == "stop":
            self.she_stops_us_or_starts_again(stops=True)
        elif day["in_between"] == "start":
            self.she_stops_us_or_starts_again(stops=False)
        elif day["in_between"]:
            self.she_writes(day["in_between"])
        self.time_passes(day["pause"])
        self.the_outbox_sends(day["failure"])
        self.time_passes(5)
        self.the_outbox_sends(None)

    def an_order_came(self, days_ago: int, sku: str) -> None:
        number = f"LB-{next(self.numbers)}"
        order = Order.objects.create(
            number=number, customer=self.lucia, email="", phone="", status="delivered", ship_to="canaries",
            ordered_at=self.now - timedelta(days=days_ago + 2), delivered_at=self.now - timedelta(days=days_ago),
        )  # fmt: skip
        OrderItem.objects.create(order=order, sku=sku, unit_price=10)

    def the_worker_looks(self, dies: bool) -> None:
        with transaction.atomic():
            sending.send_due()
            if dies:
                transaction.set_rollback(True)

    def the_outbox_sends(self, failure: str | None) -> None:
        if failure:
            self.phone.next = Killed() if failure == "killed" else ChannelError(failure, "refused")  # type: ignore[arg-type]
        for conversation in outbox.due():
            before = len(self.phone.calls)
            with suppress(Killed):
                self._deliver(conversation)
            for call in self.phone.calls[before:]:
                self._check(call)
        self.phone.next = None

    def _deliver(self, conversation: UUID) -> None:
        """`outbox.deliver`, in this thread and its transaction."""
        lease = outbox._claim(conversation)
        while lease and (step := outbox._next(conversation, lease)):
            delivery, _, part = step
            try:
                self.phone.send(part).send(None)
            except StopIteration as done:
                outbox._accepted(delivery, done.value)
            except ChannelError as error:
                outbox._refused(delivery, error)

    def she_writes(self, text: str) -> None:
        receive(inbound(text, f"e{next(self.numbers)}"))
        self.wrote_at = self.now
        if text in ("sin avisos", "con avisos"):
            self.said_no = text == "sin avisos"
        self.agreed = text == "quiero recibir ofertas" or (self.agreed and text not in ("sin avisos", "sin ofertas"))
        # Nobody answers in this world: the dialogue has nothing to say.
        Conversation.objects.update(turn_due_at=None)

    def she_stops_us_or_starts_again(self, stops: bool) -> None:
        wish = "opted_out" if stops else "opted_in"
        kind = "optout" if stops else "message"
        receive(inbound("STOP" if stops else "START", f"e{next(self.numbers)}", kind=kind, membership=wish))
        Conversation.objects.update(turn_due_at=None)
        self.stopped, self.wrote_at = stops, self.now

    def a_person_helps_and_ends(self) -> None:
        talk = Conversation.objects.filter(owner=BOT).first()
        if talk:
            ownership.request(talk.pk, "asked_for_person", "bot")
            ownership.resolve(talk.pk, "agent:1")

    def _check(self, call: Call) -> None:
        reach = Reach.objects.filter(message_id=str(call.part.payload["reference"]).partition(".")[0]).first()
        if reach is None:
            return
        for zone in (MADRID, CANARY):
            there = call.at.astimezone(zone)
            assert time(9, 30) <= there.time() < time(21), f"{reach.key} at {there}"
            assert there.weekday() != 6 and not is_holiday(there.date(), "ES"), f"{reach.key} on {there:%A}"
        assert not self.stopped and not self.said_no, f"{reach.key} after she said no"
        assert reach.purpose != "marketing" or self.agreed, f"{reach.key} without consent"
        is_open = self.wrote_at is not None and call.at - self.wrote_at < WINDOW
        assert is_open or call.part.payload["kind"] == "template", f"{reach.key} without a template"
        assert reach.key not in self.reached, f"{reach.key} may have reached her before"
        if not call.refused:
            self.reached.add(reach.key)
            SEEN.append(reach.rule)


@pytest.mark.usefixtures("windowed", "engine")
def test_the_four_promises_of_outreach() -> None:
    SEEN.clear()

    @SEARCH
    @given(st.lists(DAYS, min_size=3, max_size=8))
    def search(days: list[dict[str, Any]]) -> None:
        world = World()
        try:
            for day in days:
                world.live(day)
        finally:
            world.end()

    search()
    assert len(SEEN) >= 3, "a search in which next to nothing goes out shows nothing"


@pytest.mark.usefixtures("windowed", "engine")
def test_an_offer_reaches_her_once_she_has_asked_for_offers() -> None:
    world = World()
    try:
        world.an_order_came(366, "BR20")
        world.she_writes("quiero recibir ofertas")
        world.time_passes(24 * 60)
        world.the_worker_looks(dies=False)
        world.the_outbox_sends(None)
        assert world.reached == {"anniversary:LB-2:BR20:1"}
    finally:
        world.end()


@pytest.mark.usefixtures("windowed", "engine")
def test_the_machine_does_reach_her() -> None:
    """The search above would also pass if nothing were ever sent."""
    world = World()
    try:
        world.an_order_came(10, "FR5")
        world.the_worker_looks(dies=True)
        world.the_worker_looks(dies=False)
        world.the_outbox_sends("killed")
        world.time_passes(30)
        world.the_outbox_sends(None)
        world.the_worker_looks(dies=False)
        world.the_outbox_sends(None)
        assert len(world.phone.calls) == 1, "a call that may have gone out is not repeated"
        assert world.reached == {"all_well:LB-2:FR5"}
        assert Delivery.objects.get().state == "uncertain"
        assert world.phone.calls[0].part.payload["kind"] == "template"
        assert Identity.objects.get().external_id == "lucia"
    finally:
        world.end()
