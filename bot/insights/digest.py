"""The weekly mail to supervisors: the figures of the last whole week, against the week before, and open alarms."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bot.insights import figures, words
from bot.insights.figures import Scope
from bot.insights.models import Alarm, Digest
from bot.insights.pages import bars, tile
from bot.shop.clock import shop_zone

log = logging.getLogger(__name__)
MONDAY, HOUR = 1, 8
TOLD = (
    "episodes", "first_contact", "quiet_week", "repeated", "real_time", "csat", "nps", "handoff", "gaps",
    "churn_avoided",
)  # fmt: skip


def send_when_due(now: datetime | None = None) -> int:
    """Send the mail on Monday from 8 on (shop time), once a week on any number of processes; returns how many went."""
    local = (now or timezone.now()).astimezone(shop_zone())
    if local.isoweekday() != MONDAY or local.hour < HOUR or not readers():
        return 0
    return send(last_week(local.date()))


def last_week(day: date) -> Scope:
    """The last whole week before a day, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday() + 7)
    return Scope(monday, monday + timedelta(days=6))


def readers() -> list[Any]:
    """Supervisors with a mail address."""
    may = Permission.objects.filter(content_type__app_label="desk", codename="supervise")
    accounts = get_user_model().objects.filter(is_active=True).exclude(email="")
    mine = accounts.filter(Q(groups__permissions__in=may) | Q(user_permissions__in=may) | Q(is_superuser=True))
    return list(mine.distinct().order_by("pk"))


def send(week: Scope, *, again: bool = False) -> int:
    """Write to every reader; returns to how many. A week that was sent before is not sent twice, unless `again`.

    The week is marked before the mails go: a mail that fails is logged and not repeated.
    """
    if not again and not _mark(week.since):
        return 0
    sent = 0
    for reader in readers():
        try:
            sent += mail(week, reader.email).send()
        except OSError as error:
            log.warning("the weekly mail to account %s did not go: %s", reader.pk, type(error).__name__)
    return sent


def _mark(monday: date) -> bool:
    try:
        with transaction.atomic():
            Digest.objects.create(week=monday)
    except IntegrityError:
        return False
    return True


def mail(week: Scope, address: str, language: str = "") -> EmailMultiAlternatives:
    """The mail of a week, in the shop's language unless another is named."""
    with translation.override(language or settings.LANGUAGE_CODE):
        code = translation.get_language() or "es"
        told = {figure.definition.key: figure for figure in figures.figures(week)}
        link = f"{settings.PUBLIC_BASE_URL}{reverse('insights')}"
        context = {
            "week": week, "tiles": [tile(told[key]) for key in TOLD],
            "reasons": bars(week, "reason", code)[:5], "articles": bars(week, "article", code)[:5],
            "alarms": [
                f"{words.product(alarm.product, code)} {alarm.lot}: {words.label('problem', alarm.problem, code)}"
                for alarm in Alarm.objects.filter(closed_at=None).order_by("-raised_at")
            ],
            "link": f"{link}?period=own&since={week.since}&until={week.until}",
        }  # fmt: skip
        subject = _("After-sales, week from %(day)s") % {"day": f"{week.since:%d/%m/%Y}"}
        message = EmailMultiAlternatives(
            subject, render_to_string("insights/digest.txt", context), settings.MAIL_ADDRESS or None, [address]
        )
        message.attach_alternative(render_to_string("insights/digest.html", context), "text/html")
    return message
