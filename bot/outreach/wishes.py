"""What it does when somebody says that they want more, or fewer, of the messages that the shop writes by itself.

It counts at once and whoever has the conversation. An address that its channel does not vouch for (a mail's sender can
be made up) agrees to offers only by the link that is sent to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bot.conversations.models import Conversation, Identity, Message, record
from bot.conversations.reaching import Act
from bot.conversations.writing import append
from bot.outreach import consents, gather
from bot.outreach.consents import Spot
from bot.outreach.models import Consent, Wish
from bot.outreach.wish_words import Wanted
from bot.shop.addresses import normal_email
from bot.shop.models import Customer as ShopCustomer
from channels import registry

# For the page on which everything can be changed, and for the one thing that a form may ask of any address.
CHANGE, JOIN = "outreach.change", "outreach.join"
GOOD_FOR = {CHANGE: 400 * 24 * 3600, JOIN: 7 * 24 * 3600}


def act(wanted: Wanted) -> Act:
    """For the gateway, which calls it when the line is stored."""
    return partial(_act, wanted)


def _act(wanted: Wanted, conversation: Conversation, message: Message) -> None:
    identity = conversation.identity
    spot = spot_of(identity)
    words: Callable[[], str]
    if wanted == "offers":
        words = partial(_agrees, conversation, spot, message.text)
    elif wanted == "no_offers":
        consents.say(spot, False, Consent.Source.CHAT, message.text)
        words = _no_offers_words
    else:
        remind(spot, [identity], wanted == "reminders", Consent.Source.NO_MORE, message.text)
        words = _reminders_words if wanted == "reminders" else _nothing_words
    record(conversation, "wish", "customer", wanted=wanted, seq=message.seq)
    with translation.override(conversation.language):
        append(conversation, Message.Author.SYSTEM, words(), in_reply_to=message.pk)


def _agrees(conversation: Conversation, spot: Spot, said: str) -> str:
    if conversation.channel == "web":
        return _("Nobody can be written to in a web page that is closed. Leave your mail address here: %(link)s") % {
            "link": f"{settings.PUBLIC_BASE_URL}{reverse('outreach-join')}"
        }
    if not registry.proven(conversation.channel):
        return _("One more step, so that nobody else can sign you up. Confirm it here: %(link)s") % {
            "link": link(spot, JOIN)
        }
    consents.say(spot, True, Consent.Source.CHAT, said)
    return _(
        "Done: we will also send you offers and news here, never at night. Write “no offers” when you want no more, or "
        "change it here: %(link)s"
    ) % {"link": link(spot, CHANGE)}


def spot_of(identity: Identity) -> Spot:
    return identity.channel, identity.external_id


def remind(spot: Spot, identities: Iterable[Identity], yes: bool, source: Consent.Source, words: str = "") -> None:
    """Take reminders and surveys up again; or end them wherever this customer is known, and offers with them."""
    known = names(spot, identities)
    if yes:
        Wish.objects.filter(person__in=gather.names_of(known)).update(no_reminders_since=None, source=spot[0])
        return
    agreed = set(consents.agreed([spot]))
    for name in known:
        Wish.objects.update_or_create(person=name, defaults={"no_reminders_since": timezone.now(), "source": spot[0]})
        person = gather.person(name)
        agreed |= {(place.channel, place.address) for place in person.places if place.agreed} if person else set()
    for each in agreed:
        consents.say(each, False, source, words)


def names(spot: Spot, identities: Iterable[Identity]) -> set[str]:
    """Whom planning knows behind an address: who wrote from it, or the shop's own customer."""
    found = {gather.key_of(each.customer) for each in identities}
    if spot[0] == "mail" and not found:
        buyers = ShopCustomer.objects.filter(email__iexact=normal_email(spot[1]))
        found = {f"{gather.SHOP}{reference}" for reference in buyers.values_list("reference", flat=True)}
    return found


def link(spot: Spot, purpose: str) -> str:
    """The address of the page at which whoever gets this can say what they want."""
    page = "outreach-change" if purpose == CHANGE else "outreach-joined"
    return f"{settings.PUBLIC_BASE_URL}{reverse(page, args=[signing.dumps(list(spot), salt=purpose)])}"


def behind(token: str, purpose: str) -> Spot | None:
    """Whose page that is; None for a link that was made up or is too old."""
    try:
        channel, address = signing.loads(token, salt=purpose, max_age=GOOD_FOR[purpose])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(channel), str(address)


def _no_offers_words() -> str:
    return _(
        "All right: no offers here. We still remind you of what you have bought; write “no reminders” to end that."
    )


def _nothing_words() -> str:
    return _("All right: no more reminders, surveys or offers from us. If you write, we answer as always.")


def _reminders_words() -> str:
    return _("All right: we will remind you again of what your products need.")
