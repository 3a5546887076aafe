//! Whom PostgreSQL runs as: it refuses to be root.

use super::{StartError, tried};
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

/// Accounts to run as when we are root, best first.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// An account of the machine.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether we are root and become this account for PostgreSQL.
    pub(super) is_other: bool,
}

impl Account {
    /// Ourselves, or an unprivileged account when we are root.
    pub(super) fn find() -> Result<Self, StartError> {
        let (uid, gid) = (own_id("-u")?, own_id("-g")?);
        if uid != 0 {
            return Ok(Self { name: "this user".to_owned(), uid, gid, is_other: false });
        }
        let known = std::fs::read_to_string("/etc/passwd").map_err(tried("reading /etc/passwd"))?;
        UNPRIVILEGED.iter().find_map(|name| listed(&known, name)).ok_or(StartError::NoAccount)
    }

    /// A folder that only the account may enter.
    pub(super) fn make_folder(&self, folder: &Path) -> Result<(), StartError> {
        let what = || format!("making {}", folder.display());
        std::fs::create_dir_all(folder).map_err(tried(what()))?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(tried(what()))?;
        if self.is_other {
            chown(folder, Some(self.uid), Some(self.gid)).map_err(tried(what()))?;
        }
        Ok(())
    }

    /// Lets the account pass through the data folder (not look into it), and checks the way there.
    pub(super) fn open_way(&self, folder: &Path) -> Result<(), StartError> {
        if !self.is_other {
            return Ok(());
        }
        let what = || format!("opening {} to PostgreSQL", folder.display());
        let mode = std::fs::metadata(folder).map_err(tried(what()))?.permissions().mode();
        std::fs::set_permissions(folder, Permissions::from_mode(mode | 0o001))
            .map_err(tried(what()))?;
        let closed = folder.ancestors().skip(1).find(|above| !self.may_enter(above));
        closed.map_or(Ok(()), |closed| {
            let (account, folder) = (self.name.clone(), closed.to_owned());
            Err(StartError::Unreachable { account, folder })
        })
    }

    fn may_enter(&self, folder: &Path) -> bool {
        std::fs::metadata(folder).is_ok_and(|meta| {
            let needed = match (meta.uid() == self.uid, meta.gid() == self.gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            meta.mode() & needed != 0
        })
    }
}

/// `id -u` or `id -g`: the standard library does not tell.
fn own_id(which: &str) -> Result<u32, StartError> {
    let output = Command::new("id").arg(which).output().map_err(tried("asking `id` who we are"))?;
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(
        |error: std::num::ParseIntError| StartError::Program {
            program: "id",
            output: error.to_string(),
        },
    )
}

fn listed(passwd: &str, name: &str) -> Option<Account> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let (uid, gid) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    (uid != 0).then(|| Account { name: name.to_owned(), uid, gid, is_other: true })
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn accounts_are_found_by_their_whole_name_and_root_in_disguise_is_not() {
        let passwd =
            "root:x:0:0::/:/bin/sh\npostgresql:x:5:5::/:\npostgres:x:101:102::/:\nnobody:x:0:0::/:";
        let found = listed(passwd, "postgres").unwrap();
        assert_eq!((found.uid, found.gid), (101, 102));
        assert!(listed(passwd, "nobody").is_none());
        assert!(listed(passwd, "absent").is_none());
    }
}
