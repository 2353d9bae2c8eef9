# The server as an image: built from this clone, slim, without root, with a root directory that may be read-only.
#
#   docker build -t kanvaro .
#   docker run --read-only -p 4000:4000 -v kanvaro:/data kanvaro
#
# In production (the default here) nothing is made by itself; the first admin of an empty store:
#   docker run --rm -it -v kanvaro:/data kanvaro user add --admin --organization NAME

FROM node:22-bookworm-slim AS playground
WORKDIR /src
COPY scripts/node.sh scripts/playground.sh scripts/
COPY playground playground
RUN --mount=type=cache,target=/root/.cache/kanvaro ./scripts/playground.sh

FROM rust:1.95-slim-bookworm AS build
# What libjpeg-turbo is built with.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install -y --no-install-recommends cmake make nasm && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=playground /src/playground/dist playground/dist
# The build cache is no part of an image, so the program is taken out of it. /data is made here: the last stage runs nothing.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features libjpeg-turbo --bin kanvaro && \
    install -D target/release/kanvaro /out/kanvaro && \
    install -d -m 0700 /out/data

FROM debian:bookworm-slim
# For HTTPS to S3, CloudFront and Redis.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/kanvaro /usr/local/bin/kanvaro
COPY --from=build --chown=10001:10001 /out/data /data
ENV KANVARO_ENV=production \
    KANVARO_LISTEN=0.0.0.0:4000 \
    KANVARO_DATA=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 4000
# Whether it is there. Whether it can serve is asked by `kanvaro probe --ready`: a database that is away is no reason to restart it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["kanvaro", "probe"]
ENTRYPOINT ["kanvaro"]
CMD ["serve"]
