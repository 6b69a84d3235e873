"""How customers ask to go on elsewhere: the whole message says so and nothing else.

"Seguir mi pedido por WhatsApp" tracks a parcel, so the verb and the channel alone do not do: the patterns match short
requests whole, and everything else is for the dialogue.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from channels import registry

LONGEST = 90


@dataclass(frozen=True)
class Wish:
    """`channel` is where to; "" asks which channels there are, and `here` brings a conversation to where it is said."""

    channel: str


# What people call the channels; any other channel is known by its own name.
NAMES = {
    "whatsapp": r"whats?\s?app|wh?ats?ap|wasap|wassap|guasap|guatsap|wsp|wpp",
    "telegram": r"telegram|telegran|tg",
    "web": r"(?:(?:your|the|tu|vuestra|vuestro)\s)?(?:(?:chat|pagina|page|website|site)\s(?:de\s(?:la\s|vuestra\s)?)?)?"
    r"(?:web(?:site)?|web\s?(?:chat|page|site)|pagina|ordenador|computer|navegador|browser)(?:\schat)?",
    "mail": r"(?:el\s)?(?:correo|e-?mail|mail)(?:\selectronico)?",
}
HERE = r"aqui|aca|por\saqui|por\saca|here|over\shere"
# "I am still here" waits for an answer.
STILL_HERE = r"\b(?:sigo|sigue|seguimos|continuo|continua|continuamos)\b"
ELSEWHERE = r"otro\s(?:canal|sitio|lado|chat)|otra\s(?:app|aplicacion|parte)|another\s(?:channel|app|place)|elsewhere"

_POLITE = r"(?:(?:hola|oye|perdona|vale|ok|please|por\sfavor|hi|hey)[\s,]+)*"
_MAY = (
    r"(?:(?:puedo|podemos|podriamos|podria|se\spuede|quiero|quisiera|queria|prefiero|me\sgustaria|vamos\sa|voy\sa|"
    r"can\s(?:i|we|you)|could\s(?:i|we|you)|may\si|i(?:\swould|'d)\s(?:like|prefer)\sto|i\swant\sto|i\sprefer\sto|"
    r"let'?s|lets|let\sus|i'?ll)\s)?"
)
# "Can I bring it here?" and "cambiarlo en otro sitio" are about the thing: without a channel only these verbs count.
_GO_ON = (
    r"(?:seguir|sigue|sigo|sigamos|seguimos|continuar|continuo|continuamos|continuemos|continua|"
    r"continue|go\son|carry\son|keep\s(?:on\s)?(?:talking|going|chatting)|"
    r"(?:trae|traer|bring|move)\s(?=(?:la|esa|esta|mi|the|that|my)\s(?:otra\s|other\s)?(?:conversacion|conversation|chat)))"
)
_SWITCH = (
    r"(?:pasar|pasarme|pasarlo|pasarnos|pasamos|paso|pasame|pasalo|cambi(?:ar|arme|amos)(?=\sa)|mover|moverlo|moverme|"
    r"llevar|llevarlo|llevarme|llevame|llevarmelo|llevamelo|hablar|hablamos|switch|move|take|bring|talk|chat)"
)
_IT = (
    r"(?:\s?\b(?:esto|esta|eso|la|lo|el|hablando|charlando|conversando|la\sconversacion|esta\sconversacion|mi\sconversacion"
    r"|(?:la|esa)\sotra(?:\sconversacion)?|el\schat|la\scharla|conmigo|con\s(?:vosotros|ustedes|esto|la\sconversacion)|"
    r"this|it|that|talking|chatting|the\s(?:conversation|chat|other\s(?:one|conversation))|"
    r"(?:this|my)\s(?:conversation|chat)|with\s(?:this|it|you)|me|us))*"
)
_TO = r"\s(?:por|en|a|al|con|desde|hacia|on|in|over|to|via|through|by|using)?\s?(?:el\s|la\s|the\s|my\s|mi\s)?"
_END = r"(?:\s?,?\s(?:por\sfavor|please|gracias|thanks|mejor|instead|then|entonces))*"


def wish(text: str) -> Wish | None:
    """The wish to go on elsewhere (or here) that these words are; None for all other words."""
    words = _plain(text)
    if not words or len(words) > LONGEST:
        return None
    if _matches(words, HERE, _GO_ON) and not re.search(STILL_HERE, words):
        return Wish("here")
    if _matches(words, ELSEWHERE, _GO_ON):
        return Wish("")
    for channel, names in _names().items():
        if _matches(words, names, f"(?:{_GO_ON}|{_SWITCH})"):
            return Wish(channel)
    return None


def _matches(words: str, names: str, verbs: str) -> bool:
    return re.fullmatch(f"{_POLITE}{_MAY}{verbs}{_IT}{_TO}(?:{names}){_END}", words) is not None


def _names() -> dict[str, str]:
    others = {kind: re.escape(title.lower()) for kind, (title, _) in registry.CHANNELS.items() if kind not in NAMES}
    return {**NAMES, **others}


def _plain(text: str) -> str:
    """Lower case without accents or the marks around a sentence."""
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("’", "'")
    return re.sub(r"\s+", " ", bare.strip(' .!¡¿?…"«»“”')).strip()
