"""How conversations, cases and gaps look in the staff API. Times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from bot.conversations import customers
from bot.conversations.models import NOBODY, CallBack, Conversation, Handoff, Merge, Message, Move
from bot.desk import actions, one_customer, thread
from bot.desk.limits import limits
from bot.desk.package import package
from bot.desk.shop_view import CaseView, case_view, cases
from bot.shop.models import Case
from knowledge.models import Gap

GAPS = 200


def listing(owner: str, channel: str, limit: int, offset: int) -> dict[str, Any]:
    """A page of conversations with their open handoff; `count` is how many there are."""
    found = Conversation.objects.select_related("identity__customer").order_by("-updated_at")
    if owner:
        found = found.filter(owner=NOBODY if owner == "none" else owner)
    if channel:
        found = found.filter(channel=channel)
    page = list(found[offset : offset + limit])
    handoffs = {h.conversation_id: h for h in Handoff.objects.filter(conversation__in=page, state__in=Handoff.OPEN)}
    items = [{**brief(row), "handoff": handoff(handoffs[row.pk]) if row.pk in handoffs else None} for row in page]
    return {"count": found.count(), "conversations": items}


def brief(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.pk),
        "owner": conversation.owner or None,
        "status": conversation.status,
        "epoch": conversation.epoch,
        "channel": conversation.channel,
        "language": conversation.language,
        "customer": customer(conversation),
        "last_seq": conversation.last_seq,
        "pending": conversation.turn_due_at is not None,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
    }


def full(conversation_id: UUID) -> dict[str, Any]:
    """Everything about one conversation; raises `Conversation.DoesNotExist`."""
    conversation = Conversation.objects.select_related("identity__customer").get(pk=conversation_id)
    messages = list(conversation.messages.select_related("agent", "delivery", "identity").order_by("seq"))
    about = cases(conversation)
    allowed = limits(conversation)
    return {
        **brief(conversation),
        "agent": actions.name_of(conversation.agent_id) or None,
        "asks": conversation.asks or None,
        "facts": conversation.facts,
        # The sandbox can give a conversation a day of its own, so that time may pass while one watches.
        "today": conversation.today.isoformat() if conversation.today and settings.SANDBOX else None,
        "can_reply": allowed.can_reply,
        "window_closes_at": _when(allowed.closes_at),
        "can_send_templates": allowed.can_reply or allowed.templates,
        "messages": [message(line) for line in messages],
        "handoffs": [handoff(item) for item in conversation.handoffs.select_related("agent").order_by("pk")],
        "cases": [_case(view) for view in about],
        "call_backs": [_call_back(call) for call in conversation.call_backs.order_by("-created_at")[:10]],
        "citations": _citations(messages),
        "moves": [move(item) for item in one_customer.moves(conversation)],
        "merges": [merge(item) for item in customers.merges_of(conversation.identity.customer)],
        "summary": [
            {"kind": said.kind, "text": said.text, "lines": list(said.lines), "case": said.case or None}
            for said in package(conversation).summary
        ],
    }


def _call_back(call: CallBack) -> dict[str, Any]:
    return {
        "id": str(call.pk),
        "phone": call.phone,
        "due_at": call.due_at.isoformat(),
        "state": call.state,
        "attempt": call.attempt,
        "seconds": call.seconds,
        "problem": call.problem or None,
        "about": call.about,
        "closed_at": _when(call.closed_at),
    }


def customer(conversation: Conversation) -> dict[str, Any]:
    identity = conversation.identity
    return {
        "id": identity.customer_id,
        "name": identity.customer.name,
        "shop_customer": identity.customer.shop_customer or None,
        "channel": identity.channel,
        "identity": identity.external_id,
        "phone": identity.phone or None,
    }


def message(line: Message) -> dict[str, Any]:
    shown = thread.line_of(line)
    return {
        "id": str(line.pk),
        "seq": line.seq,
        "channel": shown.channel,
        "author": line.author,
        "name": shown.name,
        "text": line.text,
        "note": line.note,
        "choices": line.choices,
        "citations": line.citations,
        "attachments": list(shown.attachments),
        "asks": line.asks or None,
        "template": line.template,
        "delivery": {"id": shown.sent.id, "state": shown.sent.state, "error": shown.sent.error} if shown.sent else None,
        "in_reply_to": str(line.in_reply_to) if line.in_reply_to else None,
        "created_at": line.created_at.isoformat(),
    }


def handoff(item: Handoff) -> dict[str, Any]:
    return {
        "id": item.pk,
        "state": item.state,
        "reason": item.reason,
        "trigger": item.trigger,
        "priority": item.priority,
        "agent": actions.name_of(item.agent_id) or None,
        "note": item.note,
        "created_at": item.created_at.isoformat(),
        "taken_at": _when(item.taken_at),
        "answered_at": _when(item.answered_at),
        "closed_at": _when(item.closed_at),
    }


def case(item: Case) -> dict[str, Any]:
    """A case with its facts and its log."""
    return {
        **_case(case_view(item)),
        "asked_kind": item.asked_kind,
        "conversation": item.conversation.partition(":")[0],
        "inputs": item.inputs,
        "result": item.result,
        "log": [
            {"at": line.at.isoformat(), "event": line.event, "actor": line.actor, "detail": line.detail}
            for line in item.events.all()
        ],
    }


def _case(view: CaseView) -> dict[str, Any]:
    item = Case.objects.get(number=view.number)
    return {
        "number": item.number,
        "kind": item.kind,
        "decision": item.decision,
        "reason_code": item.reason_code,
        "clause": item.clause,
        "why": view.why,
        "steps": list(view.steps),
        "needs_person": item.needs_person or None,
        "state": item.state,
        "order": view.order,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "files": list(view.files),
        "opened_at": item.opened_at.isoformat(),
    }


def move(item: Move) -> dict[str, Any]:
    """A time that the conversation went on elsewhere."""
    return {
        "id": item.pk,
        "from": item.source.channel,
        "to": item.channel,
        "offered_by": item.actor,
        "at": _when(item.used_at),
        "undone_at": _when(item.undone_at),
        "undone_by": item.undone_by or None,
    }


def merge(item: Merge) -> dict[str, Any]:
    """Why two identities are the same customer."""
    return {
        "id": item.pk,
        "proof": item.proof,
        "evidence": item.evidence,
        "identities": [{"id": each.pk, "channel": each.channel} for each in (item.one, item.other)],
        "by": item.actor,
        "at": item.at.isoformat(),
        "undone_at": _when(item.undone_at),
        "undone_by": item.undone_by or None,
    }


def history(conversation_id: UUID, page: int) -> dict[str, Any]:
    """Everything the customer and the shop said to each other, on all channels, the newest page first."""
    conversation = Conversation.objects.select_related("identity__customer").get(pk=conversation_id)
    told = one_customer.history(conversation.identity.customer, page)
    lines = [{"conversation": str(line.conversation_id), **message(line)} for line in told.messages]
    return {"count": told.count, "lines": lines}


def gaps(state: str) -> dict[str, Any]:
    found = Gap.objects.all() if state == "all" else Gap.objects.filter(state=state)
    return {
        "count": found.count(),
        "gaps": [
            {
                "id": gap.pk,
                "question": gap.question,
                "language": gap.language,
                "channel": gap.channel,
                "conversation": gap.conversation or None,
                "times": gap.count,
                "state": gap.state,
                "created_at": gap.created_at.isoformat(),
                "last_asked_at": gap.last_asked_at.isoformat(),
            }
            for gap in found[:GAPS]
        ],
    }


def _citations(messages: list[Message]) -> list[dict[str, Any]]:
    return [{**citation, "seq": line.seq} for line in messages for citation in line.citations]


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
