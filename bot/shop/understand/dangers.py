"""Danger, which must never be missed: smoke, fire, electric shock, a swollen battery, a burning smell, an injury."""

import re
from typing import Literal

from bot.shop.understand.denial import said
from bot.shop.understand.lexicon import words
from bot.shop.understand.text import Pattern, any_of, has, plain

type DangerKind = Literal["gas", "battery", "shock", "injury", "fire", "other"]
# The first that is said decides what to do at once.
KINDS: tuple[DangerKind, ...] = ("gas", "battery", "shock", "injury", "fire")
CLAUSE_END = re.compile(r"[.;:!?¿¡,]|\b(?:pero|but|y|and)\b")
SENTENCE_END = re.compile(r"[.;:!?¿¡,]|\b(?:pero|but)\b")
# "No a quemado no", "humo no, pero ...": the denial behind a word that begins its clause.
DENIED_BEHIND = re.compile(r"\s*no\s*(?:[,.;]|$|(?:hay|ha|sale|echa|huele|veo)\b)")
BEGINS = re.compile(r"\s*(?:no|pues|a|de|el|la)?\s*")
JOINS = frozenset({"o", "u", "ni", "or", "nor", "a", "de", "smell", "smells", "olor"})
BURNS = re.compile(
    r"(?:\w+ ){0,2}(?:quem|chamusc|carboniz|negr)\w*|burn\w*(?: \w+)?|scorch\w*|charred|(?:gone|went) black"
)
SOMEBODY = any_of("me", "te", "nos", "le", "my", "myself", "us", "her", "him", "himself", "herself")
SMELLS = any_of("huel*", "olor*", "olia", "ole*", "smell*", "smelt", "stink*", "peste*", "apesta*")
NEAR = 4
OBJECT = re.compile(r"\s*(?:(?:el|la|los|las|un|una|mi|mis|todo|toda|the|my|all|our|every|a)\s+){0,2}")
ASKS_WHETHER = any_of("peligro*", "danger*", "hazard*")


def danger(text: str) -> bool:
    """Whether any word of danger stands that is neither denied ("no huele a quemado"), nor about food that burnt, nor
    a figure of speech ("estoy que echo humo"). Everything else errs towards danger."""
    folded = words("not_danger").sub(" ", plain(text))
    found = [match.span() for match in words("danger").finditer(folded)]
    alarming = [(start, end) for start, end in found if not _harmless(folded, start, end)]
    asked_only = all(ASKS_WHETHER.fullmatch(folded[start:end]) and _asked(folded, end) for start, end in alarming)
    return bool(alarming) and not asked_only


def danger_denied(text: str) -> bool:
    """Whether words of danger stand in the text and all of them are denied or harmless: "no smoke, it just does not
    turn on", "la tostada sale quemada". False where there are none, and where one is in earnest."""
    return has(plain(text), words("danger")) and not danger(text)


def danger_kind(text: str) -> DangerKind:
    """What kind of danger the words tell of; "other" where they name none."""
    folded = words("not_danger").sub(" ", plain(text))
    return next((kind for kind in KINDS if _undenied(folded, words(f"danger_{kind}"))), "other")


def _undenied(folded: str, pattern: Pattern) -> bool:
    return any(not each.denied for each in said(folded, pattern))


def _harmless(folded: str, start: int, end: int) -> bool:
    return _calmed(folded[:start]) or _denied_behind(folded, start, end) or _food_burns(folded, start, end)


def _calmed(before: str) -> bool:
    """Whether the words right before deny it: a denial, then only words like "huele a", "there is any".

    Other dangers may stand between only where they are joined to it: "no burning smell or smoke".
    """
    after = ""
    for word in reversed(re.findall(r"[\w']+", CLAUSE_END.split(before)[-1])):
        if words("danger_denied_by").fullmatch(word) or (word, after) == ("nada", "de"):
            return True
        joined = after in JOINS and words("danger").fullmatch(word) is not None
        if not joined and not words("danger_denied_through").fullmatch(word):
            return False
        after = word
    return False


def _denied_behind(folded: str, start: int, end: int) -> bool:
    leading = CLAUSE_END.split(folded[:start])[-1]
    return BEGINS.fullmatch(leading) is not None and DENIED_BEHIND.match(folded[end:]) is not None


def _food_burns(folded: str, start: int, end: int) -> bool:
    """Whether what burns is food: the object of the verb ("quema el pan"), or the nearest thing that is named."""
    if not BURNS.fullmatch(folded[start:end]):
        return False
    clause_start = max((each.end() for each in SENTENCE_END.finditer(folded[:start])), default=0)
    before, after = folded[clause_start:start], SENTENCE_END.split(folded[end:])[0]
    if has(before, SMELLS) or has(before + after, words("body")):
        return False
    after, before = (words("food_appliance").sub("cafetera", side) for side in (after, before))
    own = OBJECT.match(after)
    if own and words("food").match(after, own.end()):
        return True
    if has(folded[start:end].removeprefix("se me"), SOMEBODY):
        return False
    named = [*_named(before.split()[::-1]), *_named(after.split())]
    return min(named, default=(0, False))[1]


def _named(side: list[str]) -> list[tuple[int, bool]]:
    """The first food or appliance among the next words: how far away, and whether it is food."""
    for distance, word in enumerate(side[:NEAR]):
        if words("food").fullmatch(word) or words("burning_things").fullmatch(word):
            return [(distance, words("food").fullmatch(word) is not None)]
    return []


def _asked(folded: str, end: int) -> bool:
    """Whether the sentence goes on to a question mark: "¿es peligroso usarlo en el baño?"."""
    return re.match(r"[^.;!?]*\?", folded[end:]) is not None
