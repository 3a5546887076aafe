# syntax=docker/dockerfile:1
# The server alone: PostgreSQL, and Redis when there are several servers, run elsewhere (compose.yaml
# shows how). Build with: docker build -t chartrelay .

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# The caches outlive the layer, so that a change of ours does not compile the dependencies again.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin chartrelay \
    && install -D target/release/chartrelay /out/chartrelay

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 chartrelay \
    && useradd --system --uid 10001 --gid chartrelay --home-dir /data --shell /usr/sbin/nologin chartrelay \
    && install -d -o chartrelay -g chartrelay -m 0700 /data
COPY --from=build /out/chartrelay /usr/local/bin/chartrelay
COPY LICENSE /usr/share/doc/chartrelay/LICENSE

ENV CHARTRELAY__SERVER__LISTEN=0.0.0.0:8080 \
    CHARTRELAY__DATA__FOLDER=/data
USER chartrelay
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/chartrelay", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/chartrelay"]
CMD ["serve"]
