"""What the customer wrote now, without what their program quoted and signed below it.

Libraries for this were measured on `tests/channels/replies.yml`: they cut an answer that begins with "Gracias," or
holds a list, as if that were a signature, and do not know how Spanish programs announce a quotation. Here only what
programs write is cut, never what people write; and where nothing would be left, everything stays.
"""

from __future__ import annotations

import re

# "El vie, 20 nov 2026 a las 9:41, Lumbre (<…>) escribió:", over up to three lines, in the languages around the shop.
WROTE = (
    r"(El|On|Le|Am|Il|Em|A|O|Op)\s(?=.*\d).{4,400}?"
    r"\s(escribi[óo]|wrote|a écrit|schrieb.{0,200}|ha scritto|escreveu|va escriure|escribiu|schreef.{0,200})\s?:"
)
ANNOUNCED = re.compile(rf"({WROTE}|Missatge de .{{4,300}}\d{{1,2}}:\d{{2}}:)", re.IGNORECASE)
RULE = re.compile(
    r"(-{3,}\s*(Original Message|Mensaje original|Missatge original|Message d'origine|Mensagem original"
    r"|Ursprüngliche Nachricht|Messaggio originale)\s*-{3,}|[_]{20,})",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"-{3,}\s*(Forwarded message|Mensaje reenviado|Missatge reenviat|Message transféré|Begin forwarded message)"
    r"|Begin forwarded message:|Inicio del mensaje reenviado:",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"\*?(De|From|Von|Enviado( el)?|Sent|Envoyé|Fecha|Date|Datum|Para|To|An|À|Asunto|Subject|Objet|CC)\s?:\*?\s",
    re.IGNORECASE,
)
FIRST_HEADER = re.compile(r"\*?(De|From|Von)\s?:\*?\s", re.IGNORECASE)
PHONE = re.compile(
    r"(Enviado desde (mi|el|Outlook|Correo)\b|Sent from (my|Outlook|Mail|Yahoo)\b|Obtener Outlook|Get Outlook"
    r"|Sent with Proton|Enviado con |Enviat des |Envoyé depuis |Von meinem ).{0,100}",
    re.IGNORECASE,
)
HEADERS_OF_A_QUOTATION = 3
LONGEST_ANNOUNCEMENT = 600
LONGEST = 200_000


def without_quotes(text: str) -> str:
    """Return the customer's own words; text longer than 200,000 characters is left as it is."""
    if len(text) > LONGEST:
        return text
    lines = text.split("\n")
    kept = _without_signature(_own(lines))
    own = "\n".join(kept)
    if own == text:
        return text
    own = re.sub(r"\n{3,}", "\n\n", own).strip()
    return own or text.strip()


def _own(lines: list[str]) -> list[str]:
    own: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        if FORWARDED.match(line):
            return own + lines[index:]
        taken = _announcement(lines, index)
        if taken and not _marked(lines, index + taken):
            return own
        if (RULE.fullmatch(line) and _headers(lines, index + 1) >= 1) or _starts_headers(lines, index):
            return own
        if not taken and not line.startswith(">"):
            own.append(lines[index])
        index += taken or 1
    return own


def _announcement(lines: list[str], index: int) -> int:
    """Return over how many lines "… wrote:" goes from here, 0 where it does not start."""
    joined = ""
    for count, line in enumerate(lines[index : index + 3], 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) <= LONGEST_ANNOUNCEMENT and ANNOUNCED.fullmatch(joined):
            return count
    return 0


def _marked(lines: list[str], index: int) -> bool:
    """Say whether the quotation is marked by ">", so that what stands between and below it is the customer's."""
    return next((line.strip().startswith(">") for line in lines[index:] if line.strip()), False)


def _starts_headers(lines: list[str], index: int) -> bool:
    return bool(FIRST_HEADER.match(lines[index].strip())) and _headers(lines, index) >= HEADERS_OF_A_QUOTATION


def _headers(lines: list[str], index: int) -> int:
    """Return how many lines like "Subject: …" follow each other from here, blank lines before them skipped."""
    while index < len(lines) and not lines[index].strip():
        index += 1
    count = 0
    while index + count < len(lines) and HEADER.match(lines[index + count].strip()):
        count += 1
    return count


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at the line of two dashes that programs put before a signature, and what phones add of their own."""
    mark = next((index for index, line in enumerate(lines) if line.rstrip() == "--" and index), len(lines))
    return [line for line in lines[:mark] if not PHONE.fullmatch(line.strip())]
