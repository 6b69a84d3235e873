"""Order numbers, mail addresses, phone numbers and recall lots in what a customer writes or says."""

import re

import phonenumbers
from django.conf import settings

from bot.shop.addresses import HOME_REGION, NATIONAL_DIGITS, normal_email, normal_phone
from bot.shop.rulebook import current
from bot.shop.understand.places import zone
from bot.shop.understand.spoken import runs
from bot.shop.understand.text import any_of, has, plain

EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,}", re.IGNORECASE
)
SPOKEN_AT = re.compile(r"\s+(?:arroba|at)\s+(?=[\w\-]+\s*(?:\.|punto|dot)\s*\w)", re.IGNORECASE)
SPOKEN_DOT = re.compile(r"\s+(?:punto|dot)\s+", re.IGNORECASE)
LOT = re.compile(r"(?<![a-z0-9])(?:ch\s*-?\s*2\s*-?\s*)?(2[0-9](?:0[1-9]|1[0-2]))(?!\d)")
ORDER_WORDS = any_of(
    "pedido*", "order*", "compra", "numero", "number", "num", "n", "no", "referencia", "reference", "ref", "lb"
)
ADDRESS_WORDS = any_of(
    "calle", "c", "avenida", "avda", "av", "plaza", "pza", "paseo", "direccion", "address", "street", "st", "road",
    "avenue", "codigo postal", "cp", "postcode", "zip", "piso", "puerta",
    "avinguda", "carrer", "placa", "ronda", "camino", "carretera", "rua", "rue", "lane", "square",
)  # fmt: skip
# "Cambiad la dirección del 10410", "the address for 10410".
POINTED_AT = re.compile(r"\b(?:el|del|al|for|of|on)\s*$")
MONEY = re.compile(r"\s*(?:€|eur\b|euros?\b)")


def order_numbers(text: str, *, asked: bool = False) -> list[str]:
    """Order numbers as they are stored ("LB-10401"), in order of appearance, without repetition.

    Understands "lb10401", "LB 10401", "el 10401", "10.401" and numbers said in words; never takes a part of a phone
    number, a mail address, a price or, next to a street, a postal code. `asked`: the text answers the question for the
    number, so that any run of figures and number words of the right length is one ("one 0 four 0 six").
    """
    if settings.SHOP_ORDER_NUMBER:
        written = re.finditer(settings.SHOP_ORDER_NUMBER, _without_contacts(text).upper())
        return list(dict.fromkeys(match[match.lastindex or 0] for match in written))
    rule = current().policies.orders.number
    folded = _without_contacts(text)
    found = _written(folded, rule.prefix.lower(), rule.digits) or _split_or_spoken(folded, rule.digits, asked)
    return list(dict.fromkeys(f"{rule.prefix}-{digits}" for digits in found))


def normal_order_number(text: str) -> str:
    """One order number as it is stored; what is not one comes back in capitals, so that it simply is not found."""
    return next(iter(order_numbers(text)), text.strip().upper()[:32])


def emails(text: str) -> list[str]:
    """Mail addresses in lower case, also said aloud ("lucia punto romero arroba correo punto example")."""
    said = text[:4000]
    if SPOKEN_AT.search(said):
        said = SPOKEN_AT.sub("@", SPOKEN_DOT.sub(".", said))
    return list(dict.fromkeys(normal_email(match) for match in EMAIL.findall(said)))


def phones(text: str) -> list[str]:
    """Phone numbers: E.164 where the country is clear or Spanish, else the digits that were given."""
    cleaned = EMAIL.sub(" ", text[:4000])
    matcher = phonenumbers.PhoneNumberMatcher(cleaned, HOME_REGION, phonenumbers.Leniency.POSSIBLE)
    found = [normal_phone(match.raw_string) for match in matcher if _long_enough(match.raw_string)]
    if not found and not order_numbers(text):
        said = (run for run in runs(plain(cleaned)) if NATIONAL_DIGITS <= len(run) <= 15)
        found = [normal_phone(run) or run for run in said]
    return list(dict.fromkeys(filter(None, found)))


def lots(text: str) -> list[str]:
    """Lots of the recalled product ("CH2-2604", also "2604"), as they are stored."""
    sku = current().policies.recall.lots.sku
    return list(dict.fromkeys(f"{sku}-{digits}" for digits in LOT.findall(plain(text))))


def _long_enough(raw: str) -> bool:
    return sum(map(str.isdigit, raw)) >= NATIONAL_DIGITS


def _without_contacts(text: str) -> str:
    folded = plain(EMAIL.sub(" @ ", text[:4000]))
    return re.sub(r"\+\s*\d[\d\s().\-]{6,}", " + ", folded)


def _written(folded: str, prefix: str, size: int) -> list[str]:
    letters = r"[\s.\-]?".join(prefix)
    prefixed = re.findall(rf"(?<![a-z]){letters}[\s\-_.:#]*(\d(?:[\s.\-]?\d){{{size - 1}}})(?!\d)", folded)
    if prefixed:
        return [re.sub(r"\D", "", number) for number in prefixed]
    bare = re.finditer(rf"(?<![\w+@.,/\-]){{1}}(?<!\d[\s])(\d{{{size}}})(?![\w@]|[\-/.,]\d)", folded)
    return [match[1] for match in bare if _is_order(folded, match, size)]


def _is_order(folded: str, match: re.Match[str], size: int) -> bool:
    """Whether a bare number of the right length is an order: no price, no postal code, no piece of a phone."""
    before, after = folded[: match.start()], folded[match.end() :]
    if MONEY.match(after):
        return False
    beside = re.match(r"\s(\d+)", after)
    if beside and len(beside[1]) != size:
        return False
    if has(before[-25:], ORDER_WORDS):
        return True
    town = re.match(r"[\s,]+([a-z ]{3,30})", after) or re.search(r"([a-z ]{3,30})[\s,]+$", before)
    if town and zone(town[1]):
        return False
    return POINTED_AT.search(before) is not None or not has(folded, ADDRESS_WORDS)


def _split_or_spoken(folded: str, size: int, asked: bool) -> list[str]:
    found = [run for run in runs(folded) if len(run) == size and run.isdigit()]
    figures_only = not re.search(r"[a-z]", folded)
    if has(folded, MONEY) or (has(folded, ADDRESS_WORDS) and not has(folded, ORDER_WORDS)):
        return []
    spoken = not re.search(r"\d", folded)
    return found if asked or figures_only or spoken or has(folded, ORDER_WORDS) else []
