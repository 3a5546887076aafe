//! The one binary.

fn main() -> std::process::ExitCode {
    chartrelay::cli::run()
}
