"""The messages that may be sent when a channel's reply window is closed, from `templates.yml`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from channels.base import Template

PATH = Path(__file__).with_name("templates.yml")
# Of the text with everything filled in (Twilio's error 63021).
LONGEST = 1024
LONGEST_VALUE = 200
NAME = r"[a-z][a-z0-9_]{0,60}"


class BadValue(ValueError):
    """A variable of a template cannot be filled in like this; the text says which and why."""


class Text(BaseModel):
    """One template in all its languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=f"^{NAME}$")
    category: Literal["utility", "marketing", "authentication"]
    variables: tuple[str, ...]
    texts: Mapping[str, str]

    @model_validator(mode="after")
    def each_language_has_the_same_variables(self) -> Self:
        for language, text in self.texts.items():
            where = f"{self.name}.{language}"
            used = names_in(text)
            if set(used) != set(self.variables):
                told, listed = ", ".join(sorted(set(used))), ", ".join(self.variables)
                raise ValueError(f"{where} uses {told or 'no variables'}, but `variables` lists {listed or 'none'}")
            if re.match(r"\s*\{", text) or re.search(r"\}[\s.,;:!?]*$", text):
                raise ValueError(f"{where}: WhatsApp takes no variable at the beginning or the end; add words there")
            if re.search(r"\}\s*\{", text):
                raise ValueError(f"{where}: WhatsApp takes no two variables side by side; put words between them")
            if len(text) + LONGEST_VALUE * len(used) > LONGEST:
                raise ValueError(f"{where}: with its variables filled in it may exceed {LONGEST} characters")
        return self

    def fill(self, language: str, values: Mapping[str, str]) -> tuple[str, Template]:
        """The text as the customer will read it, and what the channel needs to send it. Raises `BadValue`.

        A language that the template does not have falls back to the shop's own.
        """
        language = language if language in self.texts else settings.LANGUAGE_CODE
        if unknown := sorted(set(values) - set(self.variables)):
            raise BadValue(_("%(name)s: this template has no such variable.") % {"name": ", ".join(unknown)})
        filled = {name: _value(name, values.get(name, "")) for name in self.variables}
        numbered = {str(number): filled[name] for number, name in enumerate(self.variables, 1)}
        return self.texts[language].format(**filled), Template(name=self.name, language=language, variables=numbered)

    def numbered(self, language: str) -> str:
        """The text in the provider's own form, with {{1}} for the first variable."""
        marks = {name: f"{{{{{number}}}}}" for number, name in enumerate(self.variables, 1)}
        return self.texts[language].format(**marks)


def names_in(text: str) -> list[str]:
    """The variables of a text, in order; raises ValueError for braces that name nothing."""
    names = [name for _text, name, spec, conversion in string.Formatter().parse(text) if name is not None]
    if not all(re.fullmatch(NAME, name) for name in names):
        raise ValueError(f"{text!r}: between braces stands the name of a variable and nothing else")
    return names


def _value(name: str, value: str) -> str:
    """WhatsApp refuses a value that is empty, has line breaks, tabs or many spaces (63013, 63028)."""
    value = " ".join(value.split())
    if not value:
        raise BadValue(_("%(name)s: fill it in; a template cannot be sent with a gap.") % {"name": name})
    if len(value) > LONGEST_VALUE:
        raise BadValue(_("%(name)s: at most %(limit)s characters fit in.") % {"name": name, "limit": LONGEST_VALUE})
    return value


def read(path: Path = PATH) -> dict[str, Text]:
    """Every template by its name; raises ValueError that says where the file is wrong."""
    languages = [code for code, _label in settings.LANGUAGES]
    found: dict[str, Text] = {}
    for name, body in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
        if not isinstance(body, dict) or (missing := [code for code in languages if not body.get(code)]):
            raise ValueError(f"{path.name}: {name} needs a text in {', '.join(missing or languages)}")
        rest: dict[str, Any] = {key: value for key, value in body.items() if key not in languages}
        try:
            found[name] = Text(name=name, texts={code: body[code] for code in languages}, **rest)
        except (ValidationError, TypeError) as error:
            raise ValueError(f"{path.name}: {error}") from error
    return found


@cache
def all_templates() -> Mapping[str, Text]:
    return read()


@register()
def templates_are_whole(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Django runs this at every start: a broken template is found before a customer waits for it."""
    try:
        read()
    except (ValueError, OSError, yaml.YAMLError) as error:
        return [Error(str(error), hint="Correct bot/conversations/templates.yml.", id="postventa.E003")]
    return []
