//! Whether a bundle that is there is the one that a fold asks for.

use std::error::Error;
use std::path::Path;

use graspd::model::{Bundle, Training, TrainingData};

use super::recipe::without_devices;
use crate::cli::train::TrainArgs;
use crate::data::{Catalogue, Corpus, DataError, DataSpec, WindowShape};
use crate::progress::Progress;

/// Those of the people asked for of whom the bundle at `path` learnt nothing, because they have
/// no session that can be used. An error if it was trained on other people, or with other
/// options, than `train` asks for.
pub(super) fn untaught(path: &Path, train: &TrainArgs) -> Result<Vec<String>, Box<dyn Error>> {
    let bundle = Bundle::open(path)?;
    let Training { data, command, .. } = &bundle.manifest().training;
    let sets = train.sets()?;
    let other = |how: String| {
        let path = path.display();
        format!("{path} was trained {how}; remove it, or give another --out")
    };
    let names = |data: &TrainingData| data.name.clone();
    let asked = sets.iter().map(|spec| spec.set.name());
    if !data.iter().map(names).eq(asked) {
        return Err(other(format!("on other data (`{command}`)")).into());
    }
    let mut untaught = Vec::new();
    for (spec, taught) in sets.iter().zip(data) {
        let asked = Catalogue::of(spec)?.ids();
        let without: Vec<String> = (asked.iter())
            .filter(|person| !taught.people.contains(person))
            .cloned()
            .collect();
        let more = (taught.people.iter()).any(|person| !asked.contains(person));
        if more || have_windows(spec, &without, train.shape())? {
            let of = match sets.first() == Some(spec) {
                true => "this fold's".to_owned(),
                false => format!("those asked for of {}", spec.set),
            };
            return Err(other(format!("on other people than {of}")).into());
        }
        untaught.extend(without);
    }
    if without_devices(command) != without_devices(&train.command_on(data)) {
        return Err(other(format!("otherwise (`{command}`)")).into());
    }
    Ok(untaught)
}

/// Whether any of `people` has a window to train on.
fn have_windows(spec: &DataSpec, people: &[String], shape: WindowShape) -> Result<bool, DataError> {
    if people.is_empty() {
        return Ok(false);
    }
    let spec = DataSpec {
        people: people.to_vec(),
        ..spec.clone()
    };
    match Corpus::read(&spec, shape, Progress::Silent) {
        Ok(_) => Ok(true),
        Err(DataError::Empty { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
