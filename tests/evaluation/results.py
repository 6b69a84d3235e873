"""What a run found out, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tests.evaluation.chats import Heard

type SetName = Literal["questions", "dialogues", "attacks"]


@dataclass
class Said:
    """A line of a transcript; `note` is what the driver has to say about it."""

    who: str
    text: str
    choices: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
    asks: str = ""
    note: str = ""


@dataclass
class Result:
    """One question, dialogue or attack. `error`: it could not be played at all; then nothing else counts.

    `wrong_source`: a confident answer that quotes the wrong article. `person_unneeded`: a
    person was called for what the shop could have answered. `danger`: it is about danger to people.
    """

    set: SetName
    id: str
    lang: str
    channel: str
    kind: str
    right: bool = False
    problems: list[str] = field(default_factory=list)
    wrong_source: bool = False
    person_unneeded: bool = False
    danger: bool = False
    expected: list[str] = field(default_factory=list)
    actual: list[str] = field(default_factory=list)
    turns: int = 0
    seconds: list[float] = field(default_factory=list)
    transcript: list[Said] = field(default_factory=list)
    conversation: str = ""
    error: str = ""

    def customer(self, text: str, note: str = "") -> None:
        """The customer does something: one more turn."""
        self.turns += 1
        self.transcript.append(Said("customer", text, note=note))

    def heard(self, heard: Heard) -> None:
        """What came back."""
        self.seconds.append(heard.seconds)
        for line in heard.lines:
            choices = [choice.label for choice in line.choices]
            self.transcript.append(Said(line.author, line.text, choices, list(line.cites), line.asks))
        if not heard.settled:
            self.problems.append("no answer in time")
        if broken := [status for status in heard.statuses if status >= 500]:
            self.problems.append(f"HTTP {broken[0]}")

    def told(self) -> list[str]:
        """All that the customer was told, buttons included."""
        return ["\n".join([line.text, *line.choices]) for line in self.transcript if line.who != "customer"]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def of_set(results: Sequence[Result], name: SetName) -> list[Result]:
    return [result for result in results if result.set == name]
