//! The filter as a classic BPF program.

use std::collections::BTreeSet;

use super::{AF_VSOCK, NAMESPACE_FLAGS, PERSONALITIES, calls};

/// One instruction, as the kernel's `struct sock_filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    value: u32,
}

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const EQUAL: u16 = 0x15;
const GREATER: u16 = 0x25;
const AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;

/// Where the kernel puts the call's number, the architecture and the first argument's lower half (little endian).
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

#[cfg(target_arch = "x86_64")]
const AUDIT_ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const AUDIT_ARCHITECTURE: u32 = 0xc000_00b7;
/// Calls of the x32 interface, which nobody uses, are told by this bit.
const X32: u32 = 0x4000_0000;

/// The whole filter. Calls of another architecture's interface do not exist.
pub(super) fn program() -> Vec<Instruction> {
    let mut program =
        vec![load(ARCHITECTURE), jump(EQUAL, AUDIT_ARCHITECTURE, 1, 0), errno(libc::ENOSYS), load(NUMBER)];
    program.extend([jump(AT_LEAST, X32, 0, 1), errno(libc::ENOSYS)]);
    for (first, last) in ranges(&calls::allowed().iter().map(|(_, number)| *number).collect()) {
        program.extend([jump(AT_LEAST, first, 0, 2), jump(GREATER, last, 1, 0), result(ALLOW)]);
    }
    program.extend(for_call(
        libc::SYS_clone,
        &[
            load(FIRST_ARGUMENT),
            Instruction { code: AND, if_true: 0, if_false: 0, value: NAMESPACE_FLAGS },
            jump(EQUAL, 0, 0, 1),
            result(ALLOW),
            errno(libc::EPERM),
        ],
    ));
    program.extend(for_call(
        libc::SYS_socket,
        &[load(FIRST_ARGUMENT), jump(EQUAL, AF_VSOCK, 1, 0), result(ALLOW), errno(libc::EPERM)],
    ));
    let personalities = PERSONALITIES.iter().flat_map(|value| [jump(EQUAL, *value, 0, 1), result(ALLOW)]);
    let mut body = vec![load(FIRST_ARGUMENT)];
    body.extend(personalities);
    body.push(errno(libc::EPERM));
    program.extend(for_call(libc::SYS_personality, &body));
    program.extend(for_call(libc::SYS_clone3, &[errno(libc::ENOSYS)]));
    program.extend([jump(GREATER, calls::YOUNGEST, 0, 1), errno(libc::ENOSYS), errno(libc::EPERM)]);
    program
}

/// The bytes that the kernel reads.
pub(super) fn bytes(program: &[Instruction]) -> Vec<u8> {
    let one = |instruction: &Instruction| {
        let [a, b] = instruction.code.to_ne_bytes();
        let [e, f, g, h] = instruction.value.to_ne_bytes();
        [a, b, instruction.if_true, instruction.if_false, e, f, g, h]
    };
    program.iter().flat_map(one).collect()
}

/// `body`, which ends in a result on every way, if the loaded number is that of `call`.
fn for_call(call: libc::c_long, body: &[Instruction]) -> Vec<Instruction> {
    let length = u8::try_from(body.len()).expect("a rule for one call is short");
    let mut all = vec![jump(EQUAL, calls::number(call), 0, length)];
    all.extend_from_slice(body);
    all
}

/// Neighbouring numbers put together, in order.
fn ranges(numbers: &BTreeSet<u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    ranges
}

fn load(offset: u32) -> Instruction {
    Instruction { code: LOAD, if_true: 0, if_false: 0, value: offset }
}

fn jump(code: u16, value: u32, if_true: u8, if_false: u8) -> Instruction {
    Instruction { code, if_true, if_false, value }
}

fn result(value: u32) -> Instruction {
    Instruction { code: RETURN, if_true: 0, if_false: 0, value }
}

fn errno(number: i32) -> Instruction {
    result(ERRNO | number.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the program as the kernel would.
    fn run(call: libc::c_long, first_argument: u32, architecture: u32) -> u32 {
        let program = program();
        let (mut at, mut accumulator) = (0, 0_u32);
        loop {
            let Instruction { code, if_true, if_false, value } = program[at];
            let holds = match code {
                RETURN => return value,
                LOAD => {
                    accumulator = match value {
                        NUMBER => calls::number(call),
                        ARCHITECTURE => architecture,
                        FIRST_ARGUMENT => first_argument,
                        other => panic!("loads from {other}"),
                    };
                    at += 1;
                    continue;
                }
                AND => {
                    accumulator &= value;
                    at += 1;
                    continue;
                }
                EQUAL => accumulator == value,
                GREATER => accumulator > value,
                AT_LEAST => accumulator >= value,
                other => panic!("unknown instruction {other:#x}"),
            };
            at += 1 + usize::from(if holds { if_true } else { if_false });
        }
    }

    fn answer(call: libc::c_long, first_argument: u32) -> u32 {
        run(call, first_argument, AUDIT_ARCHITECTURE)
    }

    const NOT_PERMITTED: u32 = ERRNO | libc::EPERM.unsigned_abs();
    const NOT_THERE: u32 = ERRNO | libc::ENOSYS.unsigned_abs();

    #[test]
    fn every_listed_call_is_allowed() {
        for (name, number) in calls::allowed() {
            assert_eq!(answer(i64::from(number), 0), ALLOW, "{name}");
        }
    }

    #[test]
    fn what_reaches_beyond_the_capsule_is_refused() {
        for call in [
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_keyctl,
            libc::SYS_io_uring_setup,
            libc::SYS_init_module,
            libc::SYS_kexec_load,
            libc::SYS_open_by_handle_at,
            libc::SYS_userfaultfd,
            libc::SYS_move_mount,
            libc::SYS_fsopen,
            libc::SYS_reboot,
            libc::SYS_swapon,
        ] {
            assert_eq!(answer(call, 0), NOT_PERMITTED, "{call}");
        }
    }

    #[test]
    fn arguments_decide_where_they_must() {
        assert_eq!(answer(libc::SYS_clone, 0x0120_0011), ALLOW);
        assert_eq!(answer(libc::SYS_clone, 0x1000_0000), NOT_PERMITTED);
        assert_eq!(answer(libc::SYS_clone3, 0), NOT_THERE);
        assert_eq!(answer(libc::SYS_socket, 1), ALLOW);
        assert_eq!(answer(libc::SYS_socket, AF_VSOCK), NOT_PERMITTED);
        assert_eq!(answer(libc::SYS_personality, 0xffff_ffff), ALLOW);
        assert_eq!(answer(libc::SYS_personality, 0x0004_0000), NOT_PERMITTED);
    }

    #[test]
    fn what_does_not_exist_says_so() {
        assert_eq!(answer(i64::from(calls::YOUNGEST) + 1, 0), NOT_THERE);
        assert_eq!(answer(i64::from(X32), 0), NOT_THERE);
        assert_eq!(run(libc::SYS_read, 0, 0x4000_0003), NOT_THERE);
    }

    #[test]
    fn an_instruction_is_eight_bytes() {
        let program = program();
        assert_eq!(bytes(&program).len(), program.len() * 8);
        assert!(program.len() < 4096, "the kernel takes no more");
    }
}
