"""`audit`: whether something that is pinned is known to be dangerous, as OSV.dev knows it (PyPI's own advisories too).

One question for all packages, and no package for asking it. Where the service cannot be reached the audit is skipped
and says so: what is installed is still what the hashes say.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.console import Console

SERVICE = "https://api.osv.dev/v1/querybatch"
PATIENCE_SECONDS = 20.0
MOST_AT_ONCE = 1000
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
# Rasa Open Source ends at 3.6.21 and keeps its pins: they are told, and fail nothing (docs/security.md, V15).
FROZEN = ("rasa.txt", "rasa-overrides.txt", "rasa-stock.txt")


@dataclass(frozen=True)
class Finding:
    package: str
    version: str
    file: str
    advisory: str


class Unreachable(Exception):
    """The service gave no answer; the text says why."""


def audit(root: Path, environ: Mapping[str, str], console: Console) -> int:
    """0: nothing is known, or nobody could be asked; 1: something is, and nobody has accepted it."""
    pins = list(pinned(root / "requirements"))
    try:
        found = list(findings(pins, environ.get("POSTVENTA_ADVISORIES") or SERVICE))
    except Unreachable as error:
        console.line(f"audit: skipped, the advisory service cannot be reached ({error})")
        return 0
    known = accepted(root / "requirements" / "accepted-advisories.txt")
    open_ones = [each for each in found if each.file not in FROZEN and each.advisory not in known]
    for each in found:
        why = "frozen with Rasa" if each.file in FROZEN else known.get(each.advisory, "")
        console.line(f"  {each.package} {each.version} ({each.file}): {each.advisory}{f', {why}' if why else ''}")
    if open_ones:
        console.line("audit: raise these versions, or accept an advisory with its reason in accepted-advisories.txt")
        return 1
    console.line(f"audit: nothing open in {len(pins)} pinned packages")
    return 0


def pinned(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(name, version, file) of every pin in `requirements/*.txt`."""
    for path in sorted(folder.glob("*.txt")):
        for name, version in PINNED.findall(path.read_text(encoding="utf-8")):
            yield name, version, path.name


def accepted(path: Path) -> dict[str, str]:
    """Advisories that do not concern us, with the reason: one a line, "<id> <reason>"."""
    if not path.exists():
        return {}
    lines = [line.split(None, 1) for line in path.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]
    return {line[0]: line[1] if len(line) > 1 else "" for line in lines}


def findings(pins: list[tuple[str, str, str]], service: str) -> Iterator[Finding]:
    """What is known of these; raises Unreachable."""
    for start in range(0, len(pins), MOST_AT_ONCE):
        part = pins[start : start + MOST_AT_ONCE]
        queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version, _ in part]
        answers = _ask(service, {"queries": queries})["results"]
        if len(answers) != len(part):
            raise Unreachable("it answered another number of questions")
        for index, told in enumerate(answers):
            for advisory in told.get("vulns") or ():
                yield Finding(*part[index], str(advisory["id"]))


def _ask(service: str, question: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the address is ours or the operator's
        service, json.dumps(question).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    if not isinstance(told.get("results"), list):
        raise Unreachable("it answered in another form")
    return told
