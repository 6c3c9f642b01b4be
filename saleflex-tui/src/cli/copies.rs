//! `backup`, `restore` and `export`.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Context;
use saleflex_store::{
    Error, Till,
    error::OpenError,
    rescue::{self, InPlace},
};
use serde_json::json;

use super::{Call, Ending, answer};

pub(super) fn backup(call: &Call<'_>, to: &Path, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    call.reader()?.backup(to).map_err(|error| call.words(&error))?;
    let bytes = fs::metadata(to).with_context(|| to.display().to_string())?.len();
    if json {
        answer(out, &json!({ "backup": to, "bytes": bytes }))?;
    } else {
        writeln!(out, "{} has the till, {bytes} bytes", to.display())?;
    }
    Ok(Ending::Good)
}

pub(super) fn restore(
    call: &Call<'_>,
    from: &Path,
    force: bool,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let (path, _) = call.place()?;
    let in_place = if force { InPlace::PutAside } else { InPlace::Refuse };
    let aside = rescue::restore(from, &path, in_place).map_err(|error| match error {
        Error::Open(OpenError::Exists { .. }) => {
            anyhow::anyhow!("{} is a till: add --force to put it aside", path.display())
        }
        Error::Open(OpenError::Damaged { finding }) => {
            anyhow::anyhow!("{} is not whole, nothing was changed: {finding}", from.display())
        }
        other => anyhow::Error::new(other),
    })?;
    if json {
        answer(out, &json!({ "restored": path, "put_aside": aside }))?;
    } else {
        writeln!(out, "{} is the till of {}", path.display(), from.display())?;
        if let Some(aside) = aside {
            writeln!(out, "what stood there is {}", aside.display())?;
        }
    }
    Ok(Ending::Good)
}

pub(super) fn export(call: &Call<'_>, to: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Some(to) = to else {
        lines(call, out)?;
        return Ok(Ending::Good);
    };
    let file = call.made(to, File::create_new(to))?;
    let mut file = BufWriter::new(file);
    lines(call, &mut file)?;
    file.into_inner().context("the last lines")?.sync_all()?;
    writeln!(out, "{} has everything but secrets", to.display())?;
    Ok(Ending::Good)
}

fn lines(call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    let (path, shell) = call.place()?;
    call.make_demo(&path)?;
    match Till::read(&path, shell) {
        Ok(till) => till.export(out)?,
        // What can be read of a damaged file is read.
        Err(Error::Open(OpenError::Damaged { .. }) | Error::Database(_) | Error::Json(_)) => {
            rescue::export(&path, out)?;
        }
        Err(error) => return Err(call.refused(&path, &error)),
    }
    Ok(())
}
