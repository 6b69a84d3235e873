"""The messages of test_language.py, each judged from within both languages; prints JSON."""

import json

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from bot.dialogue.components.language import LANGUAGES, LanguageJudge  # noqa: E402
from tests.dialogue.components.messages import STAYS, SWITCHES  # noqa: E402

judge = LanguageJudge()
texts = [text for told in (SWITCHES, STAYS) for found in told.values() for text in found]
print(json.dumps({f"{current} {text}": judge.decide(text, current) for current in LANGUAGES for text in texts}))
