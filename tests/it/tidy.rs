//! The tree's own rules: sizes, names, first sentences, words that promise something for later.

use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 500;
const TEST_FILE_LINES_MAX: usize = 800;
const LINE_CHARACTERS_MAX: usize = 110;
/// Names that collect everything because they mean nothing.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "types", "manager"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "dist", "target"].contains(&name.as_str()) {
                sources(&path, extensions, found);
            }
        } else if path.extension().is_some_and(|e| extensions.contains(&e.to_str().unwrap())) {
            found.push(path);
        }
    }
}

fn all(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "ui/src", "ui/css", "benches", "migrations", "script"] {
        let folder = root().join(folder);
        if folder.is_dir() {
            sources(&folder, extensions, &mut found);
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(root()).unwrap().to_owned(), text)
        })
        .collect()
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.starts_with("tests/") || text.contains("/tests/") || text.ends_with("tests.rs")
}

#[test]
fn files_and_lines_have_a_size_that_a_reader_can_hold() {
    let mut offenders = Vec::new();
    for (path, text) in all(&["rs", "ts", "css", "sql"]) {
        let most = if is_test(&path) { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
        let lines = text.lines().count();
        let one_migration = path.starts_with("migrations/versions");
        if lines > most && !one_migration {
            offenders.push(format!("{}: {lines} lines, at most {most}", path.display()));
        }
        if path.extension().is_some_and(|extension| extension == "rs") {
            for (number, line) in text.lines().enumerate() {
                if line.chars().count() > LINE_CHARACTERS_MAX {
                    offenders.push(format!("{}:{} is too long", path.display(), number + 1));
                }
            }
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn every_module_says_in_its_first_line_what_it_is() {
    let silent: Vec<String> = all(&["rs"])
        .into_iter()
        .filter(|(path, _)| !path.ends_with("tests.rs") && !path.starts_with("tests/it/support"))
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no first sentence: {silent:?}");
}

#[test]
fn no_file_has_a_name_that_means_nothing() {
    for (path, _) in all(&["rs", "ts"]) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!EMPTY_NAMES.contains(&name.as_str()), "{}", path.display());
    }
}

#[test]
fn nothing_is_promised_for_later_and_no_lint_is_silenced_without_a_reason() {
    // In two parts, so that this file does not find itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    let marks = ["todo!(", "unimplemented!(", "dbg!(", "#[ignore", "#[allow("];
    let mut offenders = Vec::new();
    for (path, text) in all(&["rs", "ts", "sql"]) {
        if path.ends_with("tidy.rs") {
            continue;
        }
        for found in words.iter().chain(&marks).filter(|word| text.contains(**word)) {
            offenders.push(format!("{}: {found}", path.display()));
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn the_product_speaks_of_itself_alone() {
    let mut offenders = Vec::new();
    let mut texts = all(&["rs", "ts", "css", "sql", "html", "md", "toml"]);
    for name in ["README.md", "Dockerfile", "compose.yaml", "Cargo.toml", "deny.toml"] {
        if let Ok(text) = std::fs::read_to_string(root().join(name)) {
            texts.push((PathBuf::from(name), text));
        }
    }
    for (path, text) in texts {
        for foreign in
            [concat!("/wo", "rk/main"), concat!("/tmp/ba", "sh"), concat!("/ro", "ot/.cache")]
        {
            if text.contains(foreign) {
                offenders.push(format!("{}: {foreign}", path.display()));
            }
        }
    }
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}
