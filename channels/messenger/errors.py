"""The Graph API's error codes, judged.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
A code stands alone or with its subcode, which is more precise and is looked up first.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from channels.base import ChannelError, ErrorKind

CODES: Mapping[ErrorKind, str] = {
    "rate": "4 17 32 341 368 613 80006",
    # "Outside of allowed window": Messenger, its older number, Instagram.
    "window": "10/2018278 10/2018065 10/2534022",
    "unreachable": "551 551/1545041 10/2018108 100/2018001 100/2534014 200/1545041 10900",
    "auth": "3 10 102 190 200 230 467 100/2534029 2635",
    # Sent all the same, says Meta of this one: its own answer was late.
    "uncertain": "1/1357046",
    "retry": "1200 2 1",
    "bad_content": "100 -1 194 546",
}
KINDS: Mapping[str, ErrorKind] = {code: kind for kind, codes in CODES.items() for code in codes.split()}


def from_response(response: httpx.Response) -> ChannelError:
    """Judge a refusal. Meta's own words are left out: of a bad token they repeat the token."""
    code, subcode, transient = _read(response)
    named = f"{code}/{subcode}" if subcode else code
    kind = KINDS.get(named) or KINDS.get(code) or _by_status(response.status_code, bool(code))
    if transient and kind == "bad_content":
        kind = "retry"
    said = f"Meta refused the call: HTTP {response.status_code}, code {named or 'none'}."
    return ChannelError(kind, said, code=named or str(response.status_code), retry_after=_wait(response, kind))


def _read(response: httpx.Response) -> tuple[str, str, bool]:
    try:
        error = response.json()["error"]
        return _number(error.get("code")), _number(error.get("error_subcode")), bool(error.get("is_transient"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", "", False


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value else ""


def _wait(response: httpx.Response, kind: ErrorKind) -> float | None:
    told = response.headers.get("retry-after", "")
    if told.isdecimal():
        return float(told)
    return 60.0 if kind == "rate" else None


def _by_status(status: int, answered: bool) -> ErrorKind:
    """Judge a bare status; `answered` says that Meta itself answered, so that nothing went out."""
    if status == 429:
        return "rate"
    if status in {401, 403}:
        return "auth"
    if status >= 500:
        # 502 and 504 come from something in between, which cannot know whether the message went out.
        return "retry" if answered or status == 503 else "uncertain"
    return "bad_content"


def from_exception(error: httpx.HTTPError) -> ChannelError:
    """Judge a broken call: before the request left it can be repeated, afterwards the message may be on its way."""
    name = type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        return ChannelError("retry", f"Meta could not be reached ({name}).", code=name)
    return ChannelError("uncertain", f"Meta did not answer ({name}); the message may have been sent.", code=name)
