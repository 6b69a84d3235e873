"""The values of every aspect, in words, and how the dialogue's and the articles' own names lead to them."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from bot.desk.labels import PRIORITIES, Words

TOPICS: Words = {
    "return": pgettext_lazy("topic", "return or exchange"),
    "warranty": pgettext_lazy("topic", "warranty"),
    "damaged": pgettext_lazy("topic", "damaged on arrival"),
    "wrong_item": pgettext_lazy("topic", "wrong item"),
    "lost_parcel": pgettext_lazy("topic", "lost parcel"),
    "order": pgettext_lazy("topic", "order and delivery"),
    "cancel": pgettext_lazy("topic", "cancellation"),
    "address": pgettext_lazy("topic", "change of address"),
    "payment": pgettext_lazy("topic", "payment and invoice"),
    "recall": pgettext_lazy("topic", "recall or danger"),
    "account": pgettext_lazy("topic", "account, points, data"),
    "product": pgettext_lazy("topic", "how a product works"),
    "store": pgettext_lazy("topic", "shops and hours"),
    "other": pgettext_lazy("topic", "something else"),
}
SENTIMENTS: Words = {
    "upset": pgettext_lazy("sentiment", "upset"),
    "neutral": pgettext_lazy("sentiment", "neutral"),
    "pleased": pgettext_lazy("sentiment", "pleased"),
}
LANGUAGES: Words = {
    "es": pgettext_lazy("language", "Spanish"),
    "en": pgettext_lazy("language", "English"),
    "fr": pgettext_lazy("language", "French"),
    "de": pgettext_lazy("language", "German"),
    "it": pgettext_lazy("language", "Italian"),
    "pt": pgettext_lazy("language", "Portuguese"),
}
ASPECTS: Words = {
    "topic": pgettext_lazy("aspect", "Topic"),
    "product": pgettext_lazy("aspect", "Product"),
    "priority": pgettext_lazy("aspect", "Priority"),
    "sentiment": pgettext_lazy("aspect", "Mood"),
    "language": pgettext_lazy("aspect", "Language"),
}
SOURCES: Words = {
    "dialogue": pgettext_lazy("source", "from what the bot understood"),
    "articles": pgettext_lazy("source", "from the nearest article"),
    "words": pgettext_lazy("source", "from the words"),
    "models": pgettext_lazy("source", "from the meaning of the words"),
    "examples": pgettext_lazy("source", "from your colleagues' corrections"),
    "agent": pgettext_lazy("source", "set by an agent"),
}
BY_FLOW = {
    "return": "return", "exchange": "return", "damaged": "damaged", "wrong_item": "wrong_item", "warranty": "warranty",
    "recall": "recall", "lost_parcel": "lost_parcel", "address": "address", "cancel": "cancel",
    "order_status": "order", "status": "order", "invoice": "payment",
}  # fmt: skip
BY_INTENT = {
    "return_item": "return", "exchange_item": "return", "claim_warranty": "warranty", "report_damaged": "damaged",
    "report_wrong_item": "wrong_item", "report_lost_parcel": "lost_parcel", "order_status": "order",
    "cancel_order": "cancel", "change_order": "order", "change_address": "address", "request_invoice": "payment",
    "dispute_payment": "payment", "report_recall": "recall", "report_danger": "recall", "loyalty_points": "account",
    "export_data": "account", "erase_data": "account",
}  # fmt: skip
INTENTS = {
    "return": "return_item", "warranty": "claim_warranty", "damaged": "report_damaged", "recall": "report_recall",
    "wrong_item": "report_wrong_item", "lost_parcel": "report_lost_parcel", "order": "order_status",
    "cancel": "cancel_order", "address": "change_address", "payment": "dispute_payment", "account": "loyalty_points",
    "product": "ask_question", "store": "ask_question",
}  # fmt: skip
BY_ARTICLE = {
    "returns": "return", "warranty": "warranty", "shipping": "order", "orders": "order", "payment": "payment",
    "club": "account", "privacy": "account", "products": "product", "stores": "store",
}  # fmt: skip


def values(aspect: str) -> Words:
    """Every value that an aspect may have; of a product, what the catalogue has."""
    if aspect == "product":
        from bot.desk.sorting.products import names

        return names()
    return {
        "topic": TOPICS, "sentiment": SENTIMENTS, "language": LANGUAGES,
        "priority": {str(number): text for number, text in PRIORITIES.items()},
    }[aspect]  # fmt: skip
