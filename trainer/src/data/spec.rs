//! The `--data hmog=DIR,people=A+B` argument: data set, folder, people.

use std::path::PathBuf;
use std::str::FromStr;

use super::set::DataSet;

/// One `--data` argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSpec {
    /// The data set.
    pub set: DataSet,
    /// Its folder.
    pub root: PathBuf,
    /// Ids of the people to use; empty means everyone.
    pub people: Vec<String>,
}

impl DataSpec {
    /// The argument with `DIR` for the folder, for commands that are published.
    pub fn without_folder(&self) -> String {
        let people = match self.people.is_empty() {
            true => String::new(),
            false => format!(",people={}", self.people.join("+")),
        };
        format!("{}=DIR{people}", self.set)
    }
}

impl FromStr for DataSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = "expected SET=DIR or SET=DIR,people=ID+ID";
        let (set, rest) = text.split_once('=').ok_or(form)?;
        let set = DataSet::ALL
            .into_iter()
            .find(|known| known.name() == set)
            .ok_or_else(|| {
                let known = DataSet::ALL.map(DataSet::name).join(", ");
                format!("unknown data set `{set}`; known: {known}")
            })?;
        let (root, people) = match rest.split_once(",people=") {
            None => (rest, Vec::new()),
            Some((root, people)) => (root, people.split('+').map(str::to_owned).collect()),
        };
        if root.is_empty() || people.iter().any(String::is_empty) {
            return Err(form.into());
        }
        Ok(Self {
            set,
            root: root.into(),
            people,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_arguments_parse() {
        let spec: DataSpec = "hmog=/a,b/c,people=1+22".parse().unwrap();
        assert_eq!(spec.root, PathBuf::from("/a,b/c"));
        assert_eq!(spec.people, ["1", "22"]);
        assert!("hmog=x".parse::<DataSpec>().unwrap().people.is_empty());
        for wrong in [
            "",
            "hmog",
            "hmog=",
            "hmog=x,people=",
            "hmog=x,people=1+",
            "mnist=x",
        ] {
            assert!(wrong.parse::<DataSpec>().is_err(), "{wrong}");
        }
    }
}
