"""What has to be set before numpy or rasa is imported. Imports nothing of either."""

import os

SETTINGS = {
    # Spinning threads of BLAS and OpenMP cost hundreds of milliseconds a text on a busy machine.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # Rasa draws progress bars unless this says ERROR; our own log level is POSTVENTA_LOG_LEVEL.
    "LOG_LEVEL": "ERROR",
    "SANIC_WORKERS": "1",
}


def prepare() -> None:
    """Set the variables above unless they are set already."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def quieten() -> None:
    """Drop libraries' notes about Rasa's old calls. Call again after importing rasa, which turns them on."""
    import warnings

    for category in (DeprecationWarning, PendingDeprecationWarning):
        warnings.filterwarnings("ignore", category=category)
    # Rasa says this for every slot that an entity of the same name fills, which is what its mapping asks for.
    warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
