//! The server, over real sockets. Capsules are agents in this process: what isolates them is tested elsewhere.

mod harness;
mod notebooks;

mod bad_input;
mod capsules;
mod commands;
mod description;
mod downloads;
mod files;
mod openapi;
mod ports;
mod shutdown;
mod streams;
mod system;
mod terminals;
mod unauthorized;
mod uploads;
mod watches;
