# List the recipes.
default:
    @just --list

# Run everything a change must pass.
check:
    .ci/run

# Run all tests beside a private PostgreSQL; arguments go to `cargo test`.
test *arguments:
    script/test {{ arguments }}

# Run the whole product with stand-ins and a web page.
demo *arguments:
    script/demo {{ arguments }}

# Write .sqlx anew after a change of a query or a migration.
sqlx:
    script/sqlx

# Format the code.
fmt:
    cargo fmt

# Say what clippy thinks.
lint:
    cargo clippy --locked --all-targets -- -D warnings

# Run the tests and write their snapshots anew; read the difference before committing.
snapshots:
    INSTA_UPDATE=always script/test

# Open a psql in a private server that is gone afterwards.
psql:
    cargo run --locked --quiet -- with-postgres --dir "${TMPDIR:-/tmp}/zeitnah-psql" -- sh -c 'psql "$DATABASE_URL"'

# Hold the dependencies against deny.toml.
deny:
    cargo deny check
