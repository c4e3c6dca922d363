//! Whether the processor can really execute guests.

use std::{
    fs, io,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long the guest of the probe may take. It takes a tenth of a second.
const LIMIT: Duration = Duration::from_secs(5);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);
const DEVICE: &str = "/dev/kvm";
/// With what the probe's guest ends QEMU: twice the byte that it writes, and one.
const EXPECTED: i32 = 0x10 * 2 + 1;

/// Finds out whether guests run under KVM: by the processor's extensions, by its device, and by a guest of a few
/// instructions. That the device is there is not enough: inside of some virtual machines it is, and guests hang.
///
/// # Errors
/// Why they do not, in a sentence for people.
pub fn probe_kvm(program: &Path) -> Result<(), String> {
    let processor = fs::read_to_string("/proc/cpuinfo").map_err(|error| format!("/proc/cpuinfo: {error}"))?;
    if cfg!(target_arch = "x86_64") && !has_extensions(&processor) {
        return Err("the processor has no virtualisation extensions (svm or vmx) here".to_owned());
    }
    fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(DEVICE)
        .map_err(|error| format!("{DEVICE} cannot be opened: {error}"))?;
    run_guest(program, "kvm").map_err(|error| format!("a guest does not run: {error}"))
}

fn has_extensions(processor: &str) -> bool {
    let mut flags =
        processor.lines().filter_map(|line| line.strip_prefix("flags")).flat_map(str::split_whitespace);
    flags.any(|flag| matches!(flag, "svm" | "vmx"))
}

/// Runs a guest whose firmware writes one byte to a device that ends QEMU.
fn run_guest(program: &Path, accelerator: &str) -> io::Result<()> {
    /// `mov al, 0x10`, `out 0xf4, al`, `hlt`: where the processor begins.
    const CODE: [u8; 5] = [0xb0, 0x10, 0xe6, 0xf4, 0xf4];
    const START: usize = 0xfff0;
    let mut firmware = vec![0; 0x1_0000];
    firmware[START..START + CODE.len()].copy_from_slice(&CODE);
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), firmware)?;
    let mut child = Command::new(program)
        .args(["-nodefaults", "-no-user-config", "-nographic", "-machine", "pc", "-m", "1M", "-accel"])
        .arg(accelerator)
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-bios"])
        .arg(file.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let ended = wait(&mut child);
    let _ = child.kill();
    let _ = child.wait();
    match ended? {
        Some(EXPECTED) => Ok(()),
        Some(code) => Err(io::Error::other(format!("QEMU ended with {code}"))),
        None => Err(io::Error::other("QEMU was killed")),
    }
}

fn wait(child: &mut Child) -> io::Result<Option<i32>> {
    let end = Instant::now() + LIMIT;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        std::thread::sleep(LOOK);
    }
    Err(io::Error::other(format!("it did not end within {LIMIT:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_whole_words_among_the_flags() {
        assert!(has_extensions("model name\t: X\nflags\t\t: fpu vme svm de\n"));
        assert!(!has_extensions("model name\t: svm\nflags\t\t: fpu svm_lock de\n"));
    }

    #[test]
    fn the_guest_ends_as_expected_in_software_emulation() {
        run_guest(Path::new("qemu-system-x86_64"), "tcg").unwrap();
        run_guest(Path::new("true"), "tcg").unwrap_err();
        run_guest(Path::new("no-such-program"), "tcg").unwrap_err();
    }
}
