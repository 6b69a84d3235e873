"""One-time codes: eight characters that can be read aloud, and how they are found in what a customer writes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils import timezone

from bot.conversations.models import Identity, WrongCode

# Without 0 O 1 I L, which are mistaken for each other. 31^8 codes of which a handful is valid for a quarter of an hour.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
DIGITS = frozenset("23456789")
# Two digits at least, so that no word of a language is ever taken for a code.
FEWEST_DIGITS = 2
LASTS = timedelta(minutes=15)
TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)

_CODE = re.compile(rf"(?<![0-9A-Za-z-])([{ALPHABET}]{{4}})[-– ]?([{ALPHABET}]{{4}})(?![0-9A-Za-z-])", re.IGNORECASE)
SALT = "postventa.continue"


def new() -> str:
    """A code nobody can guess, such as `K7M2RXP9`."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _is_one(code):
            return code


def shown(code: str) -> str:
    """The code as people read it: `K7M2-RXP9`."""
    return f"{code[:4]}-{code[4:]}"


def digest(code: str) -> str:
    """What is kept of a code: without the installation's key nobody can find the code that belongs to it."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{SALT}:{code}".encode(), hashlib.sha256).hexdigest()


def said(text: str) -> tuple[str, bool]:
    """The code in a customer's words, "" where there is none, and whether the words are little else than a code."""
    found = [(match, (match[1] + match[2]).upper()) for match in _CODE.finditer(text[:400])]
    codes = [(match, code) for match, code in found if _is_one(code)]
    if len(codes) != 1:
        return "", False
    match, code = codes[0]
    rest = text.strip()
    return code, len(rest) - len(match[0]) <= len("Seguir aquí en el chat de la web: ")


def _is_one(code: str) -> bool:
    return sum(character in DIGITS for character in code) >= FEWEST_DIGITS


def sign(code: str) -> str:
    """The code for a link: what was not signed here is refused before anything is looked up."""
    return signing.dumps(code, salt=SALT)


def signed(token: str) -> str:
    """The code of a link; "" for one that is forged or too old."""
    try:
        code = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return ""
    return str(code)


def may_try(identity: Identity) -> bool:
    """Count a try before the code is looked at; False once there were too many. The caller holds a transaction.

    A try that turns out right is taken back with `tried_well`.
    """
    Identity.objects.select_for_update().get(pk=identity.pk)
    since = timezone.now() - TRIES_WITHIN
    WrongCode.objects.filter(identity=identity, at__lte=since).delete()
    if WrongCode.objects.filter(identity=identity).count() >= TRIES:
        return False
    WrongCode.objects.create(identity=identity)
    return True


def tried_well(identity: Identity) -> None:
    last = WrongCode.objects.filter(identity=identity).order_by("-pk").first()
    if last:
        last.delete()
