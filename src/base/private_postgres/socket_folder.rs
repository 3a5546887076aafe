//! The folder of the socket: its path must be short, and nobody else may enter it.

use super::account::Account;
use super::{StartError, tried};
use crate::secret::{hex, sha256};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Systems allow 104 to 108 bytes with the socket's name.
const PATH_BYTES_MAX: usize = 100;
const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// Makes the folder in the data folder, or under /tmp when that lies too deep.
pub(super) fn prepare(folder: &Path, account: &Account) -> Result<PathBuf, StartError> {
    let near = folder.join("socket");
    if fits(&near) {
        account.make_folder(&near)?;
        return Ok(near);
    }
    let far = under_tmp(folder);
    // Anyone may make folders in /tmp: one that is there already must be ours from an earlier start.
    match std::fs::symlink_metadata(&far) {
        Ok(found) if !found.is_dir() || found.uid() != account.uid => {
            return Err(StartError::ForeignSocketFolder { folder: far });
        }
        Ok(_) => {}
        Err(_) => std::fs::create_dir(&far).map_err(tried(format!("making {}", far.display())))?,
    }
    account.make_folder(&far)?;
    Ok(far)
}

fn fits(folder: &Path) -> bool {
    let bytes: &OsStr = folder.as_os_str();
    // A comma would be read as the end of the path.
    bytes.len() + 1 + SOCKET_NAME.len() < PATH_BYTES_MAX && !bytes.as_bytes().contains(&b',')
}

fn under_tmp(folder: &Path) -> PathBuf {
    let name: String = hex(&sha256(folder.as_os_str().as_bytes())).chars().take(16).collect();
    Path::new("/tmp").join(format!("chartrelay-{name}"))
}

#[cfg(test)]
mod tests {
    use super::{PATH_BYTES_MAX, SOCKET_NAME, fits, under_tmp};
    use std::path::Path;

    #[test]
    fn a_deep_or_strange_folder_gets_a_short_path_of_its_own() {
        let deep = Path::new("/a").join("deep".repeat(30));
        assert!(fits(Path::new("/var/lib/chartrelay/socket")));
        assert!(!fits(&deep) && !fits(Path::new("/a,b")));
        assert!(fits(&under_tmp(&deep)));
        assert_ne!(under_tmp(&deep), under_tmp(Path::new("/b")));
        assert!(under_tmp(&deep).join(SOCKET_NAME).as_os_str().len() < PATH_BYTES_MAX);
    }
}
