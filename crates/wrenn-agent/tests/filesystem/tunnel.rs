//! `CONNECT`.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wrenn_agent_proto::ErrorCode;

use crate::fixture::{TestAgent, soon};

#[tokio::test]
async fn bytes_pass_both_ways_and_each_way_ends_by_itself() {
    let agent = TestAgent::start().await;
    for address in ["127.0.0.1:0", "[::1]:0", "127.0.0.5:0", "0.0.0.0:0", "[::]:0"] {
        let Ok(listener) = TcpListener::bind(address).await else { continue };
        let port = listener.local_addr().unwrap().port();
        let service = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).await.unwrap();
            heard.reverse();
            stream.write_all(&heard).await.unwrap();
        });
        let mut tunnel = agent.client.tunnel(port).await.unwrap();
        let sent: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 255) as u8).collect();
        tunnel.write_all(&sent).await.unwrap();
        tunnel.shutdown().await.unwrap();
        let mut heard = Vec::new();
        soon("the echo", tunnel.read_to_end(&mut heard)).await.unwrap();
        heard.reverse();
        assert!(heard == sent, "{address}");
        service.await.unwrap();
    }
}

#[tokio::test]
async fn where_nothing_listens_there_is_no_tunnel() {
    let agent = TestAgent::start().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = agent.client.tunnel(free).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::Unavailable), "{error:?}");
}
