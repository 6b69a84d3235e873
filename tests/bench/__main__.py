"""python -m tests.bench: this system beside stock Rasa in one run, and beside itself as it grows.

The last line of the output is one JSON object with the figures (design: Commands). The exit status says only whether
something could be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import environment, ports
from deploy.local import stack as stacks
from deploy.local.layout import ROOT, Layout
from tests.bench.command import chosen, make_room, say

QUICK = {"turns": 6, "events": 40, "messages": 3_000, "passages": 0, "streams": 50, "epochs": 1}


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line, understood."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--turns", type=int, default=120, help="of each measurement (default: %(default)s)")
    parser.add_argument("--events", type=int, default=1_000, help="of the long conversation (default: %(default)s)")
    parser.add_argument("--messages", type=int, default=1_000_000, help="stored at the end (default: %(default)s)")
    parser.add_argument("--passages", type=int, default=100_000, help="searched at the end (default: %(default)s)")
    parser.add_argument("--streams", type=int, default=5_000, help="open at once (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=100, help="of stock Rasa's training (default: Rasa's own)")
    parser.add_argument("--stock-python", type=Path, help="Python of the environment with stock Rasa")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "bench-shop", help="the shop's folder; made anew")
    parser.add_argument("--kept", type=Path, default=ROOT / "var" / "bench-stock", help="folder of stock Rasa's model")
    parser.add_argument("--markdown", type=Path, help="write the page for the repository there")
    return chosen(parser, words, QUICK)


def main(words: Sequence[str] | None = None) -> int:
    """0: measured, whatever the figures; 2: could not be measured, and why is on stderr."""
    options = arguments(sys.argv[1:] if words is None else words)
    shutil.rmtree(options.var, ignore_errors=True)
    options.var.mkdir(parents=True)
    make_room(options.streams)
    say("the shop starts")
    try:
        with stacks.running(options.var.absolute(), env={"POSTVENTA_LOG_LEVEL": "WARNING"}) as shop:
            return measure(options, shop)
    except RuntimeError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 2


def measure(options: argparse.Namespace, shop: stacks.Stack) -> int:
    """On a running shop; Django comes to know whose data it is about only here."""
    layout = Layout.of(options.var.absolute())
    env = environment.for_shop(layout, ports.Ports(**shop.told["ports"]), environment.apart(os.environ))
    os.environ.update({**env, "POSTVENTA_LOG_LEVEL": "WARNING"})
    import django

    django.setup()
    from tests.bench import report
    from tests.bench.run import Bench, as_json

    figures = asyncio.run(Bench(shop, options, env, layout, say).measure())
    if options.markdown:
        options.markdown.write_text(report.page(figures, options), encoding="utf-8")
    print(as_json(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
