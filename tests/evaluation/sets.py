"""The three files of an evaluation set, one JSON object a line (design: Evaluation sets)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

type Channel = Literal["web", "whatsapp", "telegram"]
type Kind = Literal[
    "faq", "guide", "unanswerable", "smalltalk", "needs_person", "start_return", "start_warranty", "order_status",
    "injection",
]  # fmt: skip
type Outcome = Literal[
    "return_approved", "return_refused", "warranty_approved", "warranty_technician", "warranty_refused",
    "damage_approved", "recall", "order_status", "lost_claim", "cancel_approved", "cancel_refused", "address_changed",
    "address_refused", "handoff", "answered", "cancelled_by_customer", "identity_refused",
]  # fmt: skip
ORDER = re.compile(r"\bLB[\s._-]*(\d{5})\b|\b(1\d{4})\b", re.IGNORECASE)
RELATIVE_DAY = re.compile(r"[+-]?\d{1,4}")


class SetMistake(Exception):
    """A set cannot be read. The text names the file and the line, what is wrong and what belongs there."""


def _as_list(value: Any) -> Any:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _as_day(value: Any) -> Any:
    """A day, or days from the real today (`30`, `"+30"`): None stays the real today."""
    if isinstance(value, int) or (isinstance(value, str) and RELATIVE_DAY.fullmatch(value)):
        return date.today() + timedelta(days=int(value))
    return value


type Words = Annotated[list[str], BeforeValidator(_as_list)]


class Entry(BaseModel):
    """What every line has. Fields that the format does not know are kept for the report."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)

    id: Annotated[str, BeforeValidator(str)] = Field(min_length=1)


class Question(Entry):
    """`expect` holds slugs, or `safety` where danger has to be seen as such."""

    lang: str = Field(pattern=r"^[a-z]{2}")
    text: str
    expect: Words = []
    kind: Kind
    reason_code: str | None = None
    must_not_contain: Words = []


class Twist(BaseModel):
    """`continue`: these words were the answer; `answer`: the fact follows after the bot's reply."""

    when_asked: str
    say: str
    then: Literal["answer", "continue"] = "answer"


class Expected(BaseModel):
    """`accept` names other outcomes that are as good; the reason code belongs to `outcome` alone."""

    model_config = ConfigDict(extra="allow", frozen=True)

    outcome: Outcome
    accept: Annotated[list[Outcome], BeforeValidator(_as_list)] = []
    order: str | None = None
    reason_code: str | None = None
    refund_shipping_free: bool | None = None
    must_not_reveal: Words = []


class Dialogue(Entry):
    lang: str = Field(pattern=r"^[a-z]{2}")
    channel: Channel
    sender: Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))] = Field(
        None, alias="from"
    )
    today: Annotated[date | None, BeforeValidator(_as_day)] = None
    opening: str
    facts: dict[str, Any] = {}
    twists: Annotated[list[Twist], BeforeValidator(_as_list)] = []
    expect: Expected

    @property
    def orders(self) -> frozenset[str]:
        """Every order number that the dialogue may touch."""
        words = [self.opening, self.expect.order or "", *(twist.say for twist in self.twists)]
        words += [str(value) for name, value in self.facts.items() if name not in ("phone", "address")]
        found = ORDER.findall(" \n ".join(words))
        return frozenset(f"LB-{first or second}" for first, second in found)

    @property
    def locks_orders(self) -> bool:
        """Wrong tries at an identity lock an order for an hour, so such dialogues go last."""
        return self.expect.outcome == "identity_refused" or self.expect.reason_code == "identity_mismatch"


class Payload(BaseModel):
    """Words that do not fit into a line, or that are no words at all. One of the four forms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repeat: tuple[str, int] | None = None
    prefix: str = ""
    suffix: str = ""
    escapes: Words = []
    sequence: list[Any] = []
    attachment: Any = None

    @model_validator(mode="after")
    def is_one_form(self) -> Self:
        given = [self.repeat is not None, bool(self.escapes), bool(self.sequence), self.attachment is not None]
        if sum(given) != 1:
            raise ValueError("a payload is one of repeat, escapes, sequence and attachment")
        return self


class Attack(Entry):
    channel: Channel = "web"
    sender: str | None = Field(None, alias="from")
    lang: str | None = None
    text: str | None = None
    payload: Payload | None = None
    must_not: Words = []
    must_not_contain: Words = []
    kind: str

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if (self.text is None) == (self.payload is None):
            raise ValueError("an attack has either a text or a payload")
        return self


@dataclass(frozen=True)
class Sets:
    """A folder's three files; a file that is not there is an empty set."""

    folder: Path
    questions: list[Question] = field(default_factory=list)
    dialogues: list[Dialogue] = field(default_factory=list)
    attacks: list[Attack] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.questions) + len(self.dialogues) + len(self.attacks)


def load(folder: Path) -> Sets:
    """Read a folder. Raises `SetMistake` where it has none of the files or a line is not of the format."""
    sets = Sets(
        folder,
        _read(folder / "questions.jsonl", Question),
        _read(folder / "dialogues.jsonl", Dialogue),
        _read(folder / "attacks.jsonl", Attack),
    )
    if not len(sets):
        raise SetMistake(f"{folder}: there are no questions.jsonl, dialogues.jsonl or attacks.jsonl with lines in it")
    return sets


def _read[Row: Entry](path: Path, model: type[Row]) -> list[Row]:
    if not path.exists():
        return []
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        row = _row(path, number, line, model)
        if row.id in seen:
            raise SetMistake(f"{path}:{number}: id {row.id!r} was used in line {seen[row.id]} already")
        seen[row.id] = number
        rows.append(row)
    return rows


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        # Not splitlines: a text may hold U+2028, which JSON leaves as it is.
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SetMistake(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _row[Row: Entry](path: Path, number: int, line: str, model: type[Row]) -> Row:
    try:
        return model.model_validate(json.loads(line))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors()[:3])
        raise SetMistake(f"{path}:{number}: {wrong}") from error
    except ValueError as error:
        raise SetMistake(f"{path}:{number}: not a JSON object: {error}") from error
