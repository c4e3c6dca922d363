//! The words of `nft`'s JSON that our rules are made of.

use std::{fmt::Display, net::Ipv4Addr, time::Duration};

use ipnet::Ipv4Net;
use serde_json::{Value, json};

/// A table that rules are written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    pub(super) fn add(self) -> Value {
        json!({ "add": { "table": { "family": "inet", "name": self.0 } } })
    }

    pub(super) fn delete(self) -> Value {
        json!({ "delete": { "table": { "family": "inet", "name": self.0 } } })
    }

    /// A chain that others jump to.
    pub(super) fn chain(self, name: &str) -> Value {
        json!({ "add": { "chain": { "family": "inet", "table": self.0, "name": name } } })
    }

    /// A chain that packets come through; what no rule of it speaks of goes on.
    pub(super) fn hooked(self, name: &str, kind: &str, hook: &str, priority: i32) -> Value {
        json!({ "add": { "chain": {
            "family": "inet", "table": self.0, "name": name,
            "type": kind, "hook": hook, "prio": priority, "policy": "accept",
        } } })
    }

    pub(super) fn flush_chain(self, name: &str) -> Value {
        json!({ "flush": { "chain": { "family": "inet", "table": self.0, "name": name } } })
    }

    pub(super) fn rule(self, chain: &str, parts: &[Value]) -> Value {
        json!({ "add": { "rule": { "family": "inet", "table": self.0, "chain": chain, "expr": parts } } })
    }

    /// A set of ranges of addresses.
    pub(super) fn ranges(self, name: &str) -> Value {
        // Ranges that come later may overlap those that are there.
        self.set(name, json!({ "flags": ["interval"], "auto-merge": true }))
    }

    /// A set of addresses that go by themselves.
    pub(super) fn passing(self, name: &str) -> Value {
        self.set(name, json!({ "flags": ["timeout"] }))
    }

    fn set(self, name: &str, mut set: Value) -> Value {
        for (key, value) in [("family", "inet"), ("table", self.0), ("name", name), ("type", "ipv4_addr")] {
            set[key] = json!(value);
        }
        json!({ "add": { "set": set } })
    }

    pub(super) fn flush_set(self, name: &str) -> Value {
        json!({ "flush": { "set": { "family": "inet", "table": self.0, "name": name } } })
    }

    /// Adds ranges that do not overlap. `None`: there is nothing to add.
    pub(super) fn add_ranges(self, name: &str, ranges: &[Ipv4Net]) -> Option<Value> {
        let elements: Vec<Value> = ranges
            .iter()
            .map(|range| json!({ "prefix": { "addr": range.network().to_string(), "len": range.prefix_len() } }))
            .collect();
        (!elements.is_empty()).then(|| self.elements("add", name, &elements))
    }

    /// Adds addresses, each for its time; those that are there already get the new time.
    pub(super) fn add_passing(self, name: &str, addresses: &[(Ipv4Addr, Duration)]) -> Vec<Value> {
        if addresses.is_empty() {
            return Vec::new();
        }
        let plain: Vec<Value> = addresses.iter().map(|(address, _)| json!(address.to_string())).collect();
        let timed: Vec<Value> = addresses
            .iter()
            .map(|(address, time)| json!({ "elem": { "val": address.to_string(), "timeout": time.as_secs().max(1) } }))
            .collect();
        // Kernels do not change the time of what is there. All three are one transaction.
        vec![
            self.elements("add", name, &timed),
            self.elements("delete", name, &plain),
            self.elements("add", name, &timed),
        ]
    }

    fn elements(self, verb: &str, name: &str, elements: &[Value]) -> Value {
        json!({ verb: { "element": { "family": "inet", "table": self.0, "name": name, "elem": elements } } })
    }
}

fn matches(operator: &str, left: &Value, right: &Value) -> Value {
    json!({ "match": { "op": operator, "left": left, "right": right } })
}

/// The packet came in by a link; `*` at the end stands for the rest of a name.
pub(super) fn from(link: &str) -> Value {
    matches("==", &json!({ "meta": { "key": "iifname" } }), &json!(link))
}

/// The packet goes out by a link.
pub(super) fn to(link: &str) -> Value {
    matches("==", &json!({ "meta": { "key": "oifname" } }), &json!(link))
}

/// The packet goes out by another link than this one.
pub(super) fn not_to(link: &str) -> Value {
    matches("!=", &json!({ "meta": { "key": "oifname" } }), &json!(link))
}

pub(super) fn ipv6() -> Value {
    matches("==", &json!({ "meta": { "key": "nfproto" } }), &json!("ipv6"))
}

pub(super) fn protocol(name: &str) -> Value {
    matches("==", &json!({ "meta": { "key": "l4proto" } }), &json!(name))
}

/// A field of a header has a value.
pub(super) fn field(protocol: &str, field: &str, value: impl Display) -> Value {
    matches("==", &payload(protocol, field), &json!(value.to_string()))
}

pub(super) fn not_field(protocol: &str, field: &str, value: impl Display) -> Value {
    matches("!=", &payload(protocol, field), &json!(value.to_string()))
}

pub(super) fn destination_in(set: &str) -> Value {
    matches("==", &payload("ip", "daddr"), &json!(format!("@{set}")))
}

pub(super) fn destination_not_in(set: &str) -> Value {
    matches("!=", &payload("ip", "daddr"), &json!(format!("@{set}")))
}

/// The packet belongs to a connection of which both sides have been heard, or tells of its fault.
pub(super) fn established() -> Value {
    matches("in", &json!({ "ct": { "key": "state" } }), &json!(["established", "related"]))
}

pub(super) fn marked(mark: u32) -> Value {
    matches("==", &json!({ "ct": { "key": "mark" } }), &json!(mark))
}

pub(super) fn set_mark(mark: u32) -> Value {
    json!({ "mangle": { "key": { "ct": { "key": "mark" } }, "value": mark } })
}

/// No answer would go back by the link that the packet came in by: its source is not the one that is there.
pub(super) fn spoofed() -> Value {
    matches("==", &json!({ "fib": { "result": "oif", "flags": ["saddr", "iif"] } }), &json!(false))
}

pub(super) fn accept() -> Value {
    json!({ "accept": null })
}

pub(super) fn drop() -> Value {
    json!({ "drop": null })
}

/// Refused so that the program hears of it at once.
pub(super) fn reject() -> Value {
    json!({ "reject": { "type": "icmpx", "expr": "admin-prohibited" } })
}

/// A connection is cut so that both of its programs hear of it at once.
pub(super) fn reset() -> Value {
    json!({ "reject": { "type": "tcp reset" } })
}

pub(super) fn jump(chain: &str) -> Value {
    json!({ "jump": { "target": chain } })
}

pub(super) fn masquerade() -> Value {
    json!({ "masquerade": null })
}

fn payload(protocol: &str, field: &str) -> Value {
    json!({ "payload": { "protocol": protocol, "field": field } })
}
