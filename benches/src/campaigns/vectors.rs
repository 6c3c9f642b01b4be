//! Any file in the format of the campaign vectors, timed case by case, so that another engine that reads the same file
//! can be timed beside it.

use std::{fs, hint::black_box, path::Path};

use anyhow::{Context, anyhow, ensure};
use saleflex_core::campaign::Evaluator;
use serde_json::Value;

#[path = "../../../xtask/conformance/src/vectors/campaign/cart.rs"]
#[allow(dead_code, reason = "the runner of the vectors reads more of a case than its cart")]
mod cart;

use cart::Stage;

use crate::figures::{Times, heading, row, show};

/// How often each case is evaluated.
const ROUNDS: usize = 500;

/// Prints the median and the 99th percentile of an evaluation of each case of a file.
pub(crate) fn print(file: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    heading("Evaluations from scratch, a case a row: median, p99");
    let mut done = 0;
    for case in cases(&text).with_context(|| file.display().to_string())? {
        if !matches!(case["kind"].as_str(), None | Some("evaluate")) {
            continue;
        }
        let name = case["name"].as_str().unwrap_or("(no name)");
        let mut stage = Stage::read(&case).map_err(|said| anyhow!("{name}: {said}"))?;
        let cart = stage.cart(&case).map_err(|said| anyhow!("{name}: {said}"))?;
        let times = Times::of(ROUNDS, |_| {
            let mut evaluator = Evaluator::of(&stage.set, &cart)?;
            black_box(evaluator.evaluate().total());
            anyhow::Ok(())
        })?;
        row(name, &format!("{}, {}", show(times.median()), show(times.percentile(99))));
        done += 1;
    }
    ensure!(done > 0, "no case of {} is an evaluation", file.display());
    Ok(())
}

fn cases(text: &str) -> serde_json::Result<Vec<Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Array(cases)) => Ok(cases),
        Ok(case) => Ok(vec![case]),
        Err(_) => text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect(),
    }
}
