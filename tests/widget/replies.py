"""What the bot of these tests says: one sentence starts each thing that the widget can show."""

from __future__ import annotations

from bot.dialogue.base import Answer, Option, Question, Reply

SOURCE = {"slug": "devoluciones", "title": "Devolver un producto", "url": "/es/ayuda/devoluciones/", "revision": 7}
ASKED = {
    "pedido": ("¿Me dices el número de pedido?", "order_number"),
    "correo": ("¿Con qué correo compraste?", "email"),
    "teléfono": ("¿Y un teléfono?", "phone"),
    "recogida": ("¿Dónde lo recogemos?", "address"),
    "roto": ("Mándame una foto del golpe.", "photo"),
    "nota": ("¿Qué nota nos pones?", "rating"),
}


def answer(question: Question) -> Answer:
    text = question.text.lower()
    if question.payload:
        return Answer((Reply(f"Has elegido {question.payload}."),))
    if question.attachments:
        names = ", ".join(str(item["name"]) for item in question.attachments)
        return Answer((Reply(f"Recibido: {names}."),))
    for word, (words, slot) in ASKED.items():
        if word in text:
            return Answer((Reply(words, asks=slot),))
    if "plazo" in text:
        return Answer((Reply("Tienes 30 días. Más en https://www.lumbre.example/ayuda.", citations=(SOURCE,)),))
    if "devolver" in text:
        return Answer((Reply("¿Cómo está el producto?", options=(Option("Sin abrir", "/a"), Option("Usado", "/b"))),))
    return Answer((Reply(f"Dices: {question.text}"),))
