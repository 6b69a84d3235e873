"""Which language a message shows, by its words alone."""

from __future__ import annotations

import pytest

from tests.dialogue.components.inside import told
from tests.dialogue.components.messages import STAYS, SWITCHES

OTHER = {"es": "en", "en": "es"}


@pytest.fixture(scope="module")
def judged() -> dict[str, str]:
    """The language that each message is answered in, by the conversation's own and the message."""
    found: dict[str, str] = told("judged")
    return found


@pytest.mark.parametrize(("language", "text"), [(one, text) for one, texts in SWITCHES.items() for text in texts])
def test_a_message_that_is_clearly_in_the_other_language_switches(
    judged: dict[str, str], language: str, text: str
) -> None:
    assert judged[f"{OTHER[language]} {text}"] == language


@pytest.mark.parametrize(("language", "text"), [(one, text) for one, texts in STAYS.items() for text in texts])
def test_a_borrowed_word_does_not(judged: dict[str, str], language: str, text: str) -> None:
    assert judged[f"{language} {text}"] == language
