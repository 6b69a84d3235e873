"""Words, and strategies for words, that no channel may stumble over."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

SECRET_WORDS = "Mi número de pedido es LUM-10234"
AWKWARD = ["👨‍👩‍👧‍👦 " * 40, "שלום, מה שלומך", "a\x00b", "\u202eabc", "é" * 3_000, "<b>&amp;", "x" * 1_000_000]
MARKUP = [
    "<b>50 %</b> & <script>alert(1)</script>",
    "*no* _es_ ~negrita~ ```código```",
    "[enlace](https://ejemplo.es/a_b) 1.50! (#1) {a|b} >cita",
    "</a><a href='https://malo.example'>",
    "{{1}} {{body}} %s \\n",
]
# Several channels inherit one test, which Hypothesis would otherwise take for a mistake.
PROPERTY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow]
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=600)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
long_texts = st.lists(words | st.sampled_from(AWKWARD[:5] + MARKUP), min_size=1, max_size=12).map("\n".join)


def changed_json(payload: Any, seed: Random, value: Any) -> bytes:
    """Replace one value somewhere in `payload`."""
    here = payload
    while isinstance(here, dict | list) and here:
        key = seed.choice(list(here) if isinstance(here, dict) else range(len(here)))
        if not isinstance(here[key], dict | list) or not here[key] or seed.random() < 0.3:
            here[key] = value
            break
        here = here[key]
    return json.dumps(payload).encode()
