//! The findings of `graspd doctor --json`, sorted for an owner.

use serde::Deserialize;

/// The report that doctor prints.
#[derive(Debug, Deserialize)]
struct Report {
    findings: Vec<Finding>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// The name of the check.
    pub check: String,
    /// `ok`, `warn` or `fail`.
    pub verdict: String,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// The findings that an owner can act on, and how many there are of the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SortedFindings {
    /// What can be mended, the worst first.
    pub mendable: Vec<Finding>,
    /// Checks that only root can make.
    pub for_root: usize,
    /// Checks that found nothing wrong.
    pub passed: usize,
}

impl Finding {
    /// Whether graspd does not work because of it.
    pub fn is_failure(&self) -> bool {
        self.verdict == "fail"
    }

    /// Whether all it says is that root has to look.
    fn is_for_root(&self) -> bool {
        let remedy = self.remedy.as_deref().unwrap_or_default();
        remedy.contains("sudo graspd doctor")
    }
}

/// Sorts a report; `None` if it cannot be read.
pub fn sort(printed: &str) -> Option<SortedFindings> {
    let report: Report = serde_json::from_str(printed).ok()?;
    let mut sorted = SortedFindings::default();
    for finding in report.findings {
        if finding.is_failure() {
            sorted.mendable.push(finding);
        } else if finding.is_for_root() {
            sorted.for_root += 1;
        } else if finding.verdict == "ok" {
            sorted.passed += 1;
        } else {
            sorted.mendable.push(finding);
        }
    }
    sorted.mendable.sort_by_key(|finding| !finding.is_failure());
    Some(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_what_only_root_sees_is_counted() {
        let printed = r#"{"verdict":"fail","findings":[
            {"check":"configuration","verdict":"ok","found":"valid"},
            {"check":"polkit","verdict":"warn","found":"no rule","remedy":"`sudo graspd doctor` sees all"},
            {"check":"daemon","verdict":"warn","found":"nobody serves","remedy":"start it"},
            {"check":"sensors","verdict":"ok","found":"not tried","remedy":"`sudo graspd doctor` does"},
            {"check":"polling","verdict":"fail","found":"silent","remedy":"`sudo graspd doctor` may tell"},
            {"check":"source","verdict":"fail","found":"nothing to choose from"}]}"#;
        let sorted = sort(printed).unwrap();
        assert_eq!((sorted.passed, sorted.for_root), (1, 2));
        let checks: Vec<_> = sorted.mendable.iter().map(|f| f.check.as_str()).collect();
        assert_eq!(
            checks,
            ["polling", "source", "daemon"],
            "what is grave is never hidden"
        );
    }

    #[test]
    fn what_is_no_report_is_none() {
        for printed in ["", "graspd: no such command", "{}", "[]"] {
            assert_eq!(sort(printed), None);
        }
    }
}
