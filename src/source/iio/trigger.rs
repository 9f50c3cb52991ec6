//! Triggers: what makes a device take its scans.

use super::IioError;
use super::device::Device;
use super::sysfs::Attributes;

const CURRENT: &str = "trigger/current_trigger";

/// The trigger in use; `None` if there is none.
pub(super) fn current(device: &Attributes) -> Option<Attributes> {
    let name = device.read(CURRENT).ok()?;
    let found = all(device).into_iter().find(|(its, _)| *its == name)?;
    Some(found.1)
}

/// The name of the trigger in use; `None` if there is none.
pub(super) fn name(device: &Attributes) -> Option<String> {
    device.read(CURRENT).ok().filter(|name| !name.is_empty())
}

/// All triggers, by name.
fn all(device: &Attributes) -> Vec<(String, Attributes)> {
    let Some(folder) = device.folder().parent() else {
        return Vec::new();
    };
    let neighbours = Attributes::of(folder.to_owned());
    let entries = neighbours.list("").unwrap_or_default();
    entries
        .into_iter()
        .filter(|entry| entry.starts_with("trigger"))
        .filter_map(|entry| {
            let trigger = Attributes::of(neighbours.path(&entry));
            Some((trigger.read("name").ok()?, trigger))
        })
        .collect()
}

/// Whether a device's trigger serves, and which one would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// The device needs none, or has one that fires for every sample.
    Fit,
    /// It has an unsuitable one or none, and its own one is set instead.
    Replaced {
        /// The name of the trigger in use; empty if none.
        now: String,
        /// Why it is unsuitable.
        because: &'static str,
        /// The name of the device's own trigger.
        own: String,
    },
    /// It has an unsuitable one or none, and no trigger of its own exists.
    Unfit {
        /// The name of the trigger in use; empty if none.
        now: String,
        /// Why it is unsuitable.
        because: &'static str,
    },
}

/// Examines the trigger of `device`; [`Trigger::Fit`] where it has no such attribute.
pub(super) fn look(device: &Device) -> Trigger {
    let attributes = &device.attributes;
    let Ok(now) = attributes.read(CURRENT) else {
        return Trigger::Fit;
    };
    let triggers: Vec<String> = all(attributes).into_iter().map(|(name, _)| name).collect();
    let because = match () {
        () if now.is_empty() => "there is none",
        () if !belongs(&now, device) => "it is another device's",
        () if is_occasional(&now) => "it does not fire for every sample",
        () if !triggers.contains(&now) => "it is not there any more",
        () => return Trigger::Fit,
    };
    match own(device, &triggers) {
        Some(own) if own == now => Trigger::Fit,
        Some(own) => Trigger::Replaced { now, because, own },
        None => Trigger::Unfit { now, because },
    }
}

/// Whether the trigger may serve `device`: false if its name ends in the `-devN` of
/// another device, as drivers name theirs. Triggers made by an administrator have any
/// other name.
fn belongs(trigger: &str, device: &Device) -> bool {
    let number = device.id.trim_start_matches("iio:device");
    trigger
        .rsplit_once("-dev")
        .is_none_or(|(_, n)| n.parse::<u32>().is_err() || n == number)
}

/// Whether a driver's trigger fires for events, such as the begin of motion, instead of
/// samples.
fn is_occasional(trigger: &str) -> bool {
    let events = ["any-motion", "motion", "tap", "orient", "freefall", "wake"];
    let (name, _) = trigger.rsplit_once("-dev").unwrap_or((trigger, ""));
    events
        .iter()
        .any(|event| name.ends_with(&format!("-{event}")))
}

/// The device's own trigger for samples, as drivers name them: `accel_3d-dev0`,
/// `lis3dh-trigger`, or anything else that begins with the device's name.
fn own(device: &Device, triggers: &[String]) -> Option<String> {
    let number = device.id.trim_start_matches("iio:device");
    let usual = [
        format!("{}-dev{number}", device.name),
        format!("{}-trigger", device.name),
    ];
    let begins = |trigger: &&String| {
        !device.name.is_empty()
            && trigger.starts_with(&format!("{}-", device.name))
            && belongs(trigger, device)
            && !is_occasional(trigger)
    };
    usual
        .iter()
        .find(|name| triggers.contains(name))
        .or_else(|| triggers.iter().find(begins))
        .cloned()
}

/// Makes sure that the device has a trigger for every sample: its own is set where it
/// has none, one for events, or another device's, which the kernel accepts without an
/// error although it may never fire. A trigger that an administrator made stays.
pub(super) fn prepare(device: &Device) -> Result<(), IioError> {
    let id = &device.id;
    match look(device) {
        Trigger::Fit => Ok(()),
        Trigger::Replaced { now, because, own } => {
            tracing::info!(device = %id, trigger = %own, instead_of = %now, because, "set the trigger");
            device.attributes.write(CURRENT, &own)
        }
        Trigger::Unfit { now, because } => {
            tracing::info!(device = %id, trigger = %now, because, "the device has no trigger of its own");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fake::Fake;
    use super::*;

    fn device_with(now: &str, triggers: &[&str]) -> Trigger {
        let fake = Fake::new();
        let _devices = fake.hid().map(|device| {
            device.set("trigger/current_trigger", now);
        });
        for trigger in ["trigger10", "trigger11"] {
            let folder = fake.root().join("sys/bus/iio/devices").join(trigger);
            fs::remove_dir_all(folder).unwrap();
        }
        for (name, n) in triggers.iter().zip(0..) {
            fake.trigger(n, name);
        }
        look(&Device::all(&fake.settings().roots)[0])
    }

    #[test]
    fn what_fires_for_every_sample_stays_and_all_else_is_replaced() {
        let own = "accel_3d-dev0";
        let event = "accel_3d-any-motion-dev0";
        for fit in [own, "hrtimer", "sysfstrig0"] {
            assert_eq!(device_with(fit, &[own, fit]), Trigger::Fit, "{fit}");
        }
        for (now, because) in [
            ("\n", "there is none"),
            ("gyro_3d-dev1\n", "another device's"),
            (event, "every sample"),
            ("timer-that-was-removed", "any more"),
        ] {
            match device_with(now, &[event, "gyro_3d-dev1", own]) {
                Trigger::Replaced {
                    because: found,
                    own: set,
                    ..
                } => {
                    assert!(
                        found.contains(because) && set == own,
                        "{now}: {found}, {set}"
                    );
                }
                other => panic!("{now}: {other:?}"),
            }
            let unfit = device_with(now, &[event, "gyro_3d-dev1"]);
            assert!(matches!(unfit, Trigger::Unfit { .. }), "{now}: {unfit:?}");
        }
        let other_spelling = device_with("", &["accel_3d-any-motion-dev0", "accel_3d-trigger"]);
        assert!(
            matches!(other_spelling, Trigger::Replaced { own, .. } if own == "accel_3d-trigger")
        );
    }
}
