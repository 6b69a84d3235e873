"""python -m tests.evaluation CASES: play a folder of questions, dialogues and attacks against a running system.

The last line of the output is one JSON object with the figures (design: Commands). The exit status says only whether
something could be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from tests.evaluation.figures import percentile
from tests.evaluation.report import Report
from tests.evaluation.results import Result, SetName
from tests.evaluation.run import NotMeasured, Run
from tests.evaluation.sets import Channel, SetMistake, Sets, load
from tests.evaluation.shop import CommandFailed, enter
from tests.evaluation.wire import Wire

ROOT = Path(__file__).resolve().parents[2]

SETS: tuple[SetName, ...] = get_args(SetName.__value__)
CHANNELS: tuple[Channel, ...] = get_args(Channel.__value__)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, understood."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("cases", type=Path, help="a folder with questions.jsonl, dialogues.jsonl, attacks.jsonl")
    parser.add_argument(
        "--base",
        default=os.environ.get("POSTVENTA_PUBLIC_URL", "http://127.0.0.1:8000"),
        help="the running system (default: %(default)s)",
    )
    parser.add_argument("--token", default="", help="a key to the staff API (default: POSTVENTA_API_TOKEN, or a new)")
    parser.add_argument("--parallel", type=int, default=6, help="customers who write at once (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "evaluation", help="where the report goes")
    parser.add_argument("--only", action="append", choices=SETS, help="one of the sets; may be repeated")
    parser.add_argument(
        "--channels", default="", help="play the dialogues on all of these instead of their own: web,whatsapp,telegram"
    )
    parser.add_argument("--markdown", type=Path, help="write the summary for the repository there, as well")
    parser.add_argument(
        "--reset",
        choices=("auto", "yes", "no"),
        default="auto",
        help="put the demo shop's orders back between dialogues; auto: where the key was made here",
    )
    chosen = parser.parse_args(words)
    chosen.channels = tuple(filter(None, chosen.channels.split(",")))
    if unknown := set(chosen.channels) - set(CHANNELS):
        parser.error(f"--channels: {', '.join(sorted(unknown))}: there are {', '.join(CHANNELS)}")
    return chosen


async def measure(chosen: argparse.Namespace, sets: Sets) -> Report:
    """Raises `NotMeasured` and `CommandFailed`."""
    started = time.monotonic()
    shop = await enter(chosen.token)
    async with Wire(chosen.base) as wire:
        fresh = chosen.reset == "yes" or (chosen.reset == "auto" and shop.ours)
        run = Run(wire, shop, max(1, chosen.parallel), fresh)
        await run.play(sets, frozenset(chosen.only or SETS), chosen.channels)
    results = sorted(run.results, key=lambda one: (SETS.index(one.set), one.id))
    return Report(results, _about(chosen, results, time.monotonic() - started), run.notes)


def _about(chosen: argparse.Namespace, results: Sequence[Result], seconds: float) -> dict[str, str]:
    turns = [turn for result in results for turn in result.seconds]
    counts = {name: sum(result.set == name for result in results) for name in SETS}
    return {
        "Cases": f"{_name(chosen.cases)}: {', '.join(f'{count} {name}' for name, count in counts.items())}",
        "Day": datetime.now(UTC).strftime("%Y-%m-%d"),
        "Turns": f"{len(turns)}, half within {percentile(turns, 0.5)} s, 95 % within {percentile(turns, 0.95)} s",
        "Took": f"{seconds:.0f} s with {chosen.parallel} customers at once",
        "Not played": str(sum(bool(result.error) for result in results)),
    }


def _name(folder: Path) -> str:
    """The folder as the repository calls it."""
    whole = folder.resolve()
    return str(whole.relative_to(ROOT)) if whole.is_relative_to(ROOT) else whole.name


def main(words: Sequence[str] | None = None) -> int:
    """0: measured, whatever the figures; 2: could not be measured, and why is on stderr."""
    chosen = arguments(words)
    try:
        report = asyncio.run(measure(chosen, load(chosen.cases)))
    except (SetMistake, NotMeasured, CommandFailed) as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 2
    report.write(chosen.out)
    if chosen.markdown:
        chosen.markdown.write_text(report.markdown(), encoding="utf-8", errors="replace")
    for note in report.notes:
        print(note, file=sys.stderr)
    print(f"report: {chosen.out / 'report.html'}", file=sys.stderr)
    print(json.dumps(report.summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
