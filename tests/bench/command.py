"""What the commands of this folder share: tiny counts on request, how far they are, and room for open pages."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Mapping, Sequence

BEGUN = time.monotonic()


def chosen(parser: argparse.ArgumentParser, words: Sequence[str], quick: Mapping[str, float]) -> argparse.Namespace:
    """The command line, understood; with `--quick` the counts of `quick` in place of any other."""
    parser.add_argument("--quick", action="store_true", help="tiny counts, to see that it works")
    options = parser.parse_args(words)
    if options.quick:
        vars(options).update(quick)
    return options


def say(text: str) -> None:
    """How far it is, on stderr: stdout is for the figures."""
    print(f"[{time.monotonic() - BEGUN:6.1f} s] {text}", file=sys.stderr, flush=True)


def make_room(streams: int) -> None:
    """Each open page is a file of the web process, which is started with our limits, and may be one of ours."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, streams + 2_000), hard))
