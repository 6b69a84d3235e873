"""The account that the sandbox's stand-in for Twilio serves. Public on purpose: it opens nothing but the sandbox."""

from __future__ import annotations

ACCOUNT_SID = "AC00000000000000000000000000005a4d"
AUTH_TOKEN = "sandbox-twilio-token"  # noqa: S105 - see above
SENDER = "+34900000000"
API_PATH = "/sandbox/provider/twilio"
