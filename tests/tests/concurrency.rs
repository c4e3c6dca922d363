//! A hundred capsules at once.

use futures_util::future::join_all;
use wrenn_tests::TestServer;

#[tokio::test]
async fn a_hundred_capsules_are_created_at_once_and_all_work() {
    let server = TestServer::start().await;
    let client = server.client();
    let outcomes = join_all((0..100).map(|number| {
        let client = client.clone();
        async move {
            let capsule = client.create_capsule("minimal").await?;
            // So many virtual machines in software take longer than an answer waits.
            capsule.wait_for_ready_within(std::time::Duration::from_secs(300)).await?;
            let output = capsule.commands().exec("echo").arg(number.to_string()).await?;
            assert_eq!(output.stdout, format!("{number}\n"));
            Ok::<_, wrenn::Error>(capsule)
        }
    }))
    .await;
    let failed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(failed.is_empty(), "{} of 100 failed: {failed:?}", failed.len());
    join_all(outcomes.into_iter().flatten().map(|capsule| async move { capsule.destroy().await.unwrap() }))
        .await;
    server.assert_clean().await;
}

#[tokio::test]
async fn two_capsules_see_nothing_of_each_other() {
    let server = TestServer::start().await;
    let (one, other) = (server.capsule().await, server.capsule().await);
    one.files().write("/tmp/secret", "of one").await.unwrap();
    assert!(!other.files().exists("/tmp/secret").await.unwrap());
    one.commands().start("sleep").arg("4242").await.unwrap();
    let seen = other.commands().exec("pgrep").args(["-f", "4242"]).await.unwrap();
    assert_eq!((seen.exit_code, seen.stdout.as_str()), (1, ""), "it sees the other's process");
    server.assert_clean().await;
}
