//! The real binary on a data folder of its own, started, killed and started again.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server.
pub struct Binary {
    child: Child,
    pub address: String,
}

impl Binary {
    /// Starts `chartrelay serve` and waits until it says where it listens.
    pub fn serve(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start("serve", folder, settings)
    }

    pub fn start(command: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chartrelay"))
            .args([command, "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut lines = stderr.lines();
        let mut said = Vec::new();
        let address = loop {
            let Some(Ok(line)) = lines.next() else {
                panic!("the server ended before it served:\n{}", said.join("\n"))
            };
            if let Some((_, address)) = line.split_once("serves at ") {
                break address.trim().to_owned();
            }
            said.push(line);
        };
        // Whatever else it says is read, so that its pipe never fills.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// As a power cut would: no farewell.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator would; answers whether it ended well.
    pub fn stop(mut self) -> bool {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        asked.success() && self.child.wait().unwrap().success()
    }
}

/// A folder that an unprivileged account can reach, removed in the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chartrelay-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
