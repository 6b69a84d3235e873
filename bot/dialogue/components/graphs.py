"""Runs Rasa's graphs node after node.

Rasa hands each graph to dask, which works out dependencies, an order, locks and queues for a dozen nodes that run one
after the other anyway, and does so two or three times a turn: once to understand, once for each action. The graph of
given targets never changes, so the order is worked out once.
"""

import logging
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner import dask

Plan = list[tuple[str, tuple[str, ...]]]


def plan(schema: GraphSchema, targets: list[str]) -> Plan:
    """The nodes that `targets` need, each after those whose outputs it takes, with the names of these."""
    needs = {name: tuple(node.needs.values()) for name, node in schema.minimal_graph_schema(targets).nodes.items()}
    return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]


def run_straight() -> None:
    """Replace dask. What it would complain about, and debug logs, are left to the original."""
    original: Callable[..., dict[str, Any]] = dask.DaskGraphRunner.run

    def run(
        self: dask.DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        given = inputs or {}
        odd = any(name in self._instantiated_nodes or isinstance(value, str) for name, value in given.items())
        if odd or dask.logger.isEnabledFor(logging.DEBUG):
            return original(self, inputs, targets)
        wanted = tuple(targets or self._graph_schema.target_names)
        plans: dict[tuple[str, ...], Plan] = self.__dict__.setdefault("plans", {})
        if wanted not in plans:
            plans[wanted] = plan(self._graph_schema, list(wanted))
        found: dict[str, Any] = {name: (name, value) for name, value in given.items()}
        try:
            for name, needs in plans[wanted]:
                # A name that nothing provides is handed on as it is: the node knows how to complain.
                found[name] = self._instantiated_nodes[name](*(found.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(found[name] for name in wanted)

    dask.DaskGraphRunner.run = run
