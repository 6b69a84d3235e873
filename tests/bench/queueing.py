"""Turns that queue: what customers wait when a turn goes through processes of the measured cost, at a given rate.

A turn is stored by a web process, read by the database, asked at its conversation's own Rasa, which asks an action
server and goes on, and is committed. Arrivals are a Poisson process; service times are exponential around what was
measured, which is more unruly than they are. A conversation's Rasa is chosen by its name, so that the Rasas are queues
of their own; all others take whoever comes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import simpy

# What a turn does, in order: where, and which part of that place's cost of a turn.
ROAD = (
    ("web", 0.5),
    ("database", 0.4),
    ("rasa", 0.6),
    ("actions", 1.0),
    ("rasa", 0.4),
    ("database", 0.6),
    ("web", 0.5),
)
# Of the simulated time, this share at the beginning is not counted: the queues are still filling.
WARM_UP = 0.1


@dataclass(frozen=True)
class Waited:
    """Seconds of a turn, at these shares of all turns, and how busy each place was (0–1)."""

    turns: int
    median: float
    p95: float
    p99: float
    busy: Mapping[str, float]


def simulated(
    cost: Mapping[str, float], processes: Mapping[str, int], rate: float, *, turns: int = 20_000, seed: int = 1
) -> Waited:
    """`cost`: processor seconds of a turn at each place; `processes`: how many there are; `rate`: turns a second."""
    world, chance = simpy.Environment(), random.Random(seed)
    places = {name: simpy.Resource(world, processes[name]) for name in cost if name != "rasa"}
    rasas = [simpy.Resource(world, 1) for _ in range(processes.get("rasa", 0))]
    took: list[tuple[float, float]] = []
    worked = dict.fromkeys(cost, 0.0)

    def turn() -> Iterator[Any]:
        begun, own = world.now, chance.choice(rasas) if rasas else None
        for name, part in ROAD:
            if not cost.get(name):
                continue
            place = own if name == "rasa" else places[name]
            with place.request() as free:  # type: ignore[union-attr]
                yield free
                seconds = chance.expovariate(1 / (cost[name] * part))
                worked[name] += seconds
                yield world.timeout(seconds)
        took.append((begun, world.now - begun))

    def arrivals() -> Iterator[Any]:
        for _ in range(turns):
            yield world.timeout(chance.expovariate(rate))
            world.process(turn())

    world.process(arrivals())
    world.run()
    first = turns / rate * WARM_UP
    counted = sorted(seconds for begun, seconds in took if begun >= first)
    busy = {name: worked[name] / (processes[name] * world.now) for name in cost}
    return Waited(len(took), *(_at(counted, share) for share in (0.5, 0.95, 0.99)), busy)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
