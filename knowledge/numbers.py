"""The numbers in a text, as values, so that two languages and two texts can be compared.

"29,90 €" in Spanish is "€29.90" in English, "1.000" is "1,000", and "5 pm" is "17".
"""

from __future__ import annotations

import re
from collections import Counter

NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w])")
HALF_DAY = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s?([ap])\.?m\b\.?", re.IGNORECASE)
# The digits of units that are written together: "24h", "1200W", "12V", "20€".
UNIT = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s?(h|min|s|w|v|l|ml|kg|g|cm|mm|m|°c|ºc|°|€|%|x|dpi)\b|(?<=\d)(?=[€%°º])",
    re.IGNORECASE,
)


def numbers(text: str, language: str) -> Counter[str]:
    """Each number in `text` with how often it stands there, written the same whatever the language.

    >>> sorted(numbers("Cuesta 1.029,90 € y tarda 24h", "es"))
    ['1029.9', '24']
    >>> sorted(numbers("It costs €1,029.90; we open at 5 pm", "en"))
    ['1029.9', '17']
    """
    text = HALF_DAY.sub(full_day, text)
    text = UNIT.sub(lambda match: f"{match[1]} " if match[1] else " ", text)
    return Counter(value(found, language) for found in NUMBER.findall(text))


def full_day(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
    return f" {hour}:{match[2]} " if match[2] else f" {hour} "


def value(written: str, language: str) -> str:
    """
    >>> value("1.000", "es"), value("1,000", "en"), value("2,5", "es"), value("2.50", "en"), value("007", "es")
    ('1000', '1000', '2.5', '2.5', '7')
    """
    thousands, decimal = (".", ",") if language == "es" else (",", ".")
    groups = written.split(thousands)
    if len(groups) > 1 and all(len(group.split(decimal)[0]) == 3 for group in groups[1:]):
        written = "".join(groups)
    written = written.replace(",", ".")
    whole, _point, part = written.partition(".")
    part = part.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole
