"""The staff API under /api: what the desk shows and does, for programmes. Its description is at /api/openapi.json."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from bot.conversations.background import go_on
from bot.conversations.models import Conversation
from bot.conversations.outbox import deliver
from bot.desk import actions, continuing, metrics, shapes, shop_view
from bot.desk.access import Agent, NoRole, bearer, for_agent, signed_in
from bot.desk.described import DescribedAPI
from bot.desk.tools import deeds

PAGE = 100


class NotAllowed(Exception):
    """Known, but not allowed: the message says why."""


class StaffAuth:
    """A bearer token, or the browser's session together with its CSRF token."""

    async def __call__(self, request: HttpRequest) -> Agent | None:
        return await for_agent(request, who_asks, request)


def who_asks(request: HttpRequest) -> Agent | None:
    """The agent who calls; None for a stranger, raises `NotAllowed`."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() == "bearer":
            return bearer(key.strip())
        if request.method not in ("GET", "HEAD", "OPTIONS") and check_csrf(request):
            raise NotAllowed("The CSRF token is missing or wrong: send it as X-CSRFToken, or use a bearer token.")
        return signed_in(request)
    except NoRole as error:
        raise NotAllowed(f"The account {error} is not an agent: add it to the group `agents`.") from error


def for_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The description of the API is for those who may call it."""

    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            known = who_asks(request)
        except NotAllowed as error:
            return _not_allowed(request, error)
        return view(request, **kwargs) if known else _unknown(request, AuthenticationError())

    return guarded


api = DescribedAPI(
    title="Postventa staff API",
    version="1",
    auth=StaffAuth(),
    urls_namespace="staff-api",
    docs_url=None,
    docs_decorator=for_staff,
)


class Words(Schema):
    """`key` makes a repetition harmless: the same key gives the message that it gave before."""

    text: str
    key: Annotated[str, Field(max_length=64)] = ""


class Note(Schema):
    note: str = ""


class Ending(Note):
    """`outcome`: solved, answered, promised, no_reply, not_ours or spam."""

    outcome: Annotated[str, Field(max_length=12)] = ""


class Passing(Note):
    """`to`: agent:<id> or team:<id>."""

    to: Annotated[str, Field(max_length=20)]


class Aside(Note):
    """`until`: hour, afternoon, tomorrow, monday, reply (until the customer writes), or a date and time."""

    until: Annotated[str, Field(max_length=40)]


class Duplicate(Schema):
    """The conversation that goes on."""

    into: UUID


class Taking(Schema):
    """`over` takes the conversation from a colleague as well."""

    over: bool = False


class Approved(Schema):
    """A template of `bot/conversations/templates.yml` and its variables by name."""

    name: Annotated[str, Field(max_length=64)]
    variables: dict[str, str] = Field(default_factory=dict)


class Elsewhere(Schema):
    """The channel to go on at, such as whatsapp."""

    channel: Annotated[str, Field(max_length=20)]


class Apart(Schema):
    """The number of one of the conversation's `merges`."""

    merge: Annotated[int, Field(ge=1)]


class Listing(Schema):
    owner: Annotated[str, Field(pattern=r"^(bot|queue|none|agent:\d{1,9})?$")] = ""
    channel: Annotated[str, Field(max_length=20)] = ""
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def _error(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> HttpResponse:
    return api.create_response(request, {"error": {"code": code, "message": message, **more}}, status=status)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    return _error(request, 401, "unauthenticated", "Sign in, or send a bearer token (manage.py api_token makes one).")


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: Exception) -> HttpResponse:
    return _error(request, 403, "forbidden", str(error))


@api.exception_handler(Http404)
@api.exception_handler(Conversation.DoesNotExist)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return _error(request, 404, "not_found", "There is no such thing here; check the id or number.")


@api.exception_handler(actions.Taken)
def _taken(request: HttpRequest, error: actions.Taken) -> HttpResponse:
    return _error(request, 409, "not_yours", str(error), holder=error.holder)


@api.exception_handler(actions.Refused)
def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    return _error(request, 422, "invalid", str(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    what = [{"at": ".".join(map(str, item["loc"][1:])), "what": item["msg"]} for item in error.errors]
    return _error(request, 422, "invalid", "Some fields are missing or wrong.", fields=what)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _error(request, error.status_code, "invalid", str(error))


@api.get("/conversations", summary="Conversations, the latest first")
async def conversations(request: HttpRequest, listing: Query[Listing]) -> Any:
    return await for_agent(request, shapes.listing, listing.owner, listing.channel, listing.limit, listing.offset)


@api.get("/conversations/{uuid:conversation_id}", summary="A conversation with its lines, handoffs, cases, citations")
async def conversation(request: HttpRequest, conversation_id: UUID) -> Any:
    return await for_agent(request, shapes.full, conversation_id)


@api.post("/conversations/{uuid:conversation_id}/take", summary="Become its owner")
async def take(request: HttpRequest, conversation_id: UUID, body: Taking | None = None) -> Any:
    over = bool(body and body.over)
    return await _do(request, conversation_id, actions.take, over=over)


@api.post("/conversations/{uuid:conversation_id}/return", summary="Give it back to the bot")
async def give_back(request: HttpRequest, conversation_id: UUID, body: Note | None = None) -> Any:
    return await _do(request, conversation_id, deeds.give_back, body.note if body else "")


@api.post("/conversations/{uuid:conversation_id}/resolve", summary="End it")
async def resolve(request: HttpRequest, conversation_id: UUID, body: Ending | None = None) -> Any:
    return await _do(request, conversation_id, deeds.resolve, body.note if body else "", body.outcome if body else "")


@api.post("/conversations/{uuid:conversation_id}/transfer", summary="Pass it to a colleague or a team")
async def transfer(request: HttpRequest, conversation_id: UUID, body: Passing) -> Any:
    return await _do(request, conversation_id, deeds.transfer, body.to, body.note)


@api.post("/conversations/{uuid:conversation_id}/snooze", summary="Put it aside until a time or until they write")
async def snooze(request: HttpRequest, conversation_id: UUID, body: Aside) -> Any:
    return await _do(request, conversation_id, deeds.snooze, body.until, body.note)


@api.post("/conversations/{uuid:conversation_id}/join", summary="End it as a duplicate of another one")
async def join(request: HttpRequest, conversation_id: UUID, body: Duplicate) -> Any:
    return await _do(request, conversation_id, deeds.join, str(body.into))


@api.post("/conversations/{uuid:conversation_id}/undo", summary="Take back what was done last")
async def undo(request: HttpRequest, conversation_id: UUID) -> Any:
    return await _do(request, conversation_id, deeds.undo)


@api.post("/conversations/{uuid:conversation_id}/reply", summary="Write to the customer")
async def reply(request: HttpRequest, conversation_id: UUID, body: Words) -> Any:
    return await _do(request, conversation_id, actions.write, body.text, key=body.key)


@api.post("/conversations/{uuid:conversation_id}/template", summary="Send an approved message, also when it is late")
async def template(request: HttpRequest, conversation_id: UUID, body: Approved) -> Any:
    return await _do(request, conversation_id, actions.write_template, body.name, body.variables)


@api.post("/conversations/{uuid:conversation_id}/note", summary="Leave a note that only colleagues see")
async def note(request: HttpRequest, conversation_id: UUID, body: Words) -> Any:
    return await _do(request, conversation_id, actions.write, body.text, note=True, key=body.key)


@api.post("/conversations/{uuid:conversation_id}/continue", summary="Send the customer a code for another channel")
async def continue_on(request: HttpRequest, conversation_id: UUID, body: Elsewhere) -> Any:
    return await _do(request, conversation_id, continuing.continue_on, body.channel)


@api.post("/conversations/{uuid:conversation_id}/undo_move", summary="Bring it back to where it was before")
async def undo_move(request: HttpRequest, conversation_id: UUID) -> Any:
    return await _do(request, conversation_id, continuing.undo_move)


@api.post("/conversations/{uuid:conversation_id}/apart", summary="Two identities are not the same customer after all")
async def apart(request: HttpRequest, conversation_id: UUID, body: Apart) -> Any:
    return await _do(request, conversation_id, continuing.take_apart, str(body.merge))


@api.get("/conversations/{uuid:conversation_id}/history", summary="All the customer's lines, on all channels")
async def history(request: HttpRequest, conversation_id: UUID, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Any:
    return await for_agent(request, shapes.history, conversation_id, page)


async def _do(request: HttpRequest, conversation_id: UUID, verb: Any, *args: Any, **kwargs: Any) -> Any:
    """Carry it out as the agent who asks, start what there is to send, and give the conversation as it is now."""
    await for_agent(request, verb, request.auth, conversation_id, *args, **kwargs)  # type: ignore[attr-defined]
    go_on(deliver(conversation_id))
    return await for_agent(request, shapes.full, conversation_id)


@api.get("/cases/{number}", summary="A case by the number that the customer was told")
async def case(request: HttpRequest, number: str) -> Any:
    return await for_agent(request, _case, number)


def _case(number: str) -> dict[str, Any]:
    found = shop_view.case_by_number(number)
    if found is None:
        raise Http404
    return shapes.case(found)


@api.get("/gaps", summary="Questions that no article answered, the most asked first")
async def gaps(request: HttpRequest, state: Literal["open", "drafted", "closed", "all"] = "open") -> Any:
    return await for_agent(request, shapes.gaps, state)


@api.get("/metrics", summary="Counts of the last days")
async def figures(request: HttpRequest, days: Annotated[int, Query(ge=1, le=366)] = 7) -> Any:
    return await for_agent(request, metrics.figures, days)
