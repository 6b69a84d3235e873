"""The command line: `python3 -m deploy.local <command>`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

OLDEST = (3, 9)
BENCHES = {"bench", "bench-nlu", "bench-retrieval", "bench-desk", "bench-capacity"}
WITH_ARGUMENTS = {"test", "test-services", "manage", "chat", "eval", "chaos"} | BENCHES


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python3 -m deploy.local", description="Postventa on one machine.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("setup", help="set up everything, start nothing")
    up = commands.add_parser("up", help="set up what is missing, then run every process until Ctrl-C or SIGTERM")
    up.add_argument("--var", type=Path, help="folder of this shop's state (default: var/)")
    up.add_argument("--ports", choices=["auto"], help="take free ports instead of the usual ones")
    up.add_argument("--json", action="store_true", help="when ready, print one line of JSON; progress to stderr")
    up.add_argument("--no-restart", action="store_true", help="a process that dies stays down")
    up.add_argument("--eager", action="store_true", help="start what dies again at once, however often it died")
    commands.add_parser("train", help="train the dialogue, unless the model of its inputs exists")
    commands.add_parser("reindex", help="build the search index of the articles anew")
    commands.add_parser(
        "test", help="set up what tests need and run pytest with the arguments that follow", add_help=False
    )
    commands.add_parser("test-services", help="tests on PostgreSQL and Redis, which end with them", add_help=False)
    commands.add_parser("lint", help="ruff, mypy and import-linter")
    commands.add_parser("audit", help="whether something that is pinned is known to be dangerous")
    commands.add_parser("manage", help="manage.py with the environment of the processes", add_help=False)
    commands.add_parser("chat", help="write to the running shop as a customer, in this terminal", add_help=False)
    commands.add_parser(
        "eval", help="play an evaluation folder (default tests/evaluation) against the running shop", add_help=False
    )
    commands.add_parser("bench-nlu", help="measure the intent pipeline and write docs/nlu.md", add_help=False)
    commands.add_parser("bench-retrieval", help="measure how well articles are found", add_help=False)
    commands.add_parser("bench", help="measure this system beside stock Rasa and beside itself", add_help=False)
    commands.add_parser("chaos", help="kill, drop, delay and repeat, and account for every message", add_help=False)
    commands.add_parser("bench-capacity", help="measure what turns, open pages and messages cost", add_help=False)
    commands.add_parser("bench-desk", help="measure how soon desks show what happens", add_help=False)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0, 1 with what is wrong and what to do on stderr, 2 for a wrong call, 130."""
    if os.name != "posix" or sys.version_info < OLDEST:
        print(f"Postventa's set-up needs Linux or macOS, and Python {OLDEST[0]}.{OLDEST[1]} or later.", file=sys.stderr)
        return 2
    from deploy.local.trouble import Trouble, of_os_error

    options, rest = parser().parse_known_args(arguments)
    if rest and options.command not in WITH_ARGUMENTS:
        parser().error(f"{options.command} takes no {' '.join(rest)}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return _command(options, rest, os.environ)
    except Trouble as trouble:
        print(trouble.text(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nBroken off. What was begun is done anew the next time.", file=sys.stderr)
        return 130
    except OSError as error:
        print(of_os_error(error, "var/").text(), file=sys.stderr)
        return 1


def _command(options: argparse.Namespace, rest: Sequence[str], environ: Mapping[str, str]) -> int:
    from deploy.local import advisories, checks, environment, plan
    from deploy.local.console import Console
    from deploy.local.layout import Layout

    known = environment.settings(Layout.of(), environ)
    layout = Layout.of(None, known)
    console = Console(sys.stdout)
    if options.command == "up":
        _up(options, known)
    elif options.command == "setup":
        plan.set_up(layout, known, console)
        console.line("Everything is set up.")
    elif options.command == "train":
        plan.set_up(layout, known, console, data="none")
        console.line("The dialogue is trained.")
    elif options.command == "reindex":
        plan.set_up(layout, known, console, rasa=False)
        checks.reindex(layout, known, console)
    elif options.command == "test":
        return checks.test(layout, known, console, rest)
    elif options.command == "test-services":
        return checks.test_services(layout, known, console, rest)
    elif options.command == "lint":
        return checks.lint(layout, known, console)
    elif options.command == "chat":
        return checks.chat(layout, known, rest)
    elif options.command == "audit":
        return advisories.audit(layout.root, known, console)
    elif options.command == "eval":
        return checks.evaluate(layout, known, rest or ["tests/evaluation"])
    elif options.command == "bench-nlu":
        return checks.bench_nlu(layout, known, console, rest)
    elif options.command == "bench-retrieval":
        return checks.bench_retrieval(layout, known, rest)
    elif options.command == "bench":
        return checks.bench(layout, known, console, rest)
    elif options.command == "chaos":
        return checks.chaos(layout, known, console, rest)
    elif options.command == "bench-capacity":
        return checks.bench_capacity(layout, known, console, rest)
    elif options.command == "bench-desk":
        return checks.bench_desk(layout, known, rest)
    elif options.command == "manage":
        return checks.manage(layout, known, rest)
    return 0


def _up(options: argparse.Namespace, known: Mapping[str, str]) -> None:
    from deploy.local import ports, running
    from deploy.local.console import Console
    from deploy.local.layout import Layout

    running.up(
        Layout.of(options.var and options.var.absolute(), known),
        known,
        Console(sys.stderr if options.json else sys.stdout),
        numbers=ports.free() if options.ports else ports.chosen(known),
        as_json=options.json,
        restart=not options.no_restart,
        eager=options.eager,
        patience=600.0 if options.var else 0.0,
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
