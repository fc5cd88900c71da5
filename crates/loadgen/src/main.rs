//! Load driver and benchmarks.
//!
//! `bench` starts the real server and, in the same run on the same machine, a *floor*: the least a
//! durable fan-out can be (WebSocket, one SQLite group commit, no encryption checks, no
//! authorisation). It drives both with the same code and writes the ratios down: a ratio says
//! more than a number that depends on the machine.
//!
//! Start reading at [`bench`]; [`floor`] is the other server, [`drive`] the load, [`region`] makes
//! channels and members on the real one.

mod bench;
mod drive;
mod floor;
mod process;
mod region;
mod report;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand};

/// Measures beraad-server against a floor.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every workload against the server and the floor and writes a table.
    Bench(bench::Options),
    /// Serves the floor until it is killed.
    Floor {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Folder for its database.
        #[arg(long)]
        data: PathBuf,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Bench(options) => bench::run(options).await,
        Command::Floor { listen, data } => floor::serve(listen, &data).await,
    }
}
