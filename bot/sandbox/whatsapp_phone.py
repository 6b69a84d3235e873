"""Twilio's webhook for what a WhatsApp phone did. https://www.twilio.com/docs/messaging/guides/webhook-request"""

from __future__ import annotations

from django.conf import settings

from bot.sandbox.models import ProviderFile
from bot.sandbox.saying import Attachment, Kept, Said
from channels.whatsapp.sandbox import ACCOUNT_SID, API_PATH, SENDER

MESSAGE_TYPES = {"image": "image", "audio": "audio", "video": "video", "document": "document"}
PUERTA_DEL_SOL = {"Latitude": "40.416775", "Longitude": "-3.703790", "Label": "Puerta del Sol", "Address": "Madrid"}


def form_for(kept: Kept, said: Said) -> dict[str, str]:
    """The form that Twilio would post for this message."""
    identity, sid = kept.phone.identity, kept.message.provider_id
    address = f"whatsapp:{identity}"
    form = {
        "SmsMessageSid": sid, "SmsSid": sid, "MessageSid": sid, "AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01",
        "SmsStatus": "received", "From": address, "To": f"whatsapp:{SENDER}", "ProfileName": kept.phone.name,
        "NumMedia": "0", "NumSegments": "1", "MessageType": "text",
        # A form is bytes in UTF-8, where a lone surrogate has no place.
        "Body": said.text.encode("utf-8", "replace").decode(),
    }  # fmt: skip
    if identity.startswith("+"):
        form["WaId"] = identity[1:]
    else:
        form["ExternalUserId"] = address
    if kept.choice and kept.offer:
        form |= _pressed(kept)
    elif said.attachment:
        form |= _attached(said.attachment, kept.file)
    return form


def _pressed(kept: Kept) -> dict[str, str]:
    assert kept.choice and kept.offer
    label, key = kept.choice["label"], kept.choice["id"]
    form = {"Body": label, "OriginalRepliedMessageSid": kept.offer.provider_id}
    form["OriginalRepliedMessageSender"] = f"whatsapp:{SENDER}"
    if kept.offer.list_button:
        return form | {"MessageType": "interactive", "ListId": key, "ListTitle": label}
    return form | {"MessageType": "button", "ButtonText": label, "ButtonPayload": key}


def _attached(attachment: Attachment, file: ProviderFile | None) -> dict[str, str]:
    if attachment.kind == "location":
        return PUERTA_DEL_SOL | {"MessageType": "location"}
    if attachment.kind == "contact" or file is None:
        return {"MessageType": "contacts", "Body": ""}
    base = f"{settings.PUBLIC_BASE_URL}{API_PATH}/2010-04-01/Accounts/{ACCOUNT_SID}"
    return {
        "MessageType": MESSAGE_TYPES.get(attachment.kind, "document"),
        "NumMedia": "1",
        "MediaContentType0": attachment.mime,
        "MediaUrl0": f"{base}/Messages/{file.provider_id}/Media/ME{file.key}",
    }


def status_form(sid: str, to: str, state: str, error_code: str = "") -> dict[str, str]:
    """The form of a delivery report."""
    form = {
        "MessageSid": sid, "SmsSid": sid, "MessageStatus": state, "SmsStatus": state, "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01", "From": f"whatsapp:{SENDER}", "To": to, "ChannelPrefix": "whatsapp",
        "ChannelToAddress": f"{to[:-4]}XXXX",
    }  # fmt: skip
    if state in ("delivered", "read", "undelivered"):
        form["EventType"] = state.upper()
    if error_code:
        form |= {"ErrorCode": error_code, "ChannelStatusMessage": "refused by WhatsApp"}
    return form
