//! Which reader opens the recordings of which data set.

use std::path::Path;

use graspd::source::{self, HmogSession, Source, SourceError};

use super::error::DataError;
use super::recording::Found;
use super::set::DataSet;
use super::{graspd_csv, hapt, hmog, motionsense, sisfall, ubicomp13};

impl DataSet {
    /// Opens one of its recordings. Samples come in graspd's units and axes (m/s² with
    /// gravity, rad/s, Android's axes) at the rate of the recording.
    pub fn open(self, path: &Path) -> Result<Box<dyn Source>, SourceError> {
        match self {
            Self::Hmog => Ok(Box::new(HmogSession::open(path)?)),
            Self::MotionSense => motionsense::open(path),
            Self::Hapt => hapt::open(path),
            Self::SisFall => sisfall::open(path),
            Self::UbiComp13 => ubicomp13::open(path),
            Self::Graspd => source::open(path),
        }
    }

    /// Whether its recordings say when they began.
    pub fn has_dates(self) -> bool {
        match self {
            Self::Hmog => true,
            Self::MotionSense | Self::Hapt | Self::SisFall | Self::UbiComp13 | Self::Graspd => {
                false
            }
        }
    }

    /// When a recording began, ms since 1970. `None` where it does not say.
    pub fn began_unix_ms(self, path: &Path) -> Option<u64> {
        match self {
            Self::Hmog => hmog::began_unix_ms(path),
            Self::MotionSense | Self::Hapt | Self::SisFall | Self::UbiComp13 | Self::Graspd => None,
        }
    }

    /// Whether a session is of the map-navigation task, which the original protocol is
    /// restricted to. Always true for data sets without tasks.
    pub fn is_map(self, session: &str) -> bool {
        match self {
            Self::Hmog => hmog::is_map(session),
            Self::MotionSense | Self::Hapt | Self::SisFall | Self::UbiComp13 | Self::Graspd => true,
        }
    }

    /// The recordings below `root`, in no particular order.
    pub(super) fn find(self, root: &Path) -> Result<Found, DataError> {
        match self {
            Self::Hmog => hmog::find(root),
            Self::MotionSense => motionsense::find(root),
            Self::Hapt => hapt::find(root),
            Self::SisFall => sisfall::find(root),
            Self::UbiComp13 => ubicomp13::find(root),
            Self::Graspd => graspd_csv::find(root),
        }
    }
}
