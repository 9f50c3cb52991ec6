//! Kills a process at each of its system calls in turn, lets calls fail, and checks what
//! a restart finds. The process is this test program again, under strace(1), which can
//! do both: `-e inject=SET:signal=KILL:when=N`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::adaptation::save_both;
use super::persisted_lock::{NOTE, PersistedLock};
use super::state_folder::StateFolder;
use crate::decide::State;
use crate::enrol::KeptSessions;
use crate::enrol::adaptation::KeptFile;
use crate::owner::profile::Profile;
use crate::owner::profile::tests::profile;
use crate::regular_file::Owners;

/// Environment variable of a child: name of its script, a space, and its folder.
const SCRIPT: &str = "GRASPD_TEST_SCRIPT";
/// Calls that read or change a file system, and `write`, which stands for a publication
/// too. Not every architecture has those with a question mark.
const CALLS: [&str; 14] = [
    "?open",
    "openat",
    "?mknod",
    "mknodat",
    "?unlink",
    "unlinkat",
    "?rename",
    "renameat",
    "renameat2",
    "write",
    "fsync",
    "flock",
    "close",
    "statx",
];

/// Runs a child's script. Each line that it prints stands for a publication.
fn play(script: &str, folder: &Path) {
    match script {
        "memory" => {
            let mut memory = open(folder).patient();
            memory.keep(State::Lock);
            println!("lock");
            println!("unlock");
            memory.keep(State::Unlock);
            memory.keep(State::Lock);
            println!("lock");
            drop(memory);
        }
        "note" => {
            let mut memory = open(folder);
            memory.keep(State::Lock);
            while !folder.join(NOTE).exists() {
                thread::sleep(Duration::from_millis(5));
            }
        }
        "profile" => {
            newer().save(&folder.join("owner.profile")).unwrap();
            println!("saved");
            Profile::remove(&folder.join("owner.profile")).unwrap();
            println!("removed");
        }
        "learnt" => {
            let path = folder.join("owner.profile");
            let mut kept = KeptSessions::made_up(&profile(), 2, true);
            let file = KeptFile::beside(&path);
            save_both(&file, &mut kept, learnt(), &path, |_| println!("used")).unwrap();
            println!("saved");
        }
        "refused" => {
            newer().save(&folder.join("owner.profile")).unwrap_err();
        }
        other => panic!("no script {other}"),
    }
    println!("end");
}

fn open(folder: &Path) -> PersistedLock {
    PersistedLock::open(Arc::new(StateFolder::take(folder).unwrap())).unwrap()
}

fn newer() -> Profile {
    let mut newer = profile();
    newer.created_unix_s += 1;
    newer
}

/// The profile after learning.
fn learnt() -> Profile {
    let mut learnt = profile();
    learnt.enrolment.sessions += 1;
    learnt
}

#[test]
fn child() {
    if let Some(script) = std::env::var_os(SCRIPT) {
        let script = script.into_string().unwrap();
        let (script, folder) = script.split_once(' ').unwrap();
        play(script, Path::new(folder));
    }
}

/// Runs `script` in `folder` with the fault `what` injected; the lines that it printed.
fn inject(what: &str, script: &str, folder: &Path) -> Vec<String> {
    let log = folder.with_extension("strace");
    let output = Command::new("strace")
        .args(["--follow-forks", "--quiet=all", "--output"])
        .arg(log)
        .arg(format!("--trace={}", what.split(':').next().unwrap()))
        .arg(format!("--inject={what}"))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "daemon::kill_points::child", "--nocapture"])
        .env(SCRIPT, format!("{script} {}", folder.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let known = ["lock", "unlock", "saved", "removed", "used", "end"];
    // The first line begins with output of the test harness.
    let word = |line: &str| line.rsplit(' ').next().unwrap_or_default().to_owned();
    let words = said.lines().map(word);
    words
        .filter(|word| known.contains(&word.as_str()))
        .collect()
}

/// Whether strace is installed and may trace.
fn can_inject() -> bool {
    let tried = Command::new("strace")
        .args(["--quiet=all", "true"])
        .output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        skipped::because("no strace here that may trace, so NOTHING was killed");
    }
    can
}

/// Kills `script` at every call, each time in a new folder that `prepare` filled. `judge`
/// gets the folder, the last line printed (empty if none) and the injected fault.
fn kill_at_every_call(script: &str, prepare: impl Fn(&Path), judge: impl Fn(&Path, &str, &str)) {
    let mut kills = 0;
    for call in CALLS {
        // strace counts the calls of one name.
        for time in 1.. {
            let parent = tempfile::tempdir().unwrap();
            let folder = make(&parent.path().join("state"));
            prepare(&folder);
            let kill = format!("{call}:signal=KILL:when={time}");
            let said = inject(&kill, script, &folder);
            let last = said.last().map_or("", String::as_str);
            judge(&folder, last, &kill);
            if last == "end" {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 20, "only {kills} kills");
}

fn make(folder: &Path) -> PathBuf {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder).unwrap();
    folder.to_owned()
}

#[test]
fn a_lock_that_was_published_and_not_ended_is_there_after_a_kill_at_any_call() {
    if !can_inject() {
        return;
    }
    let judge = |folder: &Path, last: &str, kill: &str| {
        let locked = open(folder).was_locked();
        match last {
            "lock" | "end" => assert!(locked, "forgotten after {kill}"),
            // No lock was published yet, or its end was published.
            _ => {}
        }
    };
    kill_at_every_call("memory", |_| {}, judge);
}

#[test]
fn a_profile_is_the_old_one_or_the_new_one_after_a_kill_at_any_call() {
    if !can_inject() {
        return;
    }
    let prepare = |folder: &Path| profile().save(&folder.join("owner.profile")).unwrap();
    let judge = |folder: &Path, last: &str, kill: &str| {
        let path = folder.join("owner.profile");
        let found = Profile::load_any(&path);
        match (last, found) {
            ("", Ok(found)) => assert!(found == profile() || found == newer()),
            ("saved", Ok(found)) => assert_eq!(found, newer()),
            ("saved" | "removed" | "end", Err(error)) if error.is_missing() => {}
            (_, found) => panic!("{kill} after {last:?} left {found:?}"),
        }
        // Forgetting the owner removes whatever the kill left.
        Profile::remove(&path).unwrap();
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    };
    kill_at_every_call("profile", prepare, judge);
}

#[test]
fn what_was_learnt_is_in_the_profile_or_still_to_be_made_after_a_kill_at_any_call() {
    if !can_inject() {
        return;
    }
    let prepare = |folder: &Path| {
        let path = folder.join("owner.profile");
        profile().save(&path).unwrap();
        let kept = KeptSessions::made_up(&profile(), 2, false);
        KeptFile::beside(&path).save(&kept).unwrap();
    };
    let judge = |folder: &Path, last: &str, kill: &str| {
        let path = folder.join("owner.profile");
        let found = Profile::load_any(&path).unwrap();
        let kept = KeptFile::beside(&path).load(&found, Owners::this_process());
        let stale = kept.unwrap().is_stale();
        match last {
            // Not begun, or to be made up for.
            "" if found == profile() => {}
            "" | "used" if found == learnt() => {}
            "saved" | "end" => assert!(found == learnt() && !stale, "{kill}"),
            _ => panic!("{kill} after {last:?} left {found:?}"),
        }
    };
    kill_at_every_call("learnt", prepare, judge);
}

#[test]
fn a_profile_that_is_saved_is_used_though_the_disk_refuses_the_note_of_it() {
    if !can_inject() {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let folder = make(&parent.path().join("state"));
    // Each of the three files is synced, and its folder.
    let said = inject("fsync:error=ENOSPC:when=5", "learnt", &folder);
    assert_eq!(said, ["used", "saved", "end"]);
    let path = folder.join("owner.profile");
    let found = Profile::load_any(&path).unwrap();
    assert_eq!(found, learnt());
    let kept = KeptFile::beside(&path).load(&found, Owners::this_process());
    assert!(kept.unwrap().is_stale(), "to be made once more");
}

#[test]
fn what_a_disk_refuses_is_tried_until_it_is_written() {
    if !can_inject() {
        return;
    }
    let tries = [
        "mknodat:error=ENOSPC",
        "mknodat:error=EROFS",
        "fsync:error=EIO",
    ];
    thread::scope(|scope| {
        for refused in tries {
            scope.spawn(move || {
                let parent = tempfile::tempdir().unwrap();
                let folder = make(&parent.path().join("state"));
                let said = inject(&format!("{refused}:when=1"), "note", &folder);
                assert_eq!(said, ["end"], "{refused}");
                assert!(open(&folder).was_locked());
            });
        }
    });
}

#[test]
fn a_profile_that_a_disk_refuses_leaves_the_old_one_alone_there() {
    if !can_inject() {
        return;
    }
    for refused in [
        "fsync:error=ENOSPC:when=1",
        "?rename,renameat,renameat2:error=EROFS",
    ] {
        let parent = tempfile::tempdir().unwrap();
        let folder = make(&parent.path().join("state"));
        let path = folder.join("owner.profile");
        profile().save(&path).unwrap();
        assert_eq!(inject(refused, "refused", &folder), ["end"], "{refused}");
        assert_eq!(Profile::load_any(&path).unwrap(), profile());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
