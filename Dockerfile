# syntax=docker/dockerfile:1
# The bot and nothing else, as nobody in particular. Settings come in at /etc/zeitnah/zeitnah.toml, secrets as variables
# or files (see config.default.toml); see compose.yaml for the whole.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# The image has the linker, and ring's C compiler. The dependencies are a layer of their own: they are built again only
# when they change.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
RUN mkdir -p src tests benches \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs tests/main.rs benches/desk.rs \
    && cargo build --release --locked --bin zeitnah \
    && rm -rf src tests benches
COPY . .
# The stand-in has the same name and may look newer.
RUN touch src/main.rs src/lib.rs && cargo build --release --locked --bin zeitnah

# The C library, certificates, and a user without a name or a shell; no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/zeitnah /usr/local/bin/zeitnah
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
