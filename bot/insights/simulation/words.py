"""What the simulated customers, the bot and the agents say. Questions and answers are the shop's own articles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from bot.shop.catalogue import current
from knowledge.articlefile import read

ARTICLES = Path(__file__).resolve().parents[3] / "knowledge" / "articles"

FAULT_WORDS: dict[str, dict[str, list[str]]] = {
    "es": {
        "pump": ["la bomba no da presión, no sale ni gota", "hace un ruido horrible la bomba", "la bomba no arranca"],
        "battery": ["la batería no aguanta ni una hora", "no carga, la luz roja parpadea", "la batería dura poquísimo"],
        "motor": ["el motor huele a quemado y se para", "el motor hace un ruido metálico", "no gira, el motor zumba"],
        "brush": ["el cepillo no gira", "el cepillo principal se ha soltado"],
        "filter": ["el filtro se ha rajado", "el filtro no encaja y pierde agua"],
        "heads": ["el cabezal se mueve y vibra demasiado"],
        "other": [
            "de repente no enciende",
            "se apaga solo a los diez minutos",
            "la pantalla se queda en negro",
            "da error y no arranca",
            "hace un ruido raro y se para",
            "no calienta",
        ],
    },
    "en": {
        "pump": ["the pump has no pressure, nothing comes out", "the pump makes a terrible noise"],
        "battery": ["the battery does not last an hour", "it does not charge, the red light blinks"],
        "motor": ["the motor smells burnt and stops", "the motor makes a metallic noise"],
        "brush": ["the brush does not turn", "the main brush came loose"],
        "filter": ["the filter is cracked", "the filter does not fit and it leaks"],
        "heads": ["the head is loose and vibrates too much"],
        "other": [
            "it suddenly does not switch on",
            "it turns itself off after ten minutes",
            "the screen stays black",
            "it shows an error and does not start",
            "it does not heat",
        ],
    },
}
GAPS = {
    "es": [
        "¿Enviáis a Japón?",
        "¿Hacéis descuento a estudiantes?",
        "¿Puedo pagar con criptomonedas?",
        "¿Tenéis una app para Apple Watch?",
        "¿La freidora es apta para celíacos?",
        "¿Vendéis a plazos sin nómina?",
        "¿Se puede usar el robot en una casa con escaleras de caracol?",
        "¿Los auriculares sirven para nadar?",
    ],
    "en": [
        "Do you ship to Japan?",
        "Is there a student discount?",
        "Can I pay with crypto?",
        "Is there an app for the Apple Watch?",
        "Can I swim with the headphones?",
    ],
}
TALK: dict[str, dict[str, str]] = {
    "es": {
        "fault": "Hola, mi {product} tiene un problema: {fault}",
        "return": "Quiero devolver la {product}",
        "damaged": "Me ha llegado rota la {product}",
        "lost_parcel": "No me ha llegado el pedido, ¿dónde está?",
        "again": "Hola otra vez, sigo igual con lo mismo: {said}",
        "order?": "Claro. ¿Me dices el número de pedido?",
        "order": "Es el {number}",
        "reason?": "Gracias. ¿Qué le pasa exactamente?",
        "photo?": "¿Puedes mandar una foto?",
        "photo": "Aquí está",
        "decided": "Hecho: tu caso es el {case}. Te escribimos con los siguientes pasos.",
        "thanks": "Muchas gracias",
        "welcome": "¡A ti!",
        "unknown": "Eso no lo sé: no lo encuentro en nuestros artículos.",
        "queued": "Te paso con una persona del equipo. Te escribimos aquí mismo.",
        "person": "Prefiero hablar con una persona",
        "joined": "Ya estás con {agent}.",
        "agent1": "Hola, soy {agent}. Lo estoy mirando ahora mismo.",
        "agent2": "Ya está arreglado: lo tienes todo en tu correo. ¿Algo más?",
        "ok": "No, perfecto",
        "rate?": "¿Cómo ha ido? Del 1 al 5.",
        "nps?": "Del 0 al 10, ¿nos recomendarías a un amigo?",
        "fixed?": "Hola, ¿quedó resuelto lo tuyo?",
        "yes": "Sí, todo bien",
        "no": "No, sigue igual",
        "closed": "Damos esto por resuelto.",
    },
    "en": {
        "fault": "Hello, my {product} has a problem: {fault}",
        "return": "I want to return the {product}",
        "damaged": "The {product} arrived broken",
        "lost_parcel": "My order has not arrived, where is it?",
        "again": "Hello again, still the same: {said}",
        "order?": "Of course. What is the order number?",
        "order": "It is {number}",
        "reason?": "Thank you. What exactly is wrong?",
        "photo?": "Could you send a photo?",
        "photo": "Here it is",
        "decided": "Done: your case is {case}. We will write with the next steps.",
        "thanks": "Thank you",
        "welcome": "You are welcome!",
        "unknown": "I do not know that: I cannot find it in our articles.",
        "queued": "I am handing you over to a person. We will write here.",
        "person": "I would rather talk to a person",
        "joined": "You are with {agent} now.",
        "agent1": "Hello, this is {agent}. I am looking at it now.",
        "agent2": "It is settled: everything is in your mail. Anything else?",
        "ok": "No, perfect",
        "rate?": "How was it? From 1 to 5.",
        "nps?": "From 0 to 10, would you recommend us?",
        "fixed?": "Hello, was your problem solved?",
        "yes": "Yes, all good",
        "no": "No, still the same",
        "closed": "We consider this solved.",
    },
}


@dataclass(frozen=True)
class Article:
    slug: str
    title: str
    answer: str
    questions: tuple[str, ...]


@lru_cache(maxsize=1)
def articles() -> dict[str, dict[str, Article]]:
    """{language: {slug: article}} of the articles that the shop starts from."""
    found: dict[str, dict[str, Article]] = {}
    for language in ("es", "en"):
        files = [read(path) for path in sorted((ARTICLES / language).glob("*.md"))]
        found[language] = {
            file.slug: Article(file.slug, file.title, file.answer, file.questions or (file.title,)) for file in files
        }
    return found


def say(language: str, key: str, **names: str) -> str:
    return TALK[language][key].format(**names)


def fault(language: str, problem: str, random: Random) -> str:
    words = FAULT_WORDS[language]
    return random.choice(words.get(problem) or words["other"])


def product(sku: str, language: str) -> str:
    return current().get(sku).called(language)
