"""Personal data out of a text before it is kept for people who do not need it."""

from __future__ import annotations

import re

MAIL = re.compile(r"[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# IBANs and card numbers before phones: they are longer runs of digits.
ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){4,8}\b|\b(?:\d[ -]?){13,19}\b")
IDENTITY = re.compile(r"\b(?:\d{8}[ -]?[A-Z]|[XYZ][ -]?\d{7}[ -]?[A-Z])\b", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w.])\+?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ .()/-]?\d){6,14}(?![\w])")
# Order numbers of any shop: letters and digits joined, or four digits and more after "order", "pedido", "nº", "#".
ORDER_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d{3})(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b", re.IGNORECASE)
ORDER_NUMBER = re.compile(
    r"(?:#|\b(?:order|pedido|n[ºo°]\.?|number|número)\s*:?\s*#?\s*)\d{4,}\b|\b\d{5,}\b", re.IGNORECASE
)


def masked(text: str) -> str:
    """The text with mail addresses, account, identity, phone and order numbers replaced by […].

    >>> masked("Mi pedido L-100234 no llega, soy ana@correo.es, 600 123 456")
    'Mi pedido […] no llega, soy […], […]'
    """
    for pattern in (MAIL, ACCOUNT, IDENTITY, PHONE, ORDER_CODE, ORDER_NUMBER):
        text = pattern.sub("[…]", text)
    return text
