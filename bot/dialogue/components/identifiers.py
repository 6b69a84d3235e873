"""What a message says beside the order number, the mail address and the phone number in it.

"The fryer, LB-10426 ivan@mail.example, came broken" is about a fryer that came broken; to a classifier half of it is a
bare fact. The two classifiers compare this form; the message itself, its entities and its vectors stay as they were.
"""

from __future__ import annotations

import re

from bot.dialogue.components.encoder import clean

LEAST_WORDS = 2
"""Words of meaning that must remain: less than that, and the identifiers are what the message is about."""
BRIEF = 4
"""With fewer words than that, an introduction's "order" is one of them: "order LB-10410, when will it come"."""

_MAIL = r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[a-z]{2,}"
_PHONE = r"\+?\d(?:[\s.\-()/]{0,2}\d){8,14}"
_PREFIXED = r"(?:lb[\s.\-:#]*\d(?:[\s.]?\d){4}|[a-z]{2,4}-?\d{5,8})"
_BARE = r"\#?\d{2}\.?\d{3}"
_NUMBER_WORD = (
    r"(?:cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince"
    r"|diecis[eé]is|dieci(?:siete|ocho|nueve)|veint(?:e|i[uú]n[oa]?|i[a-zé]{3,6})|treinta|cuarenta|cincuenta|sesenta"
    r"|setenta|ochenta|noventa|cien(?:to)?|(?:dos|tres|cuatro|seis|sete|ocho|nove)cient[oa]s|quinient[oa]s|mil|doble"
    r"|zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    r"|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|double)"
)
# Shorter runs count things: "dos o tres", "twenty one days".
_SPOKEN = rf"{_NUMBER_WORD}(?:[\s,\-]+(?:(?:y|and)\s+)?{_NUMBER_WORD}){{2,}}"
_END = r"(?![\w@]|[.,\-/]\d|\s*(?:€|eur|%))"
_IDENTIFIER = rf"(?<![\w@+€])(?:(?P<mail>{_MAIL})|(?P<phone>{_PHONE})|(?P<order>{_PREFIXED}|{_BARE}|{_SPOKEN})){_END}"

_ORDER = r"(?:pedido|orden|compra|order|purchase|referencia|reference|ref)\b\.?"
_CONTACT = r"(?:correo|e-?mail|mail|tel[eé]fono|tel|tlf|m[oó]vil|phone|mobile|cell)\b\.?"
_NUMBER = r"(?:(?:electr[oó]nico|n[uú]mero|number|num|n[º°o]?|no)\b\.?|[º°#])"
_INTRODUCED = re.compile(
    rf"(?:^|(?<=[.,;:!?¡¿()\-\n])|\b(?:y|e|and|con|with)\b)\s*"
    rf"(?:(?:mi|el|la|su|my|the|its|it's|es|tengo|i have|for|de|del)\s+){{0,2}}"
    rf"(?P<noun>(?:{_NUMBER}\s*(?:de\s+)?)?(?:{_ORDER}|{_CONTACT}|{_NUMBER})(?:\s*{_NUMBER})?(?:\s+de\s+\w+)?)"
    rf"(?:'s|\s+(?:es|is|son))?[\s:=]*(?:(?:el|la|the)\s+)?(?:{_NUMBER}\s*)?(?P<found>{_IDENTIFIER})"
    rf"(?=\s*(?:[.,;:!?()\-\n]|$)|\s+(?:y|e|and|con|with)\b|\s+[^\s@]+@)",
    re.I,
)
_NAMED = re.compile(rf"(?P<before>[\w']+)?(?P<gap>\s*(?:{_NUMBER}\s*)?){_IDENTIFIER}", re.I)
_ANY = re.compile(_IDENTIFIER, re.I)
_POSTAL = re.compile(r"\b(?:c[oó]digo postal|cp|post ?code|zip|calle|avenida|avda|plaza|street|road|avenue)\b", re.I)
_ORDER_NAMED = re.compile(rf"\b(?:{_ORDER}|n[uú]mero|number)", re.I)
_ORDER_NOUN = re.compile(_ORDER, re.I)
_BARE_ONLY = re.compile(_BARE)

# After these a number stands for the order itself: "cancel 10427".
_SPANISH = "el del al de está esta cancela cancelar cancelad anula anular anulad devolver cambiar"
_ENGLISH = "the of for is where's wheres on cancel track return stop change to in from"
_WANTS_ORDER = {"pedido": frozenset(_SPANISH.split()), "order": frozenset(_ENGLISH.split())}

_LITTLE = """
hola buenas buenos buen día dias días tardes noches gracias por favor porfa saludos hello hi hey good morning
afternoon evening thanks thank please pls cheers sorry perdona perdón disculpa ok okay vale
el la los las un una lo le les de del al a en con y e o que qué es son soy está esta este esto mi mis tu su se me te
aquí ahí va sí si no ya pues bueno creo tengo
the an of to in on with and or that this it's its it is are am be my your his her i'm i here there yes yeah no well
think guess have got at as so for
correo email e-mail mail electrónico teléfono telefono móvil movil phone mobile cell número numero number num
"""
_SAYS_LITTLE = frozenset(_LITTLE.split())
_WORD = re.compile(r"[^\W\d_]{2,}(?:['-][^\W\d_]+)*", re.UNICODE)
# What corrects an identifier is about it.
_CORRECTS = re.compile(
    r"\b(?:correct\w*|corrij\w+|corrig\w+|equivoc\w+|bail(?:aron|ó)|quer[ií]a decir|quise decir|te (?:di|he puesto)"
    r"|mistake|typo|oops|uy|i meant|i gave|swapped|the right|no,? (?:wait|espera))\b"
    r"|\b(?:not?|ese|that) (?:n\w+ )?\d{5}",
    re.I,
)
_EMPTIED = re.compile(r"\([\s,;:.\-]*\)")
_LOOSE = re.compile(r"\s+(?=[,.;:!?)])|(?<=[(¿¡])\s+")
_DOUBLED = re.compile(r"(?<=[,;:.?!])\s*[,;:.]|(?:\s*[,;:])+(?=\s*[.?!])")


def said_beside(text: str) -> str:
    """`text` without its mail addresses, order numbers (also said in words) and phone numbers, and without their
    introductions ("my email is"); as it is where it holds none, corrects one, or has fewer than LEAST_WORDS words of
    meaning beside them.

    Only what the encoders read of it is looked at. A number that stands for an order ("cancel 10427") becomes one, and
    a phone number alone stays: it is a fact, or asks for a call.
    """
    whole = clean(text)
    found = [match for match in _ANY.finditer(whole) if _is_identifier(whole, match)]
    if all(match["phone"] for match in found) or _CORRECTS.search(whole):
        return text
    bare, named = (_tidy(_without(whole, keeps_order)) for keeps_order in (False, True))
    left = named if len(_WORD.findall(bare)) < BRIEF else bare
    meant = [word for word in _WORD.findall(left.lower()) if word not in _SAYS_LITTLE]
    return left if len(meant) >= LEAST_WORDS else text


def _without(whole: str, keeps_order: bool) -> str:
    """`whole` without identifiers and introductions; `keeps_order`: of "my order is LB-10401", "order" stays."""

    def introduced(match: re.Match[str]) -> str:
        if not _is_identifier(whole, match):
            return match[0]
        order = _ORDER_NOUN.search(match["noun"]) if keeps_order else None
        return f" {order[0]}" if order else " "

    rest = whole
    for _round in range(3):
        rest = _INTRODUCED.sub(introduced, rest)
    return _NAMED.sub(lambda match: _named(whole, match), rest)


def _tidy(rest: str) -> str:
    """Without the brackets and commas that nothing stands between any more."""
    closed = _DOUBLED.sub("", _EMPTIED.sub(" ", rest))
    return " ".join(_LOOSE.sub("", closed).split()).strip(" ,;:.-(")


def _is_identifier(whole: str, match: re.Match[str]) -> bool:
    """Five bare figures beside a street are a postal code."""
    order = match["order"]
    return not (order and _BARE_ONLY.fullmatch(order) and _POSTAL.search(whole))


def _named(whole: str, match: re.Match[str]) -> str:
    """What stands in a sentence in place of a word and the identifier after it."""
    if not _is_identifier(whole, match):
        return match[0]
    before = match["before"] or ""
    if match["order"] and not _ORDER_NAMED.search(whole):
        for noun, words in _WANTS_ORDER.items():
            if before.lower() in words:
                return f"{before} {noun}"
    return f"{before} "
