//! `chartrelay read-pages`: decodes page images for a server, under limits that it sets itself.

use crate::boot::BootError;

pub(super) fn run() -> Result<(), BootError> {
    Ok(base::pages::obey(std::io::stdin().lock(), std::io::stdout().lock())?)
}
