"""Rules, reasons and states in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RULES: Mapping[str, Promise] = {
    "recall": _("Recall"),
    "quiet_case": _("Case gone quiet"),
    "is_it_fixed": _("Is it fixed?"),
    "nps": _("Would you recommend us?"),
    "first_steps": _("First steps"),
    "descale": _("Time to descale"),
    "filter_and_brush": _("Filter and brush"),
    "all_well": _("All well?"),
    "warranty_ends": _("Warranty about to end"),
    "anniversary": _("Purchase anniversary"),
}
WHY: Mapping[str, Promise] = {
    "said_no": _("wants no messages"),
    "no_consent": _("has not agreed to marketing"),
    "with_person": _("is talking to a person"),
    "open_case": _("has an open case"),
    "unhappy": _("was unhappy lately"),
    "nowhere": _("cannot be reached on any channel of the rule"),
    "busy": _("is in the middle of a conversation"),
    "quiet_hours": _("quiet hours"),
    "cap": _("has had enough messages for now"),
    "again": _("was asked not long ago"),
    "not_ready": _("its guide is not published"),
}
PURPOSES: Mapping[str, Promise] = {
    "safety": _("safety"),
    "service": _("service"),
    "survey": _("survey"),
    "marketing": _("marketing"),
}
CHANNELS: Mapping[str, Promise] = {"mail": _("Mail"), "web": _("Web")}


def word(words: Mapping[str, Promise], code: str) -> str:
    """The word for a code; a code that a shop added to its own file stands for itself."""
    return str(words.get(code, code.replace("_", " ")))
