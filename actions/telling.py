"""What is said to a question: an article's answer with its source, or a price; of several questions, to each."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import date

from actions import again, prices, questions, several
from actions.starts import OFFERS, STARTS
from actions.turn import Button, Turn
from bot.shop import sentences, understand
from bot.shop.catalogue import Product
from bot.shop.decisions import returns
from bot.shop.rulebook import current
from bot.shop.understand.text import plain
from knowledge import corpus, pictures, reading, wording
from knowledge.answers import Answer, answer
from knowledge.gaps import record_answer, record_gap

ASKED_LENGTH = 300
LOTS = ("CH2-", "lot_", "all")
# What a question in the middle of a request leans on, where none was asked before.
SUBJECTS = {
    "warranty": {"es": "¿Cuánto dura la garantía?", "en": "How long does the warranty last?"},
    "return": {"es": "¿Cuánto tiempo tengo para devolver?", "en": "How long do I have to return something?"},
}
# And what one leans on after a request that is done.
SUBJECTS_DONE = {
    "points": {"es": "¿Cómo funcionan los puntos del Club Lumbre?", "en": "How do Club Lumbre points work?"},
    "order_status": {"es": "¿Cuánto tarda en llegar mi pedido?", "en": "How long does my order take to arrive?"},
    "lost_parcel": {"es": "¿Qué hago si mi paquete se ha perdido?", "en": "What if my parcel is lost?"},
}
# The request that the order of who read such an answer is for.
BEGUN_AFTER = {
    "devoluciones-plazo": "return", "devoluciones-como": "return", "devoluciones-excepciones": "return",
    "devolucion-navidad": "return", "cambios": "exchange", "llego-danado": "damaged",
    "producto-equivocado": "wrong_item", "garantia-como": "warranty", "garantia-duracion": "warranty",
    "garantia-comercial": "warranty", "garantia-exclusiones": "warranty", "garantia-reacondicionados": "warranty",
    "envio-seguimiento": "order_status", "envio-plazos": "order_status", "envio-perdido": "order_status",
    "pedido-cancelar": "cancel", "pedido-direccion": "address", "factura": "invoice", "recall-chispa-2": "recall",
}  # fmt: skip
# The request whose rule an article is: who asks for it as a question is told the rule, and it begins.
RULE_OF = BEGUN_AFTER | {
    "devoluciones-coste": "return", "reembolso-plazo": "return", "reparacion-plazo": "warranty",
    "club-puntos": "points",
}  # fmt: skip
RULED_AS = {"lost_parcel": "order_status"}
# The articles that tell how long there is to return something.
OF_CHRISTMAS = "devolucion-navidad"
OF_THE_WINDOW = frozenset({"devoluciones-plazo", OF_CHRISTMAS})
FESTIVE = re.compile(
    r"\b(?:navid\w*|reyes|noel|fiestas|black friday|viernes negro|enero|diciembre|plazo (?:largo|especial)|christmas|"
    r"xmas|epiphany|holidays|january|december|extended|prorroga|ampli\w+)\b"
)
# One of several questions is answered beside the others by an article this sure.
SURE_BESIDE = 0.5
# Who tells what is broken and asks nothing is told of a guide this sure.
SURE_TO_HELP = 0.8
# Asks whether something can still be done, and what that is where it is no repair.
IN_TIME = re.compile(
    r"\b(?:(?:estoy|llego|vamos|voy) (?:aun |todavia )?a tiempo|es (?:muy |demasiado )?tarde|too late|in time)\b"
)
PAPERS = re.compile(
    r"\b(?:perd\w+|no (?:encuentro|tengo|guarde|conservo)|sin|tire|tirado|lost|no|without|can'?t find|haven'?t got|"
    r"threw|thrown|binned)\b.{0,25}\b(?:ticke?t|tique|recibo|factura|receipt|invoice|bill|proof of purchase)\b"
)
GUARANTEE = re.compile(r"\b(?:garantia|guarantee|warranty)\b")
WITHOUT_PAPERS = {
    "es": "¿Hace falta la caja o el ticket para la garantía?",
    "en": "Do I need the box or the receipt for the warranty?",
}
GIVING_BACK = re.compile(
    r"\b(?:de[bv]ol[bv]|devuel|cambi|cancel|anul|return|send|exchang|swap|refund)\w*", re.IGNORECASE
)
# "There" of these points to nothing that was said.
IS_THERE = re.compile(r"\b(?:is|are|will) there\b", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """What there is to say to one question: prices, an article's answer, or neither."""

    question: str
    asked: str
    sure: float
    named: tuple[str, ...] = ()
    priced: tuple[Product, ...] = ()
    found: Answer | None = None

    @property
    def source(self) -> str:
        """Names what it is told from; empty where there is nothing to tell."""
        if self.priced:
            return prices.told(self.priced, "es")
        return self.found.citations[0].slug if self.found and self.found.found else ""

    @property
    def near(self) -> set[str]:
        """The articles that came near it."""
        return {each.slug for each in (*self.found.citations, *self.found.alternatives)} if self.found else set()


@corpus.steady()
def answer_question(turn: Turn, least: float = 0.0, flow: str | None = None, text: str = "") -> bool:
    """Say the answer to what the customer asked; tell whether there was one.

    `least`: how sure it has to be. `flow`: what they may have wanted done instead, offered below the answer. `text`:
    the part of their words that asks, where it is not all of them. Of several questions each is answered, or said to
    be unanswered.
    """
    question = text or turn.words
    parts = several.questions(question)
    each = [look_up(turn, part, before) for part, before in parts]
    telling = {known.source: known for known in each if known.source and known.sure >= max(least, SURE_BESIDE)}
    if len(telling) < 2 or parts[0][1]:
        telling = of_the_whole(turn, question, telling, least)
    for known in telling.values():
        tell(turn, known, flow if len(telling) == 1 else None)
    if telling and not least:
        admit_the_rest(turn, [known for known in each if not known.source and not known.near & telling.keys()])
    return bool(telling)


def of_the_whole(turn: Turn, question: str, telling: dict[str, Known], least: float) -> dict[str, Known]:
    """What is told where the questions of a message have not an answer each, or may all be about what was told before
    them: the answer to the whole message, unless its questions are answered more surely one by one."""
    whole = look_up(turn, question)
    if len(telling) > 1:
        own = any(reading.names_its_subject(known.question, turn.language) for known in telling.values())
        surest = max(known.sure for known in telling.values())
        if not whole.source or (own and whole.sure < surest):
            return telling
    remember(turn, whole)
    one = max([whole, *telling.values()], key=lambda known: (bool(known.source), known.sure >= SURE_BESIDE))
    return {one.source: one} if one.source and one.sure >= least else {}


@corpus.steady()
def advise(turn: Turn, flow: str, *, guide: bool, rule: bool) -> None:
    """Tell what bears on a request that begins. `guide`: what a guide says to what was told of a product, where one
    surely does. `rule`: the rule of what begins, where the words are about that."""
    known = look_up(turn, turn.words)
    if guide and known.found and known.found.guide and known.sure >= SURE_TO_HELP:
        tell(turn, known, None)
        turn.say("utter_if_that_does_not_help")
    elif rule and RULE_OF.get(known.source) == RULED_AS.get(flow, flow) and known.sure >= SURE_BESIDE:
        tell(turn, known, None)


def remember(turn: Turn, known: Known) -> None:
    """What the customer asks next may lean on this."""
    turn.keep(question=known.asked)
    if known.named:
        turn.keep(about=[*known.named])


def look_up(turn: Turn, question: str, before: str = "") -> Known:
    """What there is to say to a question. `before`: what the message said before it."""
    subject = SUBJECTS.get(turn.slot("flow") or "", {}) if questions.is_question(question) else {}
    context = before or _just_done(turn) or turn.slot("question") or subject.get(turn.language, "")
    named = tuple(understand.products(question))
    if priced := prices.asked(question, context.split("\n")[0]):
        asked = question if understand.priced(question) else context.split("\n")[0]
        return Known(question, asked, 1.0, tuple(each.sku for each in priced), tuple(priced))
    about = [*named] or understand.products(before) or discussed(turn)
    asked = plainly(question, turn.language)
    found = answer(asked, turn.language, products=about, context=[context] if context else [])
    if found.found and found.citations[0].slug == OF_CHRISTMAS and came_at_no_christmas(question, turn.today):
        found = answer(SUBJECTS["return"][turn.language], turn.language, products=about)
    leans = found.found and "\n" in found.asked
    if before and not leans and points_back(question, turn.language):
        found = replace(found, found=False)
    if prices.asked_without_name(question) and not leans and (priced := prices.with_price(about)):
        return Known(question, question, 1.0, tuple(about), tuple(priced))
    return Known(question, found.asked or question[:ASKED_LENGTH], found.confidence, named, (), found)


def _just_done(turn: Turn) -> str:
    """What a question leans on that comes after a request was concluded, and after no other question."""
    concluded = again.lately(turn)
    if concluded is None or turn.since("concluded") > turn.since("question"):
        return ""
    return SUBJECTS_DONE.get(concluded["flow"], {}).get(turn.language, "")


def plainly(question: str, language: str) -> str:
    """The question in words that leave no doubt what it is about: of what failed, and only asks whether it is too late,
    the warranty; of a lost receipt and the warranty, that too."""
    folded = plain(question)
    if in_time_for_a_fault(question):
        return SUBJECTS["warranty"][language]
    if PAPERS.search(folded) and GUARANTEE.search(folded) and not understand.fault(question):
        return WITHOUT_PAPERS[language]
    return understand.plainly_placed(question)


def in_time_for_a_fault(question: str) -> bool:
    """Whether the words tell of something that failed, and only ask whether it is too late for that."""
    told = IN_TIME.search(plain(question)) and understand.fault(question)
    return bool(told) and understand.reason(question) not in ("damaged", "wrong") and not GIVING_BACK.search(question)


def tell(turn: Turn, known: Known, flow: str | None) -> None:
    if known.priced:
        turn.say("utter_price", prices=prices.told(known.priced, turn.language))
    elif known.found:
        first = known.found.citations[0]
        if first.slug in OF_THE_WINDOW:
            tell_last_day(turn, known.question)
        turn.tell(
            known.found.text,
            citations=[asdict(citation) for citation in known.found.citations],
            buttons=[offer(flow, turn.language)] if flow in OFFERS else [],
            attachments=pictures.for_answer(first.slug, known.found.article_language, known.found.text),
        )
        record_answer(known.question, turn.language, turn.channel, turn.conversation, first.slug, first.revision)
        if turn.form is None and (begins := BEGUN_AFTER.get(first.slug)):
            turn.keep(offer=begins)
    remember(turn, known)


def came_at_no_christmas(question: str, today: date) -> bool:
    """Whether what the question is about was delivered on a day to which only the usual time applies."""
    delivered = None if FESTIVE.search(plain(question)) else understand.delivered_on(question, today)
    return delivered is not None and current().policies.returns.december.deadline(delivered) is None


def tell_last_day(turn: Turn, question: str) -> None:
    """Say until when what came on the day that the question tells can be returned."""
    if delivered := understand.delivered_on(question, turn.today):
        last = sentences.day(returns.last_day(delivered, current()), turn.language)
        turn.say("utter_last_day_to_return", delivered=sentences.day(delivered, turn.language), last=last)


def points_back(question: str, language: str) -> bool:
    """Whether a question beside another means something that only the other names ("and how do I see it?")."""
    bare = IS_THERE.sub(" ", wording.without_lead(question, language))
    if not wording.content_stems(bare, language) or wording.leaning(bare, language) == wording.Leaning.BACK:
        return not reading.names_its_subject(bare, language)
    return False


def admit_the_rest(turn: Turn, unknown: list[Known]) -> None:
    """Say of the first question that nothing answers that it is so, and keep it for the editors.

    One that points back to what was asked before it may be answered by what was told.
    """
    for known in unknown:
        if not points_back(known.question, turn.language):
            record_gap(known.question, turn.language, turn.channel, turn.conversation)
            turn.say("utter_no_answer_to_the_other")
            turn.command("gap")
            return


def discussed(turn: Turn) -> list[str]:
    """The products that the talk is about: of the request, of what was asked before, or of what we wrote."""
    sku = turn.wrote_about.get("sku")
    named = [*(turn.slot("product") or turn.slot("about") or ())] or ([sku] if sku else [])
    return [name for name in named if not name.startswith(LOTS)]


def offer(flow: str, language: str) -> Button:
    """A button that starts a flow."""
    intent = next(intent for intent, started in STARTS.items() if started == flow)
    return Button(OFFERS[flow][1 if language == "en" else 0], f"/{intent}")


def admit_ignorance(turn: Turn) -> bool:
    """Say that no article answers this, keep the question for the editors, and offer a person. Always True."""
    record_gap(turn.words, turn.language, turn.channel, turn.conversation)
    turn.say("utter_no_answer")
    turn.command("gap")
    return True
