# syntax=docker/dockerfile:1
# Two images from one file: `docker build --target desk .` and `docker build --target worker .`

FROM python:3.12-slim-bookworm AS build
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.8
# The libraries change seldom and the code often: they get a layer of their own.
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra timestamps --no-install-project
COPY . .
# Editable: a process is read from its folder, as source, and its content hash is the version that a case keeps.
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra timestamps

FROM python:3.12-slim-bookworm AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        chromium-headless-shell fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 tini \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/arende arende \
    && install -d -o arende -g arende -m 0700 /var/lib/arende \
    && install -d /run/secrets
COPY --from=build /app /app
WORKDIR /app
# Secrets come as files: mount them read-only on /run/secrets, named as the settings (ARENDE_INTAKE_TOKEN, …).
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ARENDE_BROWSER=/usr/bin/chromium-headless-shell \
    ARENDE_DATA=/var/lib/arende \
    ARENDE_SECRETS_DIR=/run/secrets
USER arende
VOLUME /var/lib/arende
# tini: Chromium leaves children behind, and somebody has to reap them.
ENTRYPOINT ["tini", "--"]

FROM base AS worker
# Time for the running cases to come to a safe point before the kill.
STOPSIGNAL SIGTERM
CMD ["arende", "worker"]

FROM base AS desk
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
CMD ["arende", "desk", "--host", "0.0.0.0", "--port", "8080"]
