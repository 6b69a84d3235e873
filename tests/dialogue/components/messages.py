"""Messages whose language is judged: those that change the conversation's, and those that do not."""

SWITCHES = {
    "en": ["what's the return policy?", "my toaster broke yesterday", "thanks, that's all", "where's my parcel",
           "don't know", "how's it going", "i’m waiting here", "whats happening"],
    "es": ["mi tostadora huele raro", "¿y la batería?", "no me llega nada", "perdona, prefiero en español"],
}  # fmt: skip
STAYS = {
    "es": ["quiero feedback", "black friday", "me gusta my Brasa", "vaya show", "ok thanks", "Eco B2 wireless",
           "el tracking del Smart Thermostat no va", "pago con Apple Pay online"],
    "en": ["gracias", "my Brasa 20 doesn't heat", "la Brasa 20", "LB-10401"],
}  # fmt: skip
