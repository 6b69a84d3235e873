"""Placing a call through Twilio, and reading what Twilio reports of it. https://www.twilio.com/docs/voice/api

Twilio rings the agent first; when the agent picks up it rings the customer and joins the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx
from twilio.twiml.voice_response import Dial, VoiceResponse

from channels.base import BadRequest, Frozen, RawRequest
from channels.whatsapp import signature
from channels.whatsapp.api import TwilioApi

Leg = Literal["agent", "customer"]
Progress = Literal["ringing", "talking", "over", "busy", "no_answer", "failed"]
# Twilio's words in ours; one that is not here says nothing new.
PROGRESS: Mapping[str, Progress] = {
    "ringing": "ringing", "in-progress": "talking", "completed": "over", "busy": "busy", "no-answer": "no_answer",
    "failed": "failed", "canceled": "failed",
}  # fmt: skip
EVENTS = ("initiated", "ringing", "answered", "completed")
# Seconds that each of the two telephones rings.
RINGS = 25


class CallReport(Frozen):
    """What became of one leg of a call. `reference` is our own name of the call."""

    reference: str
    leg: Leg
    progress: Progress
    call_id: str
    seconds: int = 0


@dataclass
class Telephone:
    """One Twilio number to call from. `status_url` is where reports go; `auth_tokens` are accepted for signatures."""

    account_sid: str
    auth_tokens: Sequence[str] = field(repr=False)
    number: str = ""
    public_url: str = ""
    status_path: str = "/calls/status"
    api_url: str = ""
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.public_url = self.public_url.rstrip("/")
        self.api = TwilioApi(self.account_sid, self.auth_tokens[0], self.api_url, self.transport)

    async def connect(self, reference: str, agent: str, customer: str) -> str:
        """Ring the agent and then the customer, both E.164; returns Twilio's id of the call, raises `ChannelError`."""
        return str((await self.api.create_call(self.form(reference, agent, customer))).get("sid") or "")

    def form(self, reference: str, agent: str, customer: str) -> dict[str, object]:
        """The request, as a form; pure."""
        return {
            "From": self.number, "To": agent, "Twiml": self._then(reference, customer), "Timeout": str(RINGS),
            "StatusCallback": self._report_to(reference, "agent"), "StatusCallbackEvent": list(EVENTS),
        }  # fmt: skip

    def _then(self, reference: str, customer: str) -> str:
        said = VoiceResponse()
        dial = Dial(caller_id=self.number, answer_on_bridge=True, timeout=RINGS)
        url = self._report_to(reference, "customer")
        dial.number(customer, status_callback=url, status_callback_event=" ".join(EVENTS))
        said.append(dial)
        return str(said)

    def _report_to(self, reference: str, leg: Leg) -> str:
        return f"{self.public_url}{self.status_path}?call={reference}&leg={leg}"

    def authenticate(self, request: RawRequest) -> None:
        """Raise `Unauthorized` unless Twilio sent this report."""
        signature.check(request, self.public_url, self.auth_tokens)

    def parse(self, request: RawRequest) -> CallReport | None:
        """Read a report; None for one that says nothing new. Raises `BadRequest`."""
        try:
            form, query = signature.read(request).first(), signature.query(request).first()
        except ValueError:
            raise BadRequest("The form has more than a thousand fields.") from None
        progress = PROGRESS.get(form.get("CallStatus", "").lower())
        leg, seconds = query.get("leg"), form.get("CallDuration", "0")
        if progress is None or leg not in ("agent", "customer"):
            return None
        return CallReport(
            reference=query.get("call", "")[:80],
            leg="agent" if leg == "agent" else "customer",
            progress=progress,
            call_id=form.get("CallSid", "")[:64],
            seconds=int(seconds) if seconds.isdecimal() and len(seconds) < 7 else 0,
        )
