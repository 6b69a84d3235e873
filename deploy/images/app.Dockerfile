# Web, worker, actions and Chroma: one image, another command each. Build from the repository's root:
#   docker build -f deploy/images/app.Dockerfile -t postventa/app .
FROM python:3.12-slim-bookworm AS built
WORKDIR /srv/postventa
RUN python -m venv .venv
COPY requirements/app.txt requirements/
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY . .
# Texts of the interface.
RUN find bot channels knowledge -name '*.po' -execdir sh -c '/srv/postventa/.venv/bin/pybabel compile -i "$1" -o "${1%.po}.mo"' _ {} ';'

FROM python:3.12-slim-bookworm
# The encoders' engine is linked with it.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1=12.* && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home postventa && mkdir -p /data/static /index && chown -R postventa /data /index
COPY --from=built --chown=postventa /srv/postventa /srv/postventa
WORKDIR /srv/postventa
# One thread for each encoder: spinning threads cost more than they bring.
ENV PATH=/srv/postventa/.venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=bot.settings \
    POSTVENTA_VAR=/data \
    POSTVENTA_HOST=0.0.0.0 \
    OMP_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1 \
    ANONYMIZED_TELEMETRY=False
USER 10001
EXPOSE 8000
CMD ["uvicorn", "bot.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--timeout-graceful-shutdown", "3"]
