//! The adaptation thread: judges sessions, and makes the profile of those that join.

use std::convert::Infallible;
use std::path::Path;

use super::*;

/// Attempts to write what was learnt while others change the files.
const ATTEMPTS: usize = 3;

impl Adaptation {
    /// Carries out tasks until all handles to this are gone.
    pub(super) fn work(&self, inbox: &Receiver<Task>) {
        while let Ok(task) = inbox.recv() {
            let stranger = self.stranger.swap(false, Ordering::SeqCst);
            let mut saved = true;
            if let Task::Happened(outcome) = &task {
                saved = self.retry(|| self.record(outcome, stranger));
            }
            // Only after a proof, so that a lock in between has its say first.
            let joins = matches!(&task, Task::Happened(Outcome { proof: true, .. }));
            if joins || matches!(&task, Task::Remake) {
                saved &= self.retry(|| self.learn(joins, stranger));
            }
            if stranger && !saved {
                self.stranger.store(true, Ordering::SeqCst);
            }
            let mut files = self.files();
            files.busy = false;
            if let Task::Happened(outcome) = &task {
                files.withdrawn.retain(|number| *number > outcome.number);
            }
        }
    }

    /// Repeats `attempt` while it returns `None`, because the files were changed meanwhile;
    /// whether it has saved what there was to save.
    fn retry(&self, attempt: impl Fn() -> Option<Saved>) -> bool {
        match (0..ATTEMPTS).find_map(|_| attempt()) {
            Some(Saved(saved)) => saved,
            None => {
                tracing::warn!("nothing is learnt now, because the profile keeps changing");
                false
            }
        }
    }

    /// Notes labels, drops what waits if a stranger may have had the device, and records a
    /// session that is the owner's.
    fn record(&self, outcome: &Outcome, stranger: bool) -> Option<Saved> {
        let Some(mut found) = self.found() else {
            return Some(Saved(!stranger));
        };
        let mut changed = stranger && drop_what_waits(&mut found.kept);
        let (at, mut labelled) = (now(), None);
        // Whatever takes it back from now on changes the generation, too.
        if self.files().heeds(outcome.number) {
            let ended = outcome.ended.as_ref();
            if ended.is_some() && found.kept.heed_clock(at) {
                tracing::warn!(
                    "a session was recorded at a time to come, which holds others up no longer"
                );
                changed = true;
            }
            let session =
                ended.is_some_and(|(session, label)| self.propose(&mut found, session, *label, at));
            if outcome.false_lock {
                tracing::info!("the secret followed the lock at once, so it was a false one");
                found.kept.label_false_lock(at);
                labelled = Some(Labelled {
                    number: outcome.number,
                    at,
                    session,
                });
            }
            changed |= session || outcome.false_lock;
        }
        if !changed {
            return Some(Saved(true));
        }
        self.commit(found.generation, |files| {
            save(&found.file, &found.kept)?;
            files.labelled = labelled.or(files.labelled);
            Ok(())
        })
    }

    fn propose(
        &self,
        found: &mut ProfileInUse,
        session: &SessionWindows,
        label: Label,
        at: UnixTime,
    ) -> bool {
        let Some(judge) = self.judge(found) else {
            return false;
        };
        match found.kept.propose(&judge, session, label, at) {
            Ok(scores) => {
                tracing::info!(
                    windows = scores.windows,
                    "a session of the owner waits to be learnt"
                );
                true
            }
            Err(why) => {
                tracing::info!(%why, "a session is not learnt");
                false
            }
        }
    }

    /// Makes the profile of what joined before, or if it `joins` lets the session that has
    /// waited long enough join.
    fn learn(&self, joins: bool, stranger: bool) -> Option<Saved> {
        let Some(mut found) = self.found() else {
            return Some(Saved(!stranger));
        };
        let dropped = stranger && drop_what_waits(&mut found.kept);
        if found.kept.is_stale() {
            return self.remake(found, dropped);
        }
        let (generation, settings, time) = (found.generation, found.settings.clone(), now());
        let due = joins && settings.adapt && found.kept.is_due(time, settings.wait);
        // Nothing joins that nobody judges.
        let judge = due.then(|| self.judge(&found)).flatten();
        let joined = judge.map(|judge| {
            self.fixed.cohort.lend(|cohort| {
                let (how, when) = ((&settings.rule, cohort), (time, settings.wait));
                Ok::<_, Infallible>(found.kept.join(&judge, how, when))
            })
        });
        let joined = joined.transpose().unwrap_or_else(|why| {
            tracing::error!(%why, "a session waits until the cohort can be read");
            None
        });
        match joined.flatten() {
            Some(Ok(profile)) => return self.put_in_force(found, profile),
            Some(Err(why)) => tracing::info!(%why, "a session is not learnt"),
            None if dropped => {}
            None => return Some(Saved(true)),
        }
        self.commit(generation, |_| save(&found.file, &found.kept))
    }

    /// Makes the profile of what joined before, or after a session was taken back. `dropped` if
    /// other sessions were dropped, which is not saved yet.
    fn remake(&self, found: ProfileInUse, dropped: bool) -> Option<Saved> {
        let cohort = &self.fixed.cohort;
        let made = cohort.lend(|cohort| found.kept.remake(&found.settings.rule, cohort));
        match made {
            Ok(profile) => self.put_in_force(found, profile),
            Err(why) => {
                tracing::error!(%why, "the profile cannot be made anew, so the old one stays");
                match dropped {
                    true => self.commit(found.generation, |_| save(&found.file, &found.kept)),
                    false => Some(Saved(true)),
                }
            }
        }
    }

    /// Saves sessions and profile, in this order, and takes the profile into use.
    fn put_in_force(&self, found: ProfileInUse, profile: Profile) -> Option<Saved> {
        let ProfileInUse {
            generation,
            profile: was,
            mut kept,
            file,
            settings,
        } = found;
        let sessions = profile.enrolment.sessions;
        let in_force = |profile| {
            self.fixed.served_owner.adapt(&was, profile);
            tracing::info!(
                sessions,
                "the profile is made anew, of the enrolment and of use"
            );
        };
        self.commit(generation, |_| {
            save_both(&file, &mut kept, profile, &settings.profile, in_force)
        })
    }

    /// The judge for the owner in use, made once.
    fn judge(&self, found: &ProfileInUse) -> Option<Arc<Judge>> {
        let rule = found.settings.rule;
        if let Some((of, judge)) = &self.files().judge
            && *of == rule
        {
            return Some(judge.clone());
        }
        let cohort = &self.fixed.cohort;
        let made = cohort.lend(|cohort| found.kept.judge(&rule, cohort));
        let mut files = self.files();
        if files.generation != found.generation {
            return None;
        }
        match made {
            Ok(judge) => {
                let judge = Arc::new(judge);
                files.judge = Some((rule, judge.clone()));
                Some(judge)
            }
            Err(why) => {
                say_off(&mut files, why);
                None
            }
        }
    }

    fn found(&self) -> Option<ProfileInUse> {
        self.fixed.served_owner.owner()?;
        let mut files = self.files();
        match self.find(&files) {
            Ok(found) => {
                files.busy |= found.kept.is_stale();
                Some(found)
            }
            Err(why) => {
                say_off(&mut files, why);
                None
            }
        }
    }

    /// Writes by `change` unless the files were changed since `generation`, and then returns
    /// `None`.
    fn commit(
        &self,
        generation: u64,
        change: impl FnOnce(&mut Files) -> Result<(), String>,
    ) -> Option<Saved> {
        let mut files = self.files();
        if files.generation != generation {
            return None;
        }
        let saved = change(&mut files);
        if let Err(error) = &saved {
            tracing::error!(%error, "what was learnt is not saved");
        }
        Some(Saved(saved.is_ok()))
    }
}

impl Files {
    /// Whether the outcome with this number is of the owner in use, and not withdrawn.
    fn heeds(&self, number: u64) -> bool {
        number >= self.first && !self.withdrawn.contains(&number)
    }
}

/// Whether everything was saved that was to be.
#[derive(Debug, Clone, Copy)]
struct Saved(bool);

/// Whether there was anything to drop.
fn drop_what_waits(kept: &mut KeptSessions) -> bool {
    let dropped = kept.drop_waiting();
    if dropped > 0 {
        tracing::info!(
            dropped,
            "what waited is not learnt, because nobody opened a lock at once"
        );
    }
    dropped > 0
}

/// Writes stale `kept` and the `profile` that was made of them, has that taken into use by
/// `in_force`, and writes that it was made. A kill at any time leaves both as they were, or
/// sessions that are stale, or both as they are to be; so does a disk that refuses the last.
pub(in crate::daemon) fn save_both(
    file: &KeptFile,
    kept: &mut KeptSessions,
    profile: Profile,
    path: &Path,
    in_force: impl FnOnce(Profile),
) -> Result<(), String> {
    save(file, kept)?;
    profile.save(path).map_err(|error| error.to_string())?;
    // Before anything else can fail: a profile that is there and not in use is another's to
    // whoever looks for the one in use.
    in_force(profile);
    kept.made();
    if let Err(error) = save(file, kept) {
        tracing::warn!(%error, "the profile will be made once more, because it is not noted that it was");
    }
    Ok(())
}

fn save(file: &KeptFile, kept: &KeptSessions) -> Result<(), String> {
    file.save(kept).map_err(|error| error.to_string())
}

/// Logs once why nothing is learnt.
fn say_off(files: &mut Files, why: String) {
    if files.off.as_ref() != Some(&why) {
        tracing::info!("use is not learnt: {why}");
        files.off = Some(why);
    }
}
