"""A low rating of a conversation that is over comes to the desk with what the customer said, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import ownership, rating
from bot.conversations.models import Conversation, Handoff
from bot.outreach.follow_ups import TIME_TO_SAY_WHY, follow_ratings
from tests.conversations.test_rating import ana as ana
from tests.conversations.test_rating import resolved
from tests.conversations.test_watching import writes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.RATING_AFTER = timedelta(0)


def rated(ana: Any, *said: str) -> Conversation:
    """Lucía rates how Ana helped her."""
    conversation = resolved(ana)
    assert rating.ask_due() == 1
    for text in said:
        writes(conversation, text)
    return conversation


def test_a_low_rating_waits_for_the_reason_and_comes_to_the_desk_once(ana: Any) -> None:
    conversation = rated(ana, "1", "Nadie me leyó")
    later = timezone.now() + TIME_TO_SAY_WHY + timedelta(seconds=1)
    assert follow_ratings() == 0, "she may be writing why"
    assert (follow_ratings(later), follow_ratings(later)) == (1, 0)
    conversation.refresh_from_db()
    handoff = conversation.handoffs.get(state=Handoff.State.QUEUED)
    assert (conversation.owner, conversation.resolved_at) == ("queue", None)
    assert (handoff.reason, handoff.priority, handoff.trigger) == ("policy_check", 2, "CSAT 1: Nadie me leyó")
    ownership.take(conversation.pk, ana.pk, agent_name="Ana")
    ownership.resolve(conversation.pk, f"agent:{ana.pk}")
    assert follow_ratings(later) == 0, "it has been seen to"


@pytest.mark.parametrize("said", [("4",), ("1", "5"), ()])
def test_a_good_rating_a_corrected_one_and_none_follow_nobody(ana: Any, said: tuple[str, ...]) -> None:
    rated(ana, *said)
    assert follow_ratings(timezone.now() + timedelta(hours=1)) == 0


def test_whoever_has_come_back_is_being_looked_after(ana: Any) -> None:
    conversation = rated(ana, "2")
    ownership.request(conversation.pk, "very_upset", "customer")
    ownership.resolve(conversation.pk, f"agent:{ana.pk}")
    assert follow_ratings(timezone.now() + timedelta(hours=1)) == 0
