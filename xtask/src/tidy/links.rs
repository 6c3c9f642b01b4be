//! Links between the pages of the documentation lead somewhere.

use std::path::{Component, Path, PathBuf};

/// Names the links of one Markdown page whose target is no file or folder, as `exists` tells.
pub fn check(page: &str, text: &str, exists: &dyn Fn(&Path) -> bool) -> Vec<String> {
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for part in line.split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !exists(&resolve(folder, target)) {
                findings.push(format!("{page}:{number}: link to `{target}` leads nowhere"));
            }
        }
    }
    findings
}

/// `folder/target` without `.` and `..`.
fn resolve(folder: &Path, target: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in folder.join(target).components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => resolved.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found() {
        let exists = |path: &Path| path == Path::new("docs/glossary.md");
        let text = "[a](glossary.md#words) [b](../docs/glossary.md) [c](https://example.com/x) [d](#here)\n[e](other.md)";
        assert_eq!(
            check("docs/sync.md", text, &exists),
            ["docs/sync.md:2: link to `other.md` leads nowhere"]
        );
        assert_eq!(check("README.md", "[a](glossary.md)", &exists).len(), 1);
    }
}
