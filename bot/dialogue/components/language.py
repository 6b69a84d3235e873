"""The language a turn is answered in: the conversation's own, until the customer clearly writes another."""

from __future__ import annotations

import re
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

LANGUAGES = ("es", "en")
DEFAULT = "es"
ENTITY = "language"

_SPANISH = """
el la los las un una unos unas de del al y que qué con por para pero si sí mi mis tu tus su sus es está están ha han
hay quiero quisiera querría necesito puedo puede podéis tengo tiene cómo como cuándo cuánto dónde cuál cuáles buenos
buenas días tardes noches se lo le les te os esto esta este eso esa ese muy más ya también porque nada hacer llega
llegó llegado usted vuestro gustaría saber favor ni sin desde hasta funciona me
"""

_ENGLISH = """
i the an of to and or that what which with for but if my your his her their is are was were have had there want would
need can could how when where who why you please like it this these those very more already also because nothing do
does did not we they from at on any been get got be will me
i'm i'd i'll i've it's it'll isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't
haven't hasn't hadn't what's that's where's how's who's when's there's here's he's she's let's you're you've you'd
you'll we're we've we'd we'll they're they've they'd ain't
dont doesnt didnt isnt wasnt cant couldnt wouldnt havent hasnt whats thats wheres hows theres im ive youre theyre
"""

_COMMON = {
    "es": frozenset(_SPANISH.split()) - frozenset(_ENGLISH.split()),
    "en": frozenset(_ENGLISH.split()) - frozenset(_SPANISH.split()),
}
"""Short, frequent words of one of them: `me` is both. Greetings and thanks are left out: people borrow them."""

# Alone these are part of a name or an address: "Calle del Pez 3, Madrid".
_IN_NAMES = frozenset({"de", "del", "la", "el", "las", "los", "of", "the"})

_WISHED = {
    "en": re.compile(r"\b(?:(?:en|in|al|to) )?(?:ingl[eé]s|english)\b", re.I),
    "es": re.compile(r"\b(?:(?:en|in|al|to) )?(?:español|castellano|spanish)\b", re.I),
}
_SPEAKING = re.compile(
    r"\b(?:habl|segu|sigu|sigamos|escrib|contest|respond|prefier|prefer|mejor|por favor|porfa|speak|talk|continue"
    r"|carry on|write|answer|reply|rather|please)\w*",
    re.I,
)
_MOST_WORDS = 8

_NOT_PROSE = re.compile(r"\S*[@\d/_]\S*|https?:\S+")
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?", re.UNICODE)


class LanguageJudge:
    """Tells Spanish from English, and keeps quiet where a message shows neither."""

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(list(LANGUAGES))

    def decide(self, text: str, current: str | None) -> str:
        """The language to go on in: `es` or `en`.

        `current` is the conversation's; it changes only for a message with at least two frequent words of the
        other language (one when the whole message is two or three words, or holds none of its own and the identifier
        is sure), more than of its own, and the identifier on the same side; or for one that asks for it by name.
        Order numbers, mails and product names are no evidence.
        """
        current = current if current in LANGUAGES else DEFAULT
        if wished := wished_language(text):
            return wished
        other = "en" if current == "es" else "es"
        prose = _NOT_PROSE.sub(" ", text.replace("’", "'"))
        words = [word.lower() for word in _WORD.findall(prose)][:80]
        theirs = sum(word in _COMMON[other] for word in words)
        ours = sum(word in _COMMON[current] for word in words)
        if len(words) < 2 or theirs <= ours * 1.5 or theirs < (2 if ours else 1):
            return current
        if theirs == 1 and not _IN_NAMES.isdisjoint(words):
            return current
        if theirs >= 2 and not ours:
            return other
        # The identifier alone is wrong on every eighth Spanish message of three words or fewer.
        best, probability = self._identifier.rank(" ".join(words))[0]
        return other if best == other and probability >= (0.9 if theirs < 2 or len(words) <= 3 else 0.6) else current


def wished_language(text: str) -> str | None:
    """The language that a short message asks to go on in, whichever it is written in ("¿puedo hablar en inglés?",
    "English, please"); "is the manual in English?" asks for no such thing."""
    named = [language for language, words in _WISHED.items() if words.search(text)]
    count = len(_WORD.findall(text))
    if len(named) != 1 or count > _MOST_WORDS:
        return None
    bare = count <= 3 and not text.rstrip().endswith("?")
    return named[0] if bare or _SPEAKING.search(text) else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageEntity(GraphComponent):
    """Adds the turn's language as the entity `language`, so that a slot takes it without an action call."""

    def __init__(self) -> None:
        self._judge = LanguageJudge()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageEntity:
        """See GraphComponent."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Append the entity to each message's entities; metadata `language` is the conversation's."""
        for message in messages:
            current = (message.get("metadata") or {}).get("language")
            entity = language_entity(self._judge.decide(message.get(TEXT) or "", current))
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages


def language_entity(language: str) -> dict[str, Any]:
    """The entity that carries a language into the slot."""
    return {"entity": ENTITY, "value": language, "start": 0, "end": 0, "extractor": "LanguageEntity"}
