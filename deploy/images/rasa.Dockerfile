# The dialogue, with its model trained while the image is built: every Rasa of a release has the same one.
#   docker build -f deploy/images/rasa.Dockerfile -t postventa/rasa .
FROM python:3.10-slim-bookworm AS built
WORKDIR /srv/postventa
RUN python -m venv .venv-rasa
COPY requirements/rasa.txt requirements/
RUN .venv-rasa/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/rasa.txt
COPY . .
# The encoders' engine is linked with it.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1=12.* && rm -rf /var/lib/apt/lists/*
RUN OMP_NUM_THREADS=1 .venv-rasa/bin/python -m bot.dialogue.components.train --out /srv/postventa/models

FROM python:3.10-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1=12.* && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home postventa && mkdir /data && chown postventa /data
COPY --from=built --chown=postventa /srv/postventa /srv/postventa
WORKDIR /srv/postventa
ENV PATH=/srv/postventa/.venv-rasa/bin:$PATH \
    POSTVENTA_HOST=0.0.0.0 \
    POSTVENTA_RASA_TRACKERS=/data/trackers.sqlite3 \
    OMP_NUM_THREADS=1 \
    RASA_TELEMETRY_ENABLED=false \
    PYTHONUNBUFFERED=1
USER 10001
EXPOSE 5005
CMD ["python", "-m", "bot.dialogue.components.serve", "--port", "5005", "--models", "models"]
