"""Serves the dialogue: `.venv-rasa/bin/python -m bot.dialogue.components.serve --port 5005`.

On 127.0.0.1, or on POSTVENTA_HOST.

Our own small Sanic application around Rasa's agent: Rasa's HTTP API and its chat channels are not loaded.
GET /health answers once the model is loaded.
"""

import argparse
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.dialogue.components import environment
from bot.dialogue.components.models import DEFAULT_FOLDER, NoModel, find_model

if TYPE_CHECKING:
    from sanic import Sanic

logger = logging.getLogger(__name__)

# Set it to 0.0.0.0 in a container, where no one else shares the loopback.
HOST = os.environ.get("POSTVENTA_HOST", "127.0.0.1")
DEFAULT_ACTIONS_URL = "http://127.0.0.1:5055/webhook"
DEFAULT_TOKEN = "local"  # noqa: S105
MAX_REQUEST_BYTES = 256 * 1024


def build(model: Path, endpoints_file: Path, credentials_file: Path) -> "Sanic":
    """The application: loads the model before it listens, and closes its connections when it stops.

    Raises when credentials.yml names no channel of ours or endpoints.yml another tracker store.
    """
    environment.quieten()
    from bot.dialogue.components import patches

    patches.apply()
    from rasa.core.channels import channel as channels
    from rasa.core.utils import AvailableEndpoints
    from sanic import Sanic

    app = Sanic("postventa_rasa", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.RESPONSE_TIMEOUT = 600
    app.config.REQUEST_MAX_SIZE = MAX_REQUEST_BYTES
    app.ctx.started = time.monotonic()
    channels.register(_input_channels(credentials_file), app, route="/webhooks/")
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    _add_lifecycle(app, model, endpoints)
    _add_health(app)
    return app


def _input_channels(credentials_file: Path) -> list[Any]:
    import rasa.shared.utils.io
    from rasa.shared.utils.common import class_from_module_path

    configured = rasa.shared.utils.io.read_config_file(str(credentials_file))
    return [class_from_module_path(path).from_credentials(given) for path, given in configured.items()]


def _add_lifecycle(app: "Sanic", model: Path, endpoints: Any) -> None:
    from rasa.core.agent import load_agent

    from bot.dialogue.components import patches
    from bot.dialogue.components.tracker_store import LedgerTrackerStore

    @app.listener("before_server_start")
    async def start(app: "Sanic", loop: Any) -> None:
        agent = await load_agent(model_path=str(model), endpoints=endpoints, loop=loop)
        if not agent.is_ready():
            raise SystemExit(f"The model {model} could not be loaded; the message above says why.")
        if not isinstance(agent.tracker_store, LedgerTrackerStore):
            raise SystemExit("endpoints.yml must name LedgerTrackerStore as tracker_store: Rasa's own lose turns.")
        app.ctx.agent = agent
        patches.freeze()

    @app.listener("after_server_stop")
    async def stop(app: "Sanic", loop: Any) -> None:
        await patches.close_sessions()


def _add_health(app: "Sanic") -> None:
    from sanic import response

    async def health(request: Any) -> Any:
        agent = getattr(request.app.ctx, "agent", None)
        ready = agent is not None and agent.is_ready()
        about = {
            "status": "ok" if ready else "no model",
            "model": agent.model_name if ready else None,
            "uptime_seconds": round(time.monotonic() - request.app.ctx.started, 1),
        }
        return response.json(about, status=200 if ready else 503)

    app.add_route(health, "/health", name="health")
    app.add_route(health, "/status", name="status")


def _default_secrets() -> None:
    """Fill in what endpoints.yml and credentials.yml read from the environment; say so for the tokens."""
    os.environ.setdefault("POSTVENTA_ACTIONS_URL", DEFAULT_ACTIONS_URL)
    for name in ("POSTVENTA_RASA_TOKEN", "POSTVENTA_ACTIONS_TOKEN"):
        if not os.environ.get(name):
            os.environ[name] = DEFAULT_TOKEN
            logger.warning("%s is not set: the token is %r, for a machine of one's own.", name, DEFAULT_TOKEN)


def noted(note: "Path | None") -> "Path | None":
    """The model that the note names; None where there is no note, or what it names is gone."""
    if note is None or not note.is_file():
        return None
    path = Path(note.read_text(encoding="utf-8").strip())
    return path if path.is_file() else None


def main(arguments: list[str] | None = None) -> int:
    """The command line. Ends with 2 and a remedy when there is no model."""
    parser = argparse.ArgumentParser(prog="python -m bot.dialogue.components.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("POSTVENTA_RASA_PORT", "5005")))
    parser.add_argument("--project", type=Path, default=Path(), help="folder of endpoints.yml, credentials.yml")
    parser.add_argument("--models", type=Path, default=DEFAULT_FOLDER, help=f"default: {DEFAULT_FOLDER}")
    parser.add_argument("--model", type=Path, help="a model file; default: that of the project's inputs")
    parser.add_argument("--model-note", type=Path, help="a file that holds the path of the model file")
    options = parser.parse_args(arguments)
    try:
        model = find_model(options.project, options.models, options.model or noted(options.model_note))
    except NoModel as error:
        print(error, file=sys.stderr)
        return 2
    environment.prepare()
    from bot.dialogue.components import logs, stubs

    environment.quieten()
    stubs.install(serving=True)
    logs.configure()
    _default_secrets()
    app = build(model, options.project / "endpoints.yml", options.project / "credentials.yml")
    app.run(host=HOST, port=options.port, workers=1, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
