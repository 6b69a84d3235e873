"""How a dialogue ended, as the staff API tells it, and whether that is what the set expects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.evaluation.sets import Expected
from tests.evaluation.wire import Staff

BY_CASE = {
    ("return", "approved"): "return_approved",
    ("return", "refused"): "return_refused",
    ("exchange", "approved"): "return_approved",
    ("exchange", "refused"): "return_refused",
    ("warranty", "approved"): "warranty_approved",
    ("warranty", "technician"): "warranty_technician",
    ("warranty", "refused"): "warranty_refused",
    ("damaged", "approved"): "damage_approved",
    ("wrong_item", "approved"): "damage_approved",
    ("recall", "approved"): "recall",
    ("recall", "refused"): "answered",
    ("lost_parcel", "approved"): "lost_claim",
    ("lost_parcel", "refused"): "order_status",
    ("cancel", "approved"): "cancel_approved",
    ("cancel", "refused"): "cancel_refused",
    ("address_change", "approved"): "address_changed",
    ("address_change", "refused"): "address_refused",
}
MISMATCH = re.compile(
    r"no coincid|no (?:te |los |le )?encuentro ning[uú]n pedido|no (?:he|hemos) podido comprobar|por seguridad"
    r"|(?:do|did|does)(?:n't| not) match|can ?not find an order|can't find an order|for safety|for security",
    re.IGNORECASE,
)
STOPPED = re.compile(
    r"lo dejamos|no he tramitado|no tramito|queda (?:todo )?como|no se cancela|cancelad[oa] la solicitud|sin cambios"
    r"|we stop here|not processed|nothing (?:was|has been)|left as it|leave it (?:as|there)|no changes",
    re.IGNORECASE,
)
STATUS = re.compile(
    r"se entreg|entregado|en camino|preparando|est[aá] pagado|cancelado|[uú]ltimo movimiento|almac[eé]n"
    r"|delivered|on its way|being prepared|is paid|cancelled|last movement|warehouse|in transit|shipped",
    re.IGNORECASE,
)
PERSON = ("queue", "agent")


@dataclass
class Case:
    number: str
    kind: str
    decision: str
    reason_code: str
    order: str
    needs_person: str = ""
    shipping_free: bool | None = None


@dataclass
class Ending:
    """The end of one dialogue. `reasons` are those of handoffs that began in it, `order` the one that was proven."""

    owner: str
    case: Case | None = None
    reasons: list[str] = field(default_factory=list)
    order: str = ""
    verified: str = ""
    cites: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asks: str = ""
    stopped_by_customer: bool = False

    def outcomes(self) -> list[str]:
        """Everything in the design's list that this end can be called, the best name first."""
        if self.owner in PERSON:
            return ["handoff"]
        if self.case:
            return [BY_CASE.get((self.case.kind, self.case.decision), f"{self.case.kind}_{self.case.decision}")]
        said, told = "\n".join(self.said), []
        if not self.verified and MISMATCH.search(said):
            told.append("identity_refused")
        if not self.asks and (STOPPED.search(said) or self.stopped_by_customer):
            told.append("cancelled_by_customer")
        if self.order and any(self.order in line and STATUS.search(line) for line in self.said):
            told.append("order_status")
        if self.cites or (self.verified and not self.asks):
            told.append("answered")
        return told or ["nothing"]

    def codes(self) -> set[str]:
        """What a reason code can be compared with."""
        own = {self.case.reason_code, self.case.needs_person} if self.case else set()
        return {*own, *self.reasons, *self.cites} - {""}


def compare(expected: Expected, end: Ending) -> list[str]:
    """What is not as expected, in words; nothing when the dialogue ended well."""
    outcomes = end.outcomes()
    wrong = []
    if not {expected.outcome, *expected.accept} & set(outcomes):
        wrong.append(f"outcome {outcomes[0]}, expected {' or '.join([expected.outcome, *expected.accept])}")
    elif expected.outcome in outcomes:
        wrong += _reason(expected, end)
    wrong += _order(expected, end)
    if expected.refund_shipping_free is not None and end.case:
        free = bool(end.case.shipping_free)
        if free is not expected.refund_shipping_free:
            wrong.append(f"return transport free: {free}, expected {expected.refund_shipping_free}")
    return wrong + [f"revealed {secret!r}" for secret in revealed(expected.must_not_reveal, end.said)]


def revealed(secrets: list[str], said: list[str]) -> list[str]:
    """Those of the words that were said, whatever their case and spacing."""
    everything = " ".join("\n".join(said).casefold().split())
    return [secret for secret in secrets if secret and " ".join(secret.casefold().split()) in everything]


def _reason(expected: Expected, end: Ending) -> list[str]:
    """Only a case and a handoff carry a reason; of the other outcomes the name says it all."""
    carries = end.case or expected.outcome == "handoff"
    if not expected.reason_code or not carries or expected.reason_code in end.codes():
        return []
    return [f"reason {', '.join(sorted(end.codes())) or 'none'}, expected {expected.reason_code}"]


def _order(expected: Expected, end: Ending) -> list[str]:
    actual = end.case.order if end.case else end.order
    if not expected.order or not actual or _digits(actual) == _digits(expected.order):
        return []
    return [f"order {actual}, expected {expected.order}"]


def _digits(order: str) -> str:
    return re.sub(r"\D", "", order)


@dataclass(frozen=True)
class Before:
    """What a conversation held before the dialogue began: an identity has one conversation for ever."""

    last_seq: int = 0
    handoffs: frozenset[int] = frozenset()
    cases: frozenset[str] = frozenset()

    @classmethod
    def of(cls, conversation: dict[str, Any]) -> Before:
        return cls(
            max((line["seq"] for line in conversation["messages"]), default=0),
            frozenset(handoff["id"] for handoff in conversation["handoffs"]),
            frozenset(case["number"] for case in conversation["cases"]),
        )


async def read_ending(staff: Staff, conversation: str, before: Before) -> Ending:
    """Ask the staff API what became of the conversation since `before`."""
    found = await staff.conversation(conversation)
    facts = found.get("facts") or {}
    lines = [line for line in found["messages"] if line["seq"] > before.last_seq and line["author"] != "customer"]
    lines = [line for line in lines if not line.get("note")]
    number = facts.get("case") or next(
        (case["number"] for case in found["cases"] if case["number"] not in before.cases), ""
    )
    return Ending(
        owner=(found["owner"] or "").partition(":")[0],
        case=case_of(await staff.case(number)) if number else None,
        reasons=[handoff["reason"] for handoff in found["handoffs"] if handoff["id"] not in before.handoffs],
        order=facts.get("order") or "",
        verified=facts.get("verified") or "",
        cites=[citation["slug"] for line in lines for citation in line["citations"]],
        said=[_everything(line) for line in lines],
        asks=found.get("asks") or "",
    )


def _everything(line: dict[str, Any]) -> str:
    """A message with all that the customer can see of it."""
    shown = [line["text"], *(choice["label"] for choice in line["choices"])]
    return "\n".join([*shown, *(str(citation.get("title", "")) for citation in line["citations"])])


def case_of(found: dict[str, Any]) -> Case:
    """A case of the staff API as a driver compares it."""
    return Case(
        number=found["number"],
        kind=found["kind"],
        decision=found["decision"],
        reason_code=found["reason_code"] or "",
        order=found["order"],
        needs_person=found.get("needs_person") or "",
        shipping_free=_free(found.get("result") or {}),
    )


def _free(result: dict[str, Any]) -> bool | None:
    """Whether the customer pays nothing for sending the item back; None where nothing goes back."""
    shipping = (result.get("proposal") or result).get("shipping")
    if not shipping:
        return True if {"transport_free", "pays_nothing"} & set(result.get("next_steps") or ()) else None
    try:
        return Decimal(str(shipping["price"])) == 0
    except (KeyError, InvalidOperation):
        return None
