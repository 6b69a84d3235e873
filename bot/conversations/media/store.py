"""Keeping a file: the one way in for uploads and for what was fetched from a provider."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bot.conversations.media.checks import ENDINGS, Checked, Refused, check
from bot.conversations.media.models import Media
from bot.conversations.models import Conversation, Message, record
from bot.prepared import prepared

# An upload whose message never came.
FORGOTTEN_AFTER = timedelta(days=1)
MOST_IN_A_MESSAGE = 10


def private() -> Storage:
    """The storage of customers' files; nothing serves it but `serve.response`."""
    return storages["customers"]


def keep(
    data: bytes, *, conversation: Conversation, name: str = "", claimed: str = "", agent_id: int | None = None
) -> Media:
    """Check `data`, keep it, and give its row, which waits for its message (`attach`).

    `name` and `claimed` (a media type) are what the sender says. Raises `Refused` with words for the customer, in the
    conversation's language, or in the active one where an agent (`agent_id`) sends it; nothing is kept then.
    """
    with translation.override(translation.get_language() if agent_id else conversation.language):
        _leave_room(conversation)
        checked = check(data, name, claimed)
    source = {"agent": agent_id} if agent_id else {}
    media = Media(conversation=conversation, episode=conversation.episode, source=source)
    fill(media, checked)
    media.save()
    return media


def _leave_room(conversation: Conversation) -> None:
    recent = conversation.media.filter(created_at__gt=timezone.now() - timedelta(days=1)).count()
    if recent >= settings.MEDIA_PER_DAY:
        raise Refused(
            "too_many", _("That is more files than we can take in a day. The ones you have sent are safe with us.")
        )


def fill(media: Media, checked: Checked) -> None:
    """Write the bytes to the private storage and what they are into the row, which the caller saves.

    The bytes come first: a process that dies in between leaves a file that nobody sees, never a row without a file.
    """
    now = timezone.now()
    ending = ENDINGS.get(checked.mime, ".bin")
    media.path = private().save(f"{now:%Y/%m}/{uuid.uuid4().hex}{ending}", ContentFile(checked.data))
    media.kind, media.mime, media.name = checked.kind, checked.mime, checked.name
    media.size, media.digest = len(checked.data), hashlib.sha256(checked.data).hexdigest()
    media.width, media.height = checked.width, checked.height
    media.state, media.kept_at, media.due_at, media.problem = Media.State.KEPT, now, None, ""


def uploads(conversation: Conversation, ids: Sequence[str], agent_id: int | None = None) -> list[Media]:
    """The conversation's own uploads of these ids that have no message yet, in the order asked for.

    An agent's are told apart from the customer's. Raises `Refused("gone")` when one of them is not such an upload:
    another's, already sent, or forgotten.
    """
    waiting = conversation.media.filter(message=None, pk__in=_uuids(ids))
    found = {str(media.pk): media for media in waiting if media.source.get("agent") == agent_id}
    wanted = list(dict.fromkeys(ids))[:MOST_IN_A_MESSAGE]
    if any(each not in found for each in wanted):
        with translation.override(translation.get_language() if agent_id else conversation.language):
            raise Refused("gone", _("A file of this message is no longer here. Attach it again."))
    return [found[each] for each in wanted]


def _uuids(ids: Sequence[str]) -> list[uuid.UUID]:
    found = []
    for each in ids[:MOST_IN_A_MESSAGE]:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found


def attach(media: Sequence[Media], message: Message) -> None:
    """Bind files to their message, in the caller's transaction, and show them in it."""
    Media.objects.filter(pk__in=[each.pk for each in media]).update(
        message=message, episode=message.conversation.episode
    )
    show(message)


def show(message: Message) -> None:
    """Write into the message how its files look now; pages read that and ask for nothing else."""
    message.attachments = [shape(media) for media in Media.objects.filter(message=message)]
    Message.objects.filter(pk=message.pk).update(attachments=message.attachments)


def give_to_case(conversation: Conversation) -> None:
    """Put the files of this episode that belong to no case yet to the one that the conversation is about, if any.

    The caller holds the conversation. What is done with them there is told to `settings.FILE_GIVEN_TO_CASE`.
    """
    number = str(conversation.facts.get("case") or "")[:24]
    if not number:
        return
    for media in _loose(conversation.pk, conversation.episode):
        media.case = number
        media.save()
        case_file(number, str(conversation.pk), str(media.pk), media.kind, timezone.now())
        record(conversation, "case_file", "", case=number, id=str(media.pk))


@prepared
def _loose(conversation: uuid.UUID, episode: int) -> QuerySet[Media]:
    """Files that a customer has sent in an episode and that belong to no case."""
    kept = Media.objects.filter(conversation=conversation, episode=episode, case="", state=Media.State.KEPT)
    return kept.filter(kind__in=("image", "video", "document"), message__author=Message.Author.CUSTOMER)


def case_file(number: str, conversation: str, media: str, kind: str, at: datetime) -> None:
    """Tell the shop that a file belongs to a case; conversations know no shop, the settings name who is told."""
    import_string(settings.FILE_GIVEN_TO_CASE)(number, conversation, media, kind, at)


def shape(media: Media) -> dict[str, Any]:
    """A file as messages carry it. Its address is each surface's own: `id` is all that is needed for one."""
    shown: dict[str, Any] = {
        "id": str(media.pk), "kind": media.kind, "mime": media.mime, "name": media.name, "size": media.size or None,
        "state": media.state,
    }  # fmt: skip
    if media.width:
        shown |= {"width": media.width, "height": media.height}
    if media.problem:
        shown["problem"] = media.problem
    if media.transcript:
        shown["transcript"] = media.transcript
    return shown


def forget_uploads() -> int:
    """Remove uploads whose message never came; tell how many."""
    old = Media.objects.filter(message=None, created_at__lt=timezone.now() - FORGOTTEN_AFTER)[:100]
    for media in old:
        media.delete()
    return len(old)


def remove_file(sender: type[Media], instance: Media, **kwargs: Any) -> None:
    """Receiver of `post_delete`: the bytes go when the row is gone for good."""
    if instance.path:
        path = instance.path
        transaction.on_commit(lambda: private().delete(path))
