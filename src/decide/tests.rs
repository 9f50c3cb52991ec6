//! Tables of inputs with their decisions, and properties of arbitrary inputs.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::owner::score::Calibration;

const CALIBRATION: Calibration = Calibration {
    threshold: Score(0.0),
    scale: 1.0,
    slope: None,
    in_session: Calibration::IN_SESSION,
};

fn at(seconds: f64) -> SampleTime {
    SampleTime::from_nanos((seconds * 1e9) as i64)
}

/// A kind of input and for how many seconds it lasts.
#[derive(Debug, Clone, Copy)]
enum Stretch {
    /// Windows every second with this score, for so many seconds.
    Scores(f64, u32),
    /// Windows every second of a device at rest.
    Rest(u32),
    /// Frames, but no window.
    Frames(u32),
    /// No input.
    Silence(u32),
}
use Stretch::*;

fn play(policy: Policy, stretches: &[Stretch]) -> Vec<(f64, State, Reason)> {
    let mut decider = Decider::new(policy, CALIBRATION);
    let mut seen = Vec::new();
    let mut sink = |d: Decision| seen.push((d.t.nanos() as f64 * 1e-9, d.state, d.reason));
    let mut now = 0u32;
    decider.advance(at(0.0), &mut sink);
    for &stretch in stretches {
        let (Scores(_, n) | Rest(n) | Frames(n) | Silence(n)) = stretch;
        for _ in 0..n {
            now += 1;
            let t = at(f64::from(now));
            match stretch {
                Scores(s, _) => _ = decider.window(t, Score(s), &mut sink),
                Rest(_) => decider.at_rest(t, &mut sink),
                Frames(_) => decider.frame(t, &mut sink),
                Silence(_) => {}
            }
        }
        if let Silence(_) = stretch {
            decider.advance(at(f64::from(now)), &mut sink);
        }
    }
    seen
}

/// Name, inputs, and the expected decisions with their seconds.
type Situation<'a> = (&'a str, &'a [Stretch], &'a [(f64, State, Reason)]);

#[test]
fn situations_and_what_is_published_in_them() {
    use Reason::*;
    use State::{Inconclusive as I, Lock as L, Unlock as U};
    // Evidence starts at 0.5, and full weight moves it by 1/30 a second.
    let policy = Policy {
        lock_below: 0.11,
        unlock_above: 0.59,
        ..Policy::default()
    };
    let table: &[Situation] = &[
        (
            "the owner from the start",
            &[Scores(1.0, 60)],
            &[(0., I, WarmUp), (3., U, Evidence)],
        ),
        (
            "an impostor from the start",
            &[Scores(-1.0, 60)],
            &[(0., I, WarmUp), (12., L, Evidence)],
        ),
        (
            "a hand-over, and the owner gets it back",
            &[Scores(1.0, 60), Scores(-1.0, 60), Scores(1.0, 60)],
            &[
                (0., I, WarmUp),
                (3., U, Evidence),
                (87., L, Evidence),
                (138., U, Evidence),
            ],
        ),
        (
            "scores in between neither lock nor unlock",
            &[Scores(0.0, 50)],
            &[(0., I, WarmUp)],
        ),
        (
            "a device laid down is not genuine, and trust runs out",
            &[Scores(1.0, 60), Rest(400)],
            &[
                (0., I, WarmUp),
                (3., U, Evidence),
                (61., I, AtRest),
                (328., L, AtRest),
            ],
        ),
        (
            "laid down and taken up again by the owner",
            &[Scores(1.0, 60), Rest(100), Scores(1.0, 5)],
            &[
                (0., I, WarmUp),
                (3., U, Evidence),
                (61., I, AtRest),
                (161., U, Evidence),
            ],
        ),
        (
            "holes that never let a window fill",
            &[Scores(1.0, 60), Frames(100)],
            &[
                (0., I, WarmUp),
                (3., U, Evidence),
                (68., I, Gap),
                (120., L, NoEvidence),
            ],
        ),
        (
            "the sensor falls silent",
            &[Scores(1.0, 60), Silence(100)],
            &[
                (0., I, WarmUp),
                (3., U, Evidence),
                (68., I, Gap),
                (75., L, SensorLost),
            ],
        ),
        (
            "no window ever comes",
            &[Frames(100)],
            &[(0., I, WarmUp), (60., L, NoEvidence)],
        ),
        (
            "the model gives no numbers",
            &[Scores(1.0, 60), Scores(f64::NAN, 60)],
            &[(0., I, WarmUp), (3., U, Evidence), (87., L, ModelFailed)],
        ),
        (
            "locked stays locked through rest and silence",
            &[Scores(-1.0, 20), Rest(400), Silence(200), Scores(1.0, 1)],
            &[(0., I, WarmUp), (12., L, Evidence)],
        ),
    ];
    for (what, stretches, expected) in table {
        let seen = play(policy, stretches);
        let close = seen.len() == expected.len()
            && seen
                .iter()
                .zip(*expected)
                .all(|(s, e)| (s.0 - e.0).abs() < 1e-6 && (s.1, s.2) == (e.1, e.2));
        assert!(close, "{what}:\n got {seen:?}\nwant {expected:?}");
    }
}

#[test]
fn a_clock_set_back_wins_no_grace() {
    let mut decider = Decider::new(Policy::default(), CALIBRATION);
    let mut locks = 0;
    let mut sink = |d: Decision| locks += u32::from(d.state == State::Lock);
    decider.frame(at(1000.0), &mut sink);
    // Frames but no windows, and the clock set back by 10 s every 10 s.
    for i in 0..70 {
        let t = 1000.0 + f64::from(i % 10);
        decider.frame(at(t), &mut sink);
    }
    assert_eq!(locks, 1);
}

/// A machine that has had windows with this score every second for a minute.
fn after_a_minute_of(score: f64) -> Decider {
    let mut decider = Decider::new(Policy::default(), CALIBRATION);
    decider.advance(at(0.0), &mut |_| {});
    for second in 1..=60 {
        decider.window(at(f64::from(second)), Score(score), &mut |_| {});
    }
    decider
}

#[test]
fn a_pause_wins_nobody_grace_or_trust() {
    let mut decider = after_a_minute_of(1.0);
    let mut seen = Vec::new();
    let mut sink = |d: Decision| seen.push((d.t, d.state, d.reason));
    // Fifty seconds without a window before, and ten after.
    for second in 61..=110 {
        decider.frame(at(f64::from(second)), &mut sink);
    }
    decider.pause(at(110.0), Pause::Asleep, &mut sink);
    decider.advance(at(5000.0), &mut sink);
    decider.resume(at(5000.0), &mut sink);
    assert_eq!(decider.evidence(at(5000.0)), Evidence(0.5));
    for second in 5001..=5020 {
        decider.frame(at(f64::from(second)), &mut sink);
    }
    assert_eq!(
        seen,
        [
            (at(68.0), State::Inconclusive, Reason::Gap),
            (at(110.0), State::Inconclusive, Reason::Asleep),
            (at(5000.0), State::Inconclusive, Reason::WarmUp),
            (at(5010.0), State::Lock, Reason::NoEvidence),
        ]
    );
}

#[test]
fn a_pause_opens_no_lock_and_a_proof_does() {
    for why in [Pause::Asleep, Pause::SessionInactive, Pause::ScreenLocked] {
        let mut decider = after_a_minute_of(-1.0);
        let locked = (State::Lock, Reason::Evidence);
        decider.pause(at(61.0), why, &mut |_| {});
        // Windows during a pause are ignored.
        decider.window(at(62.0), Score(1.0), &mut |_| {});
        assert_eq!(decider.state(), locked);
        decider.resume(at(100.0), &mut |_| {});
        assert_eq!(decider.state(), locked);
        assert_eq!(decider.evidence(at(100.0)), Evidence(0.0));

        decider.pause(at(101.0), why, &mut |_| {});
        decider.begin_anew(at(102.0), &mut |_| {});
        decider.resume(at(103.0), &mut |_| {});
        assert_eq!(decider.state(), (State::Inconclusive, Reason::WarmUp));
        assert_eq!(decider.evidence(at(103.0)), Evidence(0.5));
    }
}

#[test]
fn a_machine_that_begins_locked_wants_evidence_or_a_proof() {
    let begin = || {
        let mut decider = Decider::new(Policy::default(), CALIBRATION).locked_before();
        assert_eq!(decider.state(), (State::Lock, Reason::Persisted));
        let mut first = None;
        decider.advance(at(0.0), &mut |d| first = Some((d.state, d.reason)));
        assert_eq!(first, Some((State::Lock, Reason::Persisted)));
        decider
    };
    let mut earned = begin();
    let second = (1..).find(|&second| {
        earned.window(at(f64::from(second)), Score(1.0), &mut |_| {});
        earned.state().0 != State::Lock
    });
    assert_eq!(second, Some(18));
    let mut proved = begin();
    proved.begin_anew(at(1.0), &mut |_| {});
    assert_eq!(proved.state(), (State::Inconclusive, Reason::WarmUp));
}

/// The seconds of warnings and of locks when each second has one of these scores.
fn warnings_and_locks(scores: &[(f64, u32)]) -> (Vec<(u32, f64)>, Vec<u32>) {
    let policy = Policy {
        lock_below: 0.11,
        warn_below: 0.24,
        ..Policy::default()
    };
    let mut decider = Decider::new(policy, CALIBRATION);
    decider.advance(at(0.0), &mut |_| {});
    let (mut warnings, mut locks, mut now) = (Vec::new(), Vec::new(), 0);
    for &(score, seconds) in scores {
        for _ in 0..seconds {
            now += 1;
            let mut sink = |d: Decision| locks.extend((d.state == State::Lock).then_some(now));
            let warning = decider.window(at(f64::from(now)), Score(score), &mut sink);
            warnings
                .extend(warning.map(|w| (now, (w.lock_in.as_secs_f64() * 10.0).round() / 10.0)));
        }
    }
    (warnings, locks)
}

#[test]
fn a_lock_that_comes_near_is_warned_of_once_for_each_time() {
    // From 0.5 by 1/30 a second.
    let (warnings, locks) = warnings_and_locks(&[(-1.0, 30)]);
    assert_eq!((&warnings[..], &locks[..]), (&[(8, 3.7)][..], &[12][..]));
    // At half weight both take twice as long.
    let (warnings, _) = warnings_and_locks(&[(-0.5, 60)]);
    assert_eq!(warnings, [(16, 7.4)]);
    // Staying below the level gives one warning; a recovery above it allows another.
    let (warnings, locks) =
        warnings_and_locks(&[(-1.0, 9), (1.0, 1), (-1.0, 1), (1.0, 5), (-1.0, 4)]);
    assert_eq!(warnings.iter().map(|w| w.0).collect::<Vec<_>>(), [8, 20]);
    assert!(locks.is_empty());
}

#[test]
fn what_is_locked_or_recovering_or_at_rest_is_not_warned_of() {
    let mut decider = Decider::new(Policy::default(), CALIBRATION).locked_before();
    for (second, score) in (1..).zip([1.0, 1.0, -1.0, 1.0, -1.0]) {
        assert_eq!(
            decider.window(at(f64::from(second)), Score(score), &mut |_| {}),
            None
        );
    }
    // Rest lowers evidence without a warning; the next window in motion warns.
    let mut decider = Decider::new(Policy::default(), CALIBRATION);
    decider.advance(at(0.0), &mut |_| {});
    for second in 1..=100 {
        decider.at_rest(at(f64::from(second)), &mut |_| {});
    }
    assert_eq!(decider.window(at(101.0), Score(0.5), &mut |_| {}), None);
    let warning = decider
        .window(at(102.0), Score(f64::NAN), &mut |_| {})
        .unwrap();
    assert_eq!(warning.reason, Reason::ModelFailed);
    assert_eq!(warning.evidence, decider.evidence(at(102.0)));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Window(i64, f64),
    AtRest(i64),
    Frame(i64),
    Advance(i64),
    Pause(i64),
    Resume(i64),
    Anew(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let t = prop_oneof![
        0i64..200_000_000_000,
        any::<i64>(),
        Just(i64::MAX),
        Just(i64::MIN)
    ];
    let score = prop_oneof![any::<f64>(), -2.0..2.0f64, Just(f64::NAN)];
    prop_oneof![
        (t.clone(), score).prop_map(|(t, s)| Step::Window(t, s)),
        t.clone().prop_map(Step::AtRest),
        t.clone().prop_map(Step::Frame),
        t.clone().prop_map(Step::Advance),
        t.clone().prop_map(Step::Pause),
        t.clone().prop_map(Step::Resume),
        t.prop_map(Step::Anew),
    ]
}

proptest! {
    #[test]
    fn no_input_panics_or_leaves_it_without_a_state(steps in prop::collection::vec(any_step(), 0..60)) {
        let mut decider = Decider::new(Policy::default(), CALIBRATION);
        decider.advance(SampleTime::default(), &mut |_| {});
        for step in steps {
            let before = decider.state();
            let (mut last, mut warning) = (None, None);
            let mut sink = |d: Decision| last = Some(d);
            let t = |ns| SampleTime::from_nanos(ns);
            match step {
                Step::Window(ns, s) => warning = decider.window(t(ns), Score(s), &mut sink),
                Step::AtRest(ns) => decider.at_rest(t(ns), &mut sink),
                Step::Frame(ns) => decider.frame(t(ns), &mut sink),
                Step::Advance(ns) => decider.advance(t(ns), &mut sink),
                Step::Pause(ns) => decider.pause(t(ns), Pause::Asleep, &mut sink),
                Step::Resume(ns) => decider.resume(t(ns), &mut sink),
                Step::Anew(ns) => decider.begin_anew(t(ns), &mut sink),
            }
            // Whatever changed was published, and nothing else was.
            match last {
                Some(d) => prop_assert_eq!(decider.state(), (d.state, d.reason)),
                None => prop_assert_eq!(decider.state(), before),
            }
            // A locked machine gives no warning.
            prop_assert!(warning.is_none() || decider.state().0 != State::Lock);
            let Evidence(e) = decider.evidence(SampleTime::default());
            prop_assert!((0.0..=1.0).contains(&e));
        }
    }

    #[test]
    fn hearing_of_time_in_pieces_or_at_once_is_the_same(
        windows in prop::collection::vec((500u64..90_000, -2.0..2.0f64, any::<bool>()), 1..30),
        pieces in 1u32..20,
    ) {
        let run = |pieces: u32| {
            let mut decider = Decider::new(Policy::default(), CALIBRATION);
            let mut out = Vec::new();
            let mut now = SampleTime::default();
            decider.advance(now, &mut |d| out.push(d));
            for &(ms, score, rest) in &windows {
                let span = Duration::from_millis(ms);
                for piece in 1..pieces {
                    decider.advance(now.after(span * piece / pieces), &mut |d| out.push(d));
                }
                now = now.after(span);
                if rest {
                    decider.at_rest(now, &mut |d| out.push(d));
                } else {
                    decider.window(now, Score(score), &mut |d| out.push(d));
                }
            }
            out
        };
        prop_assert_eq!(run(1), run(pieces));
    }

    #[test]
    fn only_evidence_unlocks(steps in prop::collection::vec((0u8..6, 1u64..20), 1..80)) {
        let mut decider = Decider::new(Policy::default(), CALIBRATION);
        let mut now = SampleTime::default();
        for (kind, s) in steps {
            now = now.after(Duration::from_secs(s));
            let mut unlocked = false;
            let mut sink = |d: Decision| unlocked |= d.state == State::Unlock;
            match kind {
                0 => _ = decider.window(now, Score(-0.1), &mut sink),
                1 => decider.at_rest(now, &mut sink),
                2 => decider.pause(now, Pause::ScreenLocked, &mut sink),
                3 => decider.resume(now, &mut sink),
                4 => decider.begin_anew(now, &mut sink),
                _ => decider.frame(now, &mut sink),
            }
            prop_assert!(!unlocked);
        }
    }
}

#[test]
fn who_opened_the_screen_after_a_lock_is_believed_for_a_while() {
    let policy = Policy::default();
    let mut decider = Decider::new(policy, CALIBRATION);
    let mut states = Vec::new();
    let mut sink = |d: Decision| states.push((d.t, d.state));
    decider.advance(at(0.0), &mut sink);
    let mut now = 0.0;
    let mut strange = |decider: &mut Decider, seconds: u32, sink: &mut dyn FnMut(Decision)| {
        for _ in 0..seconds {
            now += 1.0;
            decider.window(at(now), Score(-1.0), &mut |d| sink(d));
        }
        now
    };
    let locked = strange(&mut decider, 60, &mut sink);
    assert_eq!(decider.state(), (State::Lock, Reason::Evidence));
    decider.begin_anew(at(locked), &mut sink);
    let trust = policy.trust.as_secs() as u32;
    strange(&mut decider, trust - 1, &mut sink);
    assert_ne!(decider.state().0, State::Lock);
    strange(&mut decider, 60, &mut sink);
    assert_eq!(decider.state(), (State::Lock, Reason::Evidence));
}

#[test]
fn trust_lifts_nobody_out_of_a_lock_that_came_without_evidence() {
    let trusted = || {
        let mut decider = after_a_minute_of(-1.0);
        decider.begin_anew(at(60.0), &mut |_| {});
        decider
    };
    let mut lain_down = trusted();
    for second in 61..300 {
        lain_down.at_rest(at(f64::from(second)), &mut |_| {});
    }
    assert_eq!(lain_down.state(), (State::Lock, Reason::AtRest));
    let mut silent = trusted();
    silent.advance(at(299.0), &mut |_| {});
    assert_eq!(silent.state(), (State::Lock, Reason::SensorLost));
    for mut decider in [lain_down, silent] {
        assert!(at(300.0) < at(60.0).after(Policy::default().trust));
        decider.window(at(300.0), Score(-1.0), &mut |_| {});
        assert_eq!(decider.evidence(at(300.0)), Evidence(0.0));
        let earned = (301..).find(|&second| {
            decider.window(at(f64::from(second)), Score(1.0), &mut |_| {});
            decider.state().0 != State::Lock
        });
        assert_eq!(earned, Some(318), "0.6 at a thirtieth a second");
        // Afterwards whoever knew the secret is believed as before.
        for second in 319..400 {
            decider.window(at(f64::from(second)), Score(-1.0), &mut |_| {});
        }
        assert_ne!(decider.state().0, State::Lock);
    }
}

#[test]
fn trust_ends_with_a_pause_after_which_another_may_have_the_device() {
    for why in [Pause::ByOwner, Pause::SessionInactive, Pause::Asleep] {
        let mut decider = after_a_minute_of(-1.0);
        decider.begin_anew(at(60.0), &mut |_| {});
        decider.pause(at(70.0), why, &mut |_| {});
        decider.resume(at(190.0), &mut |_| {});
        for second in 191..251 {
            decider.window(at(f64::from(second)), Score(-1.0), &mut |_| {});
        }
        assert_eq!(decider.state(), (State::Lock, Reason::Evidence), "{why:?}");
    }
    // Opened with the secret as the pause ends.
    let mut decider = after_a_minute_of(-1.0);
    decider.pause(at(61.0), Pause::Asleep, &mut |_| {});
    decider.begin_anew(at(90.0), &mut |_| {});
    decider.resume(at(90.3), &mut |_| {});
    for second in 91..151 {
        decider.window(at(f64::from(second)), Score(-1.0), &mut |_| {});
    }
    assert_ne!(decider.state().0, State::Lock);
}

#[test]
fn opening_the_screen_without_a_lock_by_evidence_earns_no_such_trust() {
    let mut decider = Decider::new(Policy::default(), CALIBRATION);
    decider.advance(at(0.0), &mut |_| {});
    decider.begin_anew(at(1.0), &mut |_| {});
    for second in 2..62 {
        decider.window(at(f64::from(second)), Score(-1.0), &mut |_| {});
    }
    assert_eq!(decider.state().0, State::Lock);
}

#[test]
fn another_owner_begins_without_what_the_one_before_had() {
    let policy = Policy::default();
    let another = Calibration {
        threshold: Score(5.0),
        ..CALIBRATION
    };
    let after = |stretches: &[Stretch]| {
        let mut decider = Decider::new(policy, CALIBRATION);
        let mut now = 0;
        decider.advance(at(0.0), &mut |_| {});
        for &stretch in stretches {
            let (Scores(_, n) | Rest(n) | Frames(n) | Silence(n)) = stretch;
            for _ in 0..n {
                now += 1;
                if let Scores(score, _) = stretch {
                    decider.window(at(f64::from(now)), Score(score), &mut |_| {});
                }
            }
        }
        let t = at(f64::from(now));
        let mut said = Vec::new();
        decider.change_owner(t, another, &mut |d| said.push(d));
        (decider, t, said)
    };

    let (mut decider, t, said) = after(&[Scores(1.0, 60)]);
    assert_eq!(decider.state(), (State::Inconclusive, Reason::WarmUp));
    assert_eq!(decider.evidence(t), Evidence(policy.start));
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].score, said[0].context), (None, None));
    // The owner before would be recognised by this window.
    decider.window(t.after(Duration::from_secs(1)), Score(1.0), &mut |_| {});
    assert_eq!(decider.state().0, State::Inconclusive);

    // A lock stays, and the trust of the owner before ends.
    let (mut decider, t, said) = after(&[Scores(-1.0, 60)]);
    assert_eq!(decider.state(), (State::Lock, Reason::Evidence));
    assert_eq!((decider.evidence(t), said), (Evidence(0.0), vec![]));
    decider.begin_anew(t, &mut |_| {});
    decider.change_owner(t, another, &mut |_| {});
    for second in 1..60 {
        let t = t.after(Duration::from_secs(second));
        decider.window(t, Score(0.0), &mut |_| {});
    }
    assert_eq!(decider.state(), (State::Lock, Reason::Evidence));

    // Changing the owner every minute does not extend the deadlines.
    let (mut decider, t, _) = after(&[Scores(1.0, 60), Silence(10)]);
    let rest = policy.sensor_grace - Duration::from_secs(10);
    decider.advance(t.after(rest), &mut |_| {});
    assert_eq!(decider.state(), (State::Lock, Reason::SensorLost));
}

/// Locks of a machine that the owner has just been proved to, given windows every second
/// with these scores and the same in the session.
fn lock_of(windows: impl IntoIterator<Item = (f64, Option<f64>)>) -> Option<u32> {
    let mut decider = Decider::new(Policy::default(), CALIBRATION);
    decider.advance(at(0.0), &mut |_| {});
    decider.begin_anew(at(0.0), &mut |_| {});
    (1..)
        .zip(windows)
        .find_map(|(second, (score, in_session))| {
            let (t, in_session) = (at(f64::from(second)), in_session.map(Score));
            decider.window_in_session(t, Score(score), in_session, &mut |_| {});
            (decider.state().0 == State::Lock).then_some(second)
        })
}

#[test]
fn who_moves_unlike_the_session_is_locked_though_any_session_of_the_owner_would_have_them() {
    let owner = std::iter::repeat_n((1.0, Some(2.0)), 60);
    let imitator = std::iter::repeat_n((1.0, Some(-1.0)), 60);
    let locked = lock_of(owner.chain(imitator)).unwrap();
    assert!((61..90).contains(&locked), "{locked}");
}

#[test]
fn who_is_let_in_after_the_proof_and_learnt_is_locked_as_if_nothing_had_been_learnt() {
    // The first thief's windows were learnt, so that those after them are as in the session.
    let learnt = (0..60).map(|second| (-1.0, (second >= 5).then_some(3.0)));
    let not = std::iter::repeat_n((-1.0, None), 60);
    let locked = lock_of(learnt);
    assert!(locked.is_some());
    assert_eq!(locked, lock_of(not));
}

#[test]
fn a_pause_ends_what_is_known_of_the_session_and_wins_nothing_by_it() {
    let mut decider = after_a_minute_of(1.0);
    for second in 61..=85 {
        decider.window_in_session(
            at(f64::from(second)),
            Score(1.0),
            Some(Score(0.2)),
            &mut |_| {},
        );
    }
    let before = decider.evidence(at(85.0));
    assert!(before < Evidence(0.5), "{before:?}");
    decider.pause(at(85.0), Pause::Asleep, &mut |_| {});
    decider.resume(at(90.0), &mut |_| {});
    assert_eq!(decider.evidence(at(90.0)), before);
}

#[test]
fn windows_are_believed_only_with_much_evidence_by_both_scores_and_never_in_a_lock() {
    let believed = |score: f64, in_session: Option<f64>| {
        let mut decider = after_a_minute_of(1.0);
        for second in 61..=90 {
            let t = at(f64::from(second));
            decider.window_in_session(t, Score(score), in_session.map(Score), &mut |_| {});
        }
        decider.believes()
    };
    assert!(believed(1.0, None) && believed(1.0, Some(2.0)));
    assert!(!believed(-0.2, None) && !believed(-0.2, Some(2.0)));
    assert!(!believed(1.0, Some(0.0)) && !believed(-1.0, None));
}

proptest! {
    #[test]
    fn what_is_known_of_a_session_only_ever_locks_sooner(
        windows in prop::collection::vec(
            (-2.0..2.0f64, prop::option::of(-3.0..3.0f64)),
            1..200,
        ),
    ) {
        let without = lock_of(windows.iter().map(|&(score, _)| (score, None)));
        let with = lock_of(windows);
        prop_assert!(without.is_none() || with.is_some_and(|with| Some(with) <= without));
    }
}
