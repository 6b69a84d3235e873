"""`up`: one whole shop under the supervisor, its addresses, and what others may read about it while it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from deploy.local import environment, plan, ports, processes, shop
from deploy.local.console import Console
from deploy.local.files import held, write_whole
from deploy.local.layout import Layout
from deploy.local.ports import HOST, Ports
from deploy.local.supervisor import FIRST_PAUSE_SECONDS, Run, Supervisor


def up(
    layout: Layout,
    environ: Mapping[str, str],
    console: Console,
    *,
    numbers: Ports,
    as_json: bool = False,
    restart: bool = True,
    eager: bool = False,
    patience: float = 0.0,
) -> None:
    """Set up what is missing, run the shop of `layout.var` until told to stop. `eager`: a process that dies is started
    again at once, however often it has died. With `as_json`, one line on standard
    output when it is ready. Raises Trouble."""
    with held(
        layout.var / "run" / "lock",
        f"Postventa runs already on {layout.var} (pid {{pid}}).",
        "use that one, or stop it with Ctrl-C in its terminal or: kill {pid}",
    ):
        ports.check(numbers)
        plan.set_up(layout, environ, console, patience=patience)
        env = environment.for_shop(layout, numbers, environ)
        # WhiteNoise warns at every start about a folder that is not there.
        (layout.var / "static").mkdir(exist_ok=True)
        told = _about(layout, numbers, env)
        supervisor = Supervisor(
            processes.all_of(layout, numbers, environ),
            cwd=layout.root,
            env=env,
            logs=layout.logs,
            console=console,
            ready=lambda: _announce(told, supervisor.runs, layout, environ, console, as_json),
            changed=lambda runs: write_whole(layout.state, json.dumps({**told, **_pids(runs)}, indent=1) + "\n"),
            restart=restart,
            **({"longest_pause": FIRST_PAUSE_SECONDS} if eager else {}),
        )
        console.line(f"Starting {', '.join(run.process.name for run in supervisor.runs)}  (logs: {layout.logs})")
        try:
            supervisor.run()
        finally:
            layout.state.unlink(missing_ok=True)
        console.line("Stopped.")


def _about(layout: Layout, numbers: Ports, env: Mapping[str, str]) -> dict[str, Any]:
    public = env["POSTVENTA_PUBLIC_URL"].rstrip("/")
    paths = ("var", "database", "chroma", "trackers", "logs", "state", "secrets", "models")
    return {
        "pid": os.getpid(),
        "ports": asdict(numbers),
        "urls": {
            "web": f"http://{HOST}:{numbers.web}",
            "sandbox": f"{public}/sandbox",
            "desk": f"{public}/desk",
            "editor": f"{public}/cms/",
            "help": f"{public}/es/",
            "rasa": env["RASA_URL"],
            "actions": env["POSTVENTA_ACTIONS_URL"],
            "chroma": env["CHROMA_URL"],
        },
        "paths": {name: str(getattr(layout, name)) for name in paths},
    }


def _pids(runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "pids": {run.process.name: run.pid for run in runs},
        "healthy": {run.process.name: run.healthy for run in runs},
        "deaths": {run.process.name: run.deaths for run in runs},
    }


def _announce(
    told: Mapping[str, Any],
    runs: Sequence[Run],
    layout: Layout,
    environ: Mapping[str, str],
    console: Console,
    as_json: bool,
) -> None:
    if as_json:
        print(json.dumps({"ready": True, **told, **_pids(runs)}), flush=True)
        return
    urls = told["urls"]
    sandbox = shop.sandbox_on(environ)
    console.line()
    console.line("Postventa is ready:")
    if sandbox:
        console.line(f"  customer   {urls['sandbox']}   two phones and the web widget")
    console.line(f"  agent      {urls['desk']}")
    console.line(f"  editor     {urls['editor']}")
    console.line(f"  help       {urls['help']}")
    if sandbox:
        console.line("  accounts   ana, bruno (agents), editor, publisher; passwords on the sandbox page")
    else:
        console.line("  accounts   make the first one with: python3 -m deploy.local manage createsuperuser")
    console.line(f"  logs       {layout.logs}")
    console.line("Ctrl-C stops all of it.")
