"""The steps that give a `var` its shop: database, demo orders, articles, accounts, search index."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from deploy.local import children, environment, ports, processes
from deploy.local.console import Console
from deploy.local.files import digest
from deploy.local.layout import Layout
from deploy.local.steps import Step, Worker, run
from deploy.local.trouble import of_output

_INDEX_CODE = ("encoder.py", "passages.py", "corpus.py", "index.py")


def prepare(layout: Layout, environ: Mapping[str, str], console: Console) -> None:
    """Bring the shop in `layout.var` up to date; a new one is copied from a template, made when there is none yet.

    Needs both environments. Raises Trouble.
    """
    _clear_unfinished(layout)
    if not (layout.stamps.exists() or layout.database.exists() or _external(environ)):
        template = template_for(layout, environ, console)
        _copy(template, layout.var)
    _run(steps(layout, environ), layout, environ, console)


def ready(layout: Layout, environ: Mapping[str, str]) -> bool:
    """Whether there is nothing to prepare."""
    return not (layout.var / ".copying").exists() and all(step.done() for step in steps(layout, environ))


def template_for(layout: Layout, environ: Mapping[str, str], console: Console) -> Path:
    """A prepared shop that others are copied from, made once for its inputs. The older ones are thrown away."""
    folder = template_folder(layout, environ)
    if folder.is_dir():
        return folder
    unfinished = layout.with_var(layout.templates / f".{folder.name}")
    for other in layout.templates.glob("*"):
        if other != unfinished.var:
            _remove(other)
    console.line("Preparing the demo shop")
    _run(steps(unfinished, environ), unfinished, environ, console)
    for name in ("logs", "run", "secrets.env"):
        _remove(unfinished.var / name)
    unfinished.var.rename(folder)
    return folder


def template_folder(layout: Layout, environ: Mapping[str, str]) -> Path:
    """Where the template of the present inputs lies, or would lie."""
    # The demo's dates move with the day; a copy moves them on by itself.
    inputs = [step.inputs for step in steps(layout, environ) if step.name != "shop"]
    return layout.templates / digest(layout.root, [], *inputs)[:16]


def steps(layout: Layout, environ: Mapping[str, str]) -> list[Step]:
    """In order; each counts what those before it depend on as its own."""
    code = layout.root
    requirements = code / "requirements" / "app.txt"
    where = [environ.get(name, "") for name in ("DATABASE_URL", "CHROMA_URL", "KNOWLEDGE_EMBEDDINGS")]
    migrations = sorted(path for top in ("bot", "knowledge") for path in (code / top).glob("**/migrations"))
    database = digest(code, [requirements, *migrations], *where[:1])
    demo = [code / "bot" / "shop" / name for name in ("demo", "catalogue.yml", "policies.yml")]
    articles = [code / "knowledge" / "articles", code / "knowledge" / "importing.py"]
    index = [code / "knowledge" / name for name in _INDEX_CODE]
    found = [
        _django(layout, "database", "Database", database, "migrate", "--no-input"),
        _django(layout, "shop", "Orders of the demo shop", digest(code, demo, database, _shop_day()), "load_demo"),
        _django(layout, "articles", "Articles", digest(code, articles, database), "articles", "import"),
        _django(layout, "staff", "Accounts of the demo shop", digest(code, [], database), "demo_staff"),
        Step(
            "index",
            "Search index",
            layout.stamps / "index",
            digest(code, [requirements, *index], *where),
            lambda worker: _index(worker, layout, environ),
            there=lambda: bool(where[1]) or layout.chroma.is_dir(),
        ),
    ]
    found = [replace(step, there=lambda: bool(where[0]) or layout.database.exists()) for step in found[:-1]] + found[
        -1:
    ]
    return [step for step in found if step.name not in _unwanted(environ)]


def sandbox_on(environ: Mapping[str, str]) -> bool:
    """Whether the sandbox is on, by the rule of bot/settings.py."""
    given = environ.get("POSTVENTA_SANDBOX", "").strip().lower()
    if given:
        return given in {"1", "true", "yes", "on"}
    accounts = ("TWILIO_ACCOUNT_SID", "TELEGRAM_BOT_TOKEN", "MAIL_ADDRESS", "META_PAGE_ID")
    return not any(environ.get(name) for name in accounts)


def serving_chroma(worker: Worker, layout: Layout, environ: Mapping[str, str], command: Sequence[object]) -> None:
    """Run `command` while a Chroma of our own serves `layout.var`; with CHROMA_URL in `environ`, on that one."""
    free = ports.free()
    env = environment.for_shop(layout, free, environ)
    if environ.get("CHROMA_URL"):
        worker.call(command, env)
        return
    process = processes.chroma(layout, free.chroma)
    log = layout.logs / "chroma.log"
    offset = log.stat().st_size if log.exists() else 0
    child = children.spawn(process.command, cwd=layout.root, env=env, log=log)
    try:
        deadline = time.monotonic() + process.limit
        while not process.healthy(log, offset):
            worker.say("starting the vector store")
            if child.poll() is not None or time.monotonic() > deadline:
                lines = children.last_lines(log, offset=offset)
                raise of_output("the vector store did not start", log, lines, worker.step.remedy)
            time.sleep(children.POLL_SECONDS)
        worker.call(command, env)
    finally:
        children.stop(child, process.grace)


def _index(worker: Worker, layout: Layout, environ: Mapping[str, str]) -> None:
    serving_chroma(worker, layout, environ, [layout.app_python, "manage.py", "reindex"])


def _django(layout: Layout, name: str, title: str, inputs: str, *command: str) -> Step:
    return Step(
        name,
        title,
        layout.stamps / name,
        inputs,
        lambda worker: worker.call([layout.app_python, "manage.py", *command]),
        remedy="the lines above say why; to begin with a new shop, delete the folder var/ and run it again",
    )


def _unwanted(environ: Mapping[str, str]) -> set[str]:
    unwanted = set() if sandbox_on(environ) else {"staff"}
    return unwanted | ({"shop"} if environ.get("POSTVENTA_DEMO") == "0" else set())


def _run(wanted: Sequence[Step], layout: Layout, environ: Mapping[str, str], console: Console) -> None:
    env = environment.for_shop(layout, ports.chosen(environ), environ)
    run(wanted, console=console, logs=layout.logs, cwd=layout.root, env=env)


def _copy(template: Path, var: Path) -> None:
    marker = var / ".copying"
    var.mkdir(parents=True, exist_ok=True)
    marker.touch()
    for entry in template.iterdir():
        if entry.is_dir():
            shutil.copytree(entry, var / entry.name, dirs_exist_ok=True)
        else:
            shutil.copy2(entry, var / entry.name)
    marker.unlink()


def _clear_unfinished(layout: Layout) -> None:
    """A copy that was broken off leaves half a shop, which holds nothing of anybody's yet."""
    marker = layout.var / ".copying"
    if marker.exists():
        for path in (layout.stamps, layout.chroma, layout.database):
            _remove(path)
        marker.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _external(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in ("DATABASE_URL", "CHROMA_URL"))


def _shop_day() -> str:
    try:
        from zoneinfo import ZoneInfo

        return datetime.now(ZoneInfo("Europe/Madrid")).date().isoformat()
    except (ImportError, KeyError, OSError):
        return time.strftime("%Y-%m-%d", time.gmtime())
