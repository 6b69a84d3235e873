"""Stand-ins for what Rasa imports and this project never uses, so that it starts lean.

Rasa 3.6 imports every component and every chat SDK it knows: TensorFlow through its component list and
`rasa.utils.train_utils`, and nine channel SDKs through `rasa.core.channels`. The stand-ins answer any
attribute with an empty class; whoever calls one gets an error that says what is missing.

Set `POSTVENTA_RASA_FULL=1` in an environment that has TensorFlow, to use DIET or TED.
"""

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ABSENT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})
"""Top-level packages that are not installed in the lean environment."""

ONLY_FOR_TRAINING = frozenset({"sklearn", "matplotlib", "scipy"})
"""Packages that serving imports by way of Rasa's features and test code but never calls: a second and 50 MB."""

ELSEWHERE = frozenset(
    {
        "boto3",
        "botocore",
        "s3transfer",
        "pymongo",
        "bson",
        "aio_pika",
        "aiormq",
        "pamqp",
        "redis",
        "jwt",
        "cryptography",
    }
)
"""Clients of other people's clouds, databases and brokers, where Rasa could keep models, trackers and events, and the
signed tokens for its own HTTP API; ours are elsewhere. Half a second and 55 MB."""

COMPONENTS = (
    "rasa.nlu.classifiers.fallback_classifier:FallbackClassifier",
    "rasa.nlu.classifiers.regex_message_handler:RegexMessageHandler",
    "rasa.nlu.extractors.entity_synonyms:EntitySynonymMapper",
    "rasa.nlu.extractors.regex_entity_extractor:RegexEntityExtractor",
    "rasa.core.policies.rule_policy:RulePolicy",
    "rasa.core.policies.memoization:MemoizationPolicy",
)
"""Rasa's own components that config.yml may name (ours register themselves by class path)."""


class _AbsentMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # A decorator such as @tf.function only wraps what follows: hand it back.
        if cls is Absent and len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]
        if cls is Absent:
            return Absent
        raise RuntimeError(
            f"{cls.__module__}.{cls.__name__} needs a package that the lean start leaves out (stubs.py names them). "
            "Use what config.yml and endpoints.yml name, or install the full environment and set "
            "POSTVENTA_RASA_FULL=1."
        )


class Absent(metaclass=_AbsentMeta):
    """Stands for any name of a package that is not installed."""


class _AbsentModule(ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _AbsentFinder(MetaPathFinder, Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self.names:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def install(serving: bool = False) -> None:
    """Put the stand-ins in place. Call before anything imports rasa; a second call does nothing.

    `serving` also leaves out what only training needs (scikit-learn, matplotlib), and what stores things elsewhere.

    Raises RuntimeError when rasa's channels were imported already, because then it is too late.
    """
    if os.environ.get("POSTVENTA_RASA_FULL") == "1" or any(
        isinstance(finder, _AbsentFinder) for finder in sys.meta_path
    ):
        return
    if "rasa.core.channels" in sys.modules:
        raise RuntimeError("stubs.install() came after `import rasa.core`; call it first, see serve.py.")
    names = ABSENT | ONLY_FOR_TRAINING | ELSEWHERE if serving else ABSENT
    sys.meta_path.insert(0, _AbsentFinder(names))
    _replace_channels()
    _replace_component_list()


def _replace_channels() -> None:
    """Let `rasa.core.channels` be a package that loads no chat SDK."""
    spec = importlib.util.find_spec("rasa")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("rasa is not installed here: run this with .venv-rasa/bin/python.")
    package = ModuleType("rasa.core.channels")
    package.__path__ = [str(Path(next(iter(spec.submodule_search_locations))) / "core" / "channels")]
    sys.modules["rasa.core.channels"] = package
    from rasa.core.channels import channel

    for name in ("InputChannel", "OutputChannel", "UserMessage", "CollectingOutputChannel"):
        setattr(package, name, getattr(channel, name))
    package.BUILTIN_CHANNELS = {}  # type: ignore[attr-defined]


class _ComponentList(ModuleType):
    """`rasa.engine.recipes.default_components`, holding only what a lean config may name."""

    def __getattr__(self, name: str) -> Any:
        if name != "DEFAULT_COMPONENTS":
            raise AttributeError(name)
        found = [_load(path) for path in COMPONENTS]
        self.DEFAULT_COMPONENTS = found
        return found


def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def _replace_component_list() -> None:
    name = "rasa.engine.recipes.default_components"
    sys.modules[name] = _ComponentList(name)


def loaded() -> dict[str, bool]:
    """Which of the absent packages are stand-ins right now: name → True, for tests and the health page."""
    return {name: isinstance(sys.modules.get(name), _AbsentModule) for name in sorted(ABSENT)}
