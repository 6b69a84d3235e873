"""What conversations ask of us (`bot.conversations.reaching`): may this still go out, does this line answer one of
ours, and what was the last one about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from bot.conversations.models import BOT, Conversation, Customer, Message
from bot.conversations.reaching import Act, Wanted
from bot.outreach import consents, gather, rules, surveys, wish_words, wishes
from bot.outreach.gather import wants_none
from bot.outreach.models import Reach
from bot.outreach.quiet import is_quiet
from bot.prepared import prepared

# So long a line may be taken for an answer, and the dialogue is told what we wrote about.
ANSWERED_WITHIN = timedelta(days=14)
BOTH = (Message.Author.BOT, Message.Author.AGENT)


def forbidden(message: Message) -> str:
    """The last look before a provider is called: a process may have slept since the plan."""
    reach = Reach.objects.filter(message=message).first()
    if reach is None:
        return ""
    now, zones = timezone.now(), [ZoneInfo(name) for name in reach.zones]
    if reach.purpose != "safety" and wants_none(reach.person, message.identity):
        return "optout"
    spot = wishes.spot_of(message.identity)
    if reach.purpose == "marketing" and spot not in consents.agreed([spot]):
        return "optout"
    if (reach.ends_at and now >= reach.ends_at) or is_quiet(now, zones, rules.current().quiet, reach.country):
        return "late"
    return ""


def wanted(customer: Customer) -> Wanted:
    """What was said at each of their identities, and whether "sin avisos" holds."""
    identities = list(customer.identities.all())
    said = consents.last(wishes.spot_of(each) for each in identities)
    agreed = {spot: each.at for spot, each in said.items() if each.given}
    found = {each.pk: agreed[spot] for each in identities if (spot := wishes.spot_of(each)) in agreed}
    return Wanted(found, not gather.wants_none_of(gather.names_of([gather.key_of(customer)])))


class Reached:
    """See `bot.conversations.reaching.Reached`."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def answer_to(self, text: str, payload: str) -> Act | None:
        """Surveys, "sin avisos" and the like are answered here; everything else is an ordinary turn of the dialogue."""
        if not payload and (wanted := wish_words.wanted(text)):
            return wishes.act(wanted)
        if self._conversation.owner != BOT or not (text or payload):
            return None
        reach = self._last
        if reach is None or reach.message is None:
            return None
        if not reach.asks or reach.answered_at is not None or self._said_since(reach.message, BOTH):
            return None
        return surveys.answered(reach, text, payload)

    def about(self) -> Mapping[str, str] | None:
        """{rule, order, sku} of the last message of ours, unless a person has spoken since."""
        reach = self._last
        if reach is None or reach.message is None or self._said_since(reach.message, (Message.Author.AGENT,)):
            return None
        return {"rule": reach.rule, "order": reach.order, "sku": reach.sku}

    @cached_property
    def _last(self) -> Reach | None:
        return next(iter(_reached(self._conversation.pk, timezone.now() - ANSWERED_WITHIN)), None)

    def _said_since(self, asked: Message, authors: Sequence[Message.Author]) -> bool:
        """Whether something else was said since by one of these, which a short answer may be meant for."""
        later = self._conversation.messages.filter(seq__gt=asked.seq, note=False)
        return later.filter(author__in=authors).exists()


@prepared
def _reached(conversation: UUID, since: datetime) -> QuerySet[Reach]:
    return Reach.objects.filter(message__conversation=conversation, at__gt=since).order_by("-message__seq")[:1]
