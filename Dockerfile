# Any image with Python 3.11 or newer, its venv module and a shell will do; `make image` may make one itself.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /src
COPY requirements.lock ./
# The settings that pip needs to reach its index, if any, are secrets of the build and stay out of the image.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=certificates,target=/etc/pip-certificates.pem \
    python3 -m venv /opt/feedhub \
 && /opt/feedhub/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY src ./src
RUN /opt/feedhub/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation . \
 && /opt/feedhub/bin/pip uninstall --yes hatchling editables pip

FROM ${BASE}
LABEL org.opencontainers.image.title="feedhub" \
      org.opencontainers.image.description="Many newsrooms in, one feed out, each story once" \
      org.opencontainers.image.version="0.1.0"
RUN echo "feedhub:x:10001:10001:feedhub:/data:/usr/sbin/nologin" >> /etc/passwd \
 && echo "feedhub:x:10001:" >> /etc/group \
 && mkdir /data \
 && chown 10001:10001 /data
COPY --from=build /opt/feedhub /opt/feedhub
COPY deploy/healthcheck.py /opt/feedhub/healthcheck.py
COPY config /config
ENV PATH=/opt/feedhub/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    FEEDHUB_CONFIG=/config/feeds.yaml \
    FEEDHUB_DATA=/data \
    FEEDHUB_HOST=0.0.0.0 \
    FEEDHUB_PORT=8080 \
    FEEDHUB_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-IS", "/opt/feedhub/healthcheck.py"]
ENTRYPOINT ["feedhub"]
CMD ["serve"]
