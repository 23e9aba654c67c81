# syntax=docker/dockerfile:1
# The bot and nothing else, as nobody in particular. Settings come in at /etc/zeitnah/zeitnah.toml, secrets as variables
# or files (see config.default.toml); see compose.yaml for the whole.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The image has the linker, and ring's C compiler. What was fetched and built before stays with the builder. The demo stays
# out: whoever serves has no use for its page and its stand-ins.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --no-default-features --bin zeitnah && cp target/release/zeitnah /usr/local/bin/zeitnah

# The C library, certificates, and a user without a name or a shell; no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/zeitnah /usr/local/bin/zeitnah
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/zeitnah/
ENV ZEITNAH_CONFIG=/etc/zeitnah/zeitnah.toml
EXPOSE 8080 9464
# nonroot, as a number so that a cluster can see that it is not root.
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/zeitnah", "health"]
ENTRYPOINT ["/usr/local/bin/zeitnah"]
CMD ["serve"]
