"""docs/speed.md."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from tests.bench.run import AT_ONCE, Figures

HEAD = """# How fast, beside stock Rasa and beside itself

`make bench` writes this page. Stock Rasa is the default pipeline and policies of `rasa init`, trained on this
project's data ({epochs} epochs), on its own REST channel and with the same action server; its turn ends with the answer
of its call. A turn of ours is all of the system: from the post of a customer's page until the answer stands in its
event stream, with storing, claiming, committing and the same actions in between. Both run side by side on one machine,
in turn. Look at the ratios: the seconds are this machine's. "Engine" is our Rasa alone with its actions, asked at the
door that the gateway asks. Each customer greets, asks something, returns what they bought, asks again and says thanks:
of nine turns two are questions, five steps of the request, and each text is new to every cache.

{day}, {turns} turns each.

"""


def page(figures: Figures, options: Namespace) -> str:
    """The page, whole."""
    text = HEAD.format(epochs=options.epochs, day=f"{datetime.now(UTC):%Y-%m-%d}", turns=options.turns)
    rows = [("Rasa ready after (s)", "ready"), ("Rasa's memory (MB)", "rss")]
    for customers in AT_ONCE:
        rows += [(f"Median turn at {customers} (s)", f"turn_c{customers}")]
    for customers in AT_ONCE:
        rows += [(f"Turns a second at {customers}", f"per_second_c{customers}")]
    text += "| | ours | engine | stock Rasa | ours / stock | engine / stock |\n|---|---:|---:|---:|---:|---:|\n"
    for title, name in rows:
        text += f"| {title} | {_number(figures.ours.get(name))} | {_number(figures.engine.get(name))} |"
        text += f" {_number(figures.stock.get(name))} | {_number(figures.ratio(name))} |"
        text += f" {_number(figures.ratio(name, 'engine'))} |\n"
    text += (
        "\n| Median turn at 1, by kind (s) | ours | engine | stock Rasa | ours / stock |\n|---|---:|---:|---:|---:|\n"
    )
    for kind, seconds in figures.kinds.get("stock", {}).items():
        ours, engine = (figures.kinds[side].get(kind) for side in ("ours", "engine"))
        ratio = ours / seconds if ours else None
        text += f"| {kind} | {_number(ours)} | {_number(engine)} | {_number(seconds)} | {_number(ratio)} |\n"
    text += "\n| Of one turn | s |\n|---|---:|\n"
    text += "".join(f"| {name} | {_number(seconds)} |\n" for name, seconds in figures.parts.items())
    text += f"\nOf a turn {100 * (figures.overhead or 0):.0f} % is ours around Rasa.\n"
    text += "\n| As it grows | turn, as a multiple |\n|---|---:|\n"
    text += f"| from about 10 events of a conversation to {options.events:,} | {_number(figures.growth_events)} |\n"
    text += f"| from 1,000 stored messages to {options.messages:,} | {_number(figures.growth_messages)} |\n"
    if figures.growth_passages:
        text += f"| from 1,000 passages to {options.passages:,} (one search) | {_number(figures.growth_passages)} |\n"
    if streams := figures.streams:
        text += f"\n{streams.opened:,} customers' pages were open on one web process, {streams.kilobytes:.0f} kB of its"
        text += f" memory each; a turn beside them took {streams.turn:.2f} s.\n"
    return text


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
