# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/feedhub && /opt/feedhub/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY src ./src
RUN /opt/feedhub/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
LABEL org.opencontainers.image.title="feedhub" \
      org.opencontainers.image.description="Many newsrooms in, one feed out, each story once"
RUN useradd --system --uid 10001 --home-dir /data feedhub && install -d -o feedhub /data
COPY --from=build /opt/feedhub /opt/feedhub
COPY config /config
ENV PATH=/opt/feedhub/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    FEEDHUB_CONFIG=/config/feeds.yaml \
    FEEDHUB_DATA=/data \
    FEEDHUB_HOST=0.0.0.0 \
    FEEDHUB_LOG_FORMAT=json
USER feedhub
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["feedhub"]
CMD ["serve"]
