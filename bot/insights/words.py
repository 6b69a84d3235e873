"""Keys of the figures in words that people read."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bot.insights.definitions import Definition
from bot.shop.catalogue import current as catalogue
from knowledge.models import ArticlePage

Words = dict[str, "str | Promise"]

REASONS: Words = {
    "asked_for_person": _("asked for a person"), "no_answer": _("the bot had no answer"),
    "technical": _("technical failure"), "safety": _("danger"), "legal": _("legal threat"),
    "high_value": _("high value"), "third_contact": _("third time about the same order"),
    "fraud_or_payment": _("fraud or payment"), "very_upset": _("very upset"),
    "others_order": _("somebody else's order"), "press": _("press"), "policy_check": _("policy check"),
}  # fmt: skip
CHANNELS: Words = {
    "whatsapp": "WhatsApp", "telegram": "Telegram", "web": _("Web chat"), "mail": _("Mail"),
    "messenger": "Messenger", "instagram": "Instagram",
}  # fmt: skip
PROBLEMS: Words = {
    "pump": _("pump"), "filter": _("filter"), "battery": _("battery"), "motor": _("motor"), "brush": _("brush"),
    "heads": _("heads"), "other": _("does not work"), "damaged": _("arrived broken"), "recall": _("recall"),
    "return": _("return"), "lost_parcel": _("lost parcel"), "warranty": _("warranty"), "cancel": _("cancellation"),
    "wrong_item": _("wrong item"), "address_change": _("change of address"),
}  # fmt: skip
LANGUAGES: Words = {"es": _("Spanish"), "en": _("English")}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def label(what: str, key: str, language: str) -> str:
    """A key of a list in words; what nobody named, as it is."""
    if what == "product":
        return product(key, language)
    if what == "article":
        return article(key, language)
    known = {"reason": REASONS, "channel": CHANNELS, "language": LANGUAGES, "problem": PROBLEMS}.get(what, {})
    if what == "problem" and key not in known:
        return article(key, language)
    return str(known.get(key) or key)


def article(slug: str, language: str) -> str:
    """An article's title in the language, where it has one."""
    titles = dict(ArticlePage.objects.filter(slug=slug).values_list("locale__language_code", "title"))
    return titles.get(language) or next(iter(titles.values()), slug)


def product(sku: str, language: str) -> str:
    """The product's name, or the sku where the catalogue has it no more."""
    try:
        return catalogue().get(sku).called(language)
    except KeyError:
        return sku


def shown(definition: Definition, value: float | None) -> str:
    """A value as people read it, in the active language: 81 %, 4.2, +23, 3 h 20 min."""
    if value is None:
        return "–"
    if definition.form == "share":
        return percent(value)
    if definition.form == "score":
        return f"{value:+.0f}"
    if definition.form == "seconds":
        return duration(value)
    return decimal(value, 2 if definition.form == "mean" else 0)


def percent(share: float | None) -> str:
    """A share from 0 to 1 in percent."""
    return "–" if share is None else gettext("%(number)s %%") % {"number": decimal(100 * share, 1)}


def decimal(value: float, places: int) -> str:
    """A number as the active language writes it."""
    return str(number_format(round(value, places), decimal_pos=places, use_l10n=True, force_grouping=True))


def duration(seconds: float) -> str:
    """Two units at most."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return gettext("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24}
