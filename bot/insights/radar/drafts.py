"""The draft of an article about an alarm, by the way that every article begins: a gap with the customers' wordings."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from bot.conversations.models import Message
from bot.insights import words
from bot.insights.models import Alarm
from bot.insights.radar import watching
from knowledge.gap_drafts import draft_from
from knowledge.masking import masked
from knowledge.models import ArticlePage, Gap, HelpIndexPage

LANGUAGE = "es"
WORDINGS = 12


def draft(alarm: Alarm, author: AbstractBaseUser) -> ArticlePage:
    """The alarm's draft, made now or before. Raises NoHelpCentre while the help centre has no page to hang it under."""
    if alarm.page is not None:
        return alarm.page
    if not HelpIndexPage.objects.filter(locale__language_code=LANGUAGE).exists():
        raise NoHelpCentre
    with transaction.atomic():
        page = draft_from(_gap(alarm), author)
        page.questions = "\n".join(filter(None, [page.questions, *wordings(alarm)]))
        page.products = alarm.product
        page.save_revision(user=author, clean=False)
        alarm.page = page
        alarm.save(update_fields=["page"])
    return page


class NoHelpCentre(Exception):
    """There is no help centre yet: `manage.py articles import` makes one."""


def _gap(alarm: Alarm) -> Gap:
    with translation.override(LANGUAGE):
        name, problem = words.product(alarm.product, LANGUAGE), words.label("problem", alarm.problem, LANGUAGE)
        question = gettext("What do I do if my %(product)s has a problem: %(problem)s?")
        text = question % {"product": name, "problem": problem}
    newest = watching.episodes_of(alarm).values_list("conversation", flat=True).first()
    return Gap.objects.create(
        question=text, language=LANGUAGE, count=watching.episodes_of(alarm).count(), last_asked_at=timezone.now(),
        conversation=str(newest or ""),
    )  # fmt: skip


def wordings(alarm: Alarm) -> list[str]:
    """What customers wrote first in the episodes of an alarm, masked, in the draft's language."""
    found = []
    for episode in watching.episodes_of(alarm).filter(language=LANGUAGE)[: 3 * WORDINGS]:
        lines = Message.objects.filter(conversation=episode.conversation_id, author=Message.Author.CUSTOMER)
        lines = lines.filter(created_at__gte=episode.started_at).exclude(text="").order_by("seq")
        found += [" ".join(masked(text).split()) for text in lines.values_list("text", flat=True)[:1]]
    return list(dict.fromkeys(found))[:WORDINGS]
