"""Who a shop's own page says its customer is: a short-lived token that the shop's server signed.

It is a JSON Web Token (RFC 7519) signed with HS256 under a secret that the shop and we share, with these claims:
`sub` the shop's own id of the customer, `aud` always "postventa", `exp` at most an hour ahead; `name`, `email` and
`phone` (E.164) if the shop likes to tell them.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pydantic import BaseModel, Field, ValidationError

AUDIENCE = "postventa"
LONGEST_LIFE = timedelta(hours=1)
# Two servers' clocks are never quite the same.
LEEWAY = timedelta(seconds=30)
LONGEST_SUBJECT = 120
# RFC 7518, 3.2: an HS256 key has at least as many bits as its hash.
SHORTEST_SECRET = 32
EXAMPLE = '{"sub": "your id of the customer", "aud": "postventa", "exp": now + 600}'


class IdentityRefused(Exception):
    """The page's word about its customer is not believed. The text tells the shop's developer what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Claims(BaseModel):
    sub: str = Field(min_length=1, max_length=LONGEST_SUBJECT, pattern=r"^[^\x00-\x20\x7f]+$")
    exp: datetime
    name: str = Field("", max_length=160)
    email: str = Field("", max_length=254)
    phone: str = Field("", pattern=r"^(\+[1-9][0-9]{5,14})?$")


@dataclass(frozen=True)
class SignedIn:
    """A customer that the shop vouches for until `until` (UTC)."""

    subject: str
    until: datetime
    name: str = ""
    email: str = ""
    phone: str = ""


def read(secrets: Sequence[str], token: str) -> SignedIn:
    """Whom the token speaks for; several secrets while one is being changed. Raises `IdentityRefused`."""
    if not secrets:
        raise IdentityRefused(
            "identity_off",
            "identity: signed-in customers are not configured here; set POSTVENTA_WEB_IDENTITY_SECRET, or leave "
            "identity out to begin as a visitor",
        )
    claims = _decode(secrets, token)
    try:
        told = _Claims.model_validate({name: value for name, value in claims.items() if value is not None})
    except ValidationError as error:
        wrong = ", ".join(sorted({str(entry["loc"][0]) for entry in error.errors()}))
        raise IdentityRefused(
            "identity", f"identity: the claim {wrong} is not what we expect; phone is like +34600111001, sub a text "
            f"of 1 to {LONGEST_SUBJECT} characters without spaces",
        ) from error  # fmt: skip
    if told.exp > datetime.now(UTC) + LONGEST_LIFE + LEEWAY:
        raise IdentityRefused(
            "identity", "identity: exp is more than an hour ahead; sign a new token when the widget asks for one"
        )
    return SignedIn(told.sub, told.exp + LEEWAY, told.name.strip(), told.email.strip(), told.phone)


def sign(secret: str, subject: str, age: timedelta, **more: str) -> str:
    """A token as the shop's server makes it; for the sandbox, for tests, and as the example that others follow."""
    return jwt.encode(
        {"sub": subject, "aud": AUDIENCE, "exp": datetime.now(UTC) + age, **more}, secret, algorithm="HS256"
    )


def _decode(secrets: Sequence[str], token: str) -> Mapping[str, Any]:
    problem: jwt.InvalidTokenError | None = None
    for secret in secrets:
        try:
            with warnings.catch_warnings():
                # The length of the secret is checked once, when the process starts.
                warnings.simplefilter("ignore")
                return jwt.decode(
                    token, secret, algorithms=["HS256"], audience=AUDIENCE, leeway=LEEWAY,
                    options={"require": ["exp", "sub", "aud"]},
                )  # fmt: skip
        except jwt.InvalidSignatureError as error:
            problem = problem or error
        except jwt.InvalidTokenError as error:
            problem = error
    raise _taught(problem)


def _taught(problem: jwt.InvalidTokenError | None) -> IdentityRefused:
    """What to change, for whoever wrote the shop's side."""
    match problem:
        case jwt.ExpiredSignatureError():
            return IdentityRefused("identity_expired", "identity: the token has expired; sign a new one")
        case jwt.InvalidSignatureError():
            words = "it is not signed with our POSTVENTA_WEB_IDENTITY_SECRET; both sides need the same text"
        case jwt.InvalidAlgorithmError():
            words = "it is not signed with HS256, the only way that we take"
        case jwt.MissingRequiredClaimError():
            words = f"the claim {problem.claim} is missing; the claims are {EXAMPLE}"
        case jwt.exceptions.InvalidSubjectError():
            words = "its sub is not a text"
        case jwt.InvalidAudienceError():
            words = f'its aud is not "{AUDIENCE}"; the claims are {EXAMPLE}'
        case jwt.ImmatureSignatureError():
            words = "it is not valid yet; the clock of the server that signed it is ahead of ours"
        case _:
            words = f"it is not a JSON Web Token; sign {EXAMPLE} with HS256"
    return IdentityRefused("identity", f"identity: {words}")
