"""What has happened in somebody's conversations: matters that ended, and cases that wait for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from bot.conversations.models import BOT, NOBODY, Conversation, Handoff, Message
from bot.outreach.people import Incident, QuietCase
from bot.shop.models import Case, Order

# No rule asks about what is older.
LOOK_BACK = timedelta(days=45)


def incidents(talks: Sequence[Conversation]) -> tuple[Incident, ...]:
    """Matters of the last weeks, each under a name that stays the same."""
    since = timezone.now() - LOOK_BACK
    by_id = {talk.pk: talk for talk in talks if talk.updated_at > since}
    return (*_handoffs(by_id), *_cases(by_id), *_guides(by_id))


def _handoffs(talks: dict[UUID, Conversation]) -> Iterator[Incident]:
    ended = (Handoff.State.RESOLVED, Handoff.State.RETURNED)
    for handoff in Handoff.objects.filter(conversation__in=talks, state__in=ended, closed_at__isnull=False):
        facts = talks[handoff.conversation_id].facts
        assert handoff.closed_at is not None
        yield Incident(
            f"handoff-{handoff.pk}", handoff.conversation_id, handoff.closed_at, frozenset({"handoff"}),
            order=str(facts.get("order") or ""),
        )  # fmt: skip


def _cases(talks: dict[UUID, Conversation]) -> Iterator[Incident]:
    for case, talk in _with_cases(talks):
        yield Incident(
            case.number, talk, case.opened_at, frozenset({case.kind}), order=case.order.number, sku=_sku(case)
        )


def _with_cases(talks: Mapping[UUID, Conversation]) -> Iterator[tuple[Case, UUID]]:
    """The dialogue names an episode of a conversation as "<id>:<episode>"."""
    names = {str(pk): pk for pk in talks}
    names |= {f"{pk}:{turn}": pk for pk, talk in talks.items() for turn in range(1, talk.episode + 1)}
    recent = Case.objects.filter(conversation__in=names, opened_at__gt=timezone.now() - LOOK_BACK)
    for case in recent.exclude(state=Case.State.SUPERSEDED).select_related("order").prefetch_related("items__item"):
        yield case, names[case.conversation]


def _sku(case: Case) -> str:
    return next((each.item.sku for each in case.items.all()), "")


def _guides(talks: dict[UUID, Conversation]) -> Iterator[Incident]:
    """The last article that the bot quoted in a conversation, with the product it is about."""
    from knowledge.models import ArticlePage

    quoted = Message.objects.filter(conversation__in=talks, author=Message.Author.BOT).exclude(citations=[])
    last = {message.conversation_id: message for message in quoted.order_by("seq")}
    slugs = {message.citations[0]["slug"] for message in last.values()}
    skus = {page.slug: next(iter(page.skus), "") for page in ArticlePage.objects.live().filter(slug__in=slugs)}
    for talk, message in last.items():
        slug = message.citations[0]["slug"]
        yield Incident(
            f"article-{message.pk}", talk, message.created_at, frozenset({"article"}), frozenset({slug}),
            sku=skus.get(slug, ""),
        )  # fmt: skip


def quiet_cases(talks: Sequence[Conversation], orders: Sequence[Order]) -> tuple[QuietCase, ...]:
    """Open cases of conversations that nobody else has, with the last time that anything was said there."""
    free = {talk.pk: talk for talk in talks if talk.owner in (BOT, NOBODY)}
    found = []
    for case, talk in _with_cases(free):
        if case.state == Case.State.OPEN:
            since = max(case.opened_at, free[talk].updated_at)
            found.append(QuietCase(case.number, talk, since, case.order.number, _sku(case)))
    return tuple(found)
