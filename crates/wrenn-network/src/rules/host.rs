//! The machine's own table: what no capsule may do, whichever it is.
//!
//! Nothing in it is about a single capsule, so that all servers of a machine share it and it costs nothing to make one.

use ipnet::Ipv4Net;
use serde_json::Value;

use super::json::{
    Table, accept, destination_in, destination_not_in, drop, established, from, ipv6, masquerade, reject,
    spoofed, to,
};
use crate::blocked;

const TABLE: Table = Table("wrenn");
/// Every link of a capsule, at the machine's end.
const CAPSULES: &str = "wrn*";
const BLOCKED: &str = "blocked";
const OPERATOR: &str = "operator";
/// Before the rules of others, so that nothing that they accept reaches what we refuse.
const EARLY: i32 = -10;

/// Makes the table, or makes it anew. What operators of several servers allow adds up here, unless it is `alone`; each
/// capsule's own table knows only what its own server's does.
pub(crate) fn table(allowed: &[Ipv4Net], alone: bool) -> Vec<Value> {
    let chains = ["arriving", "input", "forwarding", "output", "leaving"];
    let mut commands = vec![
        TABLE.add(),
        TABLE.ranges(BLOCKED),
        TABLE.ranges(OPERATOR),
        // -300: before connections are tracked.
        TABLE.hooked("arriving", "filter", "prerouting", -300),
        TABLE.hooked("input", "filter", "input", EARLY),
        TABLE.hooked("forwarding", "filter", "forward", EARLY),
        TABLE.hooked("output", "filter", "output", EARLY),
        TABLE.hooked("leaving", "nat", "postrouting", 100),
    ];
    commands.extend(chains.map(|chain| TABLE.flush_chain(chain)));
    commands.push(TABLE.flush_set(BLOCKED));
    commands.extend(TABLE.add_ranges(BLOCKED, &blocked::ranges()));
    if alone {
        commands.push(TABLE.flush_set(OPERATOR));
    }
    commands.extend(allowed.iter().filter_map(|range| TABLE.add_ranges(OPERATOR, &[*range])));
    commands.extend([
        TABLE.rule("arriving", &[from(CAPSULES), ipv6(), drop()]),
        TABLE.rule("arriving", &[from(CAPSULES), spoofed(), drop()]),
        // Nothing of the machine itself is for capsules, on none of its addresses; nor opens it connections to them.
        TABLE.rule("input", &[from(CAPSULES), reject()]),
        TABLE.rule("output", &[to(CAPSULES), established(), accept()]),
        TABLE.rule("output", &[to(CAPSULES), drop()]),
        TABLE.rule("forwarding", &[from(CAPSULES), to(CAPSULES), drop()]),
        TABLE.rule("forwarding", &[to(CAPSULES), established(), accept()]),
        TABLE.rule("forwarding", &[to(CAPSULES), drop()]),
        TABLE.rule(
            "forwarding",
            &[from(CAPSULES), destination_in(BLOCKED), destination_not_in(OPERATOR), reject()],
        ),
        TABLE.rule("leaving", &[from(CAPSULES), masquerade()]),
    ]);
    commands
}

/// Takes the table away.
pub(crate) fn delete() -> Vec<Value> {
    vec![TABLE.add(), TABLE.delete()]
}
