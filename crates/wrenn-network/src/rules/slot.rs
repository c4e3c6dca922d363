//! The table in a capsule's network namespace: its policy, and what holds for all. Refused packets are answered, so that
//! programs fail at once and do not hang.

use std::{net::Ipv4Addr, time::Duration};

use ipnet::Ipv4Net;
use serde_json::Value;

use super::json::{
    Table, accept, destination_in, destination_not_in, drop, established, field, from, ipv6, jump, marked,
    masquerade, not_field, not_to, protocol, reject, reset, set_mark, to,
};
use crate::{
    blocked, dns,
    policy::Policy,
    slot::{VM_GATEWAY, VM_GUEST, VM_LINK},
};

const TABLE: Table = Table("capsule");
const LINK: &str = "eth0";
const POLICY: &str = "policy";
const BLOCKED: &str = "blocked";
const OPERATOR: &str = "operator";
const ALLOW: &str = "allow";
const DENY: &str = "deny";
/// The addresses that names of the policy have at the moment.
const ALLOW_NAMES: &str = "allow_names";
const DENY_NAMES: &str = "deny_names";

/// The table of a slot whose address is `guest`, with the policy that everything is allowed. `operator` is what the
/// operator allows of what is blocked.
pub(crate) fn table(guest: Ipv4Addr, operator: &[Ipv4Net]) -> Vec<Value> {
    let mut commands = vec![
        TABLE.add(),
        TABLE.delete(),
        TABLE.add(),
        TABLE.ranges(BLOCKED),
        TABLE.ranges(OPERATOR),
        TABLE.ranges(ALLOW),
        TABLE.ranges(DENY),
        TABLE.passing(ALLOW_NAMES),
        TABLE.passing(DENY_NAMES),
        TABLE.chain(POLICY),
        TABLE.hooked("output", "filter", "output", 0),
        TABLE.hooked("forwarding", "filter", "forward", 0),
        TABLE.hooked("input", "filter", "input", 0),
        TABLE.hooked("leaving", "nat", "postrouting", 100),
    ];
    commands.extend(TABLE.add_ranges(BLOCKED, &blocked::ranges()));
    commands.extend(TABLE.add_ranges(OPERATOR, &Ipv4Net::aggregate(&operator.to_vec())));
    commands.extend([
        TABLE.rule("output", &[to("lo"), accept()]),
        // Answers of ours to the virtual machine.
        TABLE.rule("output", &[to(VM_LINK), established(), accept()]),
        TABLE.rule("output", &[not_to(LINK), reject()]),
        TABLE.rule("output", &[ipv6(), reject()]),
        TABLE.rule("output", &[not_field("ip", "saddr", guest), drop()]),
        TABLE.rule("output", &[jump(POLICY)]),
        TABLE.rule("forwarding", &[ipv6(), drop()]),
        TABLE.rule("forwarding", &[from(LINK), to(VM_LINK), established(), accept()]),
        TABLE.rule("forwarding", &[from(VM_LINK), not_field("ip", "saddr", VM_GUEST), drop()]),
        TABLE.rule("forwarding", &[from(VM_LINK), to(LINK), jump(POLICY)]),
        TABLE.rule("forwarding", &[drop()]),
        TABLE.rule("input", &[from("lo"), accept()]),
        TABLE.rule("input", &[established(), accept()]),
    ]);
    for kind in ["udp", "tcp"] {
        let to_dns = [from(VM_LINK), field("ip", "daddr", dns::ADDRESS), field(kind, "dport", 53), accept()];
        commands.push(TABLE.rule("input", &to_dns));
    }
    commands.extend([
        TABLE.rule(
            "input",
            &[
                from(VM_LINK),
                field("ip", "daddr", VM_GATEWAY),
                field("icmp", "type", "echo-request"),
                accept(),
            ],
        ),
        TABLE.rule("input", &[drop()]),
        TABLE.rule("leaving", &[from(VM_LINK), to(LINK), masquerade()]),
    ]);
    commands.extend(policy(&Policy::default()));
    commands
}

/// Puts what the operator allows of what is blocked in the place of what an earlier server's did.
pub(crate) fn operator(ranges: &[Ipv4Net]) -> Vec<Value> {
    let mut commands = vec![TABLE.flush_set(OPERATOR)];
    commands.extend(TABLE.add_ranges(OPERATOR, &Ipv4Net::aggregate(&ranges.to_vec())));
    commands
}

/// Puts a policy in the place of the one that is there. Every packet is held against it, so that connections that it does
/// not allow end. Addresses that were learned from names stay.
pub(crate) fn policy(policy: &Policy) -> Vec<Value> {
    let mark = policy.mark();
    let mut commands = vec![TABLE.flush_chain(POLICY), TABLE.flush_set(ALLOW), TABLE.flush_set(DENY)];
    commands.extend(TABLE.add_ranges(ALLOW, &policy.allow.networks));
    commands.extend(TABLE.add_ranges(DENY, &policy.deny.networks));
    let refuse = |conditions: &[Value]| {
        let with = |more: &[Value]| [conditions, more].concat();
        vec![
            // A connection that was there before is cut.
            TABLE.rule(POLICY, &with(&[protocol("tcp"), established(), reset()])),
            TABLE.rule(POLICY, &with(&[reject()])),
        ]
    };
    commands.extend(refuse(&[destination_in(BLOCKED), destination_not_in(OPERATOR)]));
    commands.extend([
        TABLE.rule(POLICY, &[destination_in(ALLOW), accept()]),
        // Its address may have another name by now, but the connection was made while it had the allowed one.
        TABLE.rule(POLICY, &[established(), marked(mark), accept()]),
        TABLE.rule(POLICY, &[destination_in(ALLOW_NAMES), set_mark(mark), accept()]),
    ]);
    commands.extend(refuse(&[destination_in(DENY)]));
    commands.extend(refuse(&[destination_in(DENY_NAMES)]));
    if policy.open {
        commands.push(TABLE.rule(POLICY, &[accept()]));
    } else {
        commands.extend(refuse(&[]));
    }
    commands
}

/// Lets the addresses of allowed names be reached for a time. `anew`: those that are there are forgotten.
pub(crate) fn learn(addresses: &[(Ipv4Addr, Duration)], anew: bool) -> Vec<Value> {
    replace(ALLOW_NAMES, addresses, anew)
}

/// Refuses the addresses of denied names for a time. `anew`: those that are there are forgotten.
pub(crate) fn deny(addresses: &[(Ipv4Addr, Duration)], anew: bool) -> Vec<Value> {
    replace(DENY_NAMES, addresses, anew)
}

fn replace(set: &str, addresses: &[(Ipv4Addr, Duration)], anew: bool) -> Vec<Value> {
    let mut commands = Vec::new();
    if anew {
        commands.push(TABLE.flush_set(set));
    }
    commands.extend(TABLE.add_passing(set, addresses));
    commands
}
