//! The data sets that can be read: names, terms and folder layouts.

use std::fmt;

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
    /// UbiComp'13: phones in the hand, walking. Brajdic and Harle 2013,
    /// <https://doi.org/10.1145/2493432.2493449>
    UbiComp13,
    /// Recordings in graspd's own format.
    Graspd,
}

impl DataSet {
    /// All of them, in the order in which errors list them.
    pub(super) const ALL: [Self; 6] = [
        Self::Hmog,
        Self::MotionSense,
        Self::Hapt,
        Self::SisFall,
        Self::UbiComp13,
        Self::Graspd,
    ];

    /// Its name in `--data` and in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmog => "hmog",
            Self::MotionSense => "motionsense",
            Self::Hapt => "hapt",
            Self::SisFall => "sisfall",
            Self::UbiComp13 => "ubicomp13",
            Self::Graspd => "graspd",
        }
    }

    /// Terms of use that were stated with the data.
    pub fn terms(self) -> &'static str {
        match self {
            Self::Hmog => "none stated; research use",
            Self::MotionSense => "MIT",
            Self::Hapt => "cite the authors; no commercial use",
            Self::SisFall => "none stated",
            Self::UbiComp13 => "none seen with the files",
            Self::Graspd => "as agreed with the people recorded",
        }
    }

    /// Paths of its recordings below its folder, for error messages.
    pub fn layout(self) -> &'static str {
        match self {
            Self::Hmog => {
                "public_dataset/<id>/<id>_session_<n>/Accelerometer.csv and Gyroscope.csv"
            }
            Self::MotionSense => "A_DeviceMotion_data/<activity>_<trial>/sub_<n>.csv",
            Self::Hapt => "RawData/acc_exp<n>_user<n>.txt and gyro_exp<n>_user<n>.txt",
            Self::SisFall => "SA<n>/D<n>_SA<n>_R<n>.txt, SE<n>/D<n>_SE<n>_R<n>.txt",
            Self::UbiComp13 => {
                "{train_data,test_data}/<n>/p<person>.<run>_…_<Hand_held or Handheld_using>.out or .dat"
            }
            Self::Graspd => "<person>/<session>.csv or .csv.zst",
        }
    }
}

impl fmt::Display for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
