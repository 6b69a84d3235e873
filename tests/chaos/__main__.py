"""python -m tests.chaos: kill, drop, delay and repeat, and account for every message.

The last line of the output is one JSON object with the figures (design: Commands). The exit status says only whether
something could be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import stack as stacks
from deploy.local.layout import ROOT
from tests.chaos.provider import environment, provider
from tests.chaos.wire import Wire


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line, understood."""
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same trouble (default: 1)")
    parser.add_argument("--kills", type=int, default=100, help="stop after so many (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=7200, help="stop the trouble after so long at the latest")
    parser.add_argument("--per-minute", type=float, default=30, help="kills a minute, at most (default: %(default)s)")
    parser.add_argument("--conversations", type=int, default=0, help="at least so many")
    parser.add_argument("--parallel", type=int, default=8, help="customers who write at once (default: %(default)s)")
    parser.add_argument("--calm", type=int, default=1, help="0: a shorter calm run before (two channels)")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "chaos", help="the shop's folder; made anew")
    parser.add_argument("--markdown", type=Path, help="write the page for the repository there")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """0: measured, whatever the figures; 2: could not be measured, and why is on stderr."""
    given = list(sys.argv[1:] if words is None else words)
    options = arguments(given)
    shutil.rmtree(options.var, ignore_errors=True)
    options.var.mkdir(parents=True)
    chance = random.Random(options.seed)
    wire = Wire(random.Random(options.seed + 1))
    try:
        with (
            stacks.running(options.var.absolute(), env={"POSTVENTA_PUBLIC_URL": wire.address}, eager=True) as stack,
            provider(stack, wire.address) as base,
        ):
            wire.shop, wire.provider = stack.urls["web"], base
            return measure(options, stack, wire, chance, shlex.join(given))
    except RuntimeError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 2


def measure(options: argparse.Namespace, stack: stacks.Stack, wire: Wire, chance: random.Random, given: str) -> int:
    """On a running shop; Django comes to know whose data it is about only here."""
    os.environ.update(environment(stack, wire.address))
    import django

    django.setup()
    from tests.chaos import report
    from tests.chaos.run import NotMeasured, Run
    from tests.evaluation.shop import manage

    run = Run(stack, wire, options, manage("api_token", "ana", "--label", "chaos").splitlines()[-1], chance)
    try:
        asyncio.run(run.play())
    except NotMeasured as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 2
    for problem in run.account.problems:
        print(problem, file=sys.stderr)
    if options.markdown:
        options.markdown.write_text(report.page(run, given), encoding="utf-8")
    print(json.dumps(report.figures(run)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
