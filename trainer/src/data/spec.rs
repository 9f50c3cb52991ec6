//! `--data hmog=DIR,people=A+B`: which data set, where, and whom of it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A data set that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSet {
    /// HMOG: phones in hand, reading, writing and finding the way on a map,
    /// sitting and walking. Sitová et al. 2016,
    /// <https://doi.org/10.1109/TIFS.2015.2506542>
    Hmog,
}

impl DataSet {
    const ALL: [Self; 1] = [Self::Hmog];

    /// As `--data` and manifests spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmog => "hmog",
        }
    }

    /// The terms that were seen with the data.
    pub fn terms(self) -> &'static str {
        match self {
            Self::Hmog => "none stated; research use",
        }
    }
}

impl fmt::Display for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One `--data` argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSpec {
    /// Which data set.
    pub set: DataSet,
    /// The folder it is in.
    pub root: PathBuf,
    /// Whom of it; everyone, if empty.
    pub people: Vec<String>,
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
