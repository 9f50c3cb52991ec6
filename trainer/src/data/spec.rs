//! `--data hmog=DIR,people=A+B`: which data set, where, and whom of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use graspd::source::{self, HmogSession, Source, SourceError};

use super::catalogue::Found;
use super::{DataError, hapt, hmog, motionsense, own, sisfall};

/// A data set that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSet {
    /// HMOG: phones in hand, reading, writing and finding the way on a map,
    /// sitting and walking. Sitová et al. 2016,
    /// <https://doi.org/10.1109/TIFS.2015.2506542>
    Hmog,
    /// MotionSense: phones in the trouser pocket, six activities. Malekzadeh et
    /// al. 2018, <https://doi.org/10.1145/3195258.3195260>
    MotionSense,
    /// HAPT: phones on the waist, six activities and the transitions between
    /// them. Reyes-Ortiz et al. 2016, <https://doi.org/10.1016/j.neucom.2015.07.085>
    Hapt,
    /// SisFall: a sensor board on the waist, everyday motion only. Sucerquia et
    /// al. 2017, <https://doi.org/10.3390/s17010198>
    SisFall,
    /// Recordings in graspd's own format.
    Graspd,
}

impl DataSet {
    const ALL: [Self; 5] = [
        Self::Hmog,
        Self::MotionSense,
        Self::Hapt,
        Self::SisFall,
        Self::Graspd,
    ];

    /// As `--data` and manifests spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmog => "hmog",
            Self::MotionSense => "motionsense",
            Self::Hapt => "hapt",
            Self::SisFall => "sisfall",
            Self::Graspd => "graspd",
        }
    }

    /// The terms that were seen with the data.
    pub fn terms(self) -> &'static str {
        match self {
            Self::Hmog => "none stated; research use",
            Self::MotionSense => "MIT",
            Self::Hapt => "cite the authors; no commercial use",
            Self::SisFall => "none stated",
            Self::Graspd => "as agreed with the people recorded",
        }
    }

    /// Where recordings lie in its folder.
    pub fn layout(self) -> &'static str {
        match self {
            Self::Hmog => {
                "public_dataset/<id>/<id>_session_<n>/Accelerometer.csv and Gyroscope.csv"
            }
            Self::MotionSense => "A_DeviceMotion_data/<activity>_<trial>/sub_<n>.csv",
            Self::Hapt => "RawData/acc_exp<n>_user<n>.txt and gyro_exp<n>_user<n>.txt",
            Self::SisFall => "SA<n>/D<n>_SA<n>_R<n>.txt, SE<n>/D<n>_SE<n>_R<n>.txt",
            Self::Graspd => "<person>/<session>.csv or .csv.zst",
        }
    }

    /// Opens one of its recordings, which comes out in graspd's units and axes
    /// at the rate at which it was made.
    pub fn open(self, path: &Path) -> Result<Box<dyn Source>, SourceError> {
        match self {
            Self::Hmog => Ok(Box::new(HmogSession::open(path)?)),
            Self::MotionSense => motionsense::open(path),
            Self::Hapt => hapt::open(path),
            Self::SisFall => sisfall::open(path),
            Self::Graspd => source::open(path),
        }
    }

    /// When a recording was begun, in ms since 1970, where the data set says so.
    pub fn began_unix_ms(self, path: &Path) -> Option<u64> {
        match self {
            Self::Hmog => hmog::began_unix_ms(path),
            Self::MotionSense | Self::Hapt | Self::SisFall | Self::Graspd => None,
        }
    }

    /// Whether a session is of the task that the recipe's authors used: finding
    /// the way on a map. Where a data set knows no tasks, all are.
    pub fn is_map(self, session: &str) -> bool {
        match self {
            Self::Hmog => hmog::is_map(session),
            Self::MotionSense | Self::Hapt | Self::SisFall | Self::Graspd => true,
        }
    }

    pub(super) fn find(self, root: &Path) -> Result<Found, DataError> {
        match self {
            Self::Hmog => hmog::find(root),
            Self::MotionSense => motionsense::find(root),
            Self::Hapt => hapt::find(root),
            Self::SisFall => sisfall::find(root),
            Self::Graspd => own::find(root),
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
