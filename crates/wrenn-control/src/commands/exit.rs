//! How commands end.

use wrenn_agent_proto::Exit;

/// Names of signals as the agent writes them, and their numbers on Linux.
const SIGNALS: [(&str, i32); 18] = [
    ("hangup", 1),
    ("interrupt", 2),
    ("quit", 3),
    ("illegal instruction", 4),
    ("trace/breakpoint trap", 5),
    ("aborted", 6),
    ("bus error", 7),
    ("floating point exception", 8),
    ("killed", 9),
    ("user defined signal 1", 10),
    ("segmentation fault", 11),
    ("user defined signal 2", 12),
    ("broken pipe", 13),
    ("alarm clock", 14),
    ("terminated", 15),
    ("CPU time limit exceeded", 24),
    ("file size limit exceeded", 25),
    ("bad system call", 31),
];

/// The exit code as a shell reports it: 128 + the number of the signal that ended the process.
pub fn exit_code(exit: &Exit) -> i32 {
    if exit.exited {
        return exit.code;
    }
    let name = exit.status.strip_prefix("signal: ").unwrap_or_default();
    let name = name.strip_suffix(" (core dumped)").unwrap_or(name);
    let number = SIGNALS.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    number.or_else(|| name.strip_prefix("signal ")?.parse().ok()).map_or(exit.code, |number| 128 + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_become_codes_as_in_a_shell() {
        let exit = |exited, code, status: &str| Exit { code, exited, status: status.to_owned(), error: None };
        assert_eq!(exit_code(&exit(true, 3, "exit status 3")), 3);
        assert_eq!(exit_code(&exit(false, -1, "signal: killed")), 137);
        assert_eq!(exit_code(&exit(false, -1, "signal: segmentation fault (core dumped)")), 139);
        assert_eq!(exit_code(&exit(false, -1, "signal: signal 34")), 162);
        assert_eq!(exit_code(&exit(false, -1, "unknown")), -1);
    }
}
