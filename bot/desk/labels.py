"""The design's codes in words that an agent reads."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, "str | Promise"]

REASONS: Words = {
    "asked_for_person": _("asked for a person"),
    "no_answer": _("the bot had no answer"),
    "technical": _("technical failure"),
    "safety": pgettext_lazy("desk", "danger"),
    "legal": pgettext_lazy("desk", "legal"),
    "high_value": _("high value"),
    "third_contact": _("third contact"),
    "fraud_or_payment": _("fraud or payment"),
    "very_upset": _("very upset"),
    "others_order": _("somebody else's order"),
    "press": pgettext_lazy("desk", "press"),
    "policy_check": _("policy check"),
}
PRIORITIES: dict[int, str | Promise] = {
    1: pgettext_lazy("desk", "danger"),
    2: pgettext_lazy("desk", "high"),
    3: pgettext_lazy("desk", "normal"),
}
CHANNELS: Words = {
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "web": pgettext_lazy("desk", "Web"),
    "mail": pgettext_lazy("desk", "Mail"),
    "messenger": "Messenger",
    "instagram": "Instagram",
}
STATES: Words = {
    "queued": _("in the queue"),
    "assigned": pgettext_lazy("desk", "offered"),
    "active": _("with an agent"),
    "returned": _("given back to the bot"),
    "resolved": pgettext_lazy("desk", "resolved"),
    "expired": pgettext_lazy("desk", "expired"),
    "abandoned": _("left the queue"),
}
PROOFS: Words = {
    "phone": _("the same phone, vouched for by both channels"),
    "order": _("an order of the same customer, proven on both"),
    "code": _("a one-time code from one, written on the other"),
    "link": _("a signed link from one, opened on the other"),
    "button": _("asked for on one, confirmed on the other"),
}
DELIVERIES: Words = {
    "queued": _("waiting to be sent"),
    "accepted": pgettext_lazy("desk", "accepted"),
    "sent": pgettext_lazy("desk", "sent"),
    "delivered": pgettext_lazy("desk", "delivered"),
    "read": pgettext_lazy("desk", "read"),
    "failed": _("not sent"),
    "uncertain": _("perhaps not sent"),
}
DELIVERY_ERRORS: Words = {
    "retry": _("the channel did not answer"),
    "rate": _("the channel asked us to slow down"),
    "window": _("the channel's reply window is closed"),
    "optout": _("the customer wants no messages"),
    "opted_out": _("the customer wants no messages"),
    "blocked": _("the customer has blocked us"),
    "unreachable": _("the customer cannot be reached there"),
    "bad_content": _("the channel refused the content"),
    "auth": _("our account at the channel was refused"),
    "uncertain": _("the connection broke while sending"),
    "stale": _("somebody else took the conversation first"),
}
CALLS: Words = {
    "wanted": pgettext_lazy("call", "to be called"),
    "calling": pgettext_lazy("call", "ringing the agent"),
    "ringing": pgettext_lazy("call", "ringing the customer"),
    "talking": pgettext_lazy("call", "talking"),
    "done": pgettext_lazy("call", "done"),
    "missed": pgettext_lazy("call", "no answer"),
    "failed": pgettext_lazy("call", "failed"),
    "uncertain": pgettext_lazy("call", "perhaps placed"),
    "cancelled": pgettext_lazy("call", "cancelled"),
}
# Why a file that a customer sent cannot be shown.
FILES: Words = {
    "too_large": _("too large: refused"),
    "unknown_type": _("a kind of file that we do not take: refused"),
    "wrong_type": _("not what it calls itself: refused"),
    "broken": _("damaged: refused"),
    "empty": _("empty: refused"),
    "missing": _("did not reach us"),
}
# What the bot waits for (`asks`), and what the dialogue keeps under the same names.
FACTS: Words = {
    "order_number": _("order number"),
    "email": pgettext_lazy("desk", "e-mail"),
    "phone": pgettext_lazy("desk", "phone"),
    "product": pgettext_lazy("desk", "product"),
    "item": pgettext_lazy("desk", "product"),
    "reason": pgettext_lazy("desk", "reason"),
    "fault": pgettext_lazy("desk", "fault"),
    "photo": pgettext_lazy("desk", "photo"),
    "condition": pgettext_lazy("desk", "condition"),
    "descaled": pgettext_lazy("desk", "descaled"),
    "resolution": _("wanted solution"),
    "pickup": _("how it comes back"),
    "address": pgettext_lazy("desk", "address"),
    "confirm": pgettext_lazy("desk", "confirmation"),
    "rating": pgettext_lazy("desk", "rating"),
    "order": pgettext_lazy("desk", "order"),
    "case": pgettext_lazy("desk", "case"),
    "flow": pgettext_lazy("desk", "topic"),
    "customer": _("customer number"),
    "customer_name": _("customer name"),
    "verified": pgettext_lazy("desk", "verified"),
}
KINDS: Words = {
    "return": pgettext_lazy("desk", "return"),
    "damaged": _("damaged on arrival"),
    "wrong_item": _("wrong item"),
    "warranty": pgettext_lazy("desk", "warranty"),
    "lost_parcel": _("lost parcel"),
    "cancel": pgettext_lazy("desk", "cancellation"),
    "address_change": _("change of address"),
    "recall": pgettext_lazy("desk", "recall"),
}
DECISIONS: Words = {
    "approved": pgettext_lazy("desk", "approved"),
    "refused": pgettext_lazy("desk", "refused"),
    "technician": _("a technician decides"),
    "pending_person": _("a person decides"),
}
STATUSES: Words = {
    "paid": pgettext_lazy("order", "paid"),
    "preparing": pgettext_lazy("order", "being prepared"),
    "shipped": pgettext_lazy("order", "on its way"),
    "delivered": pgettext_lazy("order", "delivered"),
    "cancelled": pgettext_lazy("order", "cancelled"),
}
ZONES: Words = {
    "mainland": _("mainland Spain"),
    "balearics": _("Balearic Islands"),
    "canaries": _("Canary Islands"),
    "ceuta_melilla": _("Ceuta and Melilla"),
    "portugal": "Portugal",
    "eu": _("rest of the EU"),
}
PAYMENTS: Words = {
    "card": pgettext_lazy("desk", "card"),
    "paypal": "PayPal",
    "bizum": "Bizum",
    "bank_transfer": _("bank transfer"),
    "instalments": pgettext_lazy("desk", "instalments"),
}


def word(words: Words, code: str) -> str:
    """The label of a code; a code that nobody named is shown as it is, without underscores."""
    return str(words.get(code) or code.replace("_", " "))
