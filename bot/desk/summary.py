"""What an agent should know before reading: made by rules from the transcript, the facts and the cases.

Every statement names the lines (or the case) it stands on and quotes them; nothing is inferred that they do not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bot.conversations.models import Handoff, Message
from bot.desk.labels import FACTS, word
from bot.desk.shop_view import CaseView

GOAL, FACT, TRIED, OPEN, NEXT = "goal", "fact", "tried", "open", "next"
QUOTE = 160
GREETING = re.compile(
    r"^\W*(hola|buenas|buenos d[ií]as|buenas (tardes|noches)|hi|hello|hey|good (morning|afternoon|evening)|"
    r"/start|gracias|thanks|ok|vale)\b[\s\W]*$",
    re.IGNORECASE,
)
# What an answer must look like to be taken for these facts.
SHAPES = {
    "order_number": re.compile(r"\b[A-Z]{2}-?\d{4,}\b", re.IGNORECASE),
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    "phone": re.compile(r"\+?\d[\d\s().-]{6,}\d"),
}
NOT_TOLD = {"confirm", "rating"}


@dataclass(frozen=True)
class Statement:
    """One line of the summary, the numbers of the messages it stands on, and the case if it stands on one."""

    kind: str
    text: str
    lines: tuple[int, ...] = ()
    case: str = ""


def summarise(
    messages: Sequence[Message],
    *,
    facts: Mapping[str, Any] | None = None,
    cases: Sequence[CaseView] = (),
    handoff: Handoff | None = None,
    gaps: Sequence[int] = (),
) -> tuple[Statement, ...]:
    """Summarise an episode's messages (oldest first). `gaps` are the numbers of lines that no article answered."""
    lines = [line for line in messages if not line.note]
    said = [line for line in lines if line.author == Message.Author.CUSTOMER and line.text.strip()]
    trigger = _trigger(said, handoff)
    return (
        *_goal(said, trigger),
        *_facts(lines, facts or {}, trigger),
        *_tried(lines),
        *_cases(lines, cases),
        *_open(lines, gaps, trigger),
        *_next(lines, cases, handoff, trigger),
    )


def quote(text: str) -> str:
    """The words between « », on one line, cut at a word's end where they are long."""
    flat = " ".join(text.split())
    if len(flat) > QUOTE:
        cut = flat[:QUOTE]
        flat = (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"
    return f"«{flat}»"


def _goal(said: Sequence[Message], trigger: Message | None) -> Iterator[Statement]:
    meant = [line for line in said if not GREETING.match(line.text)]
    if meant:
        yield Statement(GOAL, _("The customer began with %(words)s") % {"words": quote(meant[0].text)}, (meant[0].seq,))
    if meant and trigger and trigger.seq != meant[0].seq:
        yield Statement(GOAL, _("The handoff came after %(words)s") % {"words": quote(trigger.text)}, (trigger.seq,))


def _trigger(said: Sequence[Message], handoff: Handoff | None) -> Message | None:
    """The line that the handoff quotes as its trigger, if it is among these."""
    words = handoff.trigger.strip() if handoff else ""
    return next((line for line in reversed(said) if words and line.text.strip()[:300] == words), None)


def _facts(lines: Sequence[Message], facts: Mapping[str, Any], trigger: Message | None) -> Iterator[Statement]:
    """What the customer answered, and those of the dialogue's facts that stand literally in a customer's line."""
    answered: dict[str, Statement] = {}
    for asking, answer in _questions(lines):
        if answer and answer is not trigger and (given := _given(asking.asks, answer)):
            answered[asking.asks] = _told(asking.asks, given, asking.seq, answer.seq)
    quoted = " ".join(statement.text for statement in answered.values()).casefold()
    for name, value in facts.items():
        words = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if name in answered or len(words) < 3 or words.casefold() in quoted:
            continue
        source = next((line for line in lines if line.author == "customer" and _contains(line.text, words)), None)
        if source:
            answered[name] = _told(name, words, source.seq)
    yield from answered.values()


def _told(name: str, words: str, *seqs: int) -> Statement:
    return Statement(FACT, _("%(label)s: %(words)s") % {"label": word(FACTS, name), "words": quote(words)}, seqs)


def _contains(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def _questions(lines: Sequence[Message]) -> Iterator[tuple[Message, Message | None]]:
    """Each thing the bot asked for, with the customer's next words; without them where the bot had to ask again."""
    asking = [index for index, line in enumerate(lines) if line.asks and line.author == Message.Author.BOT]
    for number, index in enumerate(asking):
        end = asking[number + 1] if number + 1 < len(asking) else len(lines)
        asked_again = end < len(lines) and lines[end].asks == lines[index].asks
        between = [line for line in lines[index + 1 : end] if line.author == Message.Author.CUSTOMER]
        answer = between[0] if between and not asked_again else None
        yield lines[index], answer


def _given(slot: str, answer: Message) -> str:
    """The customer's words where they can be an answer: of the right shape, and no question back."""
    text = answer.text.strip()
    if slot in NOT_TOLD or not text:
        return ""
    if slot in SHAPES:
        found = SHAPES[slot].search(text)
        return found.group(0) if found else ""
    return "" if "?" in text else text


def _tried(lines: Sequence[Message]) -> Iterator[Statement]:
    cited: dict[tuple[str, Any], tuple[str, list[int]]] = {}
    for line in lines:
        for citation in line.citations:
            key = (str(citation.get("slug", "")), citation.get("revision"))
            cited.setdefault(key, (str(citation.get("title") or key[0]), []))[1].append(line.seq)
    for (_slug, revision), (title, seqs) in cited.items():
        words = _("The customer was quoted %(title)s (revision %(revision)s)")
        yield Statement(TRIED, words % {"title": f"«{title}»", "revision": revision}, tuple(dict.fromkeys(seqs)))


def _cases(lines: Sequence[Message], cases: Sequence[CaseView]) -> Iterator[Statement]:
    for case in cases:
        words = _("Case %(number)s, order %(order)s: %(kind)s, %(decision)s (%(clause)s)")
        text = words % {
            "number": case.number, "order": case.order, "kind": case.kind,
            "decision": case.decision, "clause": case.clause,
        }  # fmt: skip
        named = tuple(line.seq for line in lines if _contains(line.text, case.number))
        yield Statement(TRIED, text, named, case.number)


def _open(lines: Sequence[Message], gaps: Sequence[int], trigger: Message | None) -> Iterator[Statement]:
    by_number = {line.seq: line for line in lines}
    for seq in dict.fromkeys(gaps):
        if seq in by_number:
            words = _("No article answered %(words)s") % {"words": quote(by_number[seq].text)}
            yield Statement(OPEN, words, (seq,))
    asking, answer = next(reversed(list(_questions(lines))), (None, None))
    after = [line for line in lines if asking and line.seq > asking.seq]
    answered_otherwise = any(line.author in (Message.Author.BOT, Message.Author.AGENT) for line in after)
    if asking and not answered_otherwise and (answer is None or answer is trigger or not _given(asking.asks, answer)):
        words = _("The bot asked for this and has no answer yet: %(label)s") % {"label": word(FACTS, asking.asks)}
        yield Statement(OPEN, words, (asking.seq,))
    for line in _unanswered(lines, trigger)[-3:]:
        yield Statement(OPEN, _("Without an answer: %(words)s") % {"words": _content(line)}, (line.seq,))


def _unanswered(lines: Sequence[Message], trigger: Message | None) -> list[Message]:
    """The customer's lines after the last answer. That they asked for a person is answered by the handoff itself."""
    answered = max((line.seq for line in lines if line.author in (Message.Author.BOT, Message.Author.AGENT)), default=0)
    waiting = [line for line in lines if line.author == Message.Author.CUSTOMER and line.seq > answered]
    return [line for line in waiting if line is not trigger] or waiting


def _content(line: Message) -> str:
    return quote(line.text) if line.text.strip() else _("a file")


def _next(
    lines: Sequence[Message], cases: Sequence[CaseView], handoff: Handoff | None, trigger: Message | None
) -> Iterator[Statement]:
    """One suggestion: what danger or a delicate reason asks for, else a case that waits, else the last words."""
    customer = [line for line in lines if line.author == Message.Author.CUSTOMER]
    if not customer:
        return
    advice = _advice(handoff.reason) if handoff else ""
    about = (trigger or customer[-1]).seq
    pending = next((case for case in cases if case.decision_code == "pending_person" and case.state == "open"), None)
    waiting = _unanswered(lines, trigger)
    if handoff and handoff.priority < 3 and advice:
        yield Statement(NEXT, advice, (about,))
    elif pending:
        words = _("Decide case %(number)s") % {"number": pending.number}
        if pending.proposal:
            words += _("; the rules alone would say: %(proposal)s") % {"proposal": pending.proposal}
        yield Statement(NEXT, words, case=pending.number)
    elif waiting and waiting != [trigger]:
        yield Statement(NEXT, _("Answer %(words)s") % {"words": _content(waiting[-1])}, (waiting[-1].seq,))
    elif waiting and advice:
        yield Statement(NEXT, advice, (about,))


def _advice(reason: str) -> str:
    """What the shop's policy asks of a person for this reason."""
    return {
        "safety": _("Make sure nobody is in danger: product unplugged, not used any more"),
        "legal": _("Answer in writing, promise nothing outside the policies, and tell a supervisor"),
        "fraud_or_payment": _("Check the payment before anything is said about it"),
        "very_upset": _("Say sorry first, then one concrete next step"),
        "press": _("Pass it on to a supervisor; no statement from the desk"),
        "technical": _("The bot failed: answer what was asked last"),
        "no_answer": _("Answer the question that no article answered"),
        "others_order": _("Check who is asking before anything is said about the order"),
        "asked_for_person": _("Ask what is still missing, if it is not clear from above"),
    }.get(reason, "")
