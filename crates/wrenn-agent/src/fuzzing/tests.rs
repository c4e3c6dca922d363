//! Every target with its seeds and with variations of them, always the same ones; `FUZZ_SEED` makes others.

use std::{fs, path::Path};

/// How many variations each target gets.
const INPUTS: u32 = 2000;

/// What is likelier to hit something than just any bytes.
const TELLING: &[&[u8]] = &[
    b"..",
    b"/",
    b"~",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x80",
    b"\r\n",
    b"--XX",
    b"--XX--\r\n",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"-1",
    b"18446744073709551616",
    b"1e999",
    b"\\u0000",
    b"\xc3\x28",
    b"null",
    b"&",
    b"%2",
    b",",
];

#[test]
fn fuzz_path_resolution() {
    try_all("path_resolution", super::path_resolution);
}

#[test]
fn fuzz_messages() {
    try_all("messages", super::messages);
}

#[test]
fn fuzz_requests() {
    try_all("requests", super::requests);
}

#[test]
fn fuzz_multipart() {
    let dir = tempfile::tempdir().unwrap();
    try_all("multipart", |input| super::multipart(input, dir.path()));
}

#[test]
fn fuzz_downloads() {
    let dir = tempfile::tempdir().unwrap();
    try_all("downloads", |input| super::downloads(input, dir.path()));
}

#[test]
fn fuzz_signatures() {
    try_all("signatures", super::signatures);
}

fn try_all(target: &str, check: impl Fn(&[u8])) {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut seeds: Vec<_> = fs::read_dir(seeds).unwrap().map(|seed| seed.unwrap().path()).collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds.sort();
    let seeds: Vec<_> = seeds.iter().map(|seed| fs::read(seed).unwrap()).collect();
    for seed in &seeds {
        let _shown = Shown(seed);
        check(seed);
    }
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed);
    let mut random = Random(1.max(seed));
    for _ in 0..INPUTS {
        let input = random.spoil(&seeds);
        let _shown = Shown(&input);
        check(&input);
    }
}

/// Shows the input of a check that fails.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was b\"{}\"", self.0.escape_ascii());
        }
    }
}

/// A small generator of random numbers (xorshift); what matters is that it can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    fn pick<T: AsRef<[u8]>>(&mut self, from: &[T]) -> Vec<u8> {
        from[self.below(from.len())].as_ref().to_vec()
    }

    /// One of the seeds, spoilt in up to eight places.
    fn spoil(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(seeds);
        for _ in 0..self.below(9) {
            let at = self.below(input.len() + 1);
            let end = (at + self.below(9)).min(input.len());
            match self.below(6) {
                0 => drop(input.drain(at..end)),
                1 => drop(input.splice(at..at, self.pick(TELLING))),
                2 => drop(input.splice(at..end, self.pick(TELLING))),
                3 => drop(input.splice(at..end, input[at..end].repeat(3))),
                4 => drop(input.splice(at.., self.pick(seeds))),
                _ => {
                    let random = self.next().to_le_bytes();
                    input[at..end].copy_from_slice(&random[..end - at]);
                }
            }
        }
        input
    }
}
