"""How often an order has been a problem: the third conversation about it goes to a person."""

from datetime import date, timedelta

from django.db.models import QuerySet

from bot.prepared import prepared
from bot.shop.models import Order, OrderContact
from bot.shop.rulebook import current


def note(order: Order, conversation: str, day: date) -> int:
    """Remember that a conversation is about a problem with an order, and count like `count`. Safe to repeat."""
    OrderContact.objects.get_or_create(order=order, conversation=conversation, defaults={"day": day})
    return count(order, conversation, day)


def count(order: Order, conversation: str, day: date) -> int:
    """Different conversations about a problem with the order in the days of policies.yml up to `day`, this one
    included: what `Facts.conversations` wants."""
    since = day - timedelta(days=current().policies.people.third_contact.days)
    return len(_others(order.pk, conversation, since, day)) + 1


@prepared
def _others(order: int, conversation: str, since: date, until: date) -> QuerySet[OrderContact]:
    days = OrderContact.objects.filter(order=order, day__gte=since, day__lte=until)
    return days.exclude(conversation=conversation)
