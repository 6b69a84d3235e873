"""Nothing is kept of a customer that nobody answers for: every table of ours is named, and erased as it is said."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from bot.conversations.models import Conversation, Customer, Delivery, Identity, Message
from bot.dialogue.scripted import ScriptedDialogue
from bot.privacy import erasing, holders
from bot.privacy.find import person_of
from tests.privacy.rows import filled, texts_of

OURS = ("bot.", "knowledge", "channels.")
MARK = "Lucía"
ROOTS: tuple[type[models.Model], ...] = (Customer, Identity, Conversation, Message, Delivery)
# Fields that stay although a customer had a part in them: codes of ours and agents' choices, never a customer's words.
CODES: dict[str, tuple[str, ...]] = {
    "conversations.Customer": ("language",),
    "conversations.Identity": ("channel", "account"),
    "conversations.Conversation": ("channel", "language", "turn_lease"),
    "conversations.Message": ("author", "asks", "citations", "in_reply_to"),
    "conversations.Turn": ("state", "intent"),
    "conversations.Delivery": ("state", "error_kind"),
    "conversations.Event": ("kind", "actor"),
    "conversations.Handoff": ("state", "reason"),
    "conversations.CallBack": ("state", "agent_phone"),
    "conversations.InboundEvent": ("channel", "account", "event_id"),
    "desk_tools.Snooze": ("ended_by",),
    "desk_tools.SecondLook": ("case", "verb", "state"),
    "desk_sorting.Sort": ("aspect", "value", "source"),
    "insights.Episode": ("channel", "language", "product", "lot", "problem", "counts"),
    "outreach.Offered": ("offer", "sku"),
    "outreach.Reach": (
        "rule", "purpose", "channel", "sku", "asks", "zones", "country",
    ),
}  # fmt: skip


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(OURS) and model._meta.managed]


def named() -> dict[str, tuple[str, str]]:
    return {label: fate for holder in holders.all_of() for label, fate in holder.MODELS.items()}


def test_every_table_has_somebody_who_answers_for_it() -> None:
    missing = sorted(model._meta.label for model in ours() if model._meta.label not in named())
    assert not missing, (
        f"{', '.join(missing)}: say in that part's personal.py (MODELS) what becomes of the rows when a customer is "
        "erased, and erase them there; docs/privacy.md tells how"
    )


def test_nobody_answers_for_what_is_not_there() -> None:
    assert sorted(set(named()) - {model._meta.label for model in ours()}) == []
    assert {fate for fate, _why in named().values()} <= set(holders.FATES)


def related() -> list[type[models.Model]]:
    """Tables that point to a customer, an identity, a conversation or a line."""
    return [
        model
        for model in ours()
        if model not in ROOTS and any(field.related_model in ROOTS for field in model._meta.concrete_fields)
    ]


def test_the_walk_finds_what_points_to_customers() -> None:
    assert {"Media", "Handoff", "CallBack", "PastReply", "Correction", "Reach", "Episode"} <= {
        model.__name__ for model in related()
    }


@pytest.mark.parametrize("model", related(), ids=lambda model: model._meta.label)
def test_what_points_to_a_customer_holds_no_word_of_them_afterwards(engine: ScriptedDialogue, model: Any) -> None:
    """Every field of every such table is filled with her name, whoever adds a table or a field."""
    ana = get_user_model().objects.create_user("ana")
    given: dict[type[models.Model], models.Model] = {get_user_model(): ana}
    for root in ROOTS:
        given[root] = filled(root, MARK, given)
    for field in model._meta.concrete_fields:
        if field.is_relation and not field.null and field.related_model not in given:
            given[field.related_model] = filled(field.related_model, "", given)
    row = filled(model, MARK, given)
    person = person_of(given[Customer].pk)
    assert str(given[Conversation].pk) in person.talks

    erasure = erasing.begin(person)

    assert erasure is not None and erasure.problem == ""
    for left in [*(given[root] for root in ROOTS), row]:
        found = type(left)._default_manager.filter(pk=left.pk).first()
        if found is None:
            continue
        for name in CODES.get(type(left)._meta.label, ()):
            setattr(found, name, "")
        assert MARK not in texts_of(found), f"{type(left)._meta.label}: {texts_of(found)}"
