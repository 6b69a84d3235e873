"""What a sentence is by its form: whether it asks."""

from __future__ import annotations

import re

from bot.shop.understand.text import Pattern, plain


def phrases(*alternatives: str, start: bool = False) -> Pattern:
    """A pattern for any of these, each a regular expression over folded text, as whole words; `start`: as its first."""
    body = r"\b(?:" + "|".join(alternatives) + r")\b"
    return re.compile((GREETING if start else "") + body)


GREETING = (
    r"^\W*(?:(?:y|pero|hola|buenas|buenos dias|oye|perdona|una duda|una pregunta|and|but|hi|hello|hey|so|ok|also)"
    r"\b\W*)*"
)
WORDS = r"(?:\w+ ){0,3}?"
OPENINGS = (
    r"cuant\w*", "como", "cual\\w*", "cuando", "donde", "en que", "por que", "xq", "quien", "hay",
    r"que (?:es|son|hago|se hace|pasa|tengo|plazo|dias?|lotes?|significa|hay|puedo|botones|coste|cosas?|parte)",
    r"que (?!(?:el|la|los|las|lo|l[oa]s?|mi|un|una|me|te|se|nos|os|le|no|yo|tu) )\w+ (?:\w+ ){0,2}?"
    r"(?:tienen?|llevan?|usan?|hacen?|admiten?|aguantan?|necesitan?|traen?|miden?|pesan?|gastan?|consumen?)",
    "how", "what", "when", "which", "where", "who", "why",
)  # fmt: skip
# "If I bought it in May" and "until Friday" may as well answer something.
CONDITIONS = (
    "hasta", "desde", "q", "si (?:lo|la|los|las|me|se|yo|compro|el|mi|un|una|voy|llego)", "until", "if",
)  # fmt: skip
ASKING, OPENING = phrases(*OPENINGS, *CONDITIONS, start=True), phrases(*OPENINGS, start=True)
# A question without its mark may begin with these too, and a wish as well.
CAN_IT_BE = phrases(
    *OPENINGS, "(?:por|de|a|en|hacia|hasta) donde", "puedo", "podria", "se puede", "teneis", "abris", "haceis",
    "enviais", "es (?:posible|normal|necesario)",
    "can i", "could i", "may i", "do (?:i|you|they|we)", "does", "is (?:it|there|this|that|the)",
    "are (?:you|there|they)",
    "will (?:it|you)", "would (?:it|you)", "should i", start=True,
)  # fmt: skip
BESIDE = re.compile(
    r"(?<=[?!;])|[.]+ |, |,? (?:pero antes|antes de nada|y (?:de paso|ademas|tambien)|and (?:also|by the way)|"
    r"but first|also|y|and|pero|but)\b,? "
)
TELL_ME = re.compile(r"^\W*(?:y |and |please |por favor |antes |first )*(?:dime|decidme|me dices|tell me)\s+")
ENDS_ASKING = re.compile(r"\b(?:que (?:pasa|ocurre|hago|hacemos)|what (?:now|then|happens|do (?:i|we) do))\W*$")
ENOUGH_WORDS = 4
KNOWING = phrases("saber", "preguntar", "consultar", "una duda", "decirme", "know", "ask", r"wonder\w*", "tell me")
# A question with one of these is about what happened to a thing rather than what such a thing is like.
OF_ONES_OWN = phrases(
    "mi", "mis", "mi[ao]s?", "me", "nos", r"nuestr[oa]s?", "por que", "no", "sin", "ya", "sigue", "desde", "de repente",
    "que (?:hago|puedo hacer|tengo que hacer|le pasa)", r"(?:lleg|vino|vinier|ha(?:n)? (?:venid|llegad|dejad))\w*",
    "my", "mine", "our", "ours", "why", "no", "not", r"\w+n'?t", "nothing", "still", "since", "suddenly", "keeps?",
    r"what (?:do|can|should) (?:i|we)", "arrived", "came", "turned up", "stopped", "broke",
)  # fmt: skip


def asks(text: str) -> bool:
    """Whether the text begins as a question does, and says enough to be one."""
    folded = plain(text)
    return bool(OPENING.match(folded)) and len(folded.split()) >= ENOUGH_WORDS


def is_question(text: str) -> bool:
    """Whether the words have the form of a question, with its mark or without."""
    return "?" in text or bool(CAN_IT_BE.match(plain(text)))


def asks_in_part(text: str) -> bool:
    """Whether a part of the words is a question: "wrong colour, could I swap it", "si no podéis, qué pasa"."""
    return any(map(is_question, re.split(r"[,.;]\s+", text))) or bool(ENDS_ASKING.search(plain(text)))


def beside_its_questions(text: str) -> str:
    """The text without the sentences that ask what a product is like ("does it make much noise?"): those that name no
    thing of the customer's own, deny nothing and do not ask why tell of no fault."""
    sentences = re.split(r"(?<=[.!?\n])\s+", text)
    return " ".join(each for each in sentences if not is_question(each) or OF_ONES_OWN.search(plain(each)))
