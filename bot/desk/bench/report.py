"""docs/desk-load.md, from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PAGE = """# From an event to the desks, measured

Written by `make bench-desk`; do not edit. One web process on SQLite, as `make run` starts it, the customers and the
agents' pages on the same machine. A time runs from the event's own time in the log, before its commit, until the entry
that shows it has arrived at a desk; connections that were cut and made again are in it. *Missed* are events that a desk
was neither told nor covered by fetching everything anew.

| | |
|---|---|
| desks open | {agents} |
| open conversations | {conversations} |
| messages, at {messages_per_s:g} a second | {messages} |
| of them refused | {refused} |
| connections made, of streams that are cut every 8 s at the mean | {connections} |
| event to desk, median | {median_ms} ms |
| event to desk, 99 of 100 | {p99_ms} ms |
| event to desk, slowest of {arrivals} | {max_ms} ms |
| then the new line in the open conversation, median | {lines_median_ms} ms |
| then the new line in the open conversation, 99 of 100 | {lines_p99_ms} ms |
| times that a desk was told to fetch everything anew | {reloads} |
| missed | {missed} |
"""


def page(figures: Mapping[str, Any]) -> str:
    return PAGE.format(**figures)
