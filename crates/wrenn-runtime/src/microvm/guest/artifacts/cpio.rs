//! The archive that the kernel unpacks as its first filesystem (`newc`).

/// An archive that is being made.
#[derive(Debug, Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

const DIRECTORY: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const CHARACTERS: u32 = 0o020_600;

impl Archive {
    /// Adds a directory; those above it come first.
    pub(super) fn directory(&mut self, name: &str) {
        self.entry(name, DIRECTORY, (0, 0), &[]);
    }

    /// Adds a file that can be run.
    pub(super) fn program(&mut self, name: &str, content: &[u8]) {
        self.entry(name, PROGRAM, (0, 0), content);
    }

    /// Adds a device of characters.
    pub(super) fn device(&mut self, name: &str, number: (u32, u32)) {
        self.entry(name, CHARACTERS, number, &[]);
    }

    /// The whole archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, (0, 0), &[]);
        self.bytes
    }

    /// Numbers are eight hexadecimal digits each; name and content are filled up to multiples of four.
    fn entry(&mut self, name: &str, mode: u32, (major, minor): (u32, u32), content: &[u8]) {
        self.entries += 1;
        let size = u32::try_from(content.len()).expect("a file of an initramfs is small");
        let name_size = u32::try_from(name.len() + 1).expect("a name is short");
        let (owner, links, time, device, checksum) = (0, 1, 0, 0, 0);
        let header = [
            self.entries,
            mode,
            owner,
            owner,
            links,
            time,
            size,
            device,
            device,
            major,
            minor,
            name_size,
            checksum,
        ];
        self.bytes.extend_from_slice(b"070701");
        for number in header {
            self.bytes.extend_from_slice(format!("{number:08X}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.fill();
        self.bytes.extend_from_slice(content);
        self.fill();
    }

    fn fill(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_kernels_form() {
        let mut archive = Archive::default();
        archive.program("init", b"hello");
        let bytes = archive.finish();
        let text = String::from_utf8_lossy(&bytes);
        let zeros = "00000000";
        assert!(text.starts_with(&format!(
            "07070100000001000081ED{zeros}{zeros}00000001{zeros}00000005{zeros}{zeros}{zeros}{zeros}00000005{zeros}"
        )));
        assert_eq!(&bytes[110..124], b"init\0\0hello\0\0\0");
        assert!(text[124..].starts_with("07070100000002") && text.contains("TRAILER!!!"));
    }
}
