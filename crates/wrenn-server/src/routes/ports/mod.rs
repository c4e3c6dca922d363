//! Ports of capsules. Requests for what listens there do not come here, see [`crate::ports`].

pub(crate) mod sign;
