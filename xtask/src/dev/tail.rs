//! Showing what a server writes, as it writes it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The end of a log file that grows.
#[derive(Debug)]
pub(crate) struct Tail {
    name: &'static str,
    file: Option<File>,
    /// The beginning of a line whose end is not written yet.
    rest: String,
}

impl Tail {
    /// Begins at the end: what was written before is not shown.
    pub(crate) fn at_end(name: &'static str, log: &Path) -> Self {
        let file = File::open(log).and_then(|mut file| file.seek(SeekFrom::End(0)).map(|_| file)).ok();
        Self { name, file, rest: String::new() }
    }

    /// Shows the lines that are whole by now.
    pub(crate) fn show_new(&mut self) {
        for line in self.new_lines() {
            println!("{:<7} │ {line}", self.name);
        }
    }

    fn new_lines(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        if let Some(file) = self.file.as_mut() {
            let _read = file.read_to_end(&mut bytes);
        }
        self.rest.push_str(&String::from_utf8_lossy(&bytes));
        let Some(end) = self.rest.rfind('\n') else {
            return Vec::new();
        };
        let rest = self.rest.split_off(end + 1);
        let whole = std::mem::replace(&mut self.rest, rest);
        whole.lines().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_line_is_shown_once_it_is_whole() {
        let path = std::env::temp_dir().join(format!("perch-tail-{}", std::process::id()));
        let mut log = File::create(&path).unwrap();
        writeln!(log, "before").unwrap();
        let mut tail = Tail::at_end("test", &path);
        write!(log, "one\ntw").unwrap();
        let first = tail.new_lines();
        writeln!(log, "o").unwrap();
        let second = tail.new_lines();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((first, second), (vec!["one".to_owned()], vec!["two".to_owned()]));
    }
}
