"""What the list is narrowed to: channel, language, reason, priority, product, and how long the customer has waited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import get_language

from bot.conversations.models import QUEUE, Conversation, Handoff, Identity, Message
from bot.desk.labels import CHANNELS, PRIORITIES, REASONS
from bot.desk.search.find import mentioning, said
from bot.shop import rulebook
from bot.shop.models import OrderItem

NAMES = ("channel", "language", "reason", "priority", "product", "waiting")
# Minutes that a customer has waited at least.
WAITS = (5, 15, 60, 240)
LONGEST = 40


@dataclass(frozen=True)
class Filters:
    """The chosen values by name; a name that is missing narrows nothing. `words` is what is searched for."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filters:
        """From a request's parameters; what is not known is left out."""
        chosen = {name: asked.get(name, "").replace("\x00", "")[:LONGEST] for name in NAMES}
        for name in ("priority", "waiting"):
            if not (chosen[name].isascii() and chosen[name].isdecimal() and len(chosen[name]) < 6):
                chosen[name] = ""
        words = asked.get("q", "").replace("\x00", "").strip()[:100]
        return cls({name: value for name, value in chosen.items() if value}, words)

    def query(self) -> str:
        """The parameters that lead here again."""
        return urlencode({"q": self.words, **self.chosen} if self.words else dict(self.chosen))

    def narrow(self, conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
        for name, value in self.chosen.items():
            conversations = conversations.filter(_CONDITIONS[name](value))
        return conversations.filter(_spoken_of(self.words)) if self.words else conversations


def _handoff(**wanted: object) -> Q:
    return Q(Exists(Handoff.objects.filter(conversation=OuterRef("pk"), state__in=Handoff.OPEN, **wanted)))


def _product(sku: str) -> Q:
    """The order that was proven holds it, or somebody called it by one of its names."""
    orders = OrderItem.objects.filter(sku=sku).values("order__number")
    about = Conversation.objects.annotate(order=KT("facts__order")).filter(order__in=orders)
    try:
        product = rulebook.current().catalogue.get(sku)
    except KeyError:
        return Q(pk__in=[])
    names = {product.called("es"), product.called("en"), *product.names.es, *product.names.en}
    return Q(pk__in=about.values("pk")) | Q(pk__in=mentioning(sorted(names)).values("pk"))


def _waiting(minutes: str) -> Q:
    """In the queue since then, or with words that nobody has answered since then."""
    before = timezone.now() - timedelta(minutes=int(minutes))
    answers = Message.objects.filter(
        conversation=OuterRef("conversation"), author__in=["bot", "agent"], note=False, seq__gt=OuterRef("seq")
    )
    unheard = Message.objects.filter(author="customer", handled=False, created_at__lte=before)
    # A line that newer words of the customer follow is still waiting: only an answer ends the wait.
    unheard = unheard.filter(conversation=OuterRef("pk")).filter(~Exists(answers))
    queued = Q(owner=QUEUE) & _handoff(created_at__lte=before)
    return queued | (~Q(owner__in=["", QUEUE]) & Q(Exists(unheard)))


_CONDITIONS = {
    "channel": lambda value: Q(channel=value),
    "language": lambda value: Q(language=value),
    "reason": lambda value: _handoff(reason=value),
    "priority": lambda value: _handoff(priority=int(value)),
    "product": _product,
    "waiting": _waiting,
}


def _spoken_of(words: str) -> Q:
    """By the customer's name, what the channel calls them, or what was said."""
    named = Identity.objects.filter(
        Q(customer__name__iregex=_accents(words)) | Q(external_id__icontains=words) | Q(phone__icontains=words)
    )
    return Q(identity__in=named.values("pk")) | Q(pk__in=said(words).values("pk"))


_ALIKE = ("aáàâäã", "eéèêë", "iíìîï", "oóòôöõ", "uúùûü", "nñ", "cç")


def _accents(words: str) -> str:
    """A regular expression for a name that is written with or without its accents."""
    classes = {letter: f"[{alike}]" for alike in _ALIKE for letter in alike}
    escaped = (letter if letter.isalnum() or letter.isspace() else f"\\{letter}" for letter in words.lower())
    return "".join(classes.get(letter, letter) for letter in escaped)


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


def choices() -> dict[str, list[Choice]]:
    """What each filter offers, in the language that is active."""
    spoken = get_language() or "es"
    return {
        "channel": [Choice(code, str(label)) for code, label in CHANNELS.items()],
        "language": [Choice("es", "español"), Choice("en", "English")],
        "reason": [Choice(code, str(label)) for code, label in REASONS.items()],
        "priority": [Choice(str(number), str(label)) for number, label in PRIORITIES.items()],
        "product": [Choice(each.sku, each.called(spoken)) for each in rulebook.current().catalogue],
        "waiting": [Choice(str(minutes), f"≥ {minutes} min") for minutes in WAITS],
    }
