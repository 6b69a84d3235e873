"""Replies that are written once: finding them, and filling in what is known of the customer, the order and the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bot.conversations.models import Conversation
from bot.desk.access import Agent
from bot.desk.labels import Words, word
from bot.desk.shop_view import cases, orders
from bot.desk.tools.models import Canned
from bot.shop.catalogue import current as catalogue
from bot.shop.models import Order

SHOWN = 30
VARIABLES: Words = {
    "customer": pgettext_lazy("variable", "the customer's first name"),
    "agent": pgettext_lazy("variable", "your name"),
    "order": pgettext_lazy("variable", "the order's number"),
    "product": pgettext_lazy("variable", "the product"),
    "case": pgettext_lazy("variable", "the case's number"),
    "deadline": pgettext_lazy("variable", "the case's deadline"),
}
# What stands where an earlier customer's data stood in a reply that is suggested again.
MASK = "[…]"
VARIABLE = re.compile(r"\{([a-z_]{1,20})\}")


class BadText(ValueError):
    """A canned reply cannot be kept like this; the text says which part and why."""


@dataclass(frozen=True)
class Filled:
    """A canned reply in the customer's language. Gaps stay in braces; `gaps` are what they stand for."""

    id: int
    shortcut: str
    title: str
    text: str
    gaps: tuple[str, ...]


def names_in(text: str) -> list[str]:
    return [name for name in dict.fromkeys(VARIABLE.findall(text)) if name in VARIABLES]


def unfilled(text: str) -> list[str]:
    """What still has to be filled in of a text that is about to be sent: variables, and what was masked."""
    return [word(VARIABLES, name) for name in names_in(text)] + ([MASK] if MASK in text else [])


def found(agent: Agent, conversation: Conversation, query: str = "") -> list[Filled]:
    """The canned replies whose shortcut, title or words match, most used first, filled in as far as is known."""
    words = query.replace("\x00", "").strip().lstrip("/")[:60]
    matching = Canned.objects.order_by("-used", "title")
    if words:
        text = Q(es__icontains=words) | Q(en__icontains=words)
        matching = matching.filter(Q(shortcut__icontains=words) | Q(title__icontains=words) | text)
    values = known(agent, conversation)
    return [_filled(each, conversation.language, values) for each in matching[:SHOWN]]


def _filled(canned: Canned, language: str, values: Mapping[str, str]) -> Filled:
    text = canned.en if language == "en" else canned.es
    text = VARIABLE.sub(lambda match: values.get(match[1]) or match[0], text)
    return Filled(canned.pk, canned.shortcut, canned.title, text, tuple(unfilled(text)))


def known(agent: Agent, conversation: Conversation) -> dict[str, str]:
    """What is certain: of several orders or open cases none is named, because it could be the wrong one."""
    about = [each for each in cases(conversation) if each.state == "open"]
    numbers = {each.order for each in about} or {each.number for each in orders(conversation)}
    order = numbers.pop() if len(numbers) == 1 else ""
    case = about[0] if len(about) == 1 else None
    return {
        "customer": conversation.identity.customer.name.partition(" ")[0],
        "agent": agent.name,
        "order": order,
        "product": _product(order, conversation.language),
        "case": case.number if case else "",
        "deadline": f"{case.deadline:%d/%m/%Y}" if case and case.deadline else "",
    }


def _product(number: str, language: str) -> str:
    order = Order.objects.filter(number=number).first() if number else None
    skus = list(order.items.values_list("sku", flat=True)) if order else []
    try:
        return catalogue().get(skus[0]).called(language) if len(skus) == 1 else ""
    except KeyError:
        return ""


def count(numbers: str) -> None:
    """A canned reply went out in a message; `numbers` are those that the composer names."""
    wanted = [int(each) for each in numbers.split(",")[:20] if each.isascii() and each.isdecimal() and len(each) < 10]
    Canned.objects.filter(pk__in=wanted).update(used=F("used") + 1)


def check(title: str, shortcut: str, texts: Mapping[str, str]) -> None:
    """Raises `BadText` when something is missing, or a text names a variable that nobody fills in."""
    if not title.strip() or not shortcut.strip():
        raise BadText(_("A title and a shortcut are needed."))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", shortcut):
        raise BadText(_("The shortcut is up to 40 small letters, digits and hyphens, such as label-again."))
    for language, name in settings.LANGUAGES:
        text = texts.get(language, "")
        if not text.strip():
            raise BadText(_("The text in %(language)s is missing.") % {"language": _(str(name))})
        if len(text) > 4_000:
            raise BadText(_("A text has %(length)s characters; up to 4000 fit.") % {"length": len(text)})
        if strange := [each for each in VARIABLE.findall(text) if each not in VARIABLES]:
            raise BadText(
                _("{%(name)s} is not a variable. Known are: %(known)s.")
                % {"name": strange[0], "known": ", ".join(f"{{{each}}}" for each in VARIABLES)}
            )
