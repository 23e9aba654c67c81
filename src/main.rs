//! Runs the command that was typed.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Two TLS providers in one program panic at run time; ring is the one, before anything else asks.
    rustls::crypto::ring::default_provider().install_default().ok();
    zeitnah::cli::run()
}
