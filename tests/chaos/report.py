"""The figures: one line of JSON, and a page for docs/chaos.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.chaos.run import Run

HEAD = """# Nothing lost, nothing twice

What `make chaos{arguments}` found; it writes this page. Customers on every channel go through questions, a return
that is approved, one that is refused, two lines in one breath, and a person and back, while

- every process is killed with -9 in turn and started again by the supervisor,
- webhooks are lost, come late, come twice, or their answer is not heard, and are brought again as providers do it,
- calls to providers are refused, answered by something in between, cut off after they arrived, or never answered,
- customers' browsers lose requests and answers, and send the same again,
- no byte can be written to any file for some seconds, or the database is held.

The phones are played by a second copy of the sandbox that nobody kills: what it got is what arrived. Afterwards every
line of a customer must be stored once and answered once, every line to a customer must have arrived once or say openly
that nobody knows (`uncertain`), all in order, and each order must have the cases of a calm run. The seed is {seed}.

"""


def figures(run: Run) -> dict[str, Any]:
    """The line of JSON."""
    account, trouble = run.account, run.trouble
    return {
        "kills": trouble.killed if trouble else 0,
        "received": account.received,
        "lost": account.lost,
        "twice": account.twice,
        "out_of_order": account.out_of_order,
        "uncertain": account.uncertain,
        "cases_differ": account.cases_differ,
        "answers_differ": account.answers_differ,
        "technical": account.technical,
        "conversations": len(run.talks),
        "seed": run.options.seed,
    }


def page(run: Run, arguments: str) -> str:
    """The page, whole."""
    assert run.trouble
    account = run.account
    rows = [
        ("Conversations", len(run.talks)),
        ("Lines of customers, stored", account.received),
        ("Answers of the bot", account.answers),
        ("Processes killed", run.trouble.killed),
        ("Lost", account.lost),
        ("Twice", account.twice),
        ("Out of order", account.out_of_order),
        ("Uncertain, and shown as that", account.uncertain),
        ("Orders whose cases differ from a calm run's", account.cases_differ),
        ("Turns that came to a person because the engine stayed away", account.technical),
        ("Turns answered in other words than in a calm run", account.answers_differ),
    ]
    done = {**run.trouble.done, **run.wire.seen}
    text = HEAD.format(arguments=f' ARGS="{arguments}"' if arguments else "", seed=run.options.seed)
    text += f"{datetime.now(UTC):%Y-%m-%d}, {run.seconds:.0f} s.\n\n| | |\n|---|---:|\n"
    text += "".join(f"| {name} | {value} |\n" for name, value in rows)
    text += "\n| What was done | times |\n|---|---:|\n"
    return text + "".join(f"| {name} | {done[name]} |\n" for name in sorted(done))
