"""`test`, `lint` and `manage`: our tools, in our environments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from deploy.local import environment, environments, plan, ports, shop
from deploy.local.console import Console
from deploy.local.files import digest
from deploy.local.layout import Layout
from deploy.local.steps import Step, run

# Outside a Git clone no .gitignore tells ruff what is not ours.
_NOT_OURS = ("--extend-exclude", ".venv-rasa", "--extend-exclude", "var")
LINTERS = (
    ("ruff check", ("-m", "ruff", "check", ".", *_NOT_OURS)),
    ("ruff format", ("-m", "ruff", "format", "--check", ".", *_NOT_OURS)),
    ("mypy", ("-m", "mypy", ".")),
    ("lint-imports", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
)


def test(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Set up what the tests need, then run pytest; its exit code."""
    apart = environment.apart(os.environ)
    plan.set_up(layout, environ, console, dev=True, data="none")
    plan.set_up(layout, apart, console, dev=True, data="template")
    # Clients that nobody here wrote; what cannot be had is said and its tests are skipped.
    _run(layout, environment.for_tools(apart), ["-m", "tests.channels.outside.install"])
    console.line("Running the tests")
    return _run(layout, environment.for_tools(apart), ["-m", "pytest", *arguments])


def test_services(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Run the tests that store, claim and count on a PostgreSQL and a Redis of their own; the exit code."""
    plan.set_up(layout, environ, console, dev=True, data="none")
    return _run(layout, environment.for_tools(environment.apart(os.environ)), ["-m", "tests.services", *arguments])


def lint(layout: Layout, environ: Mapping[str, str], console: Console) -> int:
    """Run every linter, then say which ones object."""
    plan.set_up(layout, environ, console, rasa=False, dev=True, data="none")
    env = environment.for_tools(environ)
    failed = []
    for name, command in LINTERS:
        console.line(f"{name}:")
        if _run(layout, env, command):
            failed.append(name)
    console.line(f"lint: {', '.join(failed)} found something to correct" if failed else "lint: clean")
    return 1 if failed else 0


def manage(layout: Layout, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """`manage.py` with the environment that the running processes have; its exit code."""
    return _beside_the_shop(layout, environ, ["manage.py", *arguments], dev=False)


def chat(layout: Layout, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Write to the shop that `make run` started; its exit code."""
    web = _running(layout).get("web")
    base = ["--base", web] if web else []
    return _beside_the_shop(layout, environ, ["-m", "channels.web.terminal", *base, *arguments], dev=False)


def evaluate(layout: Layout, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Play a folder of questions, dialogues and attacks against the shop that `make run` started; its exit code."""
    return _beside_the_shop(layout, environ, ["-m", "tests.evaluation", *arguments], dev=True)


def bench_nlu(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Measure the intent pipeline in Rasa's environment; with `--stock` also stock Rasa, in an environment with
    TensorFlow that is made for it. Its exit code."""
    env = environment.for_tools(environ)
    wanted = [environments.rasa(layout)]
    command: list[object] = [layout.rasa_python, "-m", "bot.dialogue.bench_nlu", *arguments]
    if "--stock" in arguments:
        environments.check_space(layout.root)
        wanted.append(environments.stock(layout))
        command += ["--stock-python", layout.stock_env / "bin" / "python"]
    run(wanted, console=console, logs=layout.shared / "logs", cwd=layout.root, env=env)
    return _run_command(layout, env, command)


def bench_retrieval(layout: Layout, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure how well, or how fast, articles are found; needs no running shop; its exit code."""
    return _beside_the_shop(layout, environ, ["-m", "tests.retrieval", *arguments], dev=True)


def chaos(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Run a shop of its own into every trouble there is and account for every message; its exit code."""
    apart = environment.apart(os.environ)
    plan.set_up(layout, environ, console, dev=True, data="none")
    plan.set_up(layout, apart, console, dev=True, data="template")
    return _run(layout, environment.for_tools(apart), ["-m", "tests.chaos", *arguments])


def bench(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Measure this system beside stock Rasa, in an environment with TensorFlow that is made for it; with `--alone` only
    beside itself. Its exit code."""
    apart = environment.apart(os.environ)
    plan.set_up(layout, environ, console, dev=True, data="none")
    plan.set_up(layout, apart, console, dev=True, data="template")
    env = environment.for_tools(apart)
    command = ["-m", "tests.bench", *(word for word in arguments if word != "--alone")]
    if "--alone" not in arguments:
        environments.check_space(layout.root)
        run([environments.stock(layout)], console=console, logs=layout.shared / "logs", cwd=layout.root, env=env)
        command += ["--stock-python", str(layout.stock_env / "bin" / "python")]
    return _run(layout, env, command)


def bench_capacity(layout: Layout, environ: Mapping[str, str], console: Console, arguments: Sequence[str]) -> int:
    """Measure what a turn, an open page and a stored message cost, on a shop of its own; its exit code."""
    apart = environment.apart(os.environ)
    plan.set_up(layout, environ, console, dev=True, data="none")
    written = ["--write", str(layout.root / "docs" / "capacity.md")]
    return _run(layout, environment.for_tools(apart), ["-m", "tests.bench.capacity", *written, *arguments])


def bench_desk(layout: Layout, environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Measure how soon desks show what happens, on a shop of its own; its exit code."""
    written = ["--write", str(layout.root / "docs" / "desk-load.md")]
    return _beside_the_shop(layout, environ, ["-m", "bot.desk.bench", *written, *arguments], dev=True)


def _beside_the_shop(layout: Layout, environ: Mapping[str, str], command: Sequence[str], *, dev: bool) -> int:
    plan.set_up(layout, environ, Console(sys.stderr), rasa=False, dev=dev, data="none")
    env = environment.for_shop(layout, ports.chosen(environ), {**environ, **_running_addresses(layout)})
    return _run(layout, env, command)


def reindex(layout: Layout, environ: Mapping[str, str], console: Console) -> None:
    """Build the search index anew, on the vector store that runs now or else on one started for it."""
    known = {**environ, **_running_addresses(layout)}
    command = [layout.app_python, "manage.py", "reindex"]
    step = Step(
        "reindex",
        "Search index",
        layout.stamps / "reindexed",
        digest(layout.root, []) + os.urandom(4).hex(),
        lambda worker: shop.serving_chroma(worker, layout, known, command),
    )
    env = environment.for_tools(environ)
    run([step], console=console, logs=layout.logs, cwd=layout.root, env=env)


def _running_addresses(layout: Layout) -> dict[str, str]:
    urls = _running(layout)
    names = {"CHROMA_URL": "chroma", "RASA_URL": "rasa", "POSTVENTA_ACTIONS_URL": "actions"}
    return {name: urls[part] for name, part in names.items() if part in urls}


def _running(layout: Layout) -> dict[str, str]:
    """The addresses of the shop that runs now, by part; none when none runs."""
    try:
        told = json.loads(layout.state.read_text(encoding="utf-8"))
        os.kill(told["pid"], 0)
        return dict(told["urls"])
    except (OSError, ValueError, KeyError):
        return {}


def _run(layout: Layout, env: Mapping[str, str], arguments: Sequence[object]) -> int:
    return _run_command(layout, env, [layout.app_python, *arguments])


def _run_command(layout: Layout, env: Mapping[str, str], command: Sequence[object]) -> int:
    sys.stdout.flush()
    child: subprocess.Popen[bytes] | None = None
    try:
        child = subprocess.Popen([str(part) for part in command], cwd=layout.root, env=dict(env))
        return child.wait()
    finally:
        # A key pressed in the terminal reached it as well; it ends by itself, and we after it.
        if child is not None and child.poll() is None:
            child.wait(30)
