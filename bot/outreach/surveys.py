"""What an answer to a survey does: it is logged once, thanked for in one line, and a bad one reaches a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bot.conversations import ownership
from bot.conversations.models import Conversation, Message, record
from bot.conversations.reaching import Act
from bot.conversations.writing import append
from bot.outreach import answers
from bot.outreach.models import Reach
from bot.shop import settling

DETRACTOR, PROMOTER = 6, 9
# A person looks at what went wrong because our own rules say so.
FOLLOW_UP = "policy_check"
URGENT = 2


def answered(reach: Reach, text: str, payload: str) -> Act | None:
    """What to do with these words as the answer to what was asked; None where they are not one."""
    if reach.asks == "nps":
        said = None if payload else answers.score(text)
        return partial(_scored, reach, said) if said else None
    told = {answers.YES: True, answers.NO: False}.get(payload)
    if told is None and not payload:
        told = answers.yes_no(text)
    if told is None:
        return None
    return partial(_fixed if reach.asks == "fixed" else _well, reach, told)


def _once(reach: Reach, answer: str) -> bool:
    """Of two answers at once, and of an answer and its copy, one counts."""
    open_one = Reach.objects.filter(pk=reach.pk, answered_at=None)
    return bool(open_one.update(answered_at=timezone.now(), answer=answer))


def _scored(reach: Reach, said: answers.Score, conversation: Conversation, message: Message) -> None:
    if not _once(reach, str(said.score)):
        return
    record(conversation, "nps", "customer", score=said.score, comment=said.comment, seq=message.seq, order=reach.order)
    if said.score <= DETRACTOR:
        _say(conversation, message, _thanks_low)
        _follow_up(conversation, f"NPS {said.score}: {message.text}", urgent=said.score <= 3)
    else:
        _say(conversation, message, _thanks)


def _fixed(reach: Reach, fixed: bool, conversation: Conversation, message: Message) -> None:
    if not _once(reach, "yes" if fixed else "no"):
        return
    record(conversation, "fixed", "customer", fixed=fixed, seq=message.seq, order=reach.order, product=reach.sku)
    if fixed:
        settling.by_customer(reach.key.partition(":")[2], timezone.now())
        _say(conversation, message, _glad)
    else:
        _say(conversation, message, _sorry)
        _follow_up(conversation, message.text, urgent=False)


def _well(reach: Reach, well: bool, conversation: Conversation, message: Message) -> None:
    """ "All well?" "No" is the beginning of a conversation, not the end of one: ask, and let the dialogue hear it."""
    if _once(reach, "yes" if well else "no"):
        _say(conversation, message, _glad_well if well else _tell_us)


def _say(conversation: Conversation, message: Message, words: Callable[[], str]) -> None:
    with translation.override(conversation.language):
        append(conversation, Message.Author.SYSTEM, words(), in_reply_to=message.pk)


def _follow_up(conversation: Conversation, trigger: str, *, urgent: bool) -> None:
    ownership.request(conversation.pk, FOLLOW_UP, "system", trigger=trigger, priority=URGENT if urgent else None)
    conversation.refresh_from_db()


def _thanks() -> str:
    return _("Thank you: it helps us a lot to know.")


def _thanks_low() -> str:
    return _(
        "Thank you for telling us, and we are sorry. What went wrong? Write it here and somebody will look into it."
    )


def _glad() -> str:
    return _("Glad to hear it. Write here whenever you need us.")


def _sorry() -> str:
    return _("We are sorry. This needs a person.")


def _glad_well() -> str:
    return _("Good to hear! Here we are if you need anything.")


def _tell_us() -> str:
    return _("We are sorry to hear that. What is the matter? Tell me in your own words and we will see to it.")
