"""Content resources: WhatsApp shows buttons and lists only through one, and accepts a template only by its id.

There is one resource per shape (a kind and a number of choices); every text in it is a variable, so a shop needs a
dozen of them and not one per question. They are found again by name after a restart.
https://www.twilio.com/docs/content/using-variables-with-content-api
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from channels.base import ChannelError
from channels.whatsapp.api import TwilioApi

NAME = "postventa"
PAGES = 6
PATIENCE = 12.0
REST = 300.0


def shape(kind: str, count: int, described: bool) -> dict[str, Any]:
    """Return the `types` of a Content with `count` choices: variables body, button, and t1, i1, d1 of each choice."""
    if kind == "quick-reply":
        actions = [
            {"type": "QUICK_REPLY", "title": f"{{{{t{n}}}}}", "id": f"{{{{i{n}}}}}"} for n in range(1, count + 1)
        ]
        return {"twilio/quick-reply": {"body": "{{body}}", "actions": actions}}
    items = [
        {"item": f"{{{{t{n}}}}}", "id": f"{{{{i{n}}}}}", **({"description": f"{{{{d{n}}}}}"} if described else {})}
        for n in range(1, count + 1)
    ]
    return {"twilio/list-picker": {"body": "{{body}}", "button": "{{button}}", "items": items}}


def samples(types: Mapping[str, Any]) -> dict[str, str]:
    """Return an example value for every variable in `types`, which Twilio asks for."""
    body = next(iter(types.values()))
    entries = body.get("actions") or body["items"]
    values = {"body": "Elige una opción", **({"button": "Ver opciones"} if "button" in body else {})}
    for number, entry in enumerate(entries, 1):
        values |= {f"t{number}": f"Opción {number}", f"i{number}": f"choice-{number}"}
        if "description" in entry:
            values[f"d{number}"] = f"La opción número {number}"
    return values


@dataclass
class Contents:
    """Finds or creates Content resources and remembers their ids. `clock` gives seconds."""

    api: TwilioApi
    clock: Callable[[], float] = time.monotonic
    known: dict[str, str] = field(default_factory=dict)
    listed: bool = False
    rest_until: float = 0.0

    async def for_choices(self, kind: str, count: int, described: bool) -> str:
        """Return the id of the Content for this shape; raises `ChannelError`, and then rests for five minutes."""
        if self.clock() < self.rest_until:
            raise ChannelError("bad_content", "Twilio refused Content a moment ago; sending a numbered list instead.")
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._find_or_create(shape(kind, count, described))
        except (ChannelError, TimeoutError) as error:
            self.rest_until = self.clock() + REST
            if isinstance(error, ChannelError):
                raise
            raise ChannelError("retry", "Twilio's Content API is too slow.", code="content_timeout") from None

    async def for_template(self, name: str, language: str) -> str:
        """Return the id of the approved template: `name` itself if it is one, else the Content called name_language."""
        if name.startswith("HX"):
            return name
        wanted = f"{name}_{language}"
        if wanted not in self.known:
            await self._list()
        if wanted not in self.known:
            raise ChannelError(
                "window",
                f"Twilio has no Content called {wanted}. Create it in Twilio's Content Template Builder, submit it "
                "to WhatsApp for approval, and try again.",
                code="no_template",
            )
        return self.known[wanted]

    async def template_ids(self) -> Mapping[str, str]:
        """Every Content by its friendly name, read anew; raises `ChannelError`."""
        await self._list()
        return dict(self.known)

    async def create_template(self, name: str, language: str, body: str, samples: Mapping[str, str]) -> str:
        """Make the Content `name_language` with `body`, where {{1}} is a variable; returns its id."""
        content = {
            "friendly_name": f"{name}_{language}", "language": language, "variables": dict(samples),
            "types": {"twilio/text": {"body": body}},
        }  # fmt: skip
        sid = str((await self.api.create_content(content))["sid"])
        self.known[f"{name}_{language}"] = sid
        return sid

    async def _find_or_create(self, types: Mapping[str, Any]) -> str:
        name = f"{NAME}-{sha256(repr(types).encode()).hexdigest()[:24]}"
        if name not in self.known and not self.listed:
            await self._list()
        if name not in self.known:
            content = {"friendly_name": name, "language": "es", "variables": samples(types), "types": types}
            self.known[name] = str((await self.api.create_content(content))["sid"])
        return self.known[name]

    async def _list(self) -> None:
        page = ""
        for _ in range(PAGES):
            answer = await self.api.list_contents(page)
            for content in answer.get("contents") or []:
                self.known.setdefault(str(content.get("friendly_name")), str(content.get("sid")))
            page = str((answer.get("meta") or {}).get("next_page_url") or "")
            # The next page is fetched with our credentials, so it has to be the provider's own.
            if not page.startswith(self.api.host("content") + "/"):
                break
        self.listed = True
