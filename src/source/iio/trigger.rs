//! What makes a device take its scans.

use super::IioError;
use super::find::Device;
use super::sysfs::Attributes;

const CURRENT: &str = "trigger/current_trigger";

/// The trigger in use, among the devices' neighbours in sysfs.
pub(super) fn current(device: &Attributes) -> Option<Attributes> {
    named(device, &device.read(CURRENT).ok()?)
}

fn named(device: &Attributes, name: &str) -> Option<Attributes> {
    let neighbours = Attributes::of(device.folder().parent()?.to_owned());
    let mut triggers = neighbours.list("").ok()?.into_iter();
    triggers.find_map(|entry| {
        let trigger = Attributes::of(neighbours.path(&entry));
        let found = entry.starts_with("trigger") && trigger.read("name").ok()? == name;
        found.then_some(trigger)
    })
}

/// Sees to it that the device has a trigger: its own, such as `accel_3d-dev0`,
/// where it has none or another device's, which the kernel accepts without a
/// word and which may never fire. One that an administrator made stays.
pub(super) fn prepare(device: &Device) -> Result<(), IioError> {
    let attributes = &device.attributes;
    if !attributes.has(CURRENT) {
        return Ok(());
    }
    let current = attributes.read(CURRENT)?;
    let number = device.id.trim_start_matches("iio:device");
    let foreign = current
        .rsplit_once("-dev")
        .is_some_and(|(_, n)| n.parse::<u32>().is_ok() && n != number);
    if !current.is_empty() && !foreign {
        return Ok(());
    }
    let own = format!("{}-dev{number}", device.name);
    if named(attributes, &own).is_some() {
        tracing::info!(device = %device.id, trigger = %own, instead_of = %current, "set the trigger");
        return attributes.write(CURRENT, &own);
    }
    tracing::info!(device = %device.id, %current, "the device has no trigger of its own");
    Ok(())
}
