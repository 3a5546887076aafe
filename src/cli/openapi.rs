//! `chartrelay openapi`.

use crate::boot::BootError;

pub(super) fn run() -> Result<(), BootError> {
    println!("{}", crate::app::openapi().to_pretty_json()?);
    Ok(())
}
