//! What is missing: the findings of `graspd doctor --json` that an owner can mend.

use serde::Deserialize;

/// What doctor prints.
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

/// What an owner may want to know of the findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Missing {
    /// What can be mended, the worst first.
    pub mendable: Vec<Finding>,
    /// Checks that only an administrator's eyes can make.
    pub unseen: usize,
    /// Checks that found nothing wrong.
    pub well: usize,
}

impl Finding {
    /// Whether graspd does not work because of it.
    pub fn is_grave(&self) -> bool {
        self.verdict == "fail"
    }

    /// Whether it says no more than that another has to look.
    fn is_unseen(&self) -> bool {
        let remedy = self.remedy.as_deref().unwrap_or_default();
        remedy.contains("sudo graspd doctor")
    }
}

/// Sorts what doctor printed; `None` if that cannot be read.
pub fn missing(printed: &str) -> Option<Missing> {
    let report: Report = serde_json::from_str(printed).ok()?;
    let mut missing = Missing::default();
    for finding in report.findings {
        if finding.is_grave() {
            missing.mendable.push(finding);
        } else if finding.is_unseen() {
            missing.unseen += 1;
        } else if finding.verdict == "ok" {
            missing.well += 1;
        } else {
            missing.mendable.push(finding);
        }
    }
    missing.mendable.sort_by_key(|finding| !finding.is_grave());
    Some(missing)
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
        let missing = missing(printed).unwrap();
        assert_eq!((missing.well, missing.unseen), (1, 2));
        let checks: Vec<_> = missing.mendable.iter().map(|f| f.check.as_str()).collect();
        assert_eq!(
            checks,
            ["polling", "source", "daemon"],
            "what is grave is never hidden"
        );
    }

    #[test]
    fn what_is_no_report_is_none() {
        for printed in ["", "graspd: no such command", "{}", "[]"] {
            assert_eq!(missing(printed), None);
        }
    }
}
