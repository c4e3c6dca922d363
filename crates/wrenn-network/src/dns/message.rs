//! Questions and answers.

use std::{net::Ipv4Addr, time::Duration};

use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, TYPE, rdata::RData};

/// What a query asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) id: u16,
    /// In lower case, without a dot at its end.
    pub(super) name: String,
    kind: QTYPE,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    NoSuchName,
    Failed,
}

/// An answer that the capsule may see.
pub(super) struct Screened {
    pub(super) bytes: Vec<u8>,
    /// The addresses in it, and how long they hold.
    pub(super) addresses: Vec<(Ipv4Addr, Duration)>,
}

impl Question {
    /// Reads a query with exactly one question.
    pub(super) fn parse(query: &[u8]) -> Option<Self> {
        let packet = Packet::parse(query).ok()?;
        (!packet.has_flags(PacketFlag::RESPONSE)).then(|| Self::of(&packet))?
    }

    /// Whether a response is one to this question, apart from its id.
    pub(super) fn is_answered_by(&self, response: &[u8]) -> bool {
        let Ok(packet) = Packet::parse(response) else { return false };
        packet.has_flags(PacketFlag::RESPONSE)
            && Self::of(&packet)
                .is_some_and(|asked| (asked.name, asked.kind) == (self.name.clone(), self.kind))
    }

    fn of(packet: &Packet<'_>) -> Option<Self> {
        let [question] = packet.questions.as_slice() else { return None };
        let name = question.qname.to_string().to_ascii_lowercase();
        Some(Self { id: packet.id(), name, kind: question.qtype })
    }
}

/// A query for the addresses of a name.
pub(super) fn query(name: &str) -> Option<Vec<u8>> {
    let mut packet = Packet::new_query(0);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let class = QCLASS::CLASS(CLASS::IN);
    let question = simple_dns::Question::new(Name::new(name).ok()?, QTYPE::TYPE(TYPE::A), class, false);
    packet.questions.push(question);
    packet.build_bytes_vec().ok()
}

/// Answers a query that gets no answer.
pub(super) fn trouble(query: &[u8], trouble: Trouble) -> Option<Vec<u8>> {
    let mut reply = Packet::parse(query).ok()?.into_reply();
    reply.set_flags(PacketFlag::RESPONSE | PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
    reply.answers.clear();
    reply.name_servers.clear();
    reply.additional_records.clear();
    *reply.rcode_mut() = match trouble {
        Trouble::NoSuchName => RCODE::NameError,
        Trouble::Failed => RCODE::ServerFailure,
    };
    reply.build_bytes_vec().ok()
}

/// Leaves out the addresses that the capsule may not reach. `None`: the response makes no sense.
pub(super) fn screen(response: Vec<u8>, is_blocked: impl Fn(Ipv4Addr) -> bool) -> Option<Screened> {
    let mut addresses = Vec::new();
    let rebuilt = {
        let mut packet = Packet::parse(&response).ok()?;
        let mut left_out = false;
        for section in [&mut packet.answers, &mut packet.additional_records] {
            section.retain(|record| {
                let fine = match &record.rdata {
                    RData::A(address) => !is_blocked(address.address.into()),
                    RData::AAAA(_) => false,
                    _ => true,
                };
                left_out |= !fine;
                fine
            });
        }
        for record in &packet.answers {
            if let RData::A(address) = &record.rdata {
                addresses.push((address.address.into(), Duration::from_secs(record.ttl.into())));
            }
        }
        if left_out { Some(packet.build_bytes_vec_compressed().ok()?) } else { None }
    };
    Some(Screened { bytes: rebuilt.unwrap_or(response), addresses })
}

#[cfg(test)]
mod tests {
    use simple_dns::{ResourceRecord, rdata::AAAA};

    use super::*;

    fn response(addresses: &[[u8; 4]]) -> Vec<u8> {
        let query = query("Example.com").unwrap();
        let mut packet = Packet::parse(&query).unwrap().into_reply();
        packet.set_flags(PacketFlag::RESPONSE);
        for address in addresses {
            let data = RData::A(Ipv4Addr::from(*address).into());
            packet.answers.push(ResourceRecord::new(Name::new("example.com").unwrap(), CLASS::IN, 60, data));
        }
        packet.build_bytes_vec().unwrap()
    }

    #[test]
    fn a_question_is_known_again_whatever_its_case() {
        let bytes = query("WWW.Example.com").unwrap();
        let question = Question::parse(&bytes).unwrap();
        assert_eq!(question.name, "www.example.com");
        let answer = trouble(&bytes, Trouble::NoSuchName).unwrap();
        assert!(question.is_answered_by(&answer));
        assert!(Question::parse(&answer).is_none(), "an answer is no question");
        assert!(!Question::parse(&query("other.com").unwrap()).unwrap().is_answered_by(&answer));
        assert_eq!(Packet::parse(&answer).unwrap().rcode(), RCODE::NameError);
        for broken in [&b""[..], b"abc", &bytes[..bytes.len() - 1], &[0xff; 40]] {
            assert!(Question::parse(broken).is_none());
            assert!(!question.is_answered_by(broken));
        }
    }

    #[test]
    fn a_dot_in_a_label_is_not_taken_for_a_border() {
        let mut bytes = query("evil-example.com").unwrap();
        let at = bytes.windows(4).position(|four| four == b"evil").unwrap();
        bytes[at + 4] = b'.';
        assert_eq!(Question::parse(&bytes).unwrap().name, "evil\\.example.com");
    }

    #[test]
    fn blocked_addresses_are_left_out_and_others_reported() {
        let original = response(&[[1, 2, 3, 4], [10, 0, 0, 1]]);
        let screened = screen(original.clone(), |address| address.is_private()).unwrap();
        assert_eq!(screened.addresses, [("1.2.3.4".parse().unwrap(), Duration::from_secs(60))]);
        assert_eq!(Packet::parse(&screened.bytes).unwrap().answers.len(), 1);
        let untouched = screen(original.clone(), |_| false).unwrap();
        assert_eq!(untouched.bytes, original);
        assert!(screen(b"nonsense".to_vec(), |_| false).is_none());
    }

    #[test]
    fn addresses_that_capsules_cannot_have_are_left_out() {
        let bytes = response(&[[1, 2, 3, 4]]);
        let mut packet = Packet::parse(&bytes).unwrap();
        let data = RData::AAAA(AAAA { address: 1 });
        packet.answers.push(ResourceRecord::new(Name::new("example.com").unwrap(), CLASS::IN, 60, data));
        let screened = screen(packet.build_bytes_vec().unwrap(), |_| false).unwrap();
        assert_eq!(Packet::parse(&screened.bytes).unwrap().answers.len(), 1);
    }
}
