"""What somebody says of the messages that the shop writes by itself: "sin avisos", "quiero recibir ofertas". Pure.

Only a whole message that says nothing else counts: "¿tenéis ofertas?" and "¿cómo me doy de baja?" are the dialogue's.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.shop.understand.text import plain

type Wanted = Literal["offers", "no_offers", "reminders", "nothing"]
LONGEST = 120

_BEFORE = r"^\W*(?:(?:por favor|please|hola|hello|hi|si|yes|vale|ok)\W+)?"
_AFTER = r"(?:\W+(?:por favor|gracias|please|thanks|thank you))*\W*$"
_KIND = r"(?:ofertas|novedades|promociones|publicidad|offers?|news|newsletter|boletin|promotions?|ads?)"
_OFFERS = (
    rf"(?:(?:las|la|el|vuestras|vuestro|vuestra|tus|mas|the|your|any|more) )*{_KIND}"
    rf"(?:(?:,| y| o| and| or) (?:las |your )?{_KIND})*"
)
_SEND_ME = r"(?:mandeis|envieis|mandes|envies)"


def _whole(*said: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + "(?:" + "|".join(said) + ")" + _AFTER)


_NO_OFFERS = _whole(
    r"sin ofertas", r"ofertas no", r"no offers", rf"no more {_OFFERS}", rf"stop (?:sending me )?{_OFFERS}",
    rf"(?:ya )?no (?:quiero|me {_SEND_ME}) (?:que me {_SEND_ME} )?(?:recibir )?{_OFFERS}",
    rf"(?:quitame|quitadme|borrame|borradme|dame de baja|dadme de baja) de {_OFFERS}",
    rf"(?:unsubscribe me from|take me off) {_OFFERS}",
    rf"(?:i )?(?:don'?t|do not) want (?:to (?:get|receive) )?{_OFFERS}",
)  # fmt: skip
_SOME_OFFERS = _whole(
    r"con ofertas", r"ofertas si", r"yes to offers",
    rf"(?:quiero|quisiera|querria|me gustaria) (?:que me {_SEND_ME}|recibir) {_OFFERS}",
    rf"(?:mandadme|enviadme|mandame|enviame) {_OFFERS}",
    rf"(?:apuntame|apuntadme|suscribeme|suscribidme) al? {_OFFERS}",
    rf"(?:i want|i'd like|i would like) to (?:get|receive) {_OFFERS}",
    rf"(?:send me|sign me up for|subscribe me to) {_OFFERS}",
)  # fmt: skip
_REMINDERS = _whole(
    r"con avisos",
    r"(?:quiero|vuelvo a querer|quiero volver a) (?:recibir )?(?:los |vuestros )?(?:avisos|recordatorios)"
    r"(?: otra vez)?",
    r"(?:i want|send me) (?:the |your )?reminders(?: again)?",
)  # fmt: skip
_NOTHING = _whole(
    r"sin avisos",
    rf"(?:no (?:quiero|me {_SEND_ME}|mas)|ya no quiero|dejad de (?:mandarme|enviarme)) "
    r"(?:recibir )?(?:mas |estos |tantos )?(?:avisos|recordatorios|mensajes|encuestas)(?: (?:de estos|asi|vuestros))?",
    r"no (?:more )?(?:reminders?|surveys?|messages like (?:this|these))",
    r"(?:i )?(?:don'?t|do not) want (?:any )?(?:more )?(?:reminders?|surveys?|messages like (?:this|these))",
    r"stop (?:the |these |sending (?:me )?)?(?:reminders?|surveys?)",
)  # fmt: skip
_SAYS: tuple[tuple[re.Pattern[str], Wanted], ...] = (
    (_NO_OFFERS, "no_offers"), (_NOTHING, "nothing"), (_SOME_OFFERS, "offers"), (_REMINDERS, "reminders"),
)  # fmt: skip


def wanted(text: str) -> Wanted | None:
    """None where it is about anything else. "nothing" is no reminders, surveys or offers; STOP is the channel's."""
    said = plain(text)
    if len(said) > LONGEST:
        return None
    return next((what for pattern, what in _SAYS if pattern.match(said)), None)
