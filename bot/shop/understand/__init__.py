"""What a customer's words say, by plain rules in Spanish and English: the dialogue's net beside its classifier.

Every function takes the text as it was written, looks at no more than its first 4,000 characters and never raises.
"""

from bot.shop.understand.alarms import (
    asks_person,
    danger,
    fraud_or_payment,
    legal_threat,
    others_order,
    press,
    very_upset,
)
from bot.shop.understand.answers import (
    descaled,
    photo,
    pickup,
    quantity,
    rating,
    reason,
    resolution,
    sealed,
    sealed_units,
    way_back,
    yes_no,
)
from bot.shop.understand.faults import fault
from bot.shop.understand.numbers import emails, lots, normal_order_number, order_numbers, phones
from bot.shop.understand.places import looks_like_address, zone
from bot.shop.understand.products import products

__all__ = [
    "asks_person", "danger", "descaled", "emails", "fault", "fraud_or_payment", "legal_threat", "looks_like_address",
    "lots", "normal_order_number", "order_numbers", "others_order", "phones", "photo", "pickup", "press", "products",
    "quantity", "rating", "reason", "resolution", "sealed", "sealed_units", "very_upset", "way_back", "yes_no",
    "zone",
]  # fmt: skip
