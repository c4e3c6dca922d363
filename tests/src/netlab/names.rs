//! The names of the test's internet.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
};

use simple_dns::{CLASS, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE, rdata::RData};

/// The addresses of each name, and for how many seconds they may be kept.
type Records = HashMap<String, (Vec<Ipv4Addr>, u32)>;

/// Which name has which addresses, to be changed at any time.
#[derive(Debug, Clone, Default)]
pub struct Names {
    records: Arc<Mutex<Records>>,
}

impl Names {
    /// Gives a name addresses, to be kept by who asks for so many seconds.
    ///
    /// # Panics
    /// When one is no address.
    pub fn set(&self, name: &str, addresses: &[&str], seconds: u32) {
        let addresses = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.insert(name.to_owned(), (addresses, seconds));
    }

    pub(super) fn serve(&self, udp: UdpSocket, tcp: TcpListener) {
        let names = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                if let Some(answer) = names.answer(&buffer[..length]) {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        let names = self.clone();
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let mut length = [0; 2];
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut query = vec![0; u16::from_be_bytes(length).into()];
                if stream.read_exact(&mut query).is_ok()
                    && let Some(answer) = names.answer(&query)
                {
                    let length = u16::try_from(answer.len()).unwrap_or_default().to_be_bytes();
                    let _ = stream.write_all(&[&length[..], &answer].concat());
                }
            }
        });
    }

    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let mut reply = Packet::parse(query).ok()?.into_reply();
        reply.set_flags(PacketFlag::RECURSION_AVAILABLE | PacketFlag::RECURSION_DESIRED);
        let question = reply.questions.first()?.clone();
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        match records.get(&question.qname.to_string().to_ascii_lowercase()) {
            None => *reply.rcode_mut() = RCODE::NameError,
            Some((addresses, seconds)) if question.qtype == QTYPE::TYPE(TYPE::A) => {
                reply.answers.extend(addresses.iter().map(|address| {
                    ResourceRecord::new(
                        question.qname.clone(),
                        CLASS::IN,
                        *seconds,
                        RData::A((*address).into()),
                    )
                }));
            }
            Some(_) => {}
        }
        reply.build_bytes_vec().ok()
    }
}
