"""The token of a page's session: who the page speaks for, signed by us and worth nothing anywhere else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt

from channels.base import Unauthorized

AUDIENCE = "postventa-web"
# A colon cannot be in a visitor's random part, so neither kind of name can be taken for the other.
VISITOR, CUSTOMER = "visitor:", "customer:"


@dataclass(frozen=True)
class Session:
    """Who a request speaks for and until when (UTC)."""

    external_id: str
    until: datetime


def new_visitor() -> str:
    """A name nobody can guess (192 bits)."""
    return VISITOR + secrets.token_urlsafe(24)


def customer(subject: str) -> str:
    """The name of a customer that the shop has signed in, by the shop's own id."""
    return CUSTOMER + subject


def subject(external_id: str) -> str:
    """The shop's own id of a signed-in customer; empty for a visitor."""
    return external_id.removeprefix(CUSTOMER) if external_id.startswith(CUSTOMER) else ""


def issue(secret: str, external_id: str, until: datetime) -> str:
    return jwt.encode({"sub": external_id, "aud": AUDIENCE, "exp": until}, secret, algorithm="HS256")


def visit(secret: str, visitor: str, age: timedelta) -> tuple[str, datetime]:
    """The token for a visitor and the time, in UTC, when it ends."""
    until = datetime.now(UTC) + age
    return issue(secret, visitor, until), until


def read(secret: str, token: str) -> Session:
    """Whom a token speaks for; raises `Unauthorized`."""
    try:
        claims = _signed(secret, token)
        until = datetime.fromtimestamp(claims["exp"], UTC)
    except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError) as error:
        raise Unauthorized("the token is not one of ours; ask POST /web/session for one") from error
    if until <= datetime.now(UTC):
        raise Unauthorized("the token has expired; ask POST /web/session for a new one")
    return Session(str(claims["sub"]), until)


@lru_cache(maxsize=2_000)
def _signed(secret: str, token: str) -> dict[str, Any]:
    # The same page comes with the same token again and again, and only its age changes.
    claims: dict[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=["HS256"],
        audience=AUDIENCE,
        options={"require": ["exp", "sub"], "verify_exp": False},
    )
    return claims
