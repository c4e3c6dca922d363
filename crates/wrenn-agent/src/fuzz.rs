//! Random input for whatever reads other people's bytes.
//!
//! A plain test run tries a fixed number of inputs, always the same. With `FUZZ_SECONDS` it goes on for so long with new
//! ones; what fails is said together with the seed, and `FUZZ_SEED` does it again.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use axum::body::Body;
use http::{HeaderMap, Request, header};
use tower::ServiceExt as _;
use wrenn_agent_proto::filesystem::{ListDirRequest, MoveRequest, WatchDirResponse};
use wrenn_agent_proto::process::{ConnectResponse, SendInputRequest, StartRequest};

use crate::agent::{Agent, Settings};
use crate::{paths, router};

/// How many inputs a plain run tries.
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
    b"bytes=",
    b"-",
    b",",
];

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

    fn pick<'a>(&mut self, from: &[&'a [u8]]) -> &'a [u8] {
        from[self.below(from.len())]
    }

    /// One of the good inputs, spoilt in up to eight places.
    fn spoil(&mut self, good: &[&[u8]]) -> Vec<u8> {
        let mut input = self.pick(good).to_vec();
        for _ in 0..self.below(9) {
            let at = self.below(input.len() + 1);
            let end = (at + self.below(9)).min(input.len());
            match self.below(6) {
                0 => drop(input.drain(at..end)),
                1 => drop(input.splice(at..at, self.pick(TELLING).to_vec())),
                2 => drop(input.splice(at..end, self.pick(TELLING).to_vec())),
                3 => drop(input.splice(at..end, input[at..end].repeat(3))),
                4 => drop(input.splice(at.., self.pick(good).to_vec())),
                _ => {
                    let random = self.next().to_le_bytes();
                    input[at..end].copy_from_slice(&random[..end - at]);
                }
            }
        }
        input
    }
}

/// Spoilt inputs until there have been enough of them.
struct Inputs {
    random: Random,
    seed: u64,
    tried: u32,
    end: Option<Instant>,
}

impl Inputs {
    fn new() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let end = number("FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let fresh = end.map(|_| SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| since.as_micros() as u64));
        let seed = number("FUZZ_SEED").or(fresh).unwrap_or(0x5eed).max(1);
        Self { random: Random(seed), seed, tried: 0, end }
    }

    fn next(&mut self, good: &[&[u8]]) -> Option<Vec<u8>> {
        self.tried += 1;
        let enough = self.end.map_or(self.tried > INPUTS, |end| Instant::now() >= end);
        (!enough).then(|| self.random.spoil(good))
    }
}

#[test]
fn fuzz_path_resolution() {
    let good: &[&[u8]] = &[b"/home/user/a.txt", b"../../etc/passwd", b"~/x", b"a//b/./c", b"", b"~root"];
    let mut inputs = Inputs::new();
    while let Some(input) = inputs.next(good) {
        let text = String::from_utf8_lossy(&input);
        let Ok(path) = paths::resolve(&text, Path::new("/home/user"), None) else { continue };
        let clean = path.to_str().is_some_and(|path| {
            path.starts_with('/')
                && !path.contains('\0')
                && !path.split('/').any(|part| part == "..")
                && path.len() < 4096
        });
        assert!(clean, "{text:?} became {path:?} (FUZZ_SEED={})", inputs.seed);
        let again = paths::resolve(path.to_str().unwrap_or_default(), Path::new("/"), None);
        assert_eq!(again.as_ref(), Ok(&path), "{text:?} (FUZZ_SEED={})", inputs.seed);
    }
}

#[test]
fn fuzz_message_decoding() {
    fn decode<M: buffa::Message + serde::de::DeserializeOwned>(input: &[u8]) {
        // Whether it is good does not matter, only that there is an answer.
        let _ = M::decode(&mut &input[..]);
        let _ = serde_json::from_slice::<M>(input);
    }
    let good: &[&[u8]] = &[
        b"\x0a\x04/a/b\x10\x02",
        b"\x0a\x0e\x0a\x07/bin/sh\x12\x02-c\x22\x01/\x12\x06\x0a\x04\x08\x50\x10\x18",
        br#"{"path":"/a","depth":2}"#,
        br#"{"process":{"cmd":"/bin/sh","args":["-c"],"envs":{"A":"1"}},"pty":{"size":{"cols":80,"rows":24}}}"#,
        br#"{"process":{"pid":1},"input":{"stdin":"AAAA"}}"#,
        br#"{"event":{"data":{"stdout":"AAAA"}}}"#,
    ];
    let mut inputs = Inputs::new();
    while let Some(input) = inputs.next(good) {
        decode::<ListDirRequest>(&input);
        decode::<MoveRequest>(&input);
        decode::<WatchDirResponse>(&input);
        decode::<StartRequest>(&input);
        decode::<SendInputRequest>(&input);
        decode::<ConnectResponse>(&input);
    }
}

/// Calls that harm nothing, whatever they name: the fuzzed bytes must not remove or start anything.
const RPCS: &[&str] = &[
    "/filesystem.Filesystem/Stat",
    "/filesystem.Filesystem/GetWatcherEvents",
    "/filesystem.Filesystem/RemoveWatcher",
    "/process.Process/List",
    "/process.Process/Connect",
    "/process.Process/SendInput",
    "/process.Process/StreamInput",
    "/process.Process/CloseStdin",
    "/process.Process/Update",
];

#[tokio::test]
async fn fuzz_requests() {
    let dir = tempfile::tempdir().unwrap();
    let target = format!("/files?path={}", dir.path().join("file").display());
    let router = router::router(&Agent::new(Settings::default()));
    let kinds =
        ["application/json", "application/proto", "application/connect+json", "application/connect+proto"];
    let good: &[&[u8]] = &[
        br#"{"path":"/tmp"}"#,
        br#"{"watcherId":"w1"}"#,
        br#"{"process":{"pid":4194305}}"#,
        b"\x0a\x04/tmp",
        b"\0\0\0\0\x11{\"path\":\"/nothing\"}",
        b"\0\0\0\0\x06\x0a\x04/tmp\x02\0\0\0\x02{}",
        b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nbody\r\n--XX--\r\n",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0",
    ];
    let mut inputs = Inputs::new();
    while let Some(input) = inputs.next(good) {
        let shown = String::from_utf8_lossy(&input).into_owned();
        let choice = inputs.random.below(RPCS.len() + 3);
        let request = match RPCS.get(choice) {
            Some(rpc) => {
                Request::post(*rpc).header(header::CONTENT_TYPE, kinds[inputs.random.below(kinds.len())])
            }
            None if choice == RPCS.len() => {
                Request::post(&target).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            }
            None if choice == RPCS.len() + 1 => {
                Request::post(&target).header(header::CONTENT_ENCODING, "gzip")
            }
            None => Request::post("/init"),
        };
        // `/init` would change what later calls are; only its refusals are of interest.
        let input = if choice == RPCS.len() + 2 { [b"!", &input[..]].concat() } else { input };
        let response = router.clone().oneshot(request.body(Body::from(input)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        assert!(status < 500 || status == 501, "{status} for {shown:?} (FUZZ_SEED={})", inputs.seed);
        let names: Vec<_> =
            std::fs::read_dir(dir.path()).unwrap().flatten().map(|item| item.file_name()).collect();
        assert!(
            names.iter().all(|name| name == "file"),
            "{names:?} after {shown:?} (FUZZ_SEED={})",
            inputs.seed
        );
    }
}

#[tokio::test]
async fn fuzz_headers_of_downloads() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "0123456789").unwrap();
    let target = format!("/files?path={}", file.path().display());
    let router = router::router(&Agent::new(Settings::default()));
    let good: &[&[u8]] =
        &[b"bytes=0-4", b"bytes=-3", b"bytes=9-", b"gzip, deflate;q=0.5, *;q=0", b"identity;q=0"];
    let mut inputs = Inputs::new();
    while let Some(input) = inputs.next(good) {
        let Ok(value) = http::HeaderValue::from_bytes(&input) else { continue };
        let mut request = Request::get(&target).body(Body::empty()).unwrap();
        *request.headers_mut() =
            HeaderMap::from_iter([(header::RANGE, value.clone()), (header::ACCEPT_ENCODING, value.clone())]);
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        assert!([200, 206, 406, 416].contains(&status), "{status} for {value:?} (FUZZ_SEED={})", inputs.seed);
        if status == 206 {
            let length: usize = response.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
            let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
            assert!(
                body.len() == length && (1..=10).contains(&length),
                "{value:?} (FUZZ_SEED={})",
                inputs.seed
            );
        }
    }
}
