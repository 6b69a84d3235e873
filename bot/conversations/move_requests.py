"""What the gateway itself answers about moving, before the dialogue hears of it: codes, words and buttons.

Handled here, a wish to go on elsewhere leaves a form that is waiting for an answer exactly as it was.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from bot.conversations import codes, move_words, moving
from bot.conversations import move_notices as notices
from bot.conversations.models import Conversation, Identity, Message, Move, record
from bot.conversations.writing import append, lock
from bot.dialogue.base import Option
from channels import registry
from channels.base import Inbound

CONTINUE = "gateway:continue"
START = "start:"
# Nobody is to be pestered by whoever sits at a page that they once used.
QUESTIONS, QUESTIONS_WITHIN = 3, timedelta(hours=24)
SYSTEM = Message.Author.SYSTEM


def reachable() -> list[str]:
    """The channels on which a conversation can go on, in the registry's order."""
    found = []
    for kind in registry.CHANNELS:
        try:
            registry.adapter(kind)
        except registry.NotConfigured:
            continue
        if kind not in settings.MOVES_NOT_TO:
            found.append(kind)
    return found


def code_in(inbound: Inbound) -> tuple[str, bool]:
    """The code in an event, and whether the event is about nothing else."""
    if inbound.kind not in ("message", "callback"):
        return "", False
    if inbound.action and inbound.action.startswith(START):
        return codes.said(inbound.action.removeprefix(START))
    return codes.said(inbound.text) if not inbound.action else ("", False)


def by_code(identity: Identity, inbound: Inbound) -> moving.Failed | Move | None:
    """Use the code in the event; None where there is none, or where other words happened to look like one."""
    code, alone = code_in(inbound)
    if not code:
        return None
    result = moving.use(identity, code)
    if isinstance(result, moving.Failed) and result.why == "wrong" and not alone:
        return None
    return result


def asked_in_words(conversation: Conversation, text: str) -> bool:
    """Answer a wish to go on elsewhere; False when the words are no such wish. The caller holds the lock."""
    wish = move_words.wish(text)
    if wish is None:
        return False
    if wish.channel == "here":
        bring_here(conversation)
    else:
        offer(conversation, wish.channel)
    return True


def is_wish(text: str) -> bool:
    return move_words.wish(text) is not None


def pressed(conversation: Conversation, payload: str) -> bool:
    """Do what one of our own buttons means; False when it is none. The caller holds the conversation's lock."""
    verb, _, number = payload.rpartition(":")
    if payload == CONTINUE:
        offer(conversation, "")
    elif verb == CONTINUE:
        offer(conversation, number)
    elif verb == moving.BACK:
        _told(conversation, moving.go_back(int(number), conversation.identity))
    elif verb == moving.BRING:
        _told(conversation, moving.confirm(int(number), conversation.identity))
    elif verb == moving.STAY:
        Move.objects.filter(pk=int(number), used_at=None).update(withdrawn_at=timezone.now())
        append(conversation, SYSTEM, notices.stays(conversation.language))
    else:
        return False
    return True


def _told(conversation: Conversation, result: Move | moving.Failed) -> None:
    """Say how it went: at the new place that we are there, here why we are not."""
    conversation.refresh_from_db()
    if isinstance(result, Move):
        moving.tell_arrived(conversation, result)
    else:
        append(conversation, SYSTEM, notices.failed(conversation.language, result.why))


def recovered(identity: Identity, inbound: Inbound) -> bool:
    """Whether this event presses "It was not me" at a place that a conversation has left, and brought it back."""
    left = moving.departed(identity)
    if left is None or inbound.kind not in ("message", "callback"):
        return False
    told = identity.messages.filter(conversation=left.conversation_id).exclude(choices=[]).order_by("-seq").first()
    payload = f"{moving.RECOVER}:{left.pk}"
    if told is None or payload not in told.payloads.values():
        return False
    button = next(key for key, value in told.payloads.items() if value == payload)
    number, label = next((n, each["label"]) for n, each in enumerate(told.choices, 1) if each["id"] == button)
    said = inbound.text.strip().casefold().rstrip(".)")
    # Where choices are a numbered list the number means the button, as long as nothing else has been said there.
    last = told.seq == moving.last_seq_at(identity)
    if inbound.action != button and said != label.casefold() and not (last and said == str(number)):
        return False
    return moving.undo(left.pk, "customer", said_at=identity)


def offer(conversation: Conversation, channel: str, actor: str = "customer", agent_name: str = "") -> None:
    """Give a code for going on at `channel`, or ask where to; the caller holds the lock."""
    language = conversation.language
    others = [kind for kind in reachable() if kind != conversation.channel]
    if not channel:
        options = [Option(registry.CHANNELS[kind][0], f"{CONTINUE}:{kind}") for kind in others]
        append(conversation, SYSTEM, notices.where_to(language), options=options)
    elif channel == conversation.channel:
        append(conversation, SYSTEM, notices.failed(language, "here"))
    elif channel not in others:
        append(conversation, SYSTEM, notices.not_there(language, channel))
    else:
        made = moving.offer(conversation, channel, actor)
        append(conversation, SYSTEM, notices.offered(language, channel, made.code, agent_name))


def may_ask(conversation: Conversation, asking: Identity) -> bool:
    """Whether the customer may be asked once more, where the conversation is, if it is them at the other place."""
    now = timezone.now()
    asked = conversation.moves.filter(place=asking, used_at=None, created_at__gt=now - QUESTIONS_WITHIN)
    waits = asked.filter(withdrawn_at=None, expires_at__gt=now)
    return not waits.exists() and asked.count() < QUESTIONS


def bring_here(conversation: Conversation) -> None:
    """Ask, where it is now, whether the conversation that was here may come back; the caller holds the lock."""
    here, language = conversation.identity, conversation.language
    left = moving.departed(here)
    gone = lock(left.conversation_id) if left else None
    if gone is None or left is None or gone.identity_id == here.pk or left.undone_at:
        append(conversation, SYSTEM, notices.nothing_to_bring(language, here.channel))
        return
    if may_ask(gone, here):
        made = moving.offer(gone, here.channel, "customer", here)
        options = [
            Option(notices.yes_bring(gone.language), f"{moving.BRING}:{made.move.pk}"),
            Option(notices.no_stay(gone.language), f"{moving.STAY}:{made.move.pk}"),
        ]
        append(gone, SYSTEM, notices.is_it_you(gone.language, here.channel), options=options)
        record(gone, "move", "customer", verb="ask", move=made.move.pk, to=here.channel)
    append(conversation, SYSTEM, notices.asked_there(language, gone.channel))
