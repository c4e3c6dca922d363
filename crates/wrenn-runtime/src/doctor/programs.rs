//! The programs that are run.

use std::process::Stdio;

use tokio::process::Command;

use super::Check;

/// A program, the argument that makes it tell its version, and what it is for.
struct Program {
    name: &'static str,
    version: &'static str,
    package: &'static str,
    needed: Need,
}

/// What does not work without a program.
enum Need {
    Capsules,
    Templates,
    Microvms,
}

const PROGRAMS: [Program; 6] = [
    Program { name: "crun", version: "--version", package: "crun", needed: Need::Capsules },
    Program { name: "mmdebstrap", version: "--version", package: "mmdebstrap", needed: Need::Templates },
    Program { name: "buildah", version: "--version", package: "buildah", needed: Need::Templates },
    Program {
        name: "qemu-system-x86_64",
        version: "--version",
        package: "qemu-system-x86",
        needed: Need::Microvms,
    },
    // It tells no version, but this without an error.
    Program { name: "mkfs.erofs", version: "--help", package: "erofs-utils", needed: Need::Microvms },
    Program { name: "unshare", version: "--version", package: "util-linux", needed: Need::Templates },
];

pub(super) async fn all() -> Vec<Check> {
    let mut checks = Vec::new();
    for program in &PROGRAMS {
        checks.push(check(program).await);
    }
    checks
}

async fn check(program: &Program) -> Check {
    let remedy = format!("install it, on Debian by `apt-get install {}`", program.package);
    match first_line(program).await {
        Ok(version) => Check::good(program.name, version),
        Err(error) => match program.needed {
            Need::Capsules => Check::bad(program.name, error, remedy),
            Need::Templates => {
                Check::warning(program.name, format!("{error}; templates cannot be built"), remedy)
            }
            Need::Microvms => {
                Check::warning(program.name, format!("{error}; virtual machines cannot be run"), remedy)
            }
        },
    }
}

async fn first_line(program: &Program) -> Result<String, String> {
    let mut command = Command::new(program.name);
    command.arg(program.version).stdin(Stdio::null()).kill_on_drop(true);
    match command.output().await {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text.lines().next().unwrap_or("is installed").to_owned())
        }
        Ok(output) => Err(format!("ends with {}", output.status)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("is not installed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
