"""What a planned message says: its template filled in, in the customer's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.conversations.templates import BadValue, all_templates
from bot.outreach.moments import Moment
from bot.outreach.people import Person
from bot.outreach.rules import Rule
from bot.shop import catalogue
from channels.base import Template


@dataclass(frozen=True)
class Written:
    """`text` as the customer reads it; `template` is what a channel with a closed window is given."""

    text: str
    template: Template
    subject: str


class NotReady(Exception):
    """The text cannot be filled in: its guide is not published in any language, or a value is missing."""


def write(rule: Rule, moment: Moment, person: Person) -> Written:
    """Raises `NotReady` saying what is missing."""
    values = {
        "name": person.name.partition(" ")[0], "product": product(moment.sku, person.language),
        "order": moment.order, "case": moment.case, "guide": "", "date": "", "years": "",
    }  # fmt: skip
    if rule.guides:
        values["guide"] = guide(rule.guides.get(moment.sku, ""), person.language)
    if moment.on:
        values["date"] = day(moment.on, person.language)
    if moment.years:
        values["years"] = years(moment.years, person.language)
    template = all_templates()[rule.template]
    if not values["name"]:
        values["name"] = "qué tal" if person.language == "es" else "there"
    try:
        text, filled = template.fill(person.language, {name: values[name] for name in template.variables})
    except BadValue as error:
        raise NotReady(str(error)) from error
    subject = rule.subject.en if person.language == "en" else rule.subject.es
    return Written(text, filled, _capital(subject.format(**values)))


def product(sku: str, language: str) -> str:
    """ "tu Brasa 20"; "tu compra" where nobody knows which."""
    with translation.override(language):
        try:
            return _("your %(product)s") % {"product": catalogue.current().get(sku).called(language)}
        except KeyError:
            return _("your purchase")


def day(on: date, language: str) -> str:
    with translation.override(language):
        return date_format(on, "j \\d\\e F \\d\\e Y" if language == "es" else "j F Y")


def years(count: int, language: str) -> str:
    with translation.override(language):
        return ngettext("%(count)d year", "%(count)d years", count) % {"count": count}


def guide(slug: str, language: str) -> str:
    """The public address of an article in this language, or else in any. Raises `NotReady`."""
    from knowledge.corpus import address
    from knowledge.models import ArticlePage

    pages = ArticlePage.objects.live().public().filter(slug=slug).select_related("locale")
    found = sorted(pages, key=lambda page: page.locale.language_code != language)
    if not found:
        raise NotReady(_("No article “%(slug)s” is published.") % {"slug": slug})
    return str(address(found[0]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
