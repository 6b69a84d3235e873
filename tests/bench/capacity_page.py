"""docs/capacity.md."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench import needs
from tests.bench.needs import Costs, Habits, Need, needed
from tests.bench.queueing import ROAD, simulated

MILLION = 1_000_000
MONTHS = (1 * MILLION, 10 * MILLION, 100 * MILLION)
CEILINGS = {
    "database": "the one database: it takes every turn, and more processes bring it only more to do",
    "log": "the log of events, which every web process reads whole; past that, a broker would tell each process only\n"
    "what its own pages show",
}

HEAD = """# What it costs, and what many conversations need

`make bench-capacity` measures the costs on this machine, works out the rest and writes this page. Seconds are processor
seconds, which other work on the machine does not change; divide them by how much faster yours is.

{day}, on {engine}, {turns} turns of customers who greet, ask something, return what they bought, ask again and say
thanks. Of nine turns two are questions of `tests/evaluation`, which are searched for among the articles and cost most.

## Measured

| of one turn | processor ms |
|---|---:|
"""


@dataclass(frozen=True)
class About:
    """How it was measured. `alone` and `beside`: seconds of a turn without and with all pages open."""

    engine: str
    turns: int
    alone: float
    beside: float
    day: str


def page(costs: Costs, habits: Habits, about: About, *, turns: int = 20_000) -> str:
    """The page, whole; `turns`: simulated in each row."""
    engine = {"postgresql": "PostgreSQL and Redis", "sqlite": "SQLite, whose work is part of each process's own"}
    text = HEAD.format(day=about.day, engine=engine[about.engine], turns=about.turns)
    for place in needs.PLACES:
        if place in costs.turn:
            text += f"| {place} | {1000 * costs.turn[place]:.1f} |\n"
    text += f"| all of it | {1000 * sum(costs.turn.values()):.1f} |\n"
    text += _of_streams(costs, about) + _of_messages(costs)
    text += _bottleneck(costs) + _months(costs, habits) + _queues(costs, habits, turns)
    return text


def _of_streams(costs: Costs, about: About) -> str:
    return f"""
**One open page** holds {costs.stream / 1024:.0f} kB of its web process and costs it {1e6 * costs.stream_idle:.0f} µs a
second while nothing happens. {costs.streams:,} were open at once on one web process
({costs.streams * costs.stream / 2**20:,.0f} MB of it); a turn beside them took {about.beside:.2f} s at the median,
without them {about.alone:.2f} s, on a machine that did other work as well.
"""


def _of_messages(costs: Costs) -> str:
    return f"""
**One turn** leaves {costs.stored / 1000:.1f} kB in the database, with indexes and the dialogue's memory: the customer's
message, the answer, and {costs.events:.1f} entries of the log. Following one entry costs each web process
{1e6 * costs.watched:.0f} µs.
"""


def _bottleneck(costs: Costs) -> str:
    place, rate = needs.first_to_give_way(costs)
    last, most = needs.ceiling(costs)
    lines = "".join(
        f"| {name} | {rate:,.0f} |\n" if name != "database" else "" for name, rate in needs.single(costs).items()
    )
    return f"""
## The first bottleneck

Up to {100 * needs.BUSY:.0f} % busy, one process of each takes so many turns a second:

| | turns a second |
|---|---:|
{lines}
With one process of each, **{place} is the first bottleneck**, at {rate:.0f} turns a second. Another process
answers it, and so it is with the others, by settings alone (`docs/scaling.md`). What no further process answers is
{CEILINGS[last]}. That would be full at about {most:,.0f} turns a second.
"""


def _months(costs: Costs, habits: Habits) -> str:
    text = f"""
## What a month needs

This much is assumed: {habits.turns:g} turns a conversation; the busiest hour has {habits.peak:g} times the mean of the
month; {100 * habits.on_the_web:.0f} % of the conversations are on the web, each with a page open for
{habits.page_minutes:g} minutes; no process busier than {100 * needs.BUSY:.0f} %.
`ARGS="--peak 6 --turns-each 8"` assumes otherwise. Processes, one core each; of the database, cores.

| conversations a month | turns a second | open pages | {" | ".join(needs.PLACES)} | GB more a month |
|---|---:|---:|{"---:|" * len(needs.PLACES)}---:|
"""
    for month in MONTHS:
        need = needed(month, costs, habits)
        counts = " | ".join(str(need.processes[place] or "–") for place in needs.PLACES)
        text += f"| {month // MILLION} million | {need.rate:,.0f} | {need.streams:,.0f} | {counts} |"
        text += f" {need.stored_a_month / 1e9:,.0f} |\n"
    return text


def _queues(costs: Costs, habits: Habits, turns: int) -> str:
    text = """
## Queues

Each row is simulated (`tests/bench/queueing.py`): turns arrive at random at the rate of the busiest hour, and wait for
processes of the measured cost. Rasas are queues of their own, because a conversation keeps to one. Seconds of a turn,
without the network.

| conversations a month | median | 95 % | 99 % | busiest |
|---|---:|---:|---:|---|
"""
    for month in MONTHS:
        need = needed(month, costs, habits)
        text += f"| {month // MILLION} million |{_waits(costs, need, turns, {})}\n"
    text += "\nWith fewer of what is busiest, in the month of ten million:\n\n"
    need = needed(MONTHS[1], costs, habits)
    tight = max(_road(costs), key=lambda place: need.rate * costs.turn[place] / max(1, need.processes[place]))
    text += f"| {tight} | median | 95 % | 99 % | busiest |\n|---|---:|---:|---:|---|\n"
    most = need.processes[tight]
    for count in dict.fromkeys((most + 1, most, max(1, round(most * 0.8)), max(1, round(most * 0.65)))):
        if need.rate * costs.turn[tight] < 0.98 * count:
            text += f"| {count} |{_waits(costs, need, turns, {tight: count})}\n"
    return text


def _road(costs: Costs) -> set[str]:
    return {place for place, _ in ROAD if costs.turn.get(place)}


def _waits(costs: Costs, need: Need, turns: int, otherwise: dict[str, int]) -> str:
    processes = {**need.processes, **otherwise}
    if not all(processes[place] for place in _road(costs)):
        return " – | – | – | cannot be reached |"
    seen = simulated({place: costs.turn[place] for place in sorted(_road(costs))}, processes, need.rate, turns=turns)
    place = max(seen.busy, key=lambda name: seen.busy[name])
    return f" {seen.median:.2f} | {seen.p95:.2f} | {seen.p99:.2f} | {place}, {100 * seen.busy[place]:.0f} % |"
