"""The page on which a supervisor tells a customer what is kept of them, or erases it."""

from __future__ import annotations

import tempfile
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bot.conversations.models import Conversation
from bot.desk.security import sessions
from bot.desk.security.audit import note
from bot.privacy import erasing, exporting
from bot.privacy.find import person_of
from bot.privacy.person import Person
from bot.privacy.retention import current
from bot.shop.personal import open_cases

SUPERVISE = "desk.supervise"
KINDS: dict[str, str | Promise] = {
    "identities": pgettext_lazy("privacy", "Channels on which they are known"),
    "conversations": pgettext_lazy("privacy", "Conversations"),
    "messages": pgettext_lazy("privacy", "Lines of conversations and notes"),
    "handoffs": pgettext_lazy("privacy", "Times that a person took over"),
    "calls": pgettext_lazy("privacy", "Calls"),
    "joined": pgettext_lazy("privacy", "Proofs that two channels are one customer"),
    "files": pgettext_lazy("privacy", "Files"),
    "sorted": pgettext_lazy("privacy", "What the desk concluded"),
    "corrected": pgettext_lazy("privacy", "Corrections by agents"),
    "put_aside": pgettext_lazy("privacy", "Notes on what was put aside"),
    "elsewhere": pgettext_lazy("privacy", "Conversations told to another desk"),
    "outreach": pgettext_lazy("privacy", "Messages by our own initiative"),
    "offered": pgettext_lazy("privacy", "Offers"),
    "wishes": pgettext_lazy("privacy", "Wishes about our messages"),
    "agreements": pgettext_lazy("privacy", "Agreements to offers and news"),
    "episodes": pgettext_lazy("privacy", "Contacts as figures count them"),
    "questions": pgettext_lazy("privacy", "Masked questions"),
    "tries": pgettext_lazy("privacy", "Tries to prove an order"),
    "shop_customer": pgettext_lazy("privacy", "The shop's own record of them"),
    "shop_addresses": pgettext_lazy("privacy", "Addresses that the shop has of them"),
    "orders": pgettext_lazy("privacy", "Orders"),
    "order_lines": pgettext_lazy("privacy", "Lines of orders"),
    "cases": pgettext_lazy("privacy", "Cases"),
    "case_log": pgettext_lazy("privacy", "Lines of the cases' logs"),
}
# The shop's books: the law makes one keep them.
BOOKS = ("shop_customer", "orders", "order_lines", "cases", "case_log")


def _supervisor(request: HttpRequest) -> None:
    if not request.user.has_perm(SUPERVISE):
        raise PermissionDenied(_("This page is for supervisors."))


def _person(conversation_id: UUID) -> Person:
    conversation = get_object_or_404(Conversation.objects.select_related("identity"), pk=conversation_id)
    return person_of(conversation.identity.customer_id)


@require_safe
@never_cache
@login_required
def page(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """GET /desk/privacy/<conversation>: what is kept of its customer, what goes and what stays."""
    _supervisor(request)
    return _shown(request, conversation_id)


def _shown(request: HttpRequest, conversation_id: UUID, problem: str = "", status: int = 200) -> HttpResponse:
    person = _person(conversation_id)
    with translation.override(translation.get_language_from_request(request)):
        found = exporting.counts(person)
        kinds = [(words, found[kind], kind in BOOKS) for kind, words in KINDS.items() if found[kind]]
        context: dict[str, Any] = {
            "conversation": conversation_id, "goes": [each for each in kinds if not each[2]],
            "stays": [each for each in kinds if each[2]], "open_cases": open_cases(person), "problem": problem,
            "gone": _gone(person), "years": round(current().orders / 365), "said": request.GET.get("said", ""),
        }  # fmt: skip
        return render(request, "privacy/page.html", context, status=status)


def _gone(person: Person) -> bool:
    return all(address.partition(":")[2].startswith(erasing.GONE) for address in person.addresses)


@require_POST
@never_cache
@login_required
def export(request: HttpRequest, conversation_id: UUID) -> HttpResponseBase:
    """POST /desk/privacy/<conversation>/export: the ZIP file, to be handed to the customer."""
    _supervisor(request)
    person = _person(conversation_id)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with translation.override(translation.get_language_from_request(request)):
        exporting.write(person, file)
    file.seek(0)
    number = min(person.customers)
    note(request.user, "exported", about=f"#{number}", place=sessions.place_of(request))
    response = FileResponse(file, as_attachment=True, filename=f"customer-{number}.zip")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@never_cache
@login_required
def erase(request: HttpRequest, conversation_id: UUID) -> HttpResponseBase:
    """POST /desk/privacy/<conversation>/erase {sure, open_cases?}: it cannot be undone, so both have to be ticked."""
    _supervisor(request)
    person = _person(conversation_id)
    with translation.override(translation.get_language_from_request(request)):
        if not request.POST.get("sure"):
            return _shown(request, conversation_id, _("Tick that you are sure: it cannot be undone."), 422)
        if open_cases(person) and not request.POST.get("open_cases"):
            words = _("A case is open. Close it first, or tick that it may go on without the conversation.")
            return _shown(request, conversation_id, words, 422)
    erasing.begin(person, by=request.user, place=sessions.place_of(request))
    return redirect(f"{request.path.removesuffix('/erase')}?said=erased")
