"""docs/nlu.md, from the figures in docs/nlu.json."""

from __future__ import annotations

from typing import Any

from bot.dialogue.bench_nlu.sets import SETS

HEAD = """# Understanding, measured

Written by `make bench-nlu`; do not edit. The pipeline is the one of `config.yml`, trained and asked through Rasa.
"""

OWN = """
## Our own messages: `rasa test nlu` with {folds} folds

Every message of `data/nlu/` parsed by a model that never saw it. *Refused* went to the fallback, which asks again or
looks for an article; *wrong* was taken for something else.

| trained on | asked in | messages | right | F1 | refused | wrong |
|---|---|---|---|---|---|---|
"""

PUBLIC = """
## Public sets: accuracy in percent

The fallback is left aside here, as published figures do. 10-shot: the mean over three draws of ten examples an intent.

| set | this pipeline | stock Rasa | published | by |
|---|---|---|---|---|
"""

OUTSIDE = """
CLINC150 small: {outside_recall:.1f} % of the out-of-scope messages are refused by a threshold that refuses 5 % of the
validation messages in scope ({refused:.1f} % of the test ones). Published by fine-tuned BERT: 52.3; by e5 and USE
together: 83.2.
"""

STOCK = """
Stock Rasa is the default pipeline of `rasa init` (DIET, 100 epochs, with TensorFlow); `make bench-nlu ARGS=--stock`
measures it on the small sets, on the first draw of the three. A dash: not measured.
"""


def markdown(kept: dict[str, Any]) -> str:
    """The page. `kept`: `own` and `public`, as `__main__` gathers them; either may be missing."""
    text = HEAD
    if own := kept.get("own"):
        text += OWN.format(folds=own["folds"]) + "".join(map(_own_row, own["rows"]))
        text += "\nFound among all messages, trained on both: "
        text += ", ".join(f"`{intent}` {share:.1f} %" for intent, share in own["recall"].items()) + ".\n"
        text += "\nThe pairs most often mixed up:\n\n| is | taken for | times | for example |\n|---|---|---|---|\n"
        text += "".join(f"| {a} | {b} | {count} | {shown.replace('|', '/')} |\n" for a, b, count, shown in own["pairs"])
    if public := kept.get("public"):
        text += PUBLIC + "".join(_public_row(one, public) for one in SETS if one.name in public)
        outside = public.get("clinc150-small", {}).get("ours", {})
        text += OUTSIDE.format(**outside) if "outside_recall" in outside else ""
        text += STOCK
    return text


def _own_row(row: dict[str, Any]) -> str:
    shares = " | ".join(f"{row[key]:.1f}" for key in ("accuracy", "f1", "refused", "wrong"))
    return f"| {row['trained_on']} | {row['language']} | {row['messages']} | {shares} |\n"


def _public_row(one: Any, public: dict[str, Any]) -> str:
    ours, stock = (public[one.name].get(name, {}).get("accuracy") for name in ("ours", "stock"))
    published = "—" if one.published is None else f"{one.published:.1f}"
    return f"| {one.title} | {_share(ours)} | {_share(stock)} | {published} | {one.by or '—'} |\n"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"
