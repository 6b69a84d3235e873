"""The visitor's token: who a web page speaks for, signed by us and worth nothing anywhere else."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import jwt

from channels.base import Unauthorized

AUDIENCE = "postventa-web"


def new_visitor() -> str:
    """A name nobody can guess (192 bits)."""
    return f"visitor:{secrets.token_urlsafe(24)}"


def issue(secret: str, visitor: str, age: timedelta) -> tuple[str, datetime]:
    """The token for a visitor and the time, in UTC, when it ends."""
    expires = datetime.now(UTC) + age
    claims = {"sub": visitor, "aud": AUDIENCE, "exp": expires}
    return jwt.encode(claims, secret, algorithm="HS256"), expires


def read(secret: str, token: str) -> str:
    """The visitor a token speaks for; raises `Unauthorized`."""
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], audience=AUDIENCE, options={"require": ["exp", "sub"]})
    except jwt.ExpiredSignatureError as error:
        raise Unauthorized("the token has expired; ask POST /web/session for a new one") from error
    except jwt.InvalidTokenError as error:
        raise Unauthorized("the token is not one of ours; ask POST /web/session for one") from error
    return str(claims["sub"])
