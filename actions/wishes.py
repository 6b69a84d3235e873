"""What a sentence is by its words: a wish to have something done, a stop. The net beside the classifiers."""

from __future__ import annotations

import re

from actions.questions import ASKING, BESIDE, CAN_IT_BE, ENOUGH_WORDS, KNOWING, TELL_ME, WORDS, is_question, phrases
from bot.shop.understand.text import Pattern, plain

WANTING = phrases(
    "[qk]+u?iero", "[qk]+u?eremos", "quisiera", "queria", "necesito", "deseo", "me gustaria", r"tramita\w*",
    "cambia(?:d|me|dme|dnos)", "cancela(?:d|me|dme|dmelo)", "anula(?:d|me|dme|dmelo)", "manda(?:d|dme|dmelo|dlo|dla)",
    r"gestiona\w*", "puedes", "podeis", "podrias", "podriais", "pueden", "hazme", r"haced\w*", r"ayudad?me a", "voy a",
    "i want", "i need", "i'?d like", "i would like", "want to", "need to", "would like to", "wanna", "can you",
    "can i claim", "could you", "please", "pls", "let me", "dime", "decidme", "help me", "i(?:'m| am) returning",
    "(?:make|start|open|file) a",
)  # fmt: skip
WISHES: tuple[tuple[str, Pattern], ...] = (
    ("cancel", phrases(
        r"(?:cancel|anul)ar(?=\W*$)", r"to cancel(?=\W*$)",
        rf"cancel\w* {WORDS}(?:pedido|compra|orden|order|purchase|lb\W?\d{{5}}|\d{{5}})",
        rf"anul\w+ {WORDS}(?:pedido|compra|orden)",
    )),
    ("address", phrases(
        rf"cambi\w+ {WORDS}direccion", rf"change {WORDS}address", "otra direccion", "different address",
        rf"(?:mand|envi|entreg)\w+ {WORDS}a otr[oa] (?:sitio|lugar|casa|domicilio|ciudad)",
        rf"(?:send|ship|deliver) {WORDS}(?:somewhere else|elsewhere|to (?:another|a different|a new) \w+)",
    )),
    ("order_status", phrases(
        rf"donde (?:esta|anda|va) {WORDS}(?:pedido|paquete|envio)", rf"estado {WORDS}pedido",
        rf"where(?:'s| is) {WORDS}(?:order|parcel|package)", rf"(?:track|status of) {WORDS}(?:order|parcel|package)",
    )),
    ("exchange", phrases(rf"cambi\w+ {WORDS}(?:por|de) (?:otr\w+|color|un vale)", "exchange", "swap")),
    ("return", phrases(
        r"de[bv]ol[bv]er\w*", "de[bv]uel[bv]o", "devolucion(?! del dinero)", "retru?n", "return(?:ing)?",
        "send (?:it|them|this|these) back", r"mand\w+ de vuelta",
    )),
    ("warranty", phrases(
        r"repar\w+", r"arregl\w+", r"que (?:me )?l[ao]s? (?:mir|revis)\w+", "(?:usar |por |en )?(?:la )?garantia",
        r"repair\w*", "fix(?:ed)?", "warranty claim", "under warranty",
        r"(?:claim|use) (?:on |under )?(?:the |my )?(?:warranty|guarantee)",
    )),
)  # fmt: skip
# These say the wish without any "I want".
OUTRIGHT = phrases(
    "devuelvo", "i'?m sending (?:it|them) back", "ya no l[oa]s? quiero",
    "(?:i )?(?:don'?t|no longer) want (?:it|them)(?: any ?more)?",
)  # fmt: skip
# "Ya no lo quiero" beside these is why an order is called off.
CALLS_OFF = phrases(r"cancel\w*", r"anul\w+", "call (?:it )?off")
# A question by its form, which only the customer's own account answers.
OWN_POINTS = phrases(
    r"cuantos puntos (?:tengo(?! que)|llevo|me quedan|hay en mi cuenta)", r"(?:saldo|cantidad) de (?:mis )?puntos",
    r"(?:ver|consultar|mirar) (?:cuantos|mis) puntos", r"(?:check|see) my (?:loyalty )?points", "my points balance",
    r"how many points (?:do i have(?! to)|have i got|i have(?! to)|i'?ve got|are left)", "my loyalty balance",
)  # fmt: skip
STOPPING = phrases(
    "dejalo", "dejadlo", "dejemoslo", "olvidalo", "olvidadlo", "olvida eso", "me l[oa]s? quedo", "ya no hace falta",
    "never ?mind", "forget it", "leave it", "i'?ll keep (?:it|them)", "stop this", "don't bother",
)  # fmt: skip


# A remedy that is asked for without "I want".
REMEDY_WISHED = phrases(
    r"que me (?:l[oa]s? )?(?:cambi|devolv|de|reembols|repon)\w*", r"cambi(?:a|e|ad|en)(?:d|n)?me\w*",
    r"(?:el|mi) (?:dinero|reembolso)", r"refund\w*", r"replace\w*", "money back", "a new one", "store credit",
    "(?:el|un) vale", r"otro color\w*", r"another colou?r",
)  # fmt: skip
BRINGS_UP = re.compile(
    r"\W*(?:(?:y|and|ok|vale|bueno|ah)\b\W*)*(?:que (?:hay|pasa) (?:de|con) |lo d(?:e|el) |el tema d(?:e|el) "
    r"|(?:what|how) about |(?:y|and) (?:el|la|los|las|the|my|mi|mis) (?=[a-z ]{3,25}(?:,|\?|$)))"
)
# Whoever was going to send a thing back and would rather have another one, or the other way round; and the same of a
# copy of their data and its end.
SWAPS: tuple[tuple[str, Pattern], ...] = (
    ("exchange", phrases(
        rf"cambi\w+ {WORDS}por (?:otr\w+|un\w* \w+)", rf"(?:otro color|un vale|saldo) {WORDS}(?:mejor|en vez|en lugar)",
        rf"(?:mejor|prefiero|prefer\w+) {WORDS}(?:otro color|un vale|el vale|saldo|cambi\w+|el cambio|un cambio)",
        "(?:un vale|otro color|el vale) (?:entonces|pues)",
        "(?:pues|entonces|venga) (?:un vale|otro color|el vale|de otro color)",
        "(?:exchange|swap) (?:it|them|that|this|for|instead)",
        rf"(?:rather|prefer|instead) {WORDS}(?:exchange|swap|store credit|a voucher|another colou?r)",
        "(?:store credit|a voucher|another colou?r|an exchange) (?:then|instead)",
        r"(?<!.)\W*(?:(?:pues|mejor|de|en|in|for) )*(?:otro color|another colou?r|a different colou?r)(?=\W*$)",
    )),
    ("return", phrases(
        rf"(?:mejor|prefiero) {WORDS}(?:devolver\w*|la devolucion|el dinero|el reembolso|que me devolv\w+)",
        rf"(?:rather|prefer|instead) {WORDS}(?:return\w*|refund\w*|(?:my|the) money)",
        "(?:refund|my money back) instead", "just (?:return|refund) (?:it|them|me)",
    )),
    ("erasure", phrases(
        r"borr(?:ad|ais|eis|ar|en)\w*", r"elimin(?:ad|eis|ar|en)\w*", "delete", "erase",
    )),
    ("export", phrases("(?:solo|mejor|prefiero|just|rather) (?:quiero |have )?(?:una copia|a copy)")),
)  # fmt: skip
# Whoever was told what to try and has tried it.
STILL_WRONG = phrases(
    r"sigue (?:igual|sin|mal|fallando|haciendo)", "ya (?:probe|hice|limpie|he probado|lo he hecho)",
    r"ya l[oa] (?:hice|he hecho|probe|he probado|intente|he intentado|limpie)",
    "(?:no ha|no) (?:servido|sirvio|funciono) (?:de )?(?:para )?nada", "y nada",
    "still (?:the same|no|not|nothing|doesn'?t|won'?t|wont|broken)", "(?:already|have) (?:tried|done|did|cleaned)",
    "tried (?:that|it|all|everything)", "(?:didn'?t|doesn'?t|did not) (?:help|work|change)",
    "no (?:luck|joy|difference)",
)  # fmt: skip


# Whoever got an answer to something else.
NOT_ANSWERED = phrases(
    "no me (?:has|habeis) (?:contestado|respondido)", r"(?:eso )?no es lo que (?:te |os )?(?:he )?pregunt\w*",
    "no (?:te )?(?:he )?pregunt(?:e|ado) eso", "not what i (?:asked|meant)", r"(?:didn'?t|did not|haven'?t) answer\w*",
    "not my question",
)  # fmt: skip


# Whoever wants to know how something was decided, and who cannot accept it.
ASKS_WHY = phrases(
    r"por ?que no(?=\s*[?!]|\W*$| (?:l[oa]s?|se|puedo|me|podeis)\b)", "y eso por que", r"como que no\b",
    r"ahora que(?: hago| pasa)?(?=\W*$)",
    r"cuando (?:sabre algo|tendre (?:respuesta|noticias)|me (?:dir|contest|respond)\w+)",
    r"what(?: happens| do i do)? (?:now|next)(?=\W*$)", r"entonces (?:l[oa] )?puedo (?:usar|seguir usand)\w*",
    "so can i (?:keep using|use|still use)",
    "(?:how long|when) (?:till|until|before|will|do) i (?:hear|get an answer|know)",
    r"how long (?:will|does) (?:that|it|this|all that) take(?=\W*$)",
    r"cuanto (?:va a tardar|tardara|tarda|tardais|tardareis)(?: todo| eso| esto)?(?=\W*$)",
    r"que (?:ha|has|habeis|han|se ha) decidido", r"cual (?:es|fue|ha sido) (?:la|vuestra|tu) decision",
    r"por que (?:me )?(?:l[oa]s? |se )?(?:ha|has|habeis|han|ha sido)? ?(?:rechaz|deneg|neg)\w*",
    r"(?:en que|segun que) (?:os|te) bas\w+", r"explica(?:d)?me (?:la decision|por que)",
    r"why not(?=\W*$)", rf"why (?:was|is|were|did) {WORDS}(?:refus|reject|den(?:y|ied)|turn|decid)\w*",
    r"why can'?t (?:i|you) (?:return|send|exchange|cancel|have|take|get|do)", r"what (?:did|have) you decide[d]?",
    r"what(?:'s| is| was)(?: the| your) decision", "on what grounds", r"explain (?:the|your) decision",
)  # fmt: skip
BARE_WHY = re.compile(r"\W*(?:(?:y|pero|and|but)\W+)?(?:por ?que|why)\W*")
PROTESTS = phrases(
    r"no es justo", "injusto", "que injusticia", r"no me parece (?:bien|justo|normal)", "no estoy de acuerdo",
    "(?:eso )?no puede ser", "no hay derecho", r"pero si (?!est|sig|teng|l[oa])", "vaya timo", "menudo timo",
    "(?:not|isn'?t|aint|hardly) fair", "unfair", "(?:i )?disagree", "do(?:n'?t| not) agree", "that'?s ridiculous",
    "that can'?t be right", r"makes no sense", "what a (?:joke|rip ?off)",
)  # fmt: skip


def asks_why(text: str) -> bool:
    """Whether the customer asks what was decided, or why."""
    folded = plain(text)
    return bool(ASKS_WHY.search(folded) or BARE_WHY.fullmatch(folded))


def protests(text: str) -> bool:
    """Whether the customer cannot accept a decision, in words that ask nothing."""
    return bool(PROTESTS.search(plain(text))) and "?" not in text


# The money, where only a repair or another one is offered.
OF_MONEY = phrases("(?:el|mi) dinero", r"reembols\w+", r"refund\w*", "money(?: back)?", "cash")


# Asks whether a thing may be sent back.
MAY_GO_BACK = phrases(
    r"(?:can|could|may) i (?:send|return|give|bring) (?:it|them|this|that|these)", r"(?:puedo|se pueden?) devolver\w*",
    r"(?:puedo|se pueden?) mandar\w* de vuelta", "(?:l[oa]s? )?(?:puedo|podria) devolver",
)  # fmt: skip
# What no guide brings back to life.
PAST_TRYING = phrases(
    "packed in",
    "given up the ghost",
    "(?:is|has|have|just|it|they) died",
    "kaput",
    "bust(?:ed)?",
    "snapped",
    "(?:is|are|it'?s|completely|stone) dead",
    "ha(?:n)? (?:muerto|palmado|petado|cascado)",
    "se (?:me )?ha(?:n)? roto",
    r"se (?:me )?(?:rompio|murio|partio)",
    r"averiad\w+",
    r"se ha(?:n)? partido",
)


def may_go_back(text: str) -> bool:
    """Whether the customer asks if a thing may be sent back, whatever else they ask or tell of it."""
    return bool(MAY_GO_BACK.search(plain(text)))


def is_past_trying(text: str) -> bool:
    """Whether a thing is told to be broken for good, in words that ask nothing."""
    return bool(PAST_TRYING.search(plain(text))) and not is_question(text)


def wants_money(text: str) -> bool:
    """Whether the words speak of getting the money back."""
    return bool(OF_MONEY.search(plain(text)))


NOT_ORDERED_YET = phrases(
    "si (?:lo |la |os |hago el )?(?:pido|compro|encargo|pedido)", r"(?:pidiendo|comprando)(?:l[oa])? (?:hoy|ahora|ya)",
    "if i (?:order|buy|place)", "(?:ordering|buying) (?:it )?(?:today|now|tonight)", "were i to (?:order|buy)",
)  # fmt: skip


CANCELS_IT = phrases(
    "cancel (?:it|that|this)",
    r"(?:cancel|anul)\w*l[oa]s?",
    "call it off",
    "(?:cancel|anul)(?:a|e|en|ad)",
)


CORRECTS = re.compile(
    r"\b(?:perd[oó]n\w*|en realidad|quer[ií]a decir|quise decir|me (?:he )?(?:equivo\w+|confund\w+|liado)|mejor|"
    r"al final|bueno,? no|espera\w*|miento|corrijo|correcci[oó]n|pens[aá]ndolo\w*|solo|sólo|[uú]nicamente|ups|uy|"
    r"actually|sorry|i meant|my (?:mistake|bad)|wait|hang on|hold on|second thoughts?|scratch that|correction|instead|"
    r"i was wrong|come to think|only|just (?:one|the|send)|make (?:it|that)|oops)\b",
    re.I,
)


def corrects(text: str) -> bool:
    """Whether the words announce that they correct or narrow what was said."""
    return bool(CORRECTS.search(text))


def cancels_it(text: str) -> bool:
    """Whether the order that the talk is about is to be cancelled: "cancel it after all", "anúlalo"."""
    return bool(CANCELS_IT.search(plain(text))) and not stops(text) and "?" not in text


def not_answered(text: str) -> bool:
    """Whether the customer says that what we told them is not what they asked."""
    return bool(NOT_ANSWERED.search(plain(text)))


def would_order(text: str) -> bool:
    """Whether the words are about an order that is not made yet: "si pido hoy, ¿cuándo llega?"."""
    return bool(NOT_ORDERED_YET.search(plain(text)))


def brings_up(text: str) -> bool:
    """Whether the words come back to a matter that was left aside: "¿y lo de la freidora?"."""
    return bool(BRINGS_UP.match(plain(text)))


def swaps(text: str) -> str | None:
    """ "exchange" for who would rather exchange than return, "return" for the other way round; "erasure", "export"."""
    return next(iter(_other_ends(text)), None)


def rather(text: str, flow: str) -> str | None:
    """What `swaps` says where the words name another flow only: "pedí un cambio y ahora prefiero devolver"."""
    return None if flow in _other_ends(text) else swaps(text)


def _other_ends(text: str) -> list[str]:
    folded = plain(text)
    return [flow for flow, words in SWAPS if words.search(folded)]


def still_wrong(text: str) -> bool:
    """Whether the customer has tried what helps, and it did not."""
    return bool(STILL_WRONG.search(plain(text))) and "?" not in text


def wish(text: str) -> str | None:
    """The flow that the words themselves ask for, where they say both that and what."""
    folded = plain(text)
    if OWN_POINTS.search(folded):
        return "points"
    if OUTRIGHT.search(folded) and not ASKING.match(folded):
        return "cancel" if CALLS_OFF.search(folded) else "return"
    last = next((part for part in reversed(re.split(r"[?.!]+", folded)) if part.strip()), folded)
    wanting = last if WANTING.search(last) else "" if ASKING.match(folded) else folded
    if not WANTING.search(wanting) or KNOWING.search(folded):
        return None
    return next((flow for flow, words in WISHES if words.search(wanting)), None)


def wish_of_a_part(text: str) -> str | None:
    """What a part of the text wishes for, whatever another one asks: "cancel it, and do you know how long ..."."""
    return next((flow for part in BESIDE.split(text) if part and (flow := wish(part))), None)


def questions_beside(text: str) -> list[str]:
    """The parts of a longer text that ask something of their own, beside an order or a wish."""
    parts = [TELL_ME.sub("", plain(part)).strip(" ,") for part in BESIDE.split(text) if part and part.strip()]
    return [part for part in parts if len(parts) > 1 and _asks_alone(part)]


def _asks_alone(part: str) -> bool:
    if len(part.split()) < ENOUGH_WORDS - 1 or re.search(r"\d{5}", part):
        return False
    return bool(CAN_IT_BE.match(part)) and not any(words.search(part) for _flow, words in WISHES)


def wants(text: str) -> bool:
    """Whether something is wished for, whatever it is."""
    return bool(WANTING.search(plain(text)) or REMEDY_WISHED.search(plain(text)))


def stops(text: str) -> bool:
    """Whether the customer calls off what is under way."""
    return bool(STOPPING.search(plain(text)))
