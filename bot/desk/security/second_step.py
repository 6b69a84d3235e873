"""The second factor: an authenticator's code after the password, with recovery codes for a lost telephone.

Nobody is signed in between the two steps: the session only remembers whose password was right, for some minutes.
Codes, their throttling and their secrets are django-otp's.
"""

from __future__ import annotations

import time
from base64 import b32encode
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.db import transaction
from django.http import HttpRequest
from django_otp import match_token, user_has_device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from bot.desk.security.audit import note
from bot.desk.security.sessions import PASSED, place_of

WAITING = "second_step"
MINUTES = 10
RECOVERY_CODES = 8


def has(account: Any) -> bool:
    """Whether a code is asked of this account."""
    return bool(user_has_device(account))


def required(account: Any) -> bool:
    """Whether the account has to have one: everybody outside the sandbox, nobody's demo account inside."""
    return bool(settings.TWO_FACTOR_REQUIRED)


def begin(request: HttpRequest, account: Any, next_page: str) -> None:
    """The password was right: remember whose, and for what page."""
    request.session[WAITING] = {
        "account": account.pk, "backend": account.backend, "next": next_page, "until": time.time() + 60 * MINUTES,
    }  # fmt: skip


def waiting(request: HttpRequest) -> tuple[Any, dict[str, Any]] | None:
    """The account whose second step is due, and what was remembered; None when it is nobody's or too late."""
    kept = request.session.get(WAITING)
    if not isinstance(kept, dict) or kept.get("until", 0) < time.time():
        return None
    account = get_user_model().objects.filter(pk=kept.get("account") or 0, is_active=True).first()
    return (account, kept) if account else None


def enter(request: HttpRequest, account: Any, backend: str) -> None:
    """Sign in, both steps passed (or the first alone, where no second one is asked)."""
    request.session.pop(WAITING, None)
    login(request, account, backend=backend)


def check(request: HttpRequest, account: Any, code: str) -> bool:
    """Whether the code is the authenticator's of this moment or an unused recovery code. Wrong ones slow down."""
    with transaction.atomic():
        device = match_token(account, "".join(code.split())[:32])
    if device is None:
        note(account, "code_failed", place=place_of(request))
        return False
    request.session[PASSED] = True
    return True


def new_device(account: Any) -> TOTPDevice:
    """The device that is being set up: the same until it is confirmed."""
    device: TOTPDevice = TOTPDevice.objects.get_or_create(user=account, confirmed=False, defaults={"name": "phone"})[0]
    return device


def picture(device: TOTPDevice) -> str:
    """The address of the device as a QR picture (SVG), made here: the secret goes to no other server."""
    return str(segno.make(device.config_url, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff"))


def secret(device: TOTPDevice) -> str:
    """The same to type by hand, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def confirm(request: HttpRequest, account: Any, code: str) -> list[str] | None:
    """Take the new device into use when the code is its own, and give recovery codes; None for a wrong code."""
    device = new_device(account)
    if not device.verify_token("".join(code.split())[:12]):
        note(account, "code_failed", place=place_of(request))
        return None
    with transaction.atomic():
        TOTPDevice.objects.filter(user=account, confirmed=True).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        note(account, "two_factor_on", place=place_of(request))
        request.session[PASSED] = True
        return recovery_codes(account)


def recovery_codes(account: Any) -> list[str]:
    """Eight codes that work once each; those from before no longer do."""
    device, _created = StaticDevice.objects.get_or_create(user=account, name="recovery", defaults={"confirmed": True})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def codes_left(account: Any) -> int:
    left: int = StaticToken.objects.filter(device__user=account).count()
    return left


@transaction.atomic
def remove(request: HttpRequest, account: Any) -> None:
    """No second factor any more."""
    TOTPDevice.objects.filter(user=account).delete()
    StaticDevice.objects.filter(user=account).delete()
    note(account, "two_factor_off", place=place_of(request))


def code_of(device: TOTPDevice, at: float) -> str:
    """What the authenticator shows at a moment (seconds since 1970): for the pages' tests and the sandbox."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = at
    return f"{totp.token():0{device.digits}d}"
