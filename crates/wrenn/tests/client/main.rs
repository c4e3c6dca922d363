//! The client against a local server that plays the API's part.

mod capsules;
mod commands;
mod errors;
mod files;
mod git;
mod mock;
mod notebooks;
mod ownership;
mod ready;
mod retries;
mod terminals;
