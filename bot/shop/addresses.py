"""Mail addresses and phone numbers, written the same way whoever wrote them."""

import phonenumbers

HOME_REGION = "ES"
# The shortest national number of the countries the shop sends to (Spain, Portugal).
NATIONAL_DIGITS = 9


def normal_email(text: str) -> str:
    """Lower case without spaces around: mail providers that tell case apart do not exist in practice."""
    return text.strip().lower().removeprefix("mailto:")


def normal_phone(text: str, region: str = HOME_REGION) -> str:
    """E.164 of a possible number, a national one read as Spanish; empty when it cannot be a phone number."""
    try:
        parsed = phonenumbers.parse(text.strip().removeprefix("whatsapp:"), region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def digits(text: str) -> str:
    """Digits of a phone number as it can be compared: in full if it can be read, else without leading zeros."""
    return (normal_phone(text) or "".join(filter(str.isdigit, text)).lstrip("0")).removeprefix("+")
