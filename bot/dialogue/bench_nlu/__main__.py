"""`make bench-nlu`: measures the pipeline of config.yml and writes docs/nlu.md; the last line is JSON.

Answers of a pipeline are kept in var/bench-nlu, so the same pipeline on the same set is trained once. Exit code 1
only when something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.bench_nlu import engine, measure, own, report
from bot.dialogue.bench_nlu.sets import SETS, NoData, PublicSet

ROOT = Path(__file__).resolve().parents[3]
WATCHED = ("report_danger", "talk_to_person", "threaten_legal", "dispute_payment", "complain_upset")
"""Intents whose recall is told one by one: missing them hurts somebody."""

STOCK_CONFIG = """
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
  - {name: DIETClassifier, epochs: 100, constrain_similarities: true}
  - {name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}
policies: []
"""


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-nlu ARGS=...", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="folder of the public sets")
    parser.add_argument("--sets", nargs="+", choices=[one.name for one in SETS], default=[one.name for one in SETS])
    parser.add_argument("--no-own", action="store_true", help="leave out the cross-validation of data/nlu")
    parser.add_argument("--no-public", action="store_true", help="leave out the public sets")
    parser.add_argument("--stock", action="store_true", help="stock Rasa too, on the small sets; needs TensorFlow")
    parser.add_argument("--stock-python", type=Path, help="Python of the environment with TensorFlow")
    parser.add_argument("--fresh", action="store_true", help="measure again what is kept")
    parser.add_argument("--kept", type=Path, default=ROOT / "var/bench-nlu", help="folder of what is kept")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="folder of nlu.md and nlu.json")
    return parser.parse_args(arguments)


def validated(chosen: argparse.Namespace) -> dict[str, Any]:
    """The cross-validation of data/nlu, with every prediction in the kept folder."""
    engine.prepare()
    config = intents_only((ROOT / "config.yml").read_text(encoding="utf-8"))
    rows, told = [], []
    for languages, name in ((("es",), "es"), (("en",), "en"), (("es", "en"), "both")):
        print(f"cross-validation of data/nlu, trained on {name} ...", flush=True)
        told = own.cross_validate(ROOT, languages, config)
        rows += [asdict(own.summary(name, told, one)) for one in dict.fromkeys((*languages, name))]
        print(f"  right {rows[-1]['accuracy']:.1f} %, refused {rows[-1]['refused']:.1f} %", flush=True)
    chosen.kept.mkdir(parents=True, exist_ok=True)
    predictions = json.dumps(own.as_rows(told), ensure_ascii=False, indent=0)
    (chosen.kept / "predictions.json").write_text(predictions, encoding="utf-8")
    recall = {intent: own.recall(told, intent) for intent in WATCHED}
    return {"folds": own.FOLDS, "rows": rows, "recall": recall, "pairs": own.confused(told, 15)}


def intents_only(config: str) -> str:
    """A config.yml's text without the classifier of purposes, which names intents of this shop."""
    whole = yaml.safe_load(config)
    whole["pipeline"] = [one for one in whole["pipeline"] if not one["name"].endswith(".PurposeClassifier")]
    return yaml.safe_dump(whole, sort_keys=False)


def measured(chosen: argparse.Namespace, one: PublicSet) -> dict[str, dict[str, float]]:
    """Figures of this pipeline, and of stock Rasa where asked for."""
    splits = one.splits(chosen.data)
    config = (ROOT / "config.yml").read_text(encoding="utf-8")
    pipelines = {"ours": measure.Pipeline("config.yml", intents_only(config))}
    if chosen.stock and one.few:
        pipelines["stock"] = measure.Pipeline("stock Rasa", STOCK_CONFIG, chosen.stock_python, full=True)
    found = {}
    for name, pipeline in pipelines.items():
        some = splits[:1] if pipeline.full else splits
        found[name] = measure.figures(pipeline, some, chosen.kept / "answers", chosen.fresh)
        published = f"published {one.published}" if one.published else "nothing published"
        print(f"{one.title}: {pipeline.name} {found[name]['accuracy']:.1f} ({published})", flush=True)
        if "outside_recall" in found[name]:
            print(f"  out of scope found: {found[name]['outside_recall']:.1f} %", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """See the module."""
    chosen = options(arguments)
    if chosen.stock and not chosen.stock_python:
        print("--stock needs --stock-python; `make bench-nlu ARGS=--stock` makes that environment.", file=sys.stderr)
        return 1
    place = chosen.docs / "nlu.json"
    kept: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    failed = False
    try:
        if not chosen.no_own:
            kept["own"] = validated(chosen)
        for name in [] if chosen.no_public else chosen.sets:
            found = measured(chosen, next(one for one in SETS if one.name == name))
            kept.setdefault("public", {}).setdefault(name, {}).update(found)
    except (NoData, measure.NotMeasured) as error:
        print(error, file=sys.stderr)
        failed = True
    if not kept:
        return 1
    place.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (chosen.docs / "nlu.md").write_text(report.markdown(kept), encoding="utf-8")
    print(json.dumps(_line(kept)))
    return 1 if failed else 0


def _line(kept: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = {
        name: {"accuracy": round(found["ours"]["accuracy"], 1)} for name, found in kept.get("public", {}).items()
    }
    for name, found in kept.get("public", {}).items():
        for key, value in found["ours"].items():
            line[name].setdefault(key, round(value, 1))
        if "stock" in found:
            line[name]["stock"] = round(found["stock"]["accuracy"], 1)
    for row in kept.get("own", {}).get("rows", []):
        line[f"own-{row['trained_on']}-{row['language']}"] = {"accuracy": round(row["accuracy"], 1)}
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
