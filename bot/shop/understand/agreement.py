"""Yes and no: in general, to "do you confirm?", to "have you a photo?"."""

import re

from bot.shop.understand.denial import NEGATED, said
from bot.shop.understand.lexicon import words
from bot.shop.understand.text import any_of, has, plain

CLAUSE_END = re.compile(r"[.,;:!?]|\b(?:pero|but)\b")
# "¿Cómo no?" alone is a yes; "como no funciona" is a reason.
HOW_NOT = re.compile(r"\bcomo no\b(?=\W*$|\s*[,.!])")
# After these a no may follow behind a comma, too ("vale, no"); after the plain ones only "que no" and "not" take the
# yes back: "yes i don't want it" and "si no lo quiero" (without the comma of "sí, no lo quiero") say yes first.
SOFT = any_of("ok", "okay", "okey", "vale", "claro", "right", "fine", "dale")
PLAIN = any_of("si", "sip", "sep", "yes", "yep", "yeah", "yup", "yea", "aye")
TAKES_BACK = re.compile(rf"(?:\w+\s+)?(?:no|not|nope|never|nunca|jamas|{NEGATED})\b")
TAKES_PLAIN_BACK = re.compile(r"(?:que no|not)\b")
BUT_NO = re.compile(r"\b(?:pero|but)\b.*\b(?:no|not|nunca|never|todavia|wait|espera\w*)\b")


def yes_no(text: str) -> bool | None:
    """True, False, or None when the text does not clearly say either. What comes first wins: "no, gracias, sí que
    va" is a no; but "por supuesto que no", "I have not" and "fine, don't" are no. Mind the question: "no, todavía
    precintado" says no to "opened?" (see `sealed`)."""
    folded = _answering(text)
    yes, no = words("yes").search(folded), words("no").search(folded)
    if yes and no:
        return yes.start() < no.start() and not _taken_back(folded, yes)
    return True if yes else False if no else None


def bare_yes_no(text: str) -> bool | None:
    """`yes_no` only where the text says (almost) nothing else, or begins with it and sets it off: "no, es que ..."."""
    folded = words("reason_changed_mind").sub(" ", _answering(text))
    if yes_no(folded) is None or has(plain(text), words("unsure")):
        return None
    first = re.split(r"[,.;:!]", folded.lstrip(" ,.;:!¡"), maxsplit=1)[0]
    return next((yes_no(part) for part in (first, folded) if _says_only_that(part)), None)


def nothing_but_yes_no(text: str) -> bool | None:
    """`yes_no` only where the text says nothing else at all."""
    folded = _answering(text)
    return yes_no(folded) if _says_only_that(folded) else None


def confirmation(text: str) -> bool | None:
    """Whether the customer wants what was announced to be done: `yes_no`, and "cancel it", "anúlalo", "hazlo".

    None, so that it is asked again, where the text says both: "sí, pero no ahora", "no, cancélalo".
    """
    folded = words("not_a_yes").sub(" ", plain(text))
    wishes = [not each.denied for each in said(folded, words("go_ahead"))]
    keeps = any(not each.denied for each in said(folded, words("keep_it")))
    # "No lo quiero" is why the order is cancelled, and no answer.
    for name in ("go_ahead", "keep_it", "reason_changed_mind"):
        folded = words(name).sub(" ", folded)
    answer = yes_no(folded)
    if answer and BUT_NO.search(folded):
        return None
    voices = {*wishes, *([False] if keeps else []), *([] if answer is None else [answer])}
    return voices.pop() if len(voices) == 1 else None


def photo(text: str) -> bool | None:
    """Whether the customer has (or sends) a photo; an attachment itself is for the caller to see. One that cannot be
    sent is none."""
    if has(plain(text), words("cannot_send_photo")):
        return False
    if has(plain(text), words("sends_photo")):
        return True
    return yes_no(text)


def _answering(text: str) -> str:
    """The folded text without what only sounds like a yes or a no."""
    folded = HOW_NOT.sub("si", plain(text))
    for name in ("not_a_no", "not_a_yes", "unsure"):
        folded = words(name).sub(" ", folded)
    return folded


def _taken_back(folded: str, yes: re.Match[str]) -> bool:
    """Whether a no within the next two words of the clause turns the yes round, or one of those chained to it."""
    rest, last = folded[yes.end() :].lstrip(), yes[0]
    while more := words("yes").match(rest):
        rest, last = rest[more.end() :].lstrip(), more[0]
    if SOFT.fullmatch(last):
        rest = rest.lstrip(" ,.;!")
    takes_back = TAKES_PLAIN_BACK if PLAIN.fullmatch(last) else TAKES_BACK
    return takes_back.match(CLAUSE_END.split(rest)[0]) is not None


def _says_only_that(folded: str) -> bool:
    """Whether nothing but yes, no and words without weight is left: "si, lo esta", "of course not, sorry"."""
    rest = words("no").sub(" ", words("yes").sub(" ", folded))
    asks_no_more = words("yes").search(folded) or words("no").search(folded)
    return bool(asks_no_more) and not re.search(r"\w", words("filler").sub(" ", rest))
