//! Templates, and snapshots of capsules as templates.

use wrenn_api::{CreateSnapshotRequest, TeamId, Template, TemplateType};
use wrenn_host::HostError;
use wrenn_runtime::template::{self, NewSnapshot, TemplateKind};

use crate::{Control, Result, convert};

impl Control {
    /// Keeps a capsule's files, and its memory where its runtime can, as a template of its team. A running capsule pauses only
    /// while they are copied. On an
    /// error, or when the capsule is destroyed meanwhile, nothing is left of it.
    pub async fn create_snapshot(
        &self,
        team: &TeamId,
        request: &CreateSnapshotRequest,
        overwrite: bool,
    ) -> Result<Template> {
        let id = &request.sandbox_id;
        let record = self.live(team, id).await?.record;
        let name = request.name.clone().unwrap_or_else(|| format!("template-{:08x}", rand::random::<u32>()));
        let templates = &self.inner.templates;
        templates.check_free(Some(team.as_str()), &name, overwrite)?;
        let runtime = self.inner.host.runtimes().get(record.runtime);
        let holds_memory = runtime.is_some_and(|runtime| runtime.capabilities().snapshot_has_memory);
        let layer = templates.new_layer()?;
        match self.inner.host.snapshot(id, layer.path()).await {
            Err(HostError::NotFound { .. }) => return Err(self.not_live(team, id).await),
            copied => copied?,
        }
        let snapshot = NewSnapshot {
            team: Some(team.to_string()),
            name,
            overwrite,
            below: record.spec.layers,
            vcpus: record.spec.vcpus,
            memory_mb: record.spec.memory_mb,
            runtime: holds_memory.then_some(record.runtime),
            defaults: record.defaults,
        };
        Ok(public(templates.add_snapshot(layer, snapshot).await?))
    }

    /// The built-in templates that are built, the machine's and the team's.
    pub async fn list_templates(&self, team: &TeamId, kind: Option<TemplateType>) -> Result<Vec<Template>> {
        let templates = self.inner.templates.list(Some(team.as_str()))?;
        let all = templates.into_iter().map(public);
        Ok(all.filter(|template| kind.is_none_or(|kind| template.kind == kind)).collect())
    }

    /// Deletes a team's snapshot. Capsules made from it are unharmed.
    pub async fn delete_snapshot(&self, team: &TeamId, name: &str) -> Result<()> {
        Ok(self.inner.templates.remove(Some(team.as_str()), name)?)
    }
}

fn public(template: template::Template) -> Template {
    Template {
        name: template.name,
        kind: match template.kind {
            TemplateKind::Base => TemplateType::Base,
            TemplateKind::Snapshot => TemplateType::Snapshot,
        },
        vcpus: template.vcpus,
        memory_mb: template.memory_mb,
        runtime: template.runtime.map(convert::runtime_kind),
        size_bytes: template.size_bytes,
        created_at: template.created_at.into(),
    }
}

pub(crate) mod garbage {
    //! Removes images that no template and no capsule uses any more.

    use std::{collections::HashSet, sync::Weak, time::Duration};

    use tokio_util::sync::CancellationToken;

    use crate::control::Inner;

    const PERIOD: Duration = Duration::from_secs(60);
    /// Covers creations that have found their template, but are not among the capsules yet.
    const GRACE: Duration = Duration::from_secs(60);

    pub(crate) async fn run(control: Weak<Inner>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PERIOD) => {}
            }
            let Some(control) = control.upgrade() else { return };
            let in_use: HashSet<_> =
                control.host.list().into_iter().flat_map(|view| view.record.spec.layers).collect();
            match control.templates.collect_garbage(&in_use, GRACE).await {
                Ok(swept) if swept.removed > 0 => {
                    tracing::info!(images = swept.removed, "removed images that nothing used");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "cannot remove unused images");
                }
            }
        }
    }
}
