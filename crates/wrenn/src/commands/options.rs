//! What every way to run a command can be told.

/// Adds the setters that [`super::Exec`], [`super::Start`] and [`super::StreamCommand`] share to a builder whose field
/// `request` has `args`, `envs`, `cwd` and `user`.
macro_rules! command_options {
    () => {
        /// Adds an argument.
        pub fn arg(mut self, arg: impl Into<String>) -> Self {
            self.request.args.push(arg.into());
            self
        }

        /// Adds arguments.
        pub fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
            self.request.args.extend(args.into_iter().map(Into::into));
            self
        }

        /// Sets an environment variable, beside those of the capsule.
        pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.request.envs.insert(name.into(), value.into());
            self
        }

        /// Sets environment variables.
        pub fn envs(
            mut self,
            envs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        ) -> Self {
            self.request.envs.extend(envs.into_iter().map(|(name, value)| (name.into(), value.into())));
            self
        }

        /// The directory to run in; the user's home when not set.
        pub fn cwd(mut self, path: impl Into<String>) -> Self {
            self.request.cwd = Some(path.into());
            self
        }

        /// The user to run as; `root` when not set.
        pub fn user(mut self, name: impl Into<String>) -> Self {
            self.request.user = Some(name.into());
            self
        }
    };
}

pub(super) use command_options;
