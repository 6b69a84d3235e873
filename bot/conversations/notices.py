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


# Whether somebody is at the desk, and by when an answer is promised.
team = SimpleLazyObject(lambda: import_module(settings.TEAM))
CALL_ME = "gateway:call_me"
LEAVE_QUEUE = "gateway:leave_queue"


@dataclass(frozen=True)
class Notice:
    """`leave` is what a button says, `buttons` are labels and what each means to the gateway."""

    text: str
    leave: str = ""
    buttons: tuple[tuple[str, str], ...] = ()

    def options(self, payload: str = "") -> tuple[Option, ...]:
        left = (Option(self.leave, payload),) if self.leave else ()
        return (*left, *(Option(label, meant) for label, meant in self.buttons))


def leave_words(language: str) -> str:
    """What the button says that leaves the queue."""
    with translation.override(language):
        return _("Go on with the assistant")


def queued(language: str, reason: str, priority: int = 3) -> Notice:
    """The customer was put into the queue: what happens next and when, and how to leave it.

    `buttons` are set where nobody is there and a call or a mail is offered.
    """
    now = timezone.now()
    with translation.override(language):
        leave = leave_words(language)
        if hours.open_now(now) and team.anyone_here(now) is False:
            return Notice(
                _(
                    "I am passing you to a colleague, with everything you have told me. Nobody is at their desk just "
                    "now: we will answer here %(when)s at the latest. If you would rather be called or written to, "
                    "write your phone number or your e-mail."
                )
                % {"when": _when(team.answer_by(now, priority), language)},
                leave,
                (_call_button(),),
            )
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
            (_call_button(),),
        )


def _call_button() -> tuple[str, str]:
    return _("Call me"), CALL_ME


def _when(moment: datetime, language: str) -> str:
    """A moment in the shop's time, inside a sentence: "before 13:40", "on Monday before 10:00"."""
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    local = timezone.localtime(moment, zone)
    if local.date() == timezone.localdate(timezone=zone):
        return _("today before %(time)s") % {"time": date_format(local, "H:i")}
    day = date_format(local, "l j \\d\\e F" if language == "es" else "l j F")
    return _("on %(day)s before %(time)s") % {"day": day, "time": date_format(local, "H:i")}


def still_waiting(language: str, called: bool) -> Notice:
    """The customer has waited long: they are not forgotten, and what they can do instead."""
    with translation.override(language):
        text = _("You are still in line and nothing you wrote is lost; it is taking us longer than we would like.")
        if not called:
            text += " " + _("If you would rather be called or written to, write your phone number or your e-mail.")
        return Notice(text, "", ((leave_words(language), LEAVE_QUEUE), _call_button()))


def which_number(language: str) -> str:
    with translation.override(language):
        return _("On which number may we call you? Write it here, please.")


def will_write(language: str, mail: str) -> str:
    with translation.override(language):
        return _("Noted: a colleague will write to %(mail)s. You can go on here as well.") % {"mail": mail}


def joined(language: str, agent_name: str) -> str:
    with translation.override(language):
        return _("You are now talking to %(name)s, from the team.") % {"name": agent_name}


def passed_on(language: str, agent_name: str) -> str:
    with translation.override(language):
        return _("%(name)s, from the team, goes on with you from here and has read what you wrote.") % {
            "name": agent_name
        }


def back_in_queue(language: str) -> str:
    """The agent is gone; where nobody else is there, when somebody will be."""
    now = timezone.now()
    with translation.override(language):
        if not hours.open_now(now):
            return _(
                "My colleague had to leave and the team is away now: it will be back %(opening)s. You are first in "
                "line then; nothing you wrote is lost."
            ) % {"opening": hours.opening_words(now, language)}
        return _("My colleague had to leave. You are first in line for the next one; nothing you wrote is lost.")


def closed(language: str, state: str) -> str:
    with translation.override(language):
        if state == "resolved":
            return _("We have closed this conversation. Write here whenever you need us again.")
        if state == "abandoned":
            return _("All right, you are back with the assistant. Ask me for a person whenever you like.")
        return _("You are back with the assistant. Ask me for a person whenever you like.")


def rate(language: str) -> str:
    with translation.override(language):
        return _("How did we look after you, from 1 (badly) to 5 (very well)?")


def rated(language: str, score: int, *, low: bool) -> Notice:
    """Thanks for the score, and what can be said or done next."""
    with translation.override(language):
        if low:
            return Notice(
                _("Thank you for being frank: I have noted %(score)s out of 5, and I am sorry. Write here what went "
                  "wrong and the team will read it.") % {"score": score},
                buttons=((_("Talk to a person"), "gateway:rate_person"),),
            )  # fmt: skip
        return Notice(
            _("Thank you: I have noted %(score)s out of 5. If you want to tell us why, write it here.")
            % {"score": score}
        )


def rating_comment(language: str) -> Notice:
    """What the customer wrote was taken for the reason of their score; a button says that it was not."""
    with translation.override(language):
        return Notice(
            _("Thank you, the team will read it."), buttons=((_("It was another question"), "gateway:rate_other"),)
        )


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
