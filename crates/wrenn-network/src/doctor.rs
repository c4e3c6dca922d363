//! What this machine can and cannot do for the network of capsules.

use std::fs;

use wrenn_runtime::{NetworkNamespace, doctor::Check};

use crate::{
    Range,
    networks::overlapping_route,
    rules,
    slot::{connect, executor},
};

const RULES: &str = "network rules";
const RANGE: &str = "network range";
const FORWARDING: &str = "forwarding";
const FIREWALL: &str = "other firewalls";

/// Looks at what the network of capsules needs, for capsules with addresses of `range`. Changes nothing that lasts.
pub async fn examine(range: Range) -> Vec<Check> {
    let checks =
        tokio::task::spawn_blocking(move || vec![rules_work(), range_free(range), forwarding(), firewalls()]);
    checks.await.unwrap_or_default()
}

/// Tries all rules in a namespace that is gone afterwards.
fn rules_work() -> Check {
    let tried = NetworkNamespace::loopback().map_err(crate::Error::from).and_then(|namespace| {
        namespace.run(|| {
            rules::apply("try the rules of the machine", &rules::host_table(&[], true))?;
            let guest = std::net::Ipv4Addr::new(10, 213, 0, 1);
            rules::apply("try the rules of a capsule", &rules::slot_table(guest, &[]))
        })?
    });
    match tried {
        Ok(()) => Check::good(RULES, "nft works"),
        Err(error) => Check::bad(
            RULES,
            error.to_string(),
            "install it, as in `apt-get install nftables`, or run capsules without a network: `wrenn serve --network none`",
        ),
    }
}

fn range_free(range: Range) -> Check {
    let found = executor().and_then(|executor| {
        executor.block_on(async {
            let netlink = connect()?;
            overlapping_route(&netlink, range).await
        })
    });
    match found {
        Ok(None) => Check::good(RANGE, format!("{range} is free")),
        Ok(Some(other)) => Check::bad(
            RANGE,
            format!("{range} overlaps {other}, which this machine has a route to"),
            "choose another private range: `wrenn serve --network-range 10.77.0.0/16`",
        ),
        Err(error) => Check::warning(RANGE, error.to_string(), "run this as root"),
    }
}

fn forwarding() -> Check {
    match fs::read_to_string("/proc/sys/net/ipv4/ip_forward") {
        Ok(state) if state.trim() == "1" => Check::good(FORWARDING, "net.ipv4.ip_forward is on"),
        Ok(_) => {
            Check::good(FORWARDING, "net.ipv4.ip_forward is off; the server switches it on when it starts")
        }
        Err(error) => Check::bad(FORWARDING, error.to_string(), "use a kernel with IPv4"),
    }
}

/// What we accept, others may still drop.
fn firewalls() -> Check {
    let found = rules::list().map(|rules| dropping_tables(&rules)).unwrap_or_default();
    if found.is_empty() {
        return Check::good(FIREWALL, "none that drops what capsules send");
    }
    Check::warning(
        FIREWALL,
        format!("{} drops forwarded packets by default", found.join(", ")),
        "let packets from and to `wrn*` pass in it; for Docker: `iptables -I DOCKER-USER -i wrn+ -j ACCEPT` and the same with `-o wrn+`",
    )
}

/// The tables of others with a forward chain that drops what no rule accepts.
fn dropping_tables(rules: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut table = "";
    for line in rules.lines() {
        if let Some(name) = line.strip_prefix("table ") {
            table = name.trim_end_matches([' ', '{']);
        }
        if line.contains("hook forward") && line.contains("policy drop") && table != "inet wrenn" {
            found.push(format!("table {table}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firewall_that_drops_is_named() {
        let rules = "table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n\
                     table inet wrenn {\n\tchain forwarding {\n\t\ttype filter hook forward priority -10; policy accept;\n";
        assert_eq!(dropping_tables(rules), ["table ip filter"]);
        assert!(dropping_tables("").is_empty());
    }

    #[tokio::test]
    async fn a_machine_that_runs_these_tests_is_found_able() {
        use wrenn_runtime::doctor::Status;
        let checks = examine(crate::DEFAULT_RANGE.parse().unwrap()).await;
        assert_eq!(checks.len(), 4);
        assert!(checks.iter().all(|check| check.status != Status::Bad), "{checks:?}");
    }
}
