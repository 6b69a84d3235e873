"""Twilio's error codes, judged. https://www.twilio.com/docs/api/errors"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from channels.base import ChannelError, ErrorKind

CODES: Mapping[ErrorKind, str] = {
    "rate": "20429 63017 63018 30001",
    "window": "63016",
    "optout": "21610 63032 63049 63050",
    "unreachable": "63014 63003 63024 21211 21614",
    "auth": "20003 63007 63015 63038 63020 63051 21606",
    "bad_content": "20404 21602 21617 21620 21655 21656 63005 63013 63019 63021 63027 63028 63034 11751 12300",
}
KINDS: Mapping[str, ErrorKind] = {code: kind for kind, codes in CODES.items() for code in codes.split()}


def kind_of(code: str) -> ErrorKind:
    """Judge a code from a status callback; an unknown one is the message's own fault and is not tried again."""
    return KINDS.get(code, "bad_content")


def from_response(response: httpx.Response) -> ChannelError:
    """Judge a refusal. Twilio answers {code, message, status}; what stands before it may answer anything."""
    try:
        answer = response.json()
        code, said = str(answer.get("code") or ""), str(answer.get("message") or "")
    except (ValueError, AttributeError):
        code = said = ""
    kind = KINDS.get(code) or by_status(response.status_code, repeatable=bool(code))
    wait = response.headers.get("retry-after", "")
    text = f"Twilio refused the call: HTTP {response.status_code}, code {code or 'none'}"
    return ChannelError(
        kind,
        f"{text}. {said[:200]}",
        code=code or str(response.status_code),
        retry_after=float(wait) if wait.isdecimal() else None,
    )


def by_status(status: int, repeatable: bool) -> ErrorKind:
    """Judge a bare HTTP status; `repeatable` says that a call which failed half way may be made again."""
    if status == 429:
        return "rate"
    if status in {401, 403}:
        return "auth"
    if status >= 500:
        # 502 and 504 come from something in between, which cannot know whether Twilio took the message.
        return "retry" if repeatable or status == 503 else "uncertain"
    return "bad_content"


def from_exception(error: httpx.HTTPError) -> ChannelError:
    """Judge a broken call: before the request left it can be repeated, afterwards the message may be on its way."""
    name = type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        return ChannelError("retry", f"Twilio could not be reached ({name}).", code=name)
    return ChannelError("uncertain", f"Twilio did not answer ({name}); the message may have been sent.", code=name)
