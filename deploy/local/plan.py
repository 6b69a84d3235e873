"""What is set up before a command: the environments, the translations, the trained dialogue, the shop."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from deploy.local import children, environment, environments, shop
from deploy.local.console import Console
from deploy.local.files import digest, held, write_whole
from deploy.local.layout import Layout
from deploy.local.steps import Step, Worker, run


def set_up(
    layout: Layout,
    environ: Mapping[str, str],
    console: Console,
    *,
    rasa: bool = True,
    dev: bool = False,
    data: str = "here",
    patience: float = 0.0,
) -> None:
    """Do what is missing; at once when nothing is.

    `rasa`: the dialogue engine and its model; `dev`: the tools of tests and lint; `data`: `here`, the shop in
    `layout.var`; `template`, only what new shops are copied from; `none`. `patience`: seconds to wait for another
    set-up. Raises Trouble.
    """
    wanted = steps(layout, rasa=rasa, dev=dev)
    if all(step.done() for step in wanted) and _has_data(layout, environ, data):
        return
    layout.shared.mkdir(parents=True, exist_ok=True)
    with held(
        layout.shared / "setup.lock",
        "another set-up of this repository is at work (pid {pid}).",
        "wait until it is done and run the same command again; if it hangs: kill {pid}",
        patience,
    ):
        _do(wanted, layout, environ, console)
        if data == "here":
            shop.prepare(layout, environ, console)
        elif data == "template":
            shop.template_for(layout, environ, console)


def _has_data(layout: Layout, environ: Mapping[str, str], data: str) -> bool:
    if data == "template":
        return shop.template_folder(layout, environ).is_dir()
    return data == "none" or shop.ready(layout, environ)


def steps(layout: Layout, *, rasa: bool, dev: bool) -> list[Step]:
    """Those that concern the repository, whichever shop runs."""
    found = [environments.app(layout), translations(layout)]
    if dev:
        found.insert(1, environments.dev(layout))
    if rasa:
        found += [environments.rasa(layout), training(layout)]
    return found


def training(layout: Layout) -> Step:
    """The dialogue. Its trainer names a model by what it is made from, and does nothing when that one exists."""
    project = [layout.root / name for name in ("config.yml", "domain", "data", "bot/dialogue/components")]
    command = [layout.rasa_python, "-m", "bot.dialogue.components.train", "--out", layout.models]

    def work(worker: Worker) -> None:
        for left in layout.models.glob(".training-*"):
            shutil.rmtree(left, ignore_errors=True)
        worker.call(command)
        # Its last line is the model's path.
        write_whole(layout.model_note, children.last_lines(worker.log, 1)[0] + "\n")

    return Step(
        "train",
        "Training of the dialogue",
        layout.shared / "setup" / "train",
        digest(layout.root, project, str(layout.models)),
        work,
        remedy="Rasa says above what it refuses in config.yml, domain/ or data/; correct it and run it again",
        there=lambda: layout.model() is not None,
    )


def translations(layout: Layout) -> Step:
    """Texts of the interface, compiled with Babel because GNU gettext may be missing."""
    sources = [
        path
        for top in ("bot", "channels", "knowledge")
        for path in sorted((layout.root / top).glob("**/locale/*/LC_MESSAGES/*.po"))
    ]

    def work(worker: Worker) -> None:
        for source in sources:
            worker.call([layout.app_env / "bin" / "pybabel", "compile", "-i", source, "-o", _compiled(source)])

    return Step(
        "translations",
        "Translations",
        layout.shared / "setup" / "translations",
        digest(layout.root, sources),
        work,
        there=lambda: all(_compiled(source).exists() for source in sources),
    )


def _compiled(source: Path) -> Path:
    return source.with_suffix(".mo")


def _do(wanted: list[Step], layout: Layout, environ: Mapping[str, str], console: Console) -> None:
    if any(step.name in {"app-environment", "rasa-environment"} and not step.done() for step in wanted):
        environments.check_space(layout.root)
    env = environment.for_tools(environ)
    run(wanted, console=console, logs=layout.shared / "logs", cwd=layout.root, env=env)
