"""Who may hear about an order. Proof is kept here, on the server, never in the dialogue.

Three levels: `none`; `order`, an order number with the e-mail or phone on that order, which opens that order only
and expires; `channel`, an address listed on the customer, which opens all of theirs with every message.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from bot.shop.addresses import NATIONAL_DIGITS, digits, normal_email, normal_phone
from bot.shop.clock import shop_zone
from bot.shop.models import Customer, CustomerChannel, IdentityAttempt, IdentityLock, Order, OrderProof
from bot.shop.rulebook import current
from bot.shop.systems import mirror
from bot.shop.understand.numbers import normal_order_number

type Level = Literal["none", "channel", "order"]


@dataclass(frozen=True)
class Proof:
    """The order number and the e-mail or phone match. The proof ends at `expires_at` unless it is used."""

    order: Order
    customer: Customer
    expires_at: datetime
    level: Level = "order"


@dataclass(frozen=True)
class Mismatch:
    """A wrong pair or an unknown order: which of the two cannot be told from this."""

    tries_left: int
    reason_code: Literal["identity_mismatch"] = "identity_mismatch"


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries by this identity, or about this order number; nothing is looked up until then."""

    until: datetime


@dataclass(frozen=True)
class Access:
    """What a conversation may hear about: the orders of this customer, newest first, and others that it has proven."""

    level: Level
    customer: Customer | None = None
    orders: tuple[Order, ...] = ()

    def level_of(self, order: Order) -> Level:
        """How sure it is that this order's customer is the one who writes."""
        if self.level == "channel" and self.customer and order.customer_id != self.customer.pk:
            return "order"
        return self.level

    def may_see(self, number: str) -> bool:
        wanted = normal_order_number(number)
        return any(order.number == wanted for order in self.orders)


def prove_channel(channel: str, address: str) -> Customer | None:
    """The customer whose verified channel address this is. The channel must have authenticated its sender;
    an empty address (WhatsApp may hide the phone) proves nothing. Of somebody signed in on the shop's own pages the
    address is the shop's id of them."""
    wanted = normal_phone(address) if channel == "whatsapp" else address.strip()
    if not wanted:
        return None
    if channel == "web":
        return Customer.objects.filter(reference=wanted).first()
    found = CustomerChannel.objects.select_related("customer").filter(channel=channel, address=wanted).first()
    return found.customer if found else None


def prove_order(
    identity: str,
    conversation: str,
    number: str,
    *,
    now: datetime,
    email: str | None = None,
    phone: str | None = None,
    message_id: str = "",
) -> Proof | Mismatch | Locked:
    """Try an order number with an e-mail or a phone. One of the two has to be the one on the order.

    Three wrong tries within the lock time lock the identity that made them, and the order number they were about
    (whoever made them; known or unknown alike), for that long; the third answers Locked. A try is counted before it
    is compared, so that simultaneous ones cannot exceed the limit. With a `message_id` a repeated call finds the
    first one's answer and counts nothing.
    """
    wanted = normal_order_number(number)
    key = _digest(wanted)
    mirror.bring(wanted)
    with transaction.atomic():
        known = _replayed(identity, conversation, message_id, key, wanted, now)
        if known:
            return known
        locks = _locks({"identity": _digest(identity), "order": key}, now)
        taken = [_take_try(lock, now) for lock in locks]
        if not all(taken):
            _give_back([lock for lock, got in zip(locks, taken, strict=True) if got])
            return _record(_locked(locks, now), identity, conversation, message_id, key, now)
        order = _with_items().filter(number=wanted).first()
        if _matches(order, email, phone) and order:
            _give_back(locks)
            return _record(_prove(order, identity, conversation, now), identity, conversation, message_id, key, now)
        return _record(_wrong(locks, now), identity, conversation, message_id, key, now)


def access(identity: str, conversation: str, now: datetime, *, channel: str = "", address: str = "") -> Access:
    """What this conversation may hear about at this moment. Using a proof keeps it alive."""
    customer = prove_channel(channel, address) if channel else None
    proofs = OrderProof.objects.filter(identity=identity, conversation=conversation, expires_at__gt=now)
    held = proofs.select_related("order__customer").prefetch_related("order__items").order_by("-proven_at")
    proven = [proof.order for proof in held]
    if proven:
        proofs.update(expires_at=_expiry(now))
    if customer:
        others = (order for order in proven if order.customer_id != customer.pk)
        return Access("channel", customer, (*orders_of(customer), *others))
    return Access("order", proven[0].customer, tuple(proven)) if proven else Access("none")


def carry(
    *, before: str, after: str, conversation: str, order: str, channel: str, address: str, today: date | None = None
) -> int:
    """The conversation goes on at another identity of the same person: keep what it has proven; tell how many orders.

    Proofs by order number go along. Of what only the channel vouched for, the order in hand goes along and no other:
    the new channel does not vouch for the customer, so it opens what the matter needs and nothing else.
    """
    now = _moment(today)
    allowed = access(before, conversation, now, channel=channel, address=address)
    proven = OrderProof.objects.filter(identity=before, conversation=conversation, expires_at__gt=now)
    numbers = {*proven.values_list("order__number", flat=True), normal_order_number(order)}
    kept = [each for each in allowed.orders if each.number in numbers]
    for each in kept:
        _prove(each, after, conversation, now)
    return len(kept)


def _moment(today: date | None) -> datetime:
    """Now, or this time of the day on another day (sandbox)."""
    now = timezone.now()
    return datetime.combine(today, timezone.localtime(now, shop_zone()).timetz(), shop_zone()) if today else now


def forget(identity: str, conversation: str) -> None:
    """End every proof of the conversation, e.g. when it is resolved."""
    OrderProof.objects.filter(identity=identity, conversation=conversation).delete()


def orders_of(customer: Customer) -> QuerySet[Order]:
    """A customer's orders, newest first, with their items."""
    return _with_items().filter(customer=customer)


def _with_items() -> QuerySet[Order]:
    """Orders as decisions need them: with their customer and items."""
    return Order.objects.select_related("customer").prefetch_related("items")


def _matches(order: Order | None, email: str | None, phone: str | None) -> bool:
    """Compares in constant time, an order that does not exist included. A phone may come without its country
    code: then all its national digits have to be there."""
    real_email, real_phone = (normal_email(order.email), digits(order.phone)) if order else ("", "")
    tried_email, tried_phone = normal_email(email or ""), digits(phone or "")
    by_email = hmac.compare_digest(tried_email.encode(), real_email.encode())
    by_phone = hmac.compare_digest(tried_phone.encode(), real_phone[-len(tried_phone) or None :].encode())
    told_email, told_phone = bool(tried_email), len(tried_phone) >= NATIONAL_DIGITS
    return order is not None and ((told_email and by_email) or (told_phone and by_phone))


def _locks(keys: Mapping[str, str], now: datetime) -> list[IdentityLock]:
    """The locks of these scopes, in order, made where there are none."""
    new = [IdentityLock(scope=scope, key=key, since=now) for scope, key in keys.items()]
    IdentityLock.objects.bulk_create(new, ignore_conflicts=True)
    held = IdentityLock.objects.filter(scope__in=keys, key__in=keys.values())
    found = {lock.scope: lock for lock in held if keys[lock.scope] == lock.key}
    return [found[scope] for scope in keys]


def _take_try(lock: IdentityLock, now: datetime) -> bool:
    """Count one try, unless the limit is reached. The counter starts again when its lock or its time is over."""
    rule = current().policies.identity.proof
    hour = timedelta(minutes=rule.lock_minutes)
    mine = IdentityLock.objects.filter(pk=lock.pk)
    # Whoever else writes to it now only moves its times on.
    if lock.since <= now - hour or (lock.locked_until and lock.locked_until <= now):
        mine.filter(locked_until__lte=now).update(tries=0, since=now, locked_until=None)
        mine.filter(locked_until=None, since__lte=now - hour).update(tries=0, since=now)
    return bool(mine.filter(tries__lt=rule.attempts, locked_until=None).update(tries=F("tries") + 1))


def _give_back(locks: list[IdentityLock]) -> None:
    IdentityLock.objects.filter(pk__in=[lock.pk for lock in locks], tries__gt=0).update(tries=F("tries") - 1)


def _wrong(locks: list[IdentityLock], now: datetime) -> Mismatch | Locked:
    """Lock whatever has reached the limit: the identity, the order number, or both."""
    rule = current().policies.identity.proof
    mine = IdentityLock.objects.filter(pk__in=[lock.pk for lock in locks])
    most = max(mine.values_list("tries", flat=True))
    if most < rule.attempts:
        return Mismatch(rule.attempts - most)
    until = now + timedelta(minutes=rule.lock_minutes)
    mine.filter(tries__gte=rule.attempts).update(locked_until=until)
    return Locked(until)


def _locked(locks: list[IdentityLock], now: datetime) -> Locked:
    ends = IdentityLock.objects.filter(pk__in=[lock.pk for lock in locks]).values_list("locked_until", flat=True)
    minutes = current().policies.identity.proof.lock_minutes
    return Locked(max((end for end in ends if end), default=now + timedelta(minutes=minutes)))


def _prove(order: Order, identity: str, conversation: str, now: datetime) -> Proof:
    until = _expiry(now)
    proof = OrderProof(identity=identity, conversation=conversation, order=order, proven_at=now, expires_at=until)
    OrderProof.objects.bulk_create(
        [proof],
        update_conflicts=True,
        unique_fields=["conversation", "identity", "order"],
        update_fields=["proven_at", "expires_at"],
    )
    return Proof(order, order.customer, until)


def _record(
    result: Proof | Mismatch | Locked, identity: str, conversation: str, message_id: str, key: str, now: datetime
) -> Proof | Mismatch | Locked:
    if message_id:
        outcome = {Proof: "proof", Mismatch: "mismatch", Locked: "locked"}[type(result)]
        IdentityAttempt.objects.create(
            identity=identity, conversation=conversation, message_id=message_id, order_key=key, outcome=outcome, at=now,
            tries_left=result.tries_left if isinstance(result, Mismatch) else 0,
            locked_until=result.until if isinstance(result, Locked) else None,
        )  # fmt: skip
    return result


def _replayed(
    identity: str, conversation: str, message_id: str, key: str, number: str, now: datetime
) -> Proof | Mismatch | Locked | None:
    """The answer of an earlier try with the same message about the same order."""
    if not message_id:
        return None
    tried = IdentityAttempt.objects.filter(
        identity=identity, conversation=conversation, message_id=message_id, order_key=key
    ).first()
    if tried is None:
        return None
    if tried.outcome == "proof":
        return _prove(_with_items().get(number=number), identity, conversation, now)
    return Locked(tried.locked_until) if tried.locked_until else Mismatch(tried.tries_left)


def _expiry(now: datetime) -> datetime:
    return now + timedelta(minutes=current().policies.identity.proof.order_proof_minutes)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
