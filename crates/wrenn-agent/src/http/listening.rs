//! Which addresses of this machine something listens on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The state of a listening socket in the kernel's tables.
const LISTENING: &str = "0A";

/// The addresses of this machine on which something listens at a port. Link-local ones are not the machine's own: the
/// host may answer there.
pub(super) async fn addresses(port: u16) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        // There is no second table where there is no IPv6.
        let text = tokio::fs::read_to_string(table).await.unwrap_or_default();
        found.extend(text.lines().skip(1).filter_map(|line| listener(line, port)));
    }
    found.retain(|address| !is_link_local(*address));
    found.sort_unstable();
    found.dedup();
    found
}

fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// The address in a line of a table, if something listens there at that port.
fn listener(line: &str, port: u16) -> Option<IpAddr> {
    let mut fields = line.split_whitespace().skip(1);
    let (address, number) = fields.next()?.split_once(':')?;
    let is_listening = fields.nth(1)? == LISTENING && u16::from_str_radix(number, 16).ok()? == port;
    is_listening.then(|| parse(address)).flatten()
}

/// Words of four bytes, each in this machine's order.
fn parse(address: &str) -> Option<IpAddr> {
    let mut bytes = Vec::with_capacity(16);
    for at in (0..address.len()).step_by(8) {
        let word = u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let v6 = <[u8; 16]>::try_from(bytes.as_slice()).map(Ipv6Addr::from).map(IpAddr::V6);
    let v4 = <[u8; 4]>::try_from(bytes.as_slice()).map(Ipv4Addr::from).map(IpAddr::V4);
    v6.or(v4).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn lines_of_the_kernel_are_read() {
        let v4 =
            "   0: 0500007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1";
        assert_eq!(listener(v4, 8080), Some("127.0.0.5".parse().unwrap()));
        assert_eq!(listener(v4, 8081), None);
        assert_eq!(listener(&v4.replace(" 0A ", " 01 "), 8080), None);
        assert!(is_link_local("169.254.1.53".parse().unwrap()) && is_link_local("fe80::1".parse().unwrap()));
        assert!(!is_link_local("10.0.0.2".parse().unwrap()) && !is_link_local("::1".parse().unwrap()));
        let v6 = "   1: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0 0 0";
        assert_eq!(listener(v6, 80), Some("2001:db8::1".parse().unwrap()));
        for nonsense in
            ["", "x", "0: 0:0 0 0A", "0: 0100007:0050 00000000:0000 0A", "sl local_address rem st"]
        {
            assert_eq!(listener(nonsense, 80), None, "{nonsense}");
        }
    }
}
