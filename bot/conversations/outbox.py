"""From a stored message to the provider: in order, once, and honestly `uncertain` where nobody can know.

One process at a time sends for a conversation (a lease). Before each provider call the delivery is marked as
`calling` in a transaction of its own: a process that dies during the call leaves that mark, and the delivery becomes
`uncertain` instead of being sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bot.conversations import consent, reaching
from bot.conversations.continuity import thread_at
from bot.conversations.database import again_if_in_the_way, on_database
from bot.conversations.media.address import kept
from bot.conversations.models import Conversation, Delivery, Message, ProviderReceipt, record
from bot.conversations.writing import lock
from bot.logs import about
from bot.metrics import CALLS
from channels import registry
from channels.base import (
    DELIVERY_RANK,
    ChannelError,
    Choice,
    Citation,
    Inbound,
    MediaKind,
    MediaRef,
    Outbound,
    Part,
    SendResult,
    Template,
)

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=40)
BACKOFF = (1, 4, 15, 60, 240)
UNFINISHED = "queued"
# Not all of its parts need have gone out.
OPEN = (UNFINISHED, "uncertain")
MEDIA_KINDS = get_args(MediaKind)


@dataclass(frozen=True)
class Call:
    """One provider call. By the time it returns, its part may have been settled by the provider's own report, or the
    delivery taken over by another process because this one slept longer than its lease."""

    delivery: int
    part: int
    lease: str


async def deliver(conversation_id: UUID) -> None:
    """Send what the conversation has queued, oldest first, until nothing is due or somebody else is sending."""
    with about(conversation_id):
        await _deliver(conversation_id)


async def _deliver(conversation_id: UUID) -> None:
    lease = await on_database(_claim, conversation_id)
    while lease and (step := await on_database(_next, conversation_id, lease)):
        call, channel, part = step
        try:
            result = await registry.adapter(channel).send(part)
        except ChannelError as error:
            CALLS.labels(channel, error.kind).inc()
            await on_database(_refused, call, error)
        except Exception:
            log.exception(
                "delivery %s: the %s adapter broke; whether the message went out is unknown", call.delivery, channel
            )
            CALLS.labels(channel, "broke").inc()
            await on_database(_refused, call, ChannelError("uncertain", "adapter broke"))
        else:
            CALLS.labels(channel, result.state).inc()
            await on_database(_accepted, call, result)


def due(limit: int = 50) -> list[UUID]:
    """Conversations with something to send and nobody sending."""
    now = timezone.now()
    free = Q(outbox_lease_until=None) | Q(outbox_lease_until__lt=now)
    waiting = Conversation.objects.filter(free, outbox_due_at__lte=now).order_by("outbox_due_at")
    return list(waiting.values_list("pk", flat=True)[:limit])


def _claim(conversation_id: UUID) -> str:
    now, lease = timezone.now(), str(uuid4())
    free = Q(outbox_lease_until=None) | Q(outbox_lease_until__lt=now)
    won = Conversation.objects.filter(free, pk=conversation_id, outbox_due_at__lte=now).update(
        outbox_lease=lease, outbox_lease_until=now + LEASE
    )
    return lease if won else ""


@again_if_in_the_way
@transaction.atomic
def _next(conversation_id: UUID, lease: str) -> tuple[Call, str, Part] | None:
    """Mark the next provider call as being made and give it; None ends the round and gives the lease back."""
    conversation = lock(conversation_id)
    if conversation.outbox_lease != lease:
        return None
    while delivery := _first_unfinished(conversation):
        if delivery.calling:
            _finish(delivery, "uncertain", error_kind="uncertain")
        elif reason := _forbidden(conversation, delivery.message):
            _finish(delivery, "failed", error_kind=reason)
        elif delivery.due_at > timezone.now():
            _rest(conversation, delivery.due_at)
            return None
        elif (part := _part(conversation, delivery)) is not None:
            delivery.calling = True
            delivery.save()
            Conversation.objects.filter(pk=conversation.pk).update(outbox_lease_until=timezone.now() + LEASE)
            return Call(delivery.pk, delivery.next_part, lease), delivery.message.identity.channel, part
    _rest(conversation, None)
    return None


def _first_unfinished(conversation: Conversation) -> Delivery | None:
    waiting = conversation.deliveries.filter(state=UNFINISHED).select_related("message__identity")
    return waiting.order_by("message__seq").first()


def _rest(conversation: Conversation, until: Any) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(
        outbox_lease="", outbox_lease_until=None, outbox_due_at=until
    )


def _forbidden(conversation: Conversation, message: Message) -> str:
    """Why this message may not go out any more: its owner changed, the customer wants no messages, or what the shop
    wrote by itself comes too late."""
    if message.author == Message.Author.BOT and message.epoch != conversation.epoch:
        return "stale"
    if message.identity.stopped and not consent.allowed(message):
        return message.identity.stopped
    return reaching.forbidden(message)


def _part(conversation: Conversation, delivery: Delivery) -> Part | None:
    """Render until the first call has gone out, because the reply window may close while we try; None when the
    delivery came to its end here."""
    if delivery.parts is None or delivery.next_part == 0:
        place = delivery.message.identity
        adapter, now = registry.adapter(place.channel), timezone.now()
        is_open = adapter.caps.is_open(place.last_inbound_at, now)
        late = not is_open and adapter.caps.is_open(place.last_inbound_at, now, person=True)
        try:
            out = outbound(conversation, delivery.message).model_copy(update={"late": late})
            parts = adapter.render(out, is_open)
        except ChannelError as error:
            _finish(delivery, "failed", error_kind=error.kind, error_code=error.code)
            return None
        delivery.parts = [part.model_dump(mode="json") for part in parts]
    if delivery.next_part >= len(delivery.parts):
        _finish(delivery, "accepted")
        return None
    return Part.model_validate(delivery.parts[delivery.next_part])


def outbound(conversation: Conversation, message: Message) -> Outbound:
    """The message in the channel contract's words; it may still go to a place that the conversation has left."""
    thread, context = thread_at(conversation, message.identity)
    return Outbound(
        id=message.pk,
        to=message.identity.external_id,
        actor={"agent": "human", "bot": "bot"}.get(message.author, "system"),  # type: ignore[arg-type]
        text=message.text,
        language=conversation.language,
        thread=thread or conversation.pk.hex,
        context=context,
        choices=tuple(Choice(**choice) for choice in message.choices),
        citations=tuple(Citation(**citation) for citation in message.citations),
        media=tuple(
            MediaRef(
                kind=file["kind"],
                ref=_where(file),
                mime=file.get("mime", ""),
                name=file.get("name", ""),
                size=file.get("size"),
            )
            for file in message.attachments
            if _where(file) and file.get("kind") in MEDIA_KINDS
        ),
        asks=message.asks or None,
        template=Template.model_validate(message.template) if message.template else None,
    )


def _where(file: Mapping[str, Any]) -> str:
    """Where a provider fetches a file: its own address, or one made for it while it is kept by us."""
    return str(file.get("url") or kept(file))


@again_if_in_the_way
@transaction.atomic
def _accepted(call: Call, result: SendResult) -> None:
    delivery = _locked(call.delivery)
    state = _keep_receipts(delivery, result)
    if delivery.next_part != call.part:
        # The provider's report was faster than its answer: the part is settled.
        if _later(delivery.state, state) != delivery.state and delivery.state not in OPEN:
            _finish(delivery, state)
        return
    delivery.calling, delivery.attempts = False, 0
    delivery.next_part += 1
    if delivery.parts and delivery.next_part < len(delivery.parts) and state != "failed":
        delivery.save()
    else:
        _finish(delivery, state)


def _keep_receipts(delivery: Delivery, result: SendResult) -> str:
    """Tie the provider's names to the delivery; the furthest state that is known of them."""
    channel = delivery.message.identity.channel
    account = registry.adapter(channel).account
    state: str = result.state
    for provider_id in result.provider_ids:
        receipt, _ = ProviderReceipt.objects.select_for_update().get_or_create(
            channel=channel,
            account=account,
            provider_id=provider_id,
            defaults={"state": result.state},
        )
        receipt.delivery = delivery
        receipt.save()
        state = _later(state, receipt.state)
    return state


@again_if_in_the_way
@transaction.atomic
def _refused(call: Call, error: ChannelError) -> None:
    delivery = _locked(call.delivery)
    if not delivery.calling or delivery.next_part != call.part or delivery.conversation.outbox_lease != call.lease:
        # Somebody who knows more has spoken already: the provider itself, or the process that took over.
        return
    delivery.calling = False
    if error.kind in ("retry", "rate") and delivery.attempts < len(BACKOFF):
        wait = max(error.retry_after or 0, BACKOFF[delivery.attempts])
        delivery.attempts += 1
        delivery.due_at = timezone.now() + timedelta(seconds=wait)
        delivery.error_kind, delivery.error_code = error.kind, error.code
        delivery.save()
        return
    _finish(
        delivery,
        "uncertain" if error.kind == "uncertain" else "failed",
        error_kind=error.kind,
        error_code=error.code,
    )


def _locked(delivery_id: int) -> Delivery:
    """The delivery as it is once its conversation is held: before, another process may be changing it."""
    conversation = lock(Delivery.objects.values_list("conversation_id", flat=True).get(pk=delivery_id))
    delivery = Delivery.objects.select_related("message__identity").get(pk=delivery_id)
    delivery.conversation = conversation
    return delivery


def _finish(delivery: Delivery, state: str, *, error_kind: str = "", error_code: str = "") -> None:
    delivery.state, delivery.calling = state, False
    delivery.error_kind, delivery.error_code = error_kind, error_code
    delivery.updated_at = timezone.now()
    delivery.save()
    _tell(delivery)


def _tell(delivery: Delivery) -> None:
    record(
        delivery.conversation, "delivery", "", seq=delivery.message.seq, state=delivery.state, error=delivery.error_kind
    )


def _later(one: str, other: str) -> Any:
    return max(one, other, key=lambda state: DELIVERY_RANK.get(state, 0))


@transaction.atomic
def merge_receipt(inbound: Inbound) -> None:
    """A provider's status callback: kept even when it comes before our own call has returned, never going backwards."""
    if not inbound.status:
        return
    if not inbound.provider_id:
        _merge_until(inbound, inbound.status)
        return
    named = {"channel": inbound.channel, "account": inbound.account, "provider_id": inbound.provider_id}
    # Whoever holds the conversation may wait for this receipt, so it is taken first, and the receipt after it.
    by_reference = _by_reference(inbound.reference)
    _hold(ProviderReceipt.objects.filter(**named).values_list("delivery__conversation", flat=True).first())
    _hold(by_reference.conversation_id if by_reference else None)
    receipt, created = ProviderReceipt.objects.select_for_update().get_or_create(
        **named, defaults={"state": inbound.status, "error_code": inbound.error_code}
    )
    if not created and receipt.delivery:
        # Known since our own call came back, perhaps in this very moment.
        _hold(receipt.delivery.conversation_id)
    if not created and _later(receipt.state, inbound.status) != receipt.state:
        receipt.state, receipt.error_code = inbound.status, inbound.error_code
        receipt.save()
    if receipt.delivery is None and inbound.reference:
        receipt.delivery = by_reference
        receipt.save()
    delivery = receipt.delivery and _locked(receipt.delivery.pk)
    if delivery is None:
        return
    if delivery.state == UNFINISHED or (delivery.state == "uncertain" and receipt.state != "failed"):
        _settle_call(delivery, receipt, inbound.reference)
    elif _later(delivery.state, receipt.state) != delivery.state:
        _finish(delivery, receipt.state, error_kind=inbound.error_kind or "", error_code=receipt.error_code)


def _hold(conversation_id: UUID | None) -> None:
    if conversation_id:
        lock(conversation_id)


def _merge_until(inbound: Inbound, status: str) -> None:
    """Some providers name no message but a time: all that this customer was sent until then has that state."""
    earlier = [state for state, rank in DELIVERY_RANK.items() if 1 < rank < DELIVERY_RANK[status]]
    sent = Delivery.objects.filter(
        conversation__channel=inbound.channel,
        conversation__identity__account=inbound.account,
        conversation__identity__external_id=inbound.external_id,
        message__created_at__lte=inbound.occurred_at,
        state__in=earlier,
    )
    for pk in sent.order_by("conversation", "message__seq").values_list("pk", flat=True):
        if (delivery := _locked(pk)).state in earlier:
            _finish(delivery, status)


def _by_reference(reference: str) -> Delivery | None:
    """Our own name for a provider call, `<message id>.<part>`, as it came back with the status."""
    message_id, _, _ = reference.partition(".")
    try:
        return Delivery.objects.select_related("conversation", "message").filter(message_id=UUID(message_id)).first()
    except ValueError:
        return None


def _settle_call(delivery: Delivery, receipt: ProviderReceipt, reference: str) -> None:
    """The process that made the call died before it heard the answer, but the provider has just told us of it.

    Where that left the delivery uncertain, the parts that never went out keep it so until an agent decides.
    """
    part = reference.partition(".")[2]
    unheard = delivery.calling or delivery.state == "uncertain"
    if not unheard or not part.isdecimal() or int(part) != delivery.next_part + 1:
        return
    delivery.calling = False
    delivery.next_part += 1
    delivery.save()
    if delivery.parts and delivery.next_part >= len(delivery.parts):
        _finish(delivery, receipt.state, error_code=receipt.error_code)


@transaction.atomic
def send_again(delivery_id: int) -> None:
    """An agent decides to repeat a failed or uncertain delivery; it goes under the present epoch."""
    delivery = _locked(delivery_id)
    if delivery.state not in ("failed", "uncertain"):
        return
    Delivery.objects.filter(pk=delivery.pk).update(
        state=UNFINISHED, calling=False, attempts=0, due_at=timezone.now(), error_kind="", error_code=""
    )
    Message.objects.filter(pk=delivery.message_id).update(epoch=delivery.conversation.epoch)
    Conversation.objects.filter(pk=delivery.conversation_id).update(outbox_due_at=timezone.now())
    record(delivery.conversation, "delivery", "", seq=delivery.message.seq, state=UNFINISHED, error="")
