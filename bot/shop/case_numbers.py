"""Numbers that a customer can quote and nobody can guess: C-2611-0042-K7QX.

Month, running number, and four characters that only this installation can compute, in Crockford's alphabet
(no I, L, O, U), so that reading one aloud or copying it by hand still works.
"""

import hashlib
import hmac
import re
from datetime import date

from django.conf import settings
from django.db.models import F

from bot.shop.models import Case, CaseCounter

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKE = str.maketrans("ILO", "110")
PATTERN = re.compile(
    r"(?<![A-Z0-9])C[\s\-–_.]*(\d{4})[\s\-–_.]*(\d{4,6})[\s\-–_.]*([0-9A-Z]{4})(?![A-Z0-9])", re.IGNORECASE
)


def next_number(today: date) -> str:
    """A new case number of that month. Call it inside the transaction that stores the case."""
    month = f"{today:%y%m}"
    counter = CaseCounter.objects.filter(month=month)
    if not counter.update(last=F("last") + 1):
        CaseCounter.objects.get_or_create(month=month)
        counter.update(last=F("last") + 1)
    return named(month, counter.get().last)


def named(month: str, count: int) -> str:
    """The number of the count-th case of a month (`2611`)."""
    running = f"{count:04d}"
    return f"C-{month}-{running}-{_check(month, running)}"


def read_numbers(text: str) -> list[str]:
    """Case numbers in a text, as they are stored, whether or not they exist."""
    return [
        f"C-{month}-{running}-{check.upper().translate(LOOKALIKE)}" for month, running, check in PATTERN.findall(text)
    ]


def find(text: str) -> Case | None:
    """The case of the first number in the text that exists; None also for a number with the wrong last characters."""
    return Case.objects.filter(number__in=read_numbers(text)).first()


def _check(month: str, running: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"case:{month}-{running}".encode(), hashlib.sha256)
    return "".join(ALPHABET[byte % 32] for byte in digest[:4])
