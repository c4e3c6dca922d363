//! Counts, at every change, what each team has running.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;
use wrenn_api::{CapsuleId, TeamId};
use wrenn_host::{CapsuleView, State};
use wrenn_store::Sample;

/// What all teams have running.
#[derive(Default)]
pub(crate) struct Meter {
    teams: HashMap<TeamId, Team>,
}

/// What one team has running, and what it reserved since it was last asked.
struct Team {
    running: HashMap<CapsuleId, (u32, u32)>,
    now: Sample,
    peak: Sample,
    since: Instant,
    reserved: Reserved,
}

/// Resources × milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reserved {
    pub(crate) cpu_ms: u64,
    pub(crate) ram_mb_ms: u64,
}

impl Meter {
    /// Takes up that a capsule has changed.
    pub(crate) fn update(&mut self, view: &CapsuleView) {
        let record = &view.record;
        let runs = match record.state {
            State::Running => true,
            State::Starting
            | State::Pausing
            | State::Paused
            | State::Resuming
            | State::Stopping
            | State::Stopped
            | State::Failed => false,
        };
        if !runs && !self.teams.contains_key(&record.team_id) {
            return;
        }
        let team = self.teams.entry(record.team_id.clone()).or_insert_with(Team::new);
        team.advance();
        if runs {
            team.running.insert(record.id.clone(), (record.spec.vcpus, record.spec.memory_mb));
        } else {
            team.running.remove(&record.id);
        }
        team.count();
    }

    /// What a team has running at this moment.
    pub(crate) fn current(&self, team: &TeamId) -> Sample {
        self.teams.get(team).map(|team| team.now).unwrap_or_default()
    }

    /// For each team its highest values and what it reserved since this was last asked.
    pub(crate) fn take(&mut self) -> Vec<(TeamId, Sample, Reserved)> {
        let taken = self
            .teams
            .iter_mut()
            .map(|(id, team)| {
                team.advance();
                let peak = std::mem::replace(&mut team.peak, team.now);
                (id.clone(), peak, std::mem::take(&mut team.reserved))
            })
            .collect();
        self.teams.retain(|_, team| team.now != Sample::default());
        taken
    }
}

impl Team {
    fn new() -> Self {
        Self {
            running: HashMap::new(),
            now: Sample::default(),
            peak: Sample::default(),
            since: Instant::now(),
            reserved: Reserved::default(),
        }
    }

    /// Adds up what was reserved until now.
    fn advance(&mut self) {
        let elapsed = self.since.elapsed();
        // Whole milliseconds, so that nothing is lost however often this is called.
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.since += Duration::from_millis(ms);
        self.reserved.cpu_ms += self.now.vcpus * ms;
        self.reserved.ram_mb_ms += self.now.memory_mb * ms;
    }

    fn count(&mut self) {
        self.now = self.running.values().fold(Sample::default(), |sum, (vcpus, memory_mb)| Sample {
            running: sum.running + 1,
            vcpus: sum.vcpus + u64::from(*vcpus),
            memory_mb: sum.memory_mb + u64::from(*memory_mb),
        });
        self.peak = highest(self.peak, self.now);
    }
}

/// The higher of each of two samples' values.
pub(super) fn highest(a: Sample, b: Sample) -> Sample {
    Sample {
        running: a.running.max(b.running),
        vcpus: a.vcpus.max(b.vcpus),
        memory_mb: a.memory_mb.max(b.memory_mb),
    }
}
