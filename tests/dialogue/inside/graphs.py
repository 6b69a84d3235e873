"""Graphs run by dask and node after node, side by side; prints what came out of either as JSON."""

import json
import tempfile
from pathlib import Path

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.shared.exceptions import RasaException  # noqa: E402

from bot.dialogue.components import graphs  # noqa: E402

ran: list = []


class Part(GraphComponent):
    """Says what it was given; fails on demand."""

    def __init__(self, config: dict) -> None:
        self.config = config

    @classmethod
    def create(cls, config: dict, *_: object, **__: object) -> "Part":
        return cls(config)

    def give(self) -> str:
        ran.append("give")
        return "given"

    def join(self, **words: object) -> list:
        ran.append("join")
        return sorted(f"{name}={word}" for name, word in words.items())

    def fail(self, kind: object) -> None:
        raise kind[0]("no")


def node(fn: str, needs: dict, target: bool = False) -> SchemaNode:
    return SchemaNode(needs, Part, "create", fn, {}, eager=True, is_target=target)


NODES = {
    "last": node("join", {"one": "middle", "two": "first", "three": "__input__"}, target=True),
    "middle": node("join", {"word": "first"}),
    "first": node("give", {}),
    "apart": node("give", {}),
    "bad": node("fail", {"kind": "__input__"}),
    "lost": node("join", {"word": "nobody"}),
    "round": node("join", {"word": "about"}),
    "about": node("join", {"word": "round"}),
}
RUNS = {
    "all of the schema": ({"__input__": [1]}, None),
    "one of two": ({}, ["middle"]),
    "both, and one twice": ({"__input__": {"a": "first"}}, ["last", "apart", "last"]),
    "nothing given": (None, ["last"]),
    "words given": ({"__input__": "hello"}, ["last"]),
    "a node's name given": ({"__input__": "first"}, ["last"]),
    "in a node's place": ({"first": ["mine"], "__input__": [2]}, ["last"]),
    "a node that nobody provides": ({}, ["lost"]),
    "a circle": ({}, ["round"]),
    "an error of Python": ({"__input__": [ValueError]}, ["bad"]),
    "an error of the machine": ({"__input__": [RuntimeError]}, ["bad"]),
    "an error of Rasa": ({"__input__": [RasaException]}, ["bad"]),
    "the end of everything": ({"__input__": [SystemExit]}, ["bad"]),
}


def observe() -> dict:
    """What each run gives or raises, why, and how many nodes ran for it."""
    storage = LocalModelStorage(Path(tempfile.mkdtemp()))
    schema = GraphSchema(NODES)
    runner = DaskGraphRunner(schema, storage, ExecutionContext(schema))
    seen: dict = {}
    for again in ("", ", again"):
        for name, (inputs, targets) in RUNS.items():
            ran.clear()
            try:
                outcome: list = [runner.run(inputs, targets)]
            except BaseException as error:
                outcome = [type(error).__name__, str(error), type(error.__cause__).__name__, str(error.__cause__)]
            seen[name + again] = [*outcome, len(ran)]
    return seen


if __name__ == "__main__":
    before = observe()
    graphs.run_straight()
    print(json.dumps({"before": before, "after": observe()}))
