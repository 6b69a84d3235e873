"""A real Rasa with its actions beside, as in the tests of the dialogue."""

from tests.dialogue.conftest import actions, lucia, model, own_rasa, rasa

__all__ = ["actions", "lucia", "model", "own_rasa", "rasa"]
