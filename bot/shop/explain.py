"""Why a case was decided as it was, from what was stored with it, and whether the rules still say so."""

from datetime import date

from bot.shop import rulebook, sentences
from bot.shop.decisions import Facts, decide
from bot.shop.decisions.decision import Decision, MissingFacts
from bot.shop.decisions.decision import from_json as decision_from_json
from bot.shop.decisions.facts import from_json as facts_from_json
from bot.shop.models import Case


def stored_facts(case: Case) -> Facts:
    """The facts a case was decided on."""
    return facts_from_json(case.inputs)


def stored_decision(case: Case) -> Decision:
    """The decision as it was taken, proposal included."""
    return decision_from_json(case.result)


def replay(case: Case) -> Decision | None:
    """What today's rules say about the same facts; None when they now ask for more."""
    try:
        return decide(case.asked_kind, stored_facts(case))  # type: ignore[arg-type]
    except MissingFacts:
        return None


def customer_text(case: Case, language: str) -> str:
    """What the customer is told: the reason, then the next steps, one a line."""
    decision, facts = stored_decision(case), stored_facts(case)
    told = {"order": facts.order.number, "delivered": facts.order.delivered_on}
    return "\n".join(
        [sentences.reason(decision, language, **told), *sentences.steps(decision, language, **told)]  # type: ignore[arg-type]
    )


def explain(case: Case) -> str:
    """The whole account for a person of the team, several lines, no personal data."""
    decision, facts = stored_decision(case), stored_facts(case)
    handled = f", handled as {case.kind}" if case.kind != case.asked_kind else ""
    lines = [
        f"Case {case.number} ({case.state}) about order {facts.order.number}",
        f"Asked on {facts.today}: {case.asked_kind}{handled}",
        f"Decision: {_verdict(decision)}",
        f"Clause {case.clause}: {_clause(case.clause)}",
    ]
    if decision.proposal:
        proposal = decision.proposal
        lines += [
            f"Proposal of the rules: {_verdict(proposal)}",
            f"Clause {proposal.clause}: {_clause(proposal.clause)}",
        ]
    lines += [_dates(facts), *_items(facts, decision.proposal or decision), *_told(facts)]
    if case.deadline:
        lines.append(f"Deadline: {case.deadline}")
    lines += [f"{event.at:%Y-%m-%d %H:%M}Z {event.event} by {event.actor}" for event in case.events.all()]
    return "\n".join([*lines, _replayed(case)])


def _verdict(decision: Decision) -> str:
    person = f", a person decides: {decision.needs_person}" if decision.needs_person else ""
    return f"{decision.outcome}, {decision.reason_code or 'no rule applied yet'}{person}"


def _clause(clause: str) -> str:
    try:
        return sentences.clause(clause, "en")
    except KeyError:
        return "(no longer in policies.yml)"


def _dates(facts: Facts) -> str:
    order = facts.order
    known: list[tuple[str, date | None]] = [
        ("ordered", order.ordered_on), ("delivered", order.delivered_on), ("last movement", order.last_movement_on),
    ]  # fmt: skip
    days = [f"{name} {day} ({(facts.today - day).days} days before)" for name, day in known if day]
    return f"Order {order.status} to {order.zone}: " + ", ".join(days)


def _items(facts: Facts, decision: Decision) -> list[str]:
    items = {item.line: item for item in facts.order.items}
    rows = []
    for line in decision.lines:
        known = {name: getattr(items[line.line], name) for name in ("personalised", "unsealed", "lot", "last_descale")}
        marks = "".join(f", {name} {value}" for name, value in known.items() if value)
        rows.append(f"- {line.qty} × {line.sku}: {line.outcome}, {line.reason_code} ({line.clause}){marks}")
    return rows


def _told(facts: Facts) -> list[str]:
    names = ("reason", "fault", "photo", "resolution", "pickup", "new_zone", "danger", "legal_threat", "conversations")
    told = [f"{name}={getattr(facts, name)}" for name in names if getattr(facts, name) not in (None, False)]
    return ["The customer told us: " + ", ".join(told)] if told else []


def _replayed(case: Case) -> str:
    again = replay(case)
    same_rules = case.rules == rulebook.current().fingerprint
    rules = "the same rules" if same_rules else "rules changed since"
    if again is None:
        return f"Replayed with {rules}: more facts would be asked for"
    same = (again.outcome, again.reason_code, again.clause) == (case.decision, case.reason_code, case.clause)
    return f"Replayed with {rules}: " + ("the same decision" if same else f"now {_verdict(again)} ({again.clause})")
