"""Logs of the Rasa process: warnings of Rasa, information of ours, never what a customer wrote."""

import logging
import os
import sys
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(level: str = "") -> None:
    """Log to standard error. POSTVENTA_LOG_LEVEL sets our own level; Rasa's stays at WARNING.

    Rasa logs slots and texts at INFO and DEBUG; structlog, left alone, prints every debug event.
    """
    import structlog

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=FORMAT, force=True)
    logging.getLogger("bot").setLevel((level or os.environ.get("POSTVENTA_LOG_LEVEL") or "INFO").upper())
    # Their messages quote the customer, or one whole request per line.
    for name in ("rasa.shared.core.training_data", "sanic.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[_without_values, structlog.processors.KeyValueRenderer(key_order=["event"])],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_values(logger: object, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep what happened and the advice; drop the values that Rasa adds, such as the user's text."""
    return {name: event[name] for name in ("event", "event_info") if name in event}
