"""What the customer is told when a conversation goes on elsewhere, in the customer's language."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bot.conversations import codes
from bot.conversations.models import QUEUE, Conversation
from channels import registry

MINUTES = int(codes.LASTS.total_seconds() // 60)


def place(channel: str, language: str) -> str:
    """The channel as it is called in a sentence: "en WhatsApp", "en el chat de la web"."""
    with translation.override(language):
        if channel == "web":
            return pgettext("go on in", "the web chat")
        if channel == "mail":
            return pgettext("go on in", "e-mail")
    return registry.CHANNELS[channel][0] if channel in registry.CHANNELS else channel


def link(channel: str, code: str, language: str) -> str:
    """Where the code can be used with one tap; "" where there is no such address, and the code is to be written."""
    with translation.override(language):
        words = quote(f"{_('Continue here')}: {codes.shown(code)}")
    if channel == "web":
        return f"{settings.PUBLIC_BASE_URL}{reverse('continue')}#{codes.sign(code)}"
    if channel == "whatsapp" and settings.TWILIO_WHATSAPP_FROM:
        number = "".join(filter(str.isdecimal, settings.TWILIO_WHATSAPP_FROM))
        return f"https://wa.me/{number}?text={words}"
    if channel == "telegram" and settings.TELEGRAM_BOT_NAME:
        return f"https://t.me/{settings.TELEGRAM_BOT_NAME.lstrip('@')}?start={code}"
    if channel == "messenger" and settings.META_PAGE_ID:
        return f"https://m.me/{settings.META_PAGE_ID}?ref={code}"
    return ""


def _written_to(channel: str) -> str:
    """Our own address there, where a customer who has never written cannot know it; "" elsewhere."""
    account = registry.adapter(channel).account if channel == "mail" else ""
    return account if "@" in account else ""


def offered(language: str, channel: str, code: str, agent_name: str = "") -> str:
    where, address = place(channel, language), link(channel, code, language)
    with translation.override(language):
        told = []
        if agent_name:
            told.append(_("%(name)s suggests going on in %(place)s.") % {"name": agent_name, "place": where})
        if address:
            told.append(_("To go on in %(place)s, open %(link)s") % {"place": where, "link": address})
            told.append(_("Or write this code to us there: %(code)s") % {"code": codes.shown(code)})
        elif written_to := _written_to(channel):
            told.append(
                _("To go on in %(place)s, write this code to %(address)s: %(code)s")
                % {"place": where, "address": written_to, "code": codes.shown(code)}
            )
        else:
            told.append(
                _("To go on in %(place)s, write this code to us there: %(code)s")
                % {"place": where, "code": codes.shown(code)}
            )
        told.append(
            _(
                "It works once, for %(minutes)s minutes. Give it to nobody: we never ask for it. Until then you can "
                "keep writing here."
            )
            % {"minutes": MINUTES}
        )
    return "\n".join(told)


def departed(language: str, channel: str) -> str:
    where = place(channel, language)
    with translation.override(language):
        return _(
            "This conversation goes on in %(place)s, with everything you have told me. If you write here, another one "
            "begins; to bring this one back, write “continue here”."
        ) % {"place": where}


def not_me(language: str) -> str:
    with translation.override(language):
        return _("It was not me")


def arrived(language: str, before: str, owner: str, agent_name: str) -> str:
    where = place(before, language)
    with translation.override(language):
        told = _("Here we go on where we were in %(place)s: you need not repeat anything.") % {"place": where}
        if agent_name:
            told += " " + _("%(name)s is still with you.") % {"name": agent_name}
        elif owner == QUEUE:
            told += " " + _("You keep your place in the queue: a colleague will answer here.")
        return told


def who_answers(conversation: Conversation) -> str:
    """The name of the agent who has the conversation, "" where none has it."""
    account = get_user_model().objects.filter(pk=conversation.agent_id).first() if conversation.agent_id else None
    return str(account.get_full_name() or account.get_username()) if account else ""


def back_to(language: str, channel: str) -> str:
    """A button's words: WhatsApp shows twenty characters of them."""
    where = place(channel, language)
    with translation.override(language):
        if channel == "web":
            where = pgettext("back to", "the web")
        elif channel == "mail":
            where = pgettext("back to", "your e-mail")
        return _("Back to %(place)s") % {"place": where}


def does_not_work(language: str) -> str:
    with translation.override(language):
        return _(
            "That code does not work: each one lasts %(minutes)s minutes, works once and only where it is meant for. "
            "Ask for another where you were writing to us."
        ) % {"minutes": MINUTES}


def failed(language: str, why: str) -> str:
    """Why nothing moved. Of a code that is wrong, used, too old or one too many, the words are the same."""
    with translation.override(language):
        if why == "here":
            return _("This conversation is here already.")
        if why == "busy":
            return _(
                "You are already waiting for a person there, or talking to one, about something else. When that has "
                "ended, try again."
            )
        if why == "stopped":
            return _("We may not write to you there, because you asked us not to. Tell us there that we may.")
    return does_not_work(language)


def nothing_to_bring(language: str, here: str) -> str:
    where = place(here, language)
    with translation.override(language):
        return _(
            "I know of no other conversation of yours that I could bring here. Where you were writing to us, write "
            "“continue on %(place)s”, and send me here the code that you get."
        ) % {"place": where}


def asked_there(language: str, there: str) -> str:
    where = place(there, language)
    with translation.override(language):
        return _("I have asked you in %(place)s. Say yes there and we go on here.") % {"place": where}


def is_it_you(language: str, asking: str) -> str:
    where = place(asking, language)
    with translation.override(language):
        return _("From %(place)s, where this conversation was before, somebody asks to go on there. Is it you?") % {
            "place": where
        }


def yes_bring(language: str) -> str:
    with translation.override(language):
        return _("Yes, go on there")


def no_stay(language: str) -> str:
    with translation.override(language):
        return _("No, stay here")


def stays(language: str) -> str:
    with translation.override(language):
        return _("All right, we stay here.")


def where_to(language: str) -> str:
    with translation.override(language):
        return _("Where would you like to go on?")


def not_there(language: str, channel: str) -> str:
    where = place(channel, language)
    with translation.override(language):
        return _("You cannot go on in %(place)s at the moment; we can here.") % {"place": where}


def gone_back(language: str, channel: str) -> str:
    where = place(channel, language)
    with translation.override(language):
        return _("This conversation goes on in %(place)s again. If you write here, another one begins.") % {
            "place": where
        }


def recovered(language: str, by_bot: bool) -> str:
    with translation.override(language):
        told = _("This conversation is here again.")
        if by_bot:
            told += " " + _("To be on the safe side I begin afresh: tell me what you need.")
        return told


def for_colleagues(language: str, channel: str) -> str:
    where = place(channel, language)
    with translation.override(language):
        return _(
            "The move to %(place)s was taken back: what was said there may come from another person. Ask for proof "
            "again before you speak of an order."
        ) % {"place": where}


def another_begins(language: str, channel: str) -> str:
    where = place(channel, language)
    with translation.override(language):
        return _(
            "What we were talking about here goes on in %(place)s. This is a new conversation; to bring the other one "
            "back, write “continue here”."
        ) % {"place": where}
