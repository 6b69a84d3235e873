"""What a customer's words say, by plain rules in Spanish and English: the dialogue's net beside its classifier.

Every function takes the text as it was written, looks at no more than its first 4,000 characters and never raises.
"""

from bot.shop.understand.ages import OrderChoice, which_order
from bot.shop.understand.agreement import confirmation, photo, yes_no
from bot.shop.understand.alarms import (
    asks_person,
    fraud_or_payment,
    has_gift_ticket,
    legal_threat,
    others_order,
    press,
    very_upset,
)
from bot.shop.understand.amounts import quantity, rating
from bot.shop.understand.arrivals import delivered_on
from bot.shop.understand.dangers import danger, danger_denied, danger_kind
from bot.shop.understand.faults import fault
from bot.shop.understand.numbers import emails, lots, normal_order_number, order_numbers, phones
from bot.shop.understand.places import address_lacks, looks_like_address, plainly_placed, zone
from bot.shop.understand.prices import only_names, priced
from bot.shop.understand.products import is_service, other_brand, products, products_meant
from bot.shop.understand.remedies import resolution
from bot.shop.understand.returning import indifferent, pickup, reason, way_back
from bot.shop.understand.sealing import descaled, sealed, sealed_units, tells_seal

__all__ = [
    "OrderChoice", "address_lacks", "asks_person", "confirmation", "danger", "danger_denied", "danger_kind",
    "delivered_on", "descaled", "emails", "fault", "fraud_or_payment", "has_gift_ticket", "indifferent",
    "is_service", "legal_threat", "looks_like_address", "lots", "normal_order_number", "only_names",
    "order_numbers", "other_brand", "others_order", "phones", "photo", "pickup", "plainly_placed", "press",
    "priced", "products", "products_meant", "quantity", "rating", "reason", "resolution", "sealed", "sealed_units",
    "tells_seal", "very_upset", "way_back", "which_order", "yes_no", "zone",
]  # fmt: skip
