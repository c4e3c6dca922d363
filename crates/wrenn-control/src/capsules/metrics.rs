//! What one capsule uses.

use wrenn_api::{CapsuleId, CapsuleMetrics, CapsuleStatus, MetricPoint, MetricsRange, TeamId};

use crate::{
    Control, ControlError, Result,
    convert::{self, no_capsule},
};

impl Control {
    /// What a capsule used. A stopped one is not found, because its measurements are gone.
    pub async fn capsule_metrics(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        range: MetricsRange,
    ) -> Result<CapsuleMetrics> {
        let capsule = match self.inner.host.get(id) {
            Ok(view) if view.record.team_id == *team => convert::capsule(&view),
            Ok(_) => return Err(no_capsule(id)),
            Err(_) => self.inner.store.find_capsule(team, id).await?.ok_or_else(|| no_capsule(id))?,
        };
        let gone = |status: CapsuleStatus| {
            ControlError::not_found(format!("Capsule {id} is {status}, and its measurements are gone."))
        };
        let points = self
            .inner
            .host
            .metrics(id, range.seconds())
            .map_err(|error| gone(capsule.status).caused_by(error))?;
        let points = points
            .into_iter()
            .map(|point| MetricPoint {
                timestamp_unix: point.unix,
                cpu_pct: point.cpu_pct,
                mem_bytes: point.mem_bytes,
                disk_bytes: point.disk_bytes,
                net_rx_bytes: point.net_rx_bytes,
                net_tx_bytes: point.net_tx_bytes,
            })
            .collect();
        Ok(CapsuleMetrics { sandbox_id: id.clone(), range, points })
    }
}
