//! The making of a slot, and the end of its link.

use std::{fs, io, net::Ipv4Addr};

use futures_util::{StreamExt as _, TryStreamExt as _};
use ipnet::Ipv4Net;
use rtnetlink::{
    Handle, LinkMessageBuilder, LinkUnspec, LinkVeth, RouteMessageBuilder,
    packet_route::link::{InfoData, InfoVeth, LinkAttribute},
};
use wrenn_runtime::{NetworkNamespace, prepare_network};

use crate::{
    dns,
    error::{Error, Result},
    range::{PREFIX, Pair},
    rules,
};

const LINK: &str = "eth0";

/// Makes a namespace with a link to the machine's. Blocks, and leaves the calling thread in the new namespace. `None`: the
/// addresses are another's.
pub(crate) fn make(pair: Pair, operator: &[Ipv4Net]) -> Result<Option<NetworkNamespace>> {
    let namespace = NetworkNamespace::empty()?;
    namespace.run(prepare_inside)??;
    let executor = executor()?;
    let linked = executor.block_on(async {
        let netlink = connect()?;
        link(&netlink, pair, &namespace).await
    })?;
    if !linked {
        return Ok(None);
    }
    namespace.enter()?;
    executor.block_on(async {
        let netlink = connect()?;
        set_up(&netlink, pair).await
    })?;
    rules::apply("prepare a capsule's network", &rules::slot_table(pair.guest, operator))?;
    Ok(Some(namespace))
}

/// A short-lived runtime for one thread.
pub(crate) fn executor() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::system("start a runtime"))
}

/// A connection to the kernel about the namespace of the calling thread.
pub(crate) fn connect() -> Result<Handle> {
    let (connection, handle, _) =
        rtnetlink::new_connection().map_err(Error::system("open a netlink socket"))?;
    tokio::spawn(connection);
    Ok(handle)
}

fn prepare_inside() -> Result<()> {
    prepare_network()?;
    // The link that is to come has no IPv6, not even addresses of its own making; loopback has.
    write_setting("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1")?;
    // For virtual machines, whose packets go through, and of which each that is refused is answered.
    write_setting("/proc/sys/net/ipv4/ip_forward", "1")?;
    write_setting("/proc/sys/net/ipv4/icmp_ratelimit", "0")
}

fn write_setting(path: &str, value: &str) -> Result<()> {
    match fs::write(path, value) {
        // A kernel without IPv6 has no such file.
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file("write", path)(error)),
        _ => Ok(()),
    }
}

/// Makes the link and sets up the machine's end of it. False: there is one with these addresses.
async fn link(netlink: &Handle, pair: Pair, namespace: &NetworkNamespace) -> Result<bool> {
    use std::os::fd::{AsFd as _, AsRawFd as _};
    let name = pair.link_name();
    let inner: LinkMessageBuilder<LinkUnspec> = LinkUnspec::new_with_name(LINK);
    let inner = inner.setns_by_fd(namespace.as_fd().as_raw_fd()).build();
    let pair_of_links =
        LinkVeth::new(&name, LINK).set_info_data(InfoData::Veth(InfoVeth::Peer(inner))).build();
    match netlink.link().add(pair_of_links).execute().await {
        Ok(()) => {}
        Err(rtnetlink::Error::NetlinkError(error)) if error.raw_code() == -17 => return Ok(false),
        Err(error) => return Err(Error::link("make a capsule's link")(error)),
    }
    write_setting(&format!("/proc/sys/net/ipv6/conf/{name}/disable_ipv6"), "1")?;
    let index = index(netlink, &name).await?;
    let address = netlink.address().add(index, pair.host.into(), 31);
    address.execute().await.map_err(Error::link("give a capsule's link its address"))?;
    let up = LinkUnspec::new_with_index(index).up().build();
    netlink.link().set(up).execute().await.map_err(Error::link("bring a capsule's link up"))?;
    Ok(true)
}

/// Sets up the capsule's end, in its namespace.
async fn set_up(netlink: &Handle, pair: Pair) -> Result<()> {
    let loopback = netlink.address().add(1, dns::ADDRESS.into(), 32);
    loopback.execute().await.map_err(Error::link("give a capsule's loopback an address"))?;
    let index = index(netlink, LINK).await?;
    let address = netlink.address().add(index, pair.guest.into(), 31);
    address.execute().await.map_err(Error::link("give a capsule its address"))?;
    let up = LinkUnspec::new_with_index(index).up().build();
    netlink.link().set(up).execute().await.map_err(Error::link("bring a capsule's link up"))?;
    let route = RouteMessageBuilder::<Ipv4Addr>::new().gateway(pair.host).build();
    netlink.route().add(route).execute().await.map_err(Error::link("give a capsule its route"))
}

async fn index(netlink: &Handle, name: &str) -> Result<u32> {
    let mut found = Box::pin(netlink.link().get().match_name(name.to_owned()).execute());
    let found = found.try_next().await.map_err(Error::link("find a capsule's link"))?;
    let missing = || Error::system("find a capsule's link")(io::Error::from(io::ErrorKind::NotFound));
    Ok(found.ok_or_else(missing)?.header.index)
}

/// The names of all links of capsules in the machine's namespace.
pub(crate) async fn links(netlink: &Handle) -> Result<Vec<String>> {
    let all = netlink.link().get().execute();
    let names = all.filter_map(|link| async move {
        link.ok()?.attributes.into_iter().find_map(|attribute| match attribute {
            LinkAttribute::IfName(name) if name.starts_with(PREFIX) => Some(name),
            _ => None,
        })
    });
    Ok(names.collect().await)
}
