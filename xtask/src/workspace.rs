//! The workspace on disk and the programs run in it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail, ensure};

/// The workspace this program was built from.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that holds this package.
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: package.parent().unwrap_or(package).to_path_buf() }
    }

    /// The folder with the root manifest.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Runs cargo with its output shown.
    ///
    /// # Errors
    /// When cargo cannot be started or does not succeed.
    pub fn cargo(&self, arguments: &[&str]) -> anyhow::Result<()> {
        self.cargo_with(&[], arguments)
    }

    /// The same with further environment variables.
    ///
    /// # Errors
    /// As [`Self::cargo`].
    pub fn cargo_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> anyhow::Result<()> {
        let said = format!("cargo {}", arguments.join(" "));
        let status = self
            .cargo_command()
            .args(arguments)
            .envs(variables.iter().copied())
            .status()
            .with_context(|| format!("cannot start `{said}`"))?;
        ensure!(status.success(), "`{said}` failed ({status})");
        Ok(())
    }

    /// The same in the folder this program was started in, where paths that a person typed begin. The manifest is
    /// this workspace's.
    ///
    /// # Errors
    /// As [`Self::cargo`].
    pub fn cargo_in_callers_folder(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let said = format!("cargo {}", arguments.join(" "));
        let mut command = Command::new(cargo());
        let (verb, rest) = arguments.split_first().context("no verb for cargo")?;
        command.arg(verb).arg("--manifest-path").arg(self.root.join("Cargo.toml")).args(rest);
        let status = command.status().with_context(|| format!("cannot start `{said}`"))?;
        ensure!(status.success(), "`{said}` failed ({status})");
        Ok(())
    }

    /// What a cargo command prints.
    ///
    /// # Errors
    /// As [`Self::cargo`], with what cargo wrote to its error output.
    pub fn cargo_output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let said = format!("cargo {}", arguments.join(" "));
        let output = self
            .cargo_command()
            .args(arguments)
            .output()
            .with_context(|| format!("cannot start `{said}`"))?;
        if !output.status.success() {
            bail!("`{said}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{said}` printed something other than UTF-8"))
    }

    /// Whether a program answers to being asked for its version.
    pub fn has(&self, program: &str, arguments: &[&str]) -> bool {
        let program = if program == "cargo" { cargo() } else { program.into() };
        let answer = Command::new(program).args(arguments).current_dir(&self.root).output();
        answer.is_ok_and(|output| output.status.success())
    }

    fn cargo_command(&self) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root);
        command
    }
}

/// The cargo that runs us, so that a chosen toolchain stays chosen.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
