//! The hub as a program: `saleflex-gate serve`.
#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use saleflex_gate::{Hub, document, serve};
use tokio::net::TcpListener;

/// The hub of SaleFlex.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve until Ctrl-C.
    Serve {
        /// Where to listen. Other machines reach the hub only on an address of the network.
        #[arg(long, default_value = "127.0.0.1:8460")]
        listen: SocketAddr,
    },
    /// Print the OpenAPI document, or write it to a file.
    Openapi {
        /// The file.
        file: Option<PathBuf>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().verb {
        Verb::Serve { listen } => run(listen),
        Verb::Openapi { file } => write_document(file),
    }
}

#[tokio::main]
async fn run(listen: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    println!("saleflex-gate listens on http://{}", listener.local_addr()?);
    serve(listener, Hub { clock }, asked_to_stop()).await.context("the socket failed")?;
    println!("saleflex-gate has stopped");
    Ok(())
}

/// Ends at Ctrl-C, and on Unix when the process is asked to terminate.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    // Without a signal to wait for, the hub would stop at once; it rather serves until it is killed.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the hub reads the clock")]
fn clock() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

fn write_document(file: Option<PathBuf>) -> anyhow::Result<()> {
    let text = document().to_pretty_json()? + "\n";
    match file {
        Some(file) => fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?,
        None => print!("{text}"),
    }
    Ok(())
}
