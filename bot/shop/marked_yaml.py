"""Read a YAML file into a strict pydantic model, naming the line of whatever is wrong with it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

Location = tuple[str | int, ...]


class FileMistake(Exception):
    """A configuration file cannot be used. The message names file and line of every mistake, and the remedy."""


class _Loader(yaml.SafeLoader):
    """YAML as its author sees it: money stays exact; dates, times, yes and no stay text."""

    # YAML 1.1 reads yes, no, on and off as booleans; a list of words has them as words.
    yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if first not in "yYnNoO" or not tag.endswith(":bool")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def money(self, node: yaml.Node) -> Decimal:
        return Decimal(str(self.construct_scalar(node)))  # type: ignore[arg-type]

    def text(self, node: yaml.Node) -> str:
        return str(self.construct_scalar(node))  # type: ignore[arg-type]


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.money)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.text)


def load[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    """The file as `model`. Raises FileMistake for syntax, duplicate keys and whatever the model refuses."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        if root is None:
            raise FileMistake(f"{path.name}: the file is empty. Restore it from the repository.")
        lines = _lines(root, path.name)
        document = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileMistake(
            f"{path.name} line {line}: not valid YAML: {error.problem}. Check colons, quotes and indentation."
        ) from error
    finally:
        loader.dispose()
    try:
        return model.model_validate_json(json.dumps(document, default=str), strict=True)
    except ValidationError as error:
        raise FileMistake("\n".join(_explain(path.name, lines, item) for item in error.errors())) from error


def _lines(node: yaml.Node, name: str, at: Location = ()) -> dict[Location, int]:
    """Line (from 1) of every key and item; refuses a key written twice."""
    found: dict[Location, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here: Location = (*at, str(key.value))
            line = key.start_mark.line + 1
            if here in found:
                raise FileMistake(
                    f"{name} line {line}: '{key.value}' is already on line {found[here]}. Keep one of them."
                )
            found[here] = line
            found.update(_lines(value, name, here))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found[(*at, index)] = value.start_mark.line + 1
            found.update(_lines(value, name, (*at, index)))
    return found


def _explain(name: str, lines: dict[Location, int], error: Any) -> str:
    location: Location = tuple(error["loc"])
    while location and location not in lines:
        location = location[:-1]
    remedies = {
        "extra_forbidden": "this key is not known. Check its spelling or remove it",
        "missing": "this key is missing under the line named. Add it",
    }
    remedy = remedies.get(error["type"], error["msg"])
    where = ".".join(str(part) for part in error["loc"]) or "the whole file"
    return f"{name} line {lines.get(location, 1)}: {where}: {remedy}."
