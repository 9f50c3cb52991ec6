//! Man pages and shell completions: of the commands from the definitions of their arguments, and
//! the others from the documents that say the same.

mod configuration;
mod document;
mod roff;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use super::exit::CliError;
use super::watch::print;

/// Write the man pages
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder to write graspd.1, graspd-run.1, …, graspd.8, graspd.toml.5 and
    /// graspd-protocol.7 into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Print completions for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn man(command: &Command, args: &ManArgs) -> Result<(), CliError> {
    let path = || args.folder.clone();
    fs::create_dir_all(&args.folder).map_err(|source| CliError::Create {
        path: path(),
        source,
    })?;
    write(command, &args.folder).map_err(|source| CliError::Write {
        path: path(),
        source,
        left: "it holds some of the pages",
    })
}

fn write(command: &Command, folder: &Path) -> io::Result<()> {
    clap_mangen::generate_to(command.clone(), folder)?;
    for (name, page) in others() {
        fs::write(folder.join(name), page)?;
    }
    Ok(())
}

pub(super) fn completions(command: &mut Command, args: &CompletionsArgs) -> Result<(), CliError> {
    // Written to standard output it would panic where that has been closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "graspd", &mut script);
    print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(())
}

/// The pages that are not of a command, with their names.
fn others() -> [(&'static str, String); 3] {
    let daemon = include_str!("../../../docs/man/graspd.8.md");
    let protocol = include_str!("../../../docs/protocol.md");
    let settings = include_str!("../../../config/graspd.toml");
    [
        (
            "graspd.8",
            document::page("graspd", 8, "the daemon", daemon),
        ),
        (
            "graspd-protocol.7",
            document::page(
                "graspd-protocol",
                7,
                "what graspd says on its socket",
                protocol,
            ),
        ),
        ("graspd.toml.5", configuration::page(settings)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn each_page_says_what_its_document_says() {
        let [(_, daemon), (_, protocol), (_, settings)] = others();
        assert!(daemon.contains("\\fBSIGHUP\\fR"), "{daemon}");
        for word in ["lock_unconfirmed", "session_inactive", "right_lock"] {
            assert!(protocol.contains(word), "{word}");
        }
        for key in ["sensor_grace_s", "max_clients", "false_locks_per_day"] {
            let entry = format!(".TP\n\\fB{key}\\fR = ");
            assert!(settings.contains(&entry), "{key}");
        }
        for (name, page) in others() {
            assert!(page.starts_with(".TH "), "{name}");
            assert!(
                !page.contains("](") && !page.contains("**"),
                "{name} has marks of Markdown"
            );
        }
    }

    #[test]
    fn man_finds_nothing_wrong_with_them() {
        let folder = tempfile::tempdir().unwrap();
        for (name, page) in others() {
            let path = folder.path().join(name);
            fs::write(&path, page).unwrap();
            let shown = Command::new("man")
                .args(["--warnings", "-E", "UTF-8", "-l"])
                .arg(&path)
                .output();
            let Ok(shown) = shown else {
                skipped::because("there is no man, so the pages were NOT shown by it");
                return;
            };
            let said = String::from_utf8_lossy(&shown.stderr);
            assert!(shown.status.success() && said.is_empty(), "{name}: {said}");
        }
    }
}
