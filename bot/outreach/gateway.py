"""What conversations ask of us (`bot.conversations.reaching`): may this still go out, does this line answer one of
ours, and what was the last one about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from bot.conversations.models import BOT, Conversation, Customer, Message
from bot.conversations.reaching import Act, Wanted
from bot.outreach import consents, gather, rules, surveys, wish_words, wishes
from bot.outreach.gather import wants_none
from bot.outreach.models import Reach
from bot.outreach.quiet import is_quiet

# So long a line may be taken for an answer, and the dialogue is told what we wrote about.
ANSWERED_WITHIN = timedelta(days=14)


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


def answer_to(conversation: Conversation, text: str, payload: str) -> Act | None:
    """Surveys, "sin avisos" and the like are answered here; everything else is an ordinary turn of the dialogue."""
    if not payload and (wanted := wish_words.wanted(text)):
        return wishes.act(wanted)
    if conversation.owner != BOT or not (text or payload):
        return None
    reach = _last(conversation)
    if reach is None or reach.message is None:
        return None
    if not reach.asks or reach.answered_at is not None or _moved_on(conversation, reach.message):
        return None
    return surveys.answered(reach, text, payload)


def about(conversation: Conversation) -> Mapping[str, str] | None:
    """{rule, order, product, sku} of the last message of ours, unless a person has spoken since."""
    reach = _last(conversation)
    if reach is None or reach.message is None:
        return None
    later = conversation.messages.filter(seq__gt=reach.message.seq, author=Message.Author.AGENT, note=False)
    if later.exists():
        return None
    return {"rule": reach.rule, "order": reach.order, "sku": reach.sku}


def wanted(customer: Customer) -> Wanted:
    """What was said at each of their identities, and whether "sin avisos" holds."""
    identities = list(customer.identities.all())
    said = consents.last(wishes.spot_of(each) for each in identities)
    agreed = {spot: each.at for spot, each in said.items() if each.given}
    found = {each.pk: agreed[spot] for each in identities if (spot := wishes.spot_of(each)) in agreed}
    return Wanted(found, not gather.wants_none_of(gather.names_of([gather.key_of(customer)])))


def _last(conversation: Conversation) -> Reach | None:
    since = timezone.now() - ANSWERED_WITHIN
    found = Reach.objects.filter(message__conversation=conversation, at__gt=since).select_related("message")
    return found.order_by("-message__seq").first()


def _moved_on(conversation: Conversation, asked: Message) -> bool:
    """Whether something else was said since by the bot or a person, which a short answer may be meant for."""
    later = conversation.messages.filter(seq__gt=asked.seq, note=False)
    return later.filter(author__in=(Message.Author.BOT, Message.Author.AGENT)).exists()
