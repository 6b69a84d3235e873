"""`rasa data validate`, lean: `.venv-rasa/bin/python -m bot.dialogue.components.validate`; exit 1 on any warning.

Rasa knows responses that rules use and intents that messages have. Ours are also spoken by actions, and `pick` is only
ever a choice that was offered: such warnings are dropped here after looking for the name in actions/.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.dialogue.components import environment

OFFERED_ONLY = frozenset({"pick", "while_waiting"})
"""Intents that no text has: choices alone carry them, or the pipeline sets them."""

_UNUSED = re.compile(r"The utterance '(\w+)' is not used")
_NO_TEXT = re.compile(r"The intent '(\w+)' is listed in the domain file, but is not found")
_SPOKEN = re.compile(r"\butter_\w*(?:\{[\w.]+\})?")


def spoken(actions: Path, domain: Any) -> set[str]:
    """Names of the responses that the actions' sources say: whole, or by the name of an intent or slot."""
    found = {
        name for file in sorted(actions.rglob("*.py")) for name in _SPOKEN.findall(file.read_text(encoding="utf-8"))
    }
    names = {one for one in found if "{" not in one}
    for pattern in found - names:
        start, _, hole = pattern.partition("{")
        values = domain.intents if "intent" in hole else [slot.name for slot in domain.slots]
        names |= {start + value for value in values}
    return names


def complaints(project: Path) -> Iterator[str]:
    """What Rasa's validator says about `project`, without what `spoken` and OFFERED_ONLY explain."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
        importer = TrainingDataImporter.load_from_config(
            str(project / "config.yml"), str(project / "domain"), [str(project / "data")]
        )
        validator = Validator.from_importer(importer)
        good = {
            "the domain": validator.verify_domain_validity(),
            "data/nlu": validator.verify_nlu(ignore_warnings=False),
            "the rules": validator.verify_story_structure(ignore_warnings=False),
            "the forms": validator.verify_form_slots() and validator.verify_forms_in_stories_rules(),
            "the actions in rules": validator.verify_actions_in_stories_rules(),
            "the slot mappings": validator.verify_slot_mappings(),
        }
        validator.verify_utterances_in_stories(ignore_warnings=False)
    domain = importer.get_domain()
    known = spoken(project / "actions", domain)
    for one in dict.fromkeys(str(each.message) for each in told if issubclass(each.category, UserWarning)):
        unused, no_text = _UNUSED.search(one), _NO_TEXT.search(one)
        if (unused and unused[1] in known) or (no_text and no_text[1] in OFFERED_ONLY):
            continue
        yield one
    yield from (f"Rasa's validator refuses {name}." for name, passed in good.items() if not passed)


def main(arguments: list[str] | None = None) -> int:
    """The command line; each complaint on a line."""
    parser = argparse.ArgumentParser(prog="python -m bot.dialogue.components.validate", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder of config.yml, domain, data and actions")
    options = parser.parse_args(arguments)
    environment.prepare()
    from bot.dialogue.components import stubs

    stubs.install()
    environment.quieten()
    found = list(complaints(options.project))
    print("\n".join(found) if found else "The Rasa project is valid.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
