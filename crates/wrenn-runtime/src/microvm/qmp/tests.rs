use std::{os::unix::net::UnixListener, thread::JoinHandle};

use super::*;

/// A monitor that says the lines, each after one more command, and then goes.
fn monitor(
    lines: &'static [&'static str],
) -> (tempfile::TempDir, std::path::PathBuf, JoinHandle<Vec<String>>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n").unwrap();
        let mut commands = Vec::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        for line in ["{\"return\": {}}"].iter().chain(lines) {
            let mut command = String::new();
            reader.read_line(&mut command).unwrap();
            commands.push(command.trim().to_owned());
            stream.write_all(line.as_bytes()).unwrap();
            stream.write_all(b"\r\n").unwrap();
        }
        commands
    });
    (directory, path, thread)
}

#[test]
fn commands_are_written_as_qemu_wants_them_and_events_are_passed_over() {
    let event =
        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n{\"return\": {}}";
    let lines: &[&str] = Box::leak(Box::new([
        event,
        "{\"return\": {\"status\": \"io-error\", \"running\": false}}",
        "{\"return\": {}}",
    ]));
    let (_directory, path, thread) = monitor(lines);
    let mut qmp = Qmp::connect(&path).unwrap();
    qmp.execute(&Command::Stop).unwrap();
    assert_eq!(qmp.status().unwrap(), RunState::Other);
    qmp.execute(&Command::XenSaveDevicesState { filename: "/dev/fdset/1".to_owned(), live: false }).unwrap();
    assert_eq!(
        thread.join().unwrap(),
        [
            r#"{"execute":"qmp_capabilities"}"#,
            r#"{"execute":"stop"}"#,
            r#"{"execute":"query-status"}"#,
            r#"{"execute":"xen-save-devices-state","arguments":{"filename":"/dev/fdset/1","live":false}}"#,
        ]
    );
}

#[test]
fn a_refusal_says_which_command_and_why() {
    let (_directory, path, _thread) =
        monitor(&["{\"error\": {\"class\": \"GenericError\", \"desc\": \"not now\"}}"]);
    let error = Qmp::connect(&path).unwrap().execute(&Command::Cont).unwrap_err();
    assert_eq!(error.to_string(), "the virtual machine refuses `cont`: not now");
}

#[test]
fn a_monitor_that_never_comes_to_an_end_is_given_up() {
    for endless in [" ", "{\"event\": \"STOP\"}\n"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"{\"QMP\": {}}\n").unwrap();
            while stream.write_all(endless.as_bytes()).is_ok() {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let error = Qmp::connect_within(&path, Duration::from_millis(200)).unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
        thread.join().unwrap();
    }
}

#[test]
fn a_monitor_that_goes_or_talks_nonsense_is_an_error() {
    for line in ["nonsense", "[1, 2]"] {
        let (_directory, path, _thread) = monitor(Box::leak(Box::new([line])));
        Qmp::connect(&path).unwrap().status().unwrap_err();
    }
    let (_directory, path, _thread) = monitor(&[]);
    let error = Qmp::connect(&path).unwrap().status().unwrap_err();
    assert!(error.to_string().contains("query-status"), "{error}");
}
