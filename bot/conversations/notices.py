"""What the customer is told when the owner changes, in the customer's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from bot.dialogue.base import Option

# The shop's opening hours; conversations know no shop, the settings bring the two together.
hours = SimpleLazyObject(lambda: import_module(settings.OPENING_HOURS))


@dataclass(frozen=True)
class Notice:
    text: str
    leave: str = ""

    def options(self, payload: str) -> tuple[Option, ...]:
        return (Option(self.leave, payload),) if self.leave else ()


def leave_words(language: str) -> str:
    """What the button says that leaves the queue."""
    with translation.override(language):
        return _("Go on with the assistant")


def queued(language: str, reason: str) -> Notice:
    """The customer was put into the queue: what happens next and when, and how to leave it."""
    now = timezone.now()
    with translation.override(language):
        leave = leave_words(language)
        if hours.open_now(now):
            return Notice(
                _(
                    "I am passing you to a colleague, with everything you have told me. You need not repeat anything: "
                    "they will answer here as soon as they are free."
                ),
                leave,
            )
        return Notice(
            _(
                "I am passing you to a colleague, with everything you have told me. The team is away now and will be "
                "back %(opening)s; they will answer here. Leave a phone number or an e-mail if you would rather be "
                "called or written to."
            )
            % {"opening": hours.opening_words(now, language)},
            leave,
        )


def joined(language: str, agent_name: str) -> str:
    with translation.override(language):
        return _("You are now talking to %(name)s, from the team.") % {"name": agent_name}


def passed_on(language: str, agent_name: str) -> str:
    with translation.override(language):
        return _("%(name)s, from the team, goes on with you from here and has read what you wrote.") % {
            "name": agent_name
        }


def back_in_queue(language: str) -> str:
    with translation.override(language):
        return _("My colleague had to leave. You are first in line for the next one; nothing you wrote is lost.")


def closed(language: str, state: str) -> str:
    with translation.override(language):
        if state == "resolved":
            return _("We have closed this conversation. Write here whenever you need us again.")
        if state == "abandoned":
            return _("All right, you are back with the assistant. Ask me for a person whenever you like.")
        return _("You are back with the assistant. Ask me for a person whenever you like.")


def technical(language: str) -> str:
    with translation.override(language):
        return _("Something failed on our side and I cannot answer you properly. I have kept your message.")


def will_call(language: str, phone: str, due: datetime) -> str:
    """When we call back, in the shop's time: the day is named unless it is today."""
    local = timezone.localtime(due, ZoneInfo(settings.SHOP_TIME_ZONE))
    today = timezone.localdate(timezone=ZoneInfo(settings.SHOP_TIME_ZONE)) == local.date()
    with translation.override(language):
        if today:
            return _("We will call you on %(phone)s today at about %(time)s.") % {
                "phone": phone, "time": date_format(local, "H:i"),
            }  # fmt: skip
        return _("We will call you on %(phone)s on %(day)s at about %(time)s.") % {
            "phone": phone,
            "day": date_format(local, "l j \\d\\e F" if language == "es" else "l j F"),
            "time": date_format(local, "H:i"),
        }


def opted_out(language: str) -> Notice:
    """The customer wants no messages: the last one says so, and how to take them up again."""
    with translation.override(language):
        return Notice(
            _("All right: you will get no more messages from us here, and so no answers either. Write START whenever "
              "you want them again."),
            _("Receive messages again"),
        )  # fmt: skip


def opted_in(language: str) -> str:
    with translation.override(language):
        return _("You receive our messages again. What can I do for you?")


def file_lost(language: str) -> str:
    with translation.override(language):
        return _("Your file did not reach us. Send it again, please; a photo or a PDF works best.")


def too_late(language: str) -> str:
    with translation.override(language):
        return _("That button belongs to an earlier question. Tell me in your own words and I will go on from there.")
