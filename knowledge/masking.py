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
WORD = r"[A-ZÁÉÍÓÚÑÜÇ][\w'’·-]+"
PARTICLE = r"(?:de|del|de la|da|dos|y|i|van|von)"
NAME = rf"{WORD}(?:\s+(?:{PARTICLE}\s+)?{WORD}){{0,3}}"
# Who says their name says it like this; the first capital tells it from "soy cliente".
INTRODUCTION = re.compile(
    rf"\b((?i:soy|me llamo|mi nombre es|a nombre de|habla|i am|i['’]m|my name is|this is|in the name of))\s+{NAME}"
)
# After these nothing but a name can follow, however it is written.
NAMED = re.compile(rf"\b((?i:me llamo|mi nombre es|my name is))\s+[^\W\d_]+(?:\s+{NAME})?")
GREETED = re.compile(rf"\b((?i:hola|buenos días|buenas tardes|querida|querido|hi|hello|dear)),?\s+{NAME}")
STREET = re.compile(
    rf"\b(?i:calle|c/|avda\.?|avenida|plaza|pza\.?|paseo|camino|carretera|ronda|travesía)\s*"
    rf"(?:(?i:de la|de los|de las|de|del)\s+)*{WORD}(?:\s+(?:{PARTICLE}\s+)?{WORD}){{0,4}}"
    r"(?:\s*,?\s*(?i:n[ºo°]\.?\s*)?\d{1,4}(?:\s*[-,]?\s*\d{0,2}\s?[ºª°]?\s?[A-Za-z]?\b)?)?"
    rf"|\b\d{{1,5}}\s+(?:{WORD}\s+){{1,3}}(?i:street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|square)\b"
)


def masked(text: str, names: tuple[str, ...] = ()) -> str:
    """The text with mail and postal addresses, names that are said as such, and account, identity, phone and order
    numbers replaced by […]. `names` are further names to hide wherever they stand.

    >>> masked("Mi pedido L-100234 no llega, soy ana@correo.es, 600 123 456")
    'Mi pedido […] no llega, soy […], […]'
    >>> masked("Hola, soy Lucía Pérez y vivo en la calle Mayor 12")
    'Hola, soy […] y vivo en la […]'
    """
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[…]", text, flags=re.IGNORECASE)
    for pattern in (MAIL, STREET):
        text = pattern.sub("[…]", text)
    for said in (INTRODUCTION, NAMED, GREETED):
        text = said.sub(lambda found: f"{found[1]} […]", text)
    for pattern in (ACCOUNT, IDENTITY, PHONE, ORDER_CODE, ORDER_NUMBER):
        text = pattern.sub("[…]", text)
    return text


def hidden(text: str) -> tuple[str, dict[str, str]]:
    """The text with ⟨1⟩, ⟨2⟩ … in place of what `masked` hides, and what each of these marks stands for.

    >>> hidden("Escríbeme a ana@correo.es")
    ('Escríbeme a ⟨1⟩', {'⟨1⟩': 'ana@correo.es'})
    """
    parts = masked(text).split("[…]")
    found = re.fullmatch("(.+?)".join(re.escape(part) for part in parts), text, re.DOTALL)
    if len(parts) == 1 or found is None:
        return text, {}
    marks = {f"⟨{number}⟩": what for number, what in enumerate(found.groups(), 1)}
    return "".join(f"{part}{mark}" for part, mark in zip(parts, [*marks, ""], strict=True)), marks
