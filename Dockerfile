# The gateway as an image: built in one stage, run in another that has no compiler.
#
#   docker build --tag profilegate .
#   docker run --rm --publish 8080:8080 profilegate serve --demo
#
# It runs as an unprivileged user, and writes below /data only (several workers also in /dev/shm): the
# root may be read-only.

FROM python:3.13-slim-bookworm AS build
COPY requirements/image.txt /build/
RUN python -m venv /opt/profilegate \
 && /opt/profilegate/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement /build/image.txt
COPY pyproject.toml README.md LICENSE /build/
COPY profilegate /build/profilegate
COPY specs /build/specs
COPY handlers /build/handlers
COPY docs /build/docs
RUN cd /build \
 && /opt/profilegate/bin/python -m hatchling build --target wheel \
 && /opt/profilegate/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
    --no-deps dist/*.whl \
 && /opt/profilegate/bin/python -m compileall -q /opt/profilegate/lib

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 profilegate \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin profilegate \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/profilegate /opt/profilegate
ENV PATH=/opt/profilegate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PROFILEGATE_HOST=0.0.0.0 \
    PROFILEGATE_PORT=8080
# The defaults var/profiles.db and var/master.key lie below it.
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 8080
# The gateway stops within ten seconds of SIGTERM; the orchestrator should wait longer.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PROFILEGATE_PORT'] + '/health/ready', timeout=2)"]
ENTRYPOINT ["profilegate"]
CMD ["serve"]
