"""What an agent could answer: from articles, and from how colleagues answered similar words. Never sent by itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.conversations.models import Conversation
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.tools import citing, past_replies
from bot.desk.tools.citing import Source
from bot.desk.tools.past_replies import Past

log = logging.getLogger(__name__)
ARTICLES = 2
# An article that is hardly about the question is no suggestion.
SURE_ENOUGH = 0.25


@dataclass(frozen=True)
class Suggestions:
    """`asked` are the customer's words that they answer."""

    asked: str
    articles: tuple[Source, ...]
    replies: tuple[Past, ...]


def suggestions(conversation: Conversation) -> Suggestions:
    """Nothing where the customer has said nothing, or where the models cannot be asked."""
    from knowledge.encoder import EncoderError

    asked = past_replies.asked(conversation)
    if not asked:
        return Suggestions("", (), ())
    articles = citing.found(asked, conversation.language, ARTICLES)
    if articles and articles[0].sure is not None and articles[0].sure < SURE_ENOUGH:
        articles = []
    try:
        replies = past_replies.similar(asked, conversation.language, apart_from=conversation)
    except EncoderError as error:
        log.warning("no replies are suggested: %s", error)
        replies = []
    return Suggestions(asked, tuple(articles), tuple(replies))


@require_safe
@agents_only
async def suggested(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/suggested"""
    return await for_agent(request, _suggested, request, conversation_id)


def _suggested(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation is None:
        return render(request, "desk/not_found.html", status=404)
    context = {"conversation": conversation, "suggestions": suggestions(conversation)}
    return render(request, "desk/tools/suggested.html", context)
