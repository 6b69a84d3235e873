"""From measured costs to what a month of conversations needs: plain arithmetic, and where it ends first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

SECONDS_A_MONTH = 365.25 / 12 * 24 * 3600
# A place that is busier than this makes customers wait: see the queues.
BUSY = 0.6
PLACES = ("web", "rasa", "actions", "worker", "chroma", "database")
# What one process of each can use: a Python process one core. A database server is bought larger, up to a limit.
CORES = {"web": 1.0, "rasa": 1.0, "actions": 1.0, "worker": 1.0, "chroma": 4.0, "database": 64.0}


@dataclass(frozen=True)
class Habits:
    """What customers do; assumptions, not measurements. `peak`: the busiest hour over the month's mean."""

    turns: float = 6
    peak: float = 4
    on_the_web: float = 0.5
    page_minutes: float = 5


@dataclass(frozen=True)
class Costs:
    """Measured. `turn`: processor seconds at each place; `watched`: of a web process for each event in the log;
    `stream`: bytes of a web process; `stream_idle`: its processor seconds a second; `stored`: bytes of a turn in the
    database, with indexes; `events`: log entries of a turn."""

    turn: Mapping[str, float]
    stream: float
    stream_idle: float
    streams: int
    stored: float
    events: float
    watched: float
    idle: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """For so many conversations a month. `processes` by place, 0 where no number is enough; of the database, cores."""

    conversations: float
    rate: float
    streams: float
    processes: Mapping[str, int]
    stored_a_month: float
    watching: float

    @property
    def cores(self) -> int:
        return sum(self.processes.values())


def needed(conversations: float, costs: Costs, habits: Habits) -> Need:
    """What the busiest hour of such a month needs."""
    rate = conversations * habits.turns / SECONDS_A_MONTH * habits.peak
    streams = conversations / SECONDS_A_MONTH * habits.peak * habits.on_the_web * habits.page_minutes * 60
    # Every web process reads the whole log, whichever pages it holds.
    watching = rate * costs.events * costs.watched
    processes = {}
    for place in PLACES:
        busy = rate * costs.turn.get(place, 0) + (streams * costs.stream_idle if place == "web" else 0)
        left = BUSY - watching if place == "web" else BUSY
        processes[place] = max(1, math.ceil(busy / left)) if left > 0 else 0
    if processes["web"]:
        processes["web"] = max(processes["web"], math.ceil(streams / max(1, costs.streams)))
    return Need(conversations, rate, streams, processes, conversations * habits.turns * costs.stored, watching)


def single(costs: Costs) -> dict[str, float]:
    """Turns a second that one of each place takes without customers waiting."""
    return {place: BUSY * CORES[place] / costs.turn[place] for place in PLACES if costs.turn.get(place)}


def first_to_give_way(costs: Costs) -> tuple[str, float]:
    """Of one process each: which is full first, and at how many turns a second."""
    found = {place: rate for place, rate in single(costs).items() if place != "database"}
    place = min(found, key=lambda name: found[name])
    return place, found[place]


def ceiling(costs: Costs) -> tuple[str, float]:
    """What no further process helps against, and at how many turns a second: the one database, or the one log that
    every web process reads."""
    found = {"database": single(costs).get("database", math.inf)}
    if costs.events * costs.watched:
        found["log"] = BUSY / (costs.events * costs.watched)
    place = min(found, key=lambda name: found[name])
    return place, found[place]
