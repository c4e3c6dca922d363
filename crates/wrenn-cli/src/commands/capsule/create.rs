//! `wrenn capsule create`.

use std::process::ExitCode;

use wrenn::{CreateCapsule, OnTimeout, RuntimeKind};

use crate::{
    app::Global,
    commands::pairs::{pair, variable},
    connect,
    error::Result,
    output,
};

/// Create a capsule and print its id
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The template to make it from
    #[arg(default_value = wrenn::api::DEFAULT_TEMPLATE)]
    template: String,
    #[command(flatten)]
    size: Size,
    /// Pause it after this time without use
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u32>,
    /// What to do after that time instead
    #[arg(long, value_enum, requires = "timeout", value_name = "ACTION")]
    on_timeout: Option<Action>,
    /// Set an environment variable of all its commands; without a value, pass on the one of this shell
    #[arg(short, long = "env", value_name = "NAME[=VALUE]", value_parser = variable)]
    envs: Vec<(String, String)>,
    #[command(flatten)]
    network: super::network::Rules,
    /// Note something about it, to find it by in lists
    #[arg(long = "metadata", value_name = "KEY=VALUE", value_parser = pair)]
    metadata: Vec<(String, String)>,
    /// Keep its ports for the team: to others they are as if they were not there
    #[arg(long)]
    private_ports: bool,
}

/// How large a capsule is, and what it is.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Size {
    /// Its processors
    #[arg(long, value_name = "COUNT")]
    vcpus: Option<u32>,
    /// Its memory
    #[arg(long, value_name = "MIB")]
    memory: Option<u32>,
    /// How it is isolated, where the server offers several ways: container or microvm
    #[arg(long, value_name = "RUNTIME")]
    runtime: Option<RuntimeKind>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Action {
    Pause,
    Destroy,
}

impl Size {
    /// Asks for such a capsule.
    pub(crate) fn apply(self, mut create: CreateCapsule) -> CreateCapsule {
        if let Some(vcpus) = self.vcpus {
            create = create.vcpus(vcpus);
        }
        if let Some(memory) = self.memory {
            create = create.memory_mb(memory);
        }
        if let Some(runtime) = self.runtime {
            create = create.runtime(runtime);
        }
        create
    }
}

/// Creates it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let mut create = args.size.apply(client.create_capsule(args.template)).envs(args.envs);
    for (key, value) in args.metadata {
        create = create.metadata(key, value);
    }
    if let Some(seconds) = args.timeout {
        create = create.timeout_sec(seconds);
    }
    if let Some(action) = args.on_timeout {
        create = create.on_timeout(match action {
            Action::Pause => OnTimeout::Pause,
            Action::Destroy => OnTimeout::Destroy,
        });
    }
    if let Some(policy) = args.network.policy() {
        create = create.network(policy);
    }
    if args.private_ports {
        create = create.private_ports(true);
    }
    let capsule = create.await?;
    if global.json {
        output::json(&capsule.info().await?)?;
    } else {
        output::line(capsule.id())?;
    }
    Ok(ExitCode::SUCCESS)
}
