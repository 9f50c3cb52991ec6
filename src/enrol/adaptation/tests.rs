//! What joins a profile, and what never does.

use std::time::Duration;

use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::enrol::{DecisionBudget, EnrolmentWindows, GammaRule, LearnOptions};
use crate::model::cohort::Cohort;
use crate::model::cohort::tests::cohort;
use crate::owner::ocsvm::Nu;
use crate::owner::profile::Profile;
use crate::sealed::{seal, unseal};

const COLUMNS: usize = 4;
const OWNER: [f32; COLUMNS] = [0.0, 0.0, 0.0, -4.0];
const DAY: u64 = 24 * 3600;
const ENROLLED: UnixTime = UnixTime(1_700_000_000);

/// Windows about `centre`, others for each `number`.
fn windows(centre: [f32; COLUMNS], number: usize, count: usize) -> Array2<f32> {
    Array2::from_shape_fn((count, COLUMNS), |(row, column)| {
        centre[column] + noise(row, column, number)
    })
}

/// A number from −1 to 1 that depends on all three (SplitMix64's mixer).
pub(crate) fn noise(row: usize, column: usize, number: usize) -> f32 {
    let seed = (row * 64 + column) as u64 + ((number as u64) << 32);
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

fn session(centre: [f32; COLUMNS], number: usize) -> SessionWindows {
    windows(centre, number, 150).view().into()
}

/// A point between the owner, at 0, and a person of the cohort, at 1.
fn towards(person: usize, share: f32) -> [f32; COLUMNS] {
    std::array::from_fn(|column| {
        let theirs = if column == person { 3.0 } else { 0.0 };
        OWNER[column] + share * (theirs - OWNER[column])
    })
}

struct Life {
    cohort: Cohort,
    rule: DecisionBudget,
    profile: Profile,
    kept: KeptSessions,
    judge: Judge,
}

impl Life {
    fn begin() -> Self {
        Self::of(&[60, 60])
    }

    /// Enrolled in sittings of so many windows.
    fn of(sittings: &[usize]) -> Self {
        let cohort = cohort(COLUMNS);
        let mut enrolled = EnrolmentWindows::made_up(COLUMNS);
        for (sitting, &count) in sittings.iter().enumerate() {
            for row in windows(OWNER, sitting, count).outer_iter() {
                enrolled.add(row);
            }
            enrolled.end_session();
        }
        let rule = DecisionBudget {
            refuse: false,
            ..DecisionBudget::default()
        };
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule,
        };
        let made = enrolled.finish(&how, Some(&cohort), 1000, ENROLLED.0);
        let (profile, _) = made.unwrap();
        let kept = KeptSessions::of(&enrolled, &how, &profile);
        let judge = kept.judge(&rule, Some(&cohort)).unwrap();
        Self {
            cohort,
            rule,
            profile,
            kept,
            judge,
        }
    }

    fn propose(&mut self, centre: [f32; COLUMNS], day: u64) -> Result<SessionScores, Refusal> {
        let session = session(centre, day as usize);
        let now = UnixTime(ENROLLED.0 + day * DAY);
        self.kept
            .propose(&self.judge, &session, Label::Undisturbed, now)
    }

    fn admit(&mut self, day: u64) -> bool {
        self.kept.admit(UnixTime(ENROLLED.0 + day * DAY), WAIT)
    }

    fn learn(&self) -> Profile {
        self.kept.learn(&self.rule, Some(&self.cohort)).unwrap().0
    }
}

#[test]
fn a_session_of_the_owner_joins_after_a_day_and_can_be_taken_back() {
    let mut life = Life::begin();
    assert_eq!(life.learn(), life.profile, "nothing was learnt yet");
    life.propose(OWNER, 1).unwrap();
    assert!(!life.admit(1), "it has to wait");
    assert_eq!(life.learn(), life.profile);
    assert!(life.admit(2) && life.kept.is_stale());
    let adapted = life.learn();
    assert_eq!(adapted.enrolment.sessions, 3);
    assert_eq!(adapted.created_unix_s, ENROLLED.0);
    assert!(life.kept.belongs_to(&adapted));
    assert!(life.judge.accepts(&adapted).is_ok());
    let undone = life.kept.undo().unwrap();
    assert_eq!(undone.learnt, Some(UnixTime(ENROLLED.0 + 2 * DAY)));
    assert!(life.kept.is_stale());
    assert_eq!(life.learn(), life.profile);
    assert_eq!(life.kept.undo(), None);
}

#[test]
fn a_session_joins_once_it_has_waited_and_makes_the_profile() {
    let mut life = Life::begin();
    life.propose(OWNER, 1).unwrap();
    let mut join = |day: u64| {
        let how = (&life.rule, Some(&life.cohort));
        let now = UnixTime(ENROLLED.0 + day * DAY);
        let when = (now, WAIT);
        life.kept.join(&life.judge, how, when)
    };
    assert_eq!(join(1), None, "it has to wait");
    let adapted = join(2).unwrap().unwrap();
    assert_eq!(join(9), None, "nothing else waits");
    assert_eq!(adapted.enrolment.sessions, 3);
    assert!(life.kept.is_stale(), "the profile is not saved yet");
    assert_eq!(adapted, life.learn());
}

/// Sessions join because they score well, so that they say nothing of how others will.
#[test]
fn what_is_expected_does_not_get_better_by_what_was_chosen_for_its_scores() {
    let mut life = Life::begin();
    for day in 0..6 {
        life.propose(OWNER, 2 * day).unwrap();
        assert!(life.admit(2 * day + 1));
    }
    let expected = |profile: &Profile| profile.enrolment.expectation.forecast.unwrap();
    let (before, after) = (expected(&life.profile), expected(&life.learn()));
    // At one calibration, so that both expect the same of it.
    let (_, most) = before.false_locks_ci95;
    assert!(
        after.false_locks_ci95.1 >= 0.9 * most,
        "{after:?} {before:?}"
    );
}

/// Of which all parts tell, and not the first alone.
#[test]
fn an_enrolment_of_one_session_is_made_again_as_it_was() {
    let life = Life::of(&[120]);
    assert_eq!(life.learn(), life.profile);
}

#[test]
fn what_waits_goes_when_a_stranger_may_have_had_the_device() {
    let mut life = Life::begin();
    life.propose(OWNER, 1).unwrap();
    life.admit(2);
    life.propose(OWNER, 3).unwrap();
    assert_eq!(life.kept.drop_waiting(), 1);
    assert!(!life.admit(9));
    assert_eq!(life.kept.records().count(), 1, "what was learnt stays");
}

#[test]
fn a_lock_that_was_right_takes_back_its_label_and_the_session_that_waits() {
    let mut life = Life::begin();
    life.propose(OWNER, 1).unwrap();
    life.admit(2);
    let at = UnixTime(ENROLLED.0 + 3 * DAY);
    let ended = session(OWNER, 3);
    let proposed = life.kept.propose(&life.judge, &ended, Label::FalseLock, at);
    proposed.unwrap();
    life.kept.label_false_lock(at);
    let before = UnixTime(at.0 - 60);
    assert!(!life.kept.withdraw_false_lock(before, true), "another");
    assert!(!life.kept.clone().withdraw_false_lock(at, false));
    assert_eq!(life.kept.false_locks(), [at]);
    assert!(life.kept.withdraw_false_lock(at, true));
    assert!(life.kept.false_locks().is_empty());
    assert_eq!(life.kept.records().count(), 1, "what was learnt stays");
    assert!(!life.kept.withdraw_false_lock(at, true));
}

#[test]
fn one_session_a_day_and_none_where_the_clock_is_wrong() {
    let mut life = Life::begin();
    life.propose(OWNER, 5).unwrap();
    assert_eq!(life.propose(OWNER, 5), Err(Refusal::TooSoon));
    assert_eq!(life.kept.drop_waiting(), 1);
    assert_eq!(life.propose(OWNER, 5), Err(Refusal::TooSoon));
    assert_eq!(life.propose(OWNER, 4), Err(Refusal::ClockSetBack));
    let before = session(OWNER, 0);
    let long_ago = UnixTime(ENROLLED.0 - 1);
    let refused = Life::begin()
        .kept
        .propose(&life.judge, &before, Label::Undisturbed, long_ago);
    assert_eq!(refused, Err(Refusal::ClockSetBack));
}

#[test]
fn a_time_to_come_holds_nobody_up_for_longer_than_a_day() {
    let mut life = Life::begin();
    // Ten years ahead.
    let wrong = 3650;
    life.propose(OWNER, wrong).unwrap();
    let today = UnixTime(ENROLLED.0 + 2 * DAY);
    assert_eq!(life.propose(OWNER, 2), Err(Refusal::ClockSetBack));
    assert!(life.kept.clock_trouble(today).is_some());
    assert!(life.kept.heed_clock(today));
    assert_eq!(life.kept.records().count(), 0);
    assert_eq!(life.kept.clock_trouble(today), None);
    assert!(!life.kept.heed_clock(today), "once is enough");
    // Not yet, because it may be today that the clock is wrong.
    assert_eq!(life.propose(OWNER, 2), Err(Refusal::TooSoon));
    life.propose(OWNER, 3).unwrap();
    assert!(life.admit(4));
}

#[test]
fn a_clock_that_stands_before_the_enrolment_changes_nothing() {
    let mut life = Life::begin();
    life.propose(OWNER, 1).unwrap();
    let before = life.kept.clone();
    let long_ago = UnixTime(7);
    assert!(life.kept.clock_trouble(long_ago).is_some());
    assert!(!life.kept.heed_clock(long_ago));
    // Nor does one that is a little behind.
    assert!(!life.kept.heed_clock(UnixTime(ENROLLED.0 + DAY / 2)));
    assert_eq!(life.kept, before);
}

#[test]
fn what_is_taken_back_holds_nobody_up_and_what_a_stranger_ended_does() {
    let mut life = Life::begin();
    life.propose(OWNER, 5).unwrap();
    life.propose(OWNER, 3650).unwrap();
    assert_eq!(life.propose(OWNER, 6), Err(Refusal::ClockSetBack));
    life.kept.undo().unwrap();
    life.propose(OWNER, 6).unwrap();
    assert_eq!(life.kept.drop_waiting(), 2);
    assert_eq!(life.propose(OWNER, 6), Err(Refusal::TooSoon));
}

#[test]
fn whatever_joins_is_not_what_gives_way_though_another_was_learnt_at_a_time_to_come() {
    let mut life = Life::begin();
    let far = 100 * MOST_LEARNT as u64;
    for day in 0..MOST_LEARNT as u64 {
        life.propose(towards(3, 0.01 * (day % 5) as f32), 2 * day)
            .unwrap();
        let learnt = if day == 0 { far } else { 2 * day + 1 };
        assert!(life.admit(learnt));
    }
    // Just like that one, so that it says least.
    let again = session(towards(3, 0.0), 0);
    let day = 2 * MOST_LEARNT as u64;
    let now = UnixTime(ENROLLED.0 + day * DAY);
    life.kept
        .propose(&life.judge, &again, Label::Undisturbed, now)
        .unwrap();
    assert!(life.admit(day + 1));
    assert!(life.kept.records().any(|record| record.recorded == now));
}

#[test]
fn learnt_sessions_are_bounded_and_the_enrolment_is_never_replaced() {
    let mut life = Life::begin();
    for day in 0..2 * MOST_LEARNT as u64 {
        life.propose(towards(3, 0.01 * (day % 5) as f32), 2 * day)
            .unwrap();
        assert!(life.admit(2 * day + 1));
    }
    assert_eq!(life.kept.records().count(), MOST_LEARNT);
    assert_eq!(life.kept.enrolled_sessions(), 2);
    let newest = life.kept.records().next_back().unwrap();
    assert_eq!(
        newest.recorded.0,
        ENROLLED.0 + DAY * (4 * MOST_LEARNT as u64 - 2)
    );
    assert_eq!(life.learn().enrolment.sessions as usize, 2 + MOST_LEARNT);
}

/// Of the owner, and then of somebody of the cohort.
fn taken_over(own: usize, theirs: usize) -> SessionWindows {
    let mut both = SessionWindows::with_room(COLUMNS, 300);
    for row in windows(OWNER, 1, own).outer_iter() {
        both.push(row);
    }
    for row in windows(towards(0, 1.0), 2, theirs).outer_iter() {
        both.push(row);
    }
    both
}

#[test]
fn a_session_of_two_people_is_refused_although_most_of_it_is_the_owners() {
    let life = Life::begin();
    for theirs in [20, 45] {
        let scores = life.judge.scores(&taken_over(240, theirs));
        assert!(scores.lowest < scores.mean.min(0.5), "{scores:?}");
        assert!(life.judge.admits(&scores).is_err());
        // As where the other person is more like the owner.
        let scores = SessionScores {
            mean: 1.0,
            accepted: 0.9,
            ..scores
        };
        let refused = life.judge.admits(&scores);
        assert!(
            matches!(refused, Err(Refusal::NotOnePerson { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn the_secret_after_a_lock_makes_nobodys_windows_the_owners() {
    let mut life = Life::begin();
    let judged = life.judge.before_doubt(&taken_over(200, 60));
    // Of the last half-minute that is the owner's on the whole some is not.
    assert!((170..=176).contains(&judged.len()), "{}", judged.len());
    let now = UnixTime(ENROLLED.0 + DAY);
    let mut propose = |session: &SessionWindows| {
        let kept = &mut life.kept;
        kept.propose(&life.judge, session, Label::FalseLock, now)
    };
    let all_theirs = session(towards(0, 1.0), 2);
    assert_eq!(
        propose(&all_theirs),
        Err(Refusal::TooShort { windows: 0 }),
        "nothing is clearly the owner's"
    );
    // In the midst, and given back.
    let mut between = taken_over(120, 45);
    for row in windows(OWNER, 3, 120).outer_iter() {
        between.push(row);
    }
    assert!(propose(&between).is_err());
    let scores = propose(&taken_over(200, 60)).unwrap();
    assert_eq!(scores.windows, judged.len());
}

#[test]
fn short_sessions_and_windows_that_are_no_numbers_are_refused() {
    let life = Life::begin();
    let scores = life.judge.scores(&windows(OWNER, 0, 20).view().into());
    let short = life.judge.admits(&scores);
    assert_eq!(short, Err(Refusal::TooShort { windows: 20 }));
    for bad in [f64::NAN, f64::NEG_INFINITY] {
        let nonsense = SessionScores {
            windows: 200,
            mean: bad,
            accepted: bad,
            lowest: bad,
        };
        assert!(life.judge.admits(&nonsense).is_err());
    }
}

#[test]
fn kept_sessions_survive_the_round_trip_and_know_their_profile() {
    let mut life = Life::begin();
    life.propose(OWNER, 1).unwrap();
    life.kept.label_false_lock(UnixTime(ENROLLED.0 + 7));
    let read: KeptSessions = unseal(&seal(&life.kept).unwrap()).unwrap();
    assert_eq!(read, life.kept);
    let mut other = life.profile.clone();
    other.created_unix_s += 1;
    assert!(!read.belongs_to(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// However long somebody else is let in, they are refused as on the first day, and the
    /// profile stays what it was.
    #[test]
    fn no_sequence_of_other_peoples_sessions_ever_enters(
        days in prop::collection::vec((0usize..3, 0.5f32..1.3, any::<bool>(), 0usize..99), 1..60),
    ) {
        let mut life = Life::begin();
        let mut now = ENROLLED;
        for (person, share, false_lock, number) in days {
            let label = if false_lock { Label::FalseLock } else { Label::Undisturbed };
            now = now.after(Duration::from_secs(DAY));
            let theirs = session(towards(person, share), number);
            prop_assert!(life.kept.propose(&life.judge, &theirs, label, now).is_err());
            prop_assert!(!life.kept.admit(now, Duration::ZERO));
        }
        prop_assert_eq!(life.kept.records().count(), 0);
        prop_assert_eq!(life.learn(), life.profile);
    }

    /// The verdict on a session does not depend on what was learnt: no step brings anybody
    /// nearer to being admitted.
    #[test]
    fn nothing_that_is_learnt_changes_the_judge(
        learnt in prop::collection::vec((0usize..4, 0.0f32..0.4, 0usize..99), 1..8),
        person in 0usize..3, share in 0.0f32..1.0, number in 0usize..99,
    ) {
        let mut life = Life::begin();
        let probe = session(towards(person, share), number);
        let first = life.judge.scores(&probe);
        for (day, (person, share, number)) in (1u64..).zip(learnt) {
            let now = UnixTime(ENROLLED.0 + day * DAY);
            let session = session(towards(person, share), number);
            let _ = life.kept.propose(&life.judge, &session, Label::Undisturbed, now);
            life.kept.admit(now, Duration::ZERO);
        }
        let judge = life.kept.judge(&life.rule, Some(&life.cohort)).unwrap();
        prop_assert_eq!(judge.scores(&probe), first);
    }
}
