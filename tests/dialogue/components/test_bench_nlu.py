"""The figures of `make bench-nlu`, from rankings and examples that can be counted by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.dialogue.bench_nlu import measure, own, report, sets
from tests.dialogue.engine import ROOT, rasa_python


def told(intent: str, taken: str, language: str = "es") -> own.Told:
    return own.Told(f"{intent} as {taken}", language, intent, taken, 0.9)


def test_shares_of_a_validation_add_up() -> None:
    rows = [told("greet", "greet"), told("greet", "thank"), told("thank", "nlu_fallback"), told("thank", "thank", "en")]
    both, spanish = own.summary("both", rows, "both"), own.summary("both", rows, "es")
    assert (both.messages, both.accuracy, both.refused, both.wrong) == (4, 50, 25, 25)
    assert both.f1 == pytest.approx(100 * (2 * (2 * 1 / 3) + 2 * (2 * 1 / 4)) / 4)
    assert (spanish.messages, round(spanish.accuracy, 1)) == (3, 33.3)
    assert own.recall(rows, "greet") == 50
    assert own.confused(rows, 5) == [("greet", "thank", 1, "greet as thank")]


def test_ten_of_each_is_the_same_draw_again_and_another_one_otherwise() -> None:
    rows = [(f"{intent} {number}", intent) for intent in ("a", "b") for number in range(40)]
    first = sets.ten_of_each(rows, 0)
    assert first == sets.ten_of_each(rows, 0) != sets.ten_of_each(rows, 1)
    assert sorted(intent for _text, intent in first) == ["a"] * 10 + ["b"] * 10
    assert len(set(first)) == 20 and set(first) <= set(rows)


def kept_answer(
    kept: Path, pipeline: measure.Pipeline, split: sets.Split, ranked: list[list[tuple[str, float]]]
) -> None:
    """Puts an answer where `ask` looks for one, so that no model is trained."""
    texts = [text for rows in (split.test, split.held, split.outside) for text, _intent in rows]
    place = measure.kept_at(pipeline, split.train, texts, kept)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"ranked": ranked, "seconds": 2, "milliseconds": 3}))


def test_the_threshold_comes_from_the_held_part_only(tmp_path: Path) -> None:
    held = tuple((f"held {number}", "a") for number in range(100))
    split = sets.Split([("x", "a"), ("y", "b")], [("one", "a"), ("two", "b")], held, (("far", "oos"), ("near", "oos")))
    sure = [[("a", (number + 1) / 100)] for number in range(100)]
    ranked = [[("a", 0.9)], [("a", 0.05)], *sure, [("a", 0.055)], [("b", 0.8)]]
    pipeline = measure.Pipeline("ours", "pipeline: []")
    kept_answer(tmp_path, pipeline, split, ranked)
    found = measure.figures(pipeline, [split], tmp_path)
    assert found == {"accuracy": 50, "seconds": 2, "milliseconds": 3, "outside_recall": 50, "refused": 50}


def test_the_page_shows_what_was_measured_and_a_dash_for_the_rest() -> None:
    page = report.markdown({"public": {"banking77-10": {"ours": {"accuracy": 84.04}}}})
    assert "| banking77, 10 of each | 84.0 | — | 85.2 | USE+ConveRT |" in page
    assert "clinc" not in page.lower()


def test_the_shop_s_own_pipeline_is_trained_on_a_set_that_knows_nothing_of_the_shop(tmp_path: Path) -> None:
    said = {"card_arrival": "when will card number {} arrive", "lost_card": "I lost my card {} in the street"}
    for part, numbers in (("train", range(6)), ("test", range(6, 8))):
        rows = [{"text": text.format(n), "intent": intent} for intent, text in said.items() for n in numbers]
        (tmp_path / "banking77").mkdir(exist_ok=True)
        (tmp_path / "banking77" / f"{part}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    wanted = ["--no-own", "--sets", "banking77-full", "--data", tmp_path, "--docs", tmp_path, "--kept", tmp_path]
    done = subprocess.run(
        [rasa_python(), "-m", "bot.dialogue.bench_nlu", *map(str, wanted)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["banking77-full"]["accuracy"] == 100
    assert "| banking77, all | 100.0 |" in (tmp_path / "nlu.md").read_text(encoding="utf-8")


def test_without_the_public_sets_it_says_where_it_looked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.dialogue.bench_nlu", "--no-own", "--data", str(tmp_path), "--docs", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"{tmp_path}/banking77/train.jsonl is not there" in done.stderr and "--data FOLDER" in done.stderr
    assert list(tmp_path.iterdir()) == []
