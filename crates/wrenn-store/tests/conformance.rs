//! What every database behind the store has to do: here SQLite, in memory and as a file.

use std::collections::{BTreeMap, HashSet};

use tempfile::TempDir;
use wrenn_api::{Capsule, CapsuleId, CapsuleStatus, KeyId, RuntimeKind, TeamId, Timestamp, UserId};
use wrenn_store::{ApiKey, CapsuleFilter, CapsuleRow, NewOwner, Sample, StatsRow, Store, UsageRow};

struct Databases {
    stores: Vec<Store>,
    _dir: TempDir,
}

async fn databases() -> Databases {
    let dir = TempDir::new().unwrap();
    let file = Store::open(&dir.path().join("wrenn.db")).await.unwrap();
    Databases { stores: vec![file, Store::in_memory().await.unwrap()], _dir: dir }
}

fn key(team: &TeamId, name: &str, at: i64) -> ApiKey {
    ApiKey {
        id: KeyId::generate(),
        team_id: team.clone(),
        name: name.to_owned(),
        key_prefix: "wrn_ab12cd34...".to_owned(),
        created_at: Timestamp::from_unix_ms(at),
        last_used: None,
    }
}

fn capsule(created_at: i64, status: CapsuleStatus) -> Capsule {
    Capsule {
        id: CapsuleId::generate(),
        status,
        template: "minimal".to_owned(),
        vcpus: 2,
        memory_mb: 512,
        timeout_sec: 30,
        guest_ip: "127.0.0.1".to_owned(),
        host_ip: String::new(),
        runtime: RuntimeKind::Container,
        host_id: None,
        metadata: BTreeMap::from([("purpose".to_owned(), "täst".to_owned())]),
        created_at: Timestamp::from_unix_ms(created_at),
        started_at: None,
        private_ports: None,
        ports_token: None,
        last_active_at: Some(Timestamp::from_unix_ms(created_at + 5)),
        last_updated: Timestamp::from_unix_ms(created_at + 9),
        ready: false,
        start_error: None,
    }
}

#[tokio::test]
async fn the_first_account_is_made_whole_or_not_at_all() {
    for store in databases().await.stores {
        assert!(store.is_new().await.unwrap());
        let team = TeamId::generate();
        let mut owner = NewOwner {
            user_id: UserId::generate(),
            email: "owner@example.com".to_owned(),
            name: "Owner".to_owned(),
            password_hash: "$argon2id$".to_owned(),
            team_name: "Team".to_owned(),
            team_slug: "aaaaaa-bbbbbb".to_owned(),
            key: key(&team, "first", 1),
            key_hash: "hash".to_owned(),
        };
        store.create_owner(&owner).await.unwrap();
        assert!(!store.is_new().await.unwrap());
        assert_eq!(store.find_api_key("hash").await.unwrap().unwrap(), owner.key);

        owner.user_id = UserId::generate();
        owner.email = "other@example.com".to_owned();
        owner.team_slug = "cccccc-dddddd".to_owned();
        owner.key = key(&TeamId::generate(), "again", 2);
        store.create_owner(&owner).await.expect_err("the key's hash is taken");
        assert!(store.list_api_keys(&owner.key.team_id).await.unwrap().is_empty());
        owner.key_hash = "other hash".to_owned();
        store.create_owner(&owner).await.expect("nothing of the failed attempt is in the way");
    }
}

#[tokio::test]
async fn keys_belong_to_their_team() {
    for store in databases().await.stores {
        let (ours, theirs) = (TeamId::generate(), TeamId::generate());
        store.create_team(&ours, "ours", "1").await.unwrap();
        store.create_team(&theirs, "theirs", "2").await.unwrap();
        let (older, newer) = (key(&ours, "older", 1), key(&ours, "newer", 2));
        store.create_api_key(&newer, "h2").await.unwrap();
        store.create_api_key(&older, "h1").await.unwrap();
        assert_eq!(store.list_api_keys(&ours).await.unwrap(), [older.clone(), newer.clone()]);
        assert!(store.list_api_keys(&theirs).await.unwrap().is_empty());
        assert_eq!(store.find_api_key("h3").await.unwrap(), None);

        let used = Timestamp::from_unix_ms(77);
        store.touch_api_keys(&[(older.id.clone(), used)]).await.unwrap();
        assert_eq!(store.find_api_key("h1").await.unwrap().unwrap().last_used, Some(used));

        assert!(!store.delete_api_key(&theirs, &older.id).await.unwrap());
        assert!(store.delete_api_key(&ours, &older.id).await.unwrap());
        assert!(!store.delete_api_key(&ours, &older.id).await.unwrap());
        assert_eq!(store.find_api_key("h1").await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_capsule_reads_as_it_was_saved_last() {
    for store in databases().await.stores {
        let team_id = TeamId::generate();
        let mut row =
            CapsuleRow { team_id: team_id.clone(), capsule: capsule(1_000, CapsuleStatus::Starting) };
        store.save_capsules(std::slice::from_ref(&row)).await.unwrap();
        row.capsule.status = CapsuleStatus::Running;
        row.capsule.started_at = Some(Timestamp::from_unix_ms(1_001));
        store.save_capsules(std::slice::from_ref(&row)).await.unwrap();
        let id = row.capsule.id.clone();
        assert_eq!(store.find_capsule(&team_id, &id).await.unwrap(), Some(row.capsule.clone()));
        assert_eq!(store.find_capsule(&TeamId::generate(), &id).await.unwrap(), None);
        store.set_capsule_status(&team_id, &id, CapsuleStatus::Stopped).await.unwrap();
        let found = store.find_capsule(&team_id, &id).await.unwrap().unwrap();
        assert_eq!(found.status, CapsuleStatus::Stopped);
    }
}

#[tokio::test]
async fn lists_go_from_the_newest_on_and_in_pages() {
    for store in databases().await.stores {
        let team_id = TeamId::generate();
        // Several of the same millisecond, so that the id decides.
        let mut rows: Vec<_> = (0..1_203)
            .map(|n| CapsuleRow {
                team_id: team_id.clone(),
                capsule: capsule(
                    n / 7,
                    if n % 2 == 0 { CapsuleStatus::Stopped } else { CapsuleStatus::Error },
                ),
            })
            .collect();
        store.save_capsules(&rows).await.unwrap();
        rows.sort_by(|a, b| {
            (b.capsule.created_at, &b.capsule.id).cmp(&(a.capsule.created_at, &a.capsule.id))
        });
        let expected: Vec<_> =
            rows.into_iter().map(|row| row.capsule).filter(|c| c.status == CapsuleStatus::Stopped).collect();

        let mut all = Vec::new();
        let mut filter = CapsuleFilter { before: None, limit: 100, stopped: true };
        loop {
            let stopped = |capsule: &Capsule| capsule.status == CapsuleStatus::Stopped;
            let page = store.list_capsules(&team_id, &filter, stopped).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = Some((last.created_at, last.id.clone()));
            all.extend(page);
        }
        assert_eq!(all, expected);

        let filter = CapsuleFilter { before: None, limit: usize::MAX, stopped: false };
        let failed = store.list_capsules(&team_id, &filter, |_| true).await.unwrap();
        assert_eq!(failed.len(), 601);
        assert!(failed.iter().all(|capsule| capsule.status == CapsuleStatus::Error));
    }
}

#[tokio::test]
async fn live_capsules_that_nobody_knows_become_missing() {
    use CapsuleStatus::{Error, Missing, Paused, Running, Stopped};
    for store in databases().await.stores {
        let team_id = TeamId::generate();
        let rows: Vec<_> = [Running, Paused, Stopped, Error]
            .map(|status| CapsuleRow { team_id: team_id.clone(), capsule: capsule(5, status) })
            .into();
        store.save_capsules(&rows).await.unwrap();
        let known = HashSet::from([rows[1].capsule.id.clone()]);
        assert_eq!(store.mark_missing(&known).await.unwrap(), 1);
        let mut statuses = Vec::new();
        for row in &rows {
            statuses.push(store.find_capsule(&team_id, &row.capsule.id).await.unwrap().unwrap().status);
        }
        assert_eq!(statuses, [Missing, Paused, Stopped, Error]);
    }
}

#[tokio::test]
async fn buckets_keep_the_highest_values() {
    for store in databases().await.stores {
        let team = TeamId::generate();
        let sample = |running, vcpus| Sample { running, vcpus, memory_mb: 10 };
        for (now, value) in [(100, sample(1, 9)), (109, sample(3, 2)), (110, sample(2, 2))] {
            store.add_stats(now, &[10, 60], &[(team.clone(), value)]).await.unwrap();
        }
        let fine = store.stats(&team, 10, 0).await.unwrap();
        assert_eq!(
            fine,
            [StatsRow { bucket: 100, sample: sample(3, 9) }, StatsRow { bucket: 110, sample: sample(2, 2) }]
        );
        assert_eq!(store.stats(&team, 60, 0).await.unwrap(), [StatsRow { bucket: 60, sample: sample(3, 9) }]);
        store.trim_stats(10, 110).await.unwrap();
        assert_eq!(store.stats(&team, 10, 0).await.unwrap().len(), 1);
        assert_eq!(store.stats(&team, 60, 0).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn usage_adds_up_by_day() {
    for store in databases().await.stores {
        let team = TeamId::generate();
        let row = |day: &str, cpu_ms| UsageRow { day: day.to_owned(), cpu_ms, ram_mb_ms: cpu_ms * 2 };
        store.add_usage(&[(team.clone(), row("2026-01-31", 5))]).await.unwrap();
        store
            .add_usage(&[(team.clone(), row("2026-01-31", 6)), (team.clone(), row("2026-02-01", 1))])
            .await
            .unwrap();
        assert_eq!(
            store.usage(&team, "2026-01-01", "2026-02-01").await.unwrap(),
            [row("2026-01-31", 11), row("2026-02-01", 1)]
        );
        assert_eq!(store.usage(&team, "2026-02-01", "2026-02-28").await.unwrap(), [row("2026-02-01", 1)]);
    }
}

#[tokio::test]
async fn a_file_keeps_everything_and_is_opened_by_two_at_once() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("wrenn.db");
    let first = Store::open(&path).await.unwrap();
    let team = TeamId::generate();
    first.create_team(&team, "team", "slug").await.unwrap();
    let second = Store::open(&path).await.unwrap();
    let writers = (0..20).map(|n| {
        let store = if n % 2 == 0 { first.clone() } else { second.clone() };
        let key = key(&team, "key", n);
        tokio::spawn(async move { store.create_api_key(&key, &format!("hash {n}")).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    first.close().await;
    second.close().await;
    let again = Store::open(&path).await.unwrap();
    assert_eq!(again.list_api_keys(&team).await.unwrap().len(), 20);
}
