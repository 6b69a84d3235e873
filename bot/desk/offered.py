"""The approved messages for a closed reply window, with what is known filled in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversations.models import Conversation
from bot.conversations.templates import all_templates
from bot.desk.access import Agent


@dataclass(frozen=True)
class Variable:
    name: str
    value: str


@dataclass(frozen=True)
class Offered:
    """`text` shows the variables in braces; their values are what the agent finds filled in."""

    name: str
    text: str
    variables: tuple[Variable, ...]


def offered(agent: Agent, conversation: Conversation) -> list[Offered]:
    """Every template in the customer's language."""
    known = {
        "name": conversation.identity.customer.name.partition(" ")[0],
        "agent": agent.name,
        "case": str(conversation.facts.get("case") or ""),
    }
    return [
        Offered(
            template.name,
            template.texts.get(conversation.language) or next(iter(template.texts.values())),
            tuple(Variable(name, known.get(name, "")) for name in template.variables),
        )
        for template in all_templates().values()
    ]
