//! Qualcomm's sensor core: whether it is there, whether the service may reach it, and whether it
//! gives both sensors.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::machine::Machine;
use super::{Device, Finding, phone_sensors};
use crate::source::SscSource;
use crate::source::ssc::{Settings, is_there, router};

const CHECK: &str = "ssc";
/// Where systemd looks for units and their drop-ins; systemd.unit(5).
const UNITS: [&str; 5] = [
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];

/// Looks for the sensor core; with `try_it` it also reads the sensors.
pub(super) fn check(device: &Device<'_>, settings: Settings, try_it: bool) -> Vec<Finding> {
    match is_there(settings, router(), Duration::from_secs(5)) {
        Err(error) => {
            return vec![Finding::fail(CHECK, error.to_string()).remedy("`modprobe qrtr`")];
        }
        Ok(false) => {
            let found = "no processor offers the sensor core's service (QRTR 400)";
            return vec![Finding::fail(CHECK, found).remedy(
                "its firmware (ADSP or SLPI), pd-mapper and hexagonrpcd have to run; `qrtr-lookup` \
                 lists what there is",
            )];
        }
        Ok(true) => {}
    }
    let there = found(&device.machine);
    let tried =
        try_it.then(|| phone_sensors::check(SscSource::new(settings, router()), settings.channels));
    [Some(there), tried].into_iter().flatten().collect()
}

/// The finding about a sensor core that is there: what may be opened here may be forbidden to the
/// service.
fn found(machine: &Machine) -> Finding {
    // Other service managers have no sandbox for graspd.
    if !machine.path("run/systemd/system").exists() || sandbox_lets_it_be_reached(machine) {
        return Finding::ok(CHECK, "the sensor core is there");
    }
    let found = "the sensor core is there, and the service's sandbox forbids it to reach it";
    Finding::fail(CHECK, found).remedy(
        "`mkdir -p /etc/systemd/system/graspd.service.d && \
         ln -sf /usr/share/graspd/ssc.conf /etc/systemd/system/graspd.service.d/ && \
         systemctl daemon-reload && systemctl try-restart graspd`; \
         docs/systemd.md says what that costs",
    )
}

/// Whether the unit, as its drop-ins change it, lets the IPC router's sockets be opened, and in
/// the network namespace that has the router. systemd.exec(5), RestrictAddressFamilies=,
/// PrivateNetwork=
fn sandbox_lets_it_be_reached(machine: &Machine) -> bool {
    let folders = || UNITS.into_iter().map(|folder| machine.path(folder));
    let unit = folders()
        .map(|folder| folder.join("graspd.service"))
        .find(|unit| unit.exists());
    let drop_ins = folders().flat_map(|folder| fs::read_dir(folder.join("graspd.service.d")));
    let mut drop_ins: Vec<PathBuf> = drop_ins
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "conf"))
        .collect();
    drop_ins.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
    // `None` where nothing is restricted.
    let mut allowed = None;
    let mut elsewhere = false;
    for path in unit.into_iter().chain(drop_ins) {
        let text = fs::read_to_string(path).unwrap_or_default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let value = value.trim();
            match key.trim() {
                "PrivateNetwork" => elsewhere = is_yes(value).unwrap_or(elsewhere),
                "RestrictAddressFamilies" => allowed = with_families(allowed, value),
                _ => {}
            }
        }
    }
    allowed.unwrap_or(true) && !elsewhere
}

/// Whether the router's family is allowed after an assignment of `value`; `None` where all are.
fn with_families(allowed: Option<bool>, value: &str) -> Option<bool> {
    let named = |families: &str| families.split_whitespace().any(|it| it == "AF_QIPCRTR");
    match value.strip_prefix('~') {
        Some(denied) => Some(allowed.unwrap_or(true) && !named(denied)),
        None if value.is_empty() => None,
        None => Some(allowed.unwrap_or(false) || named(value)),
    }
}

/// systemd.syntax(7)
fn is_yes(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;

    #[test]
    fn the_service_reaches_it_by_the_drop_in_that_is_shipped_or_without_systemd() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let said = || found(&Machine::at(root.path()));
        write("run/openrc/softlevel", "default");
        let openrc = said();
        assert_eq!(openrc.verdict, Severity::Ok);
        assert!(!format!("{openrc:?}").contains("systemd"), "{openrc:?}");

        fs::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        assert_eq!(said().verdict, Severity::Ok, "no unit restricts it");
        write(
            "usr/lib/systemd/system/graspd.service",
            include_str!("../../systemd/graspd.service"),
        );
        let drop_in = include_str!("../../systemd/ssc.conf");
        let folder = "etc/systemd/system/graspd.service.d";
        write(&format!("{folder}/ssc.conf.off"), drop_in);
        let commented = drop_in.replace("RestrictAddressFamilies", "# RestrictAddressFamilies");
        write(&format!("{folder}/other.conf"), &commented);
        let shipped = said();
        assert_eq!(shipped.verdict, Severity::Fail);
        let remedy = shipped.remedy.unwrap();
        assert!(remedy.contains("/usr/share/graspd/ssc.conf"), "{remedy}");
        // A sandbox is set up as the service starts.
        assert!(
            remedy.contains("daemon-reload && systemctl try-restart graspd"),
            "{remedy}"
        );

        let private = "[Service]\nRestrictAddressFamilies = AF_QIPCRTR\nPrivateNetwork=yes\n";
        write(&format!("{folder}/private.conf"), private);
        assert_eq!(said().verdict, Severity::Fail, "in a network of its own");
        fs::remove_file(root.path().join(folder).join("private.conf")).unwrap();

        let reset = "[Service]\nRestrictAddressFamilies=\nPrivateNetwork=off\n";
        write(&format!("{folder}/reset.conf"), reset);
        assert_eq!(
            said().verdict,
            Severity::Ok,
            "nothing is restricted any more"
        );
        fs::remove_file(root.path().join(folder).join("reset.conf")).unwrap();

        let reached = Finding::ok(CHECK, "the sensor core is there");
        for folder in ["etc", "run", "usr/lib"] {
            let path = format!("{folder}/systemd/system/graspd.service.d/ssc.conf");
            write(&path, drop_in);
            assert_eq!(said(), reached);
            fs::remove_file(root.path().join(path)).unwrap();
        }
        // As the remedy has it; without the package the link leads nowhere.
        let shipped = root.path().join("usr/share/graspd/ssc.conf");
        let link = root.path().join(folder).join("ssc.conf");
        std::os::unix::fs::symlink(&shipped, link).unwrap();
        assert_eq!(said().verdict, Severity::Fail);
        write("usr/share/graspd/ssc.conf", drop_in);
        assert_eq!(said(), reached);
    }
}
