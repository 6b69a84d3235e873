"""Why a wish of an agent is not carried out."""

from __future__ import annotations

from django.utils.translation import gettext as _


class Refused(Exception):
    """The request cannot be carried out as it stands; the text says what to change. Nothing was changed."""


class Taken(Exception):
    """Somebody else has the conversation; `holder` is that agent's name."""

    def __init__(self, holder: str) -> None:
        super().__init__(_("%(name)s has this conversation.") % {"name": holder})
        self.holder = holder
