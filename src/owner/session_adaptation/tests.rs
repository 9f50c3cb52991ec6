use std::time::Duration;

use ndarray::arr1;
use proptest::prelude::*;

use super::*;

/// Sitting and walking: two templates, four standard deviations apart.
fn space() -> SessionSpace {
    let triangle = vec![1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
    let (sitting, walking) = ([0.0, 0.0, 0.0], [4.0, 0.0, 0.0]);
    SessionSpace::new(triangle, [&sitting[..], &walking[..]], 0.5).unwrap()
}

fn proved() -> SessionAdaptation {
    let mut adaptation = SessionAdaptation::new(space());
    adaptation.prove();
    adaptation
}

/// A minute of windows a second, from `start` on. Returns the last gain.
fn minute(
    adaptation: &mut SessionAdaptation,
    start: u64,
    x: [f32; 3],
    activity: f64,
    believed: bool,
) -> Option<f64> {
    let mut gain = None;
    for second in start..start + 60 {
        let t = SampleTime::default().after(Duration::from_secs(second));
        gain = adaptation.window(t, arr1(&x).view(), activity);
        adaptation.learn(t, believed);
    }
    gain
}

const TODAY: [f32; 3] = [0.0, 3.0, 0.0];
const STRANGER: [f32; 3] = [0.0, -3.0, 0.0];

#[test]
fn without_a_proof_nothing_is_learnt() {
    let mut adaptation = SessionAdaptation::new(space());
    assert_eq!(minute(&mut adaptation, 5, TODAY, 0.0, true), None);
    adaptation.prove();
    assert!(minute(&mut adaptation, 100, TODAY, 0.0, true).is_some());
    adaptation.forget();
    assert_eq!(minute(&mut adaptation, 200, TODAY, 0.0, true), None);
}

#[test]
fn the_first_windows_wait_before_they_are_learnt() {
    let mut adaptation = proved();
    let learnt = (5..60).find(|&second| {
        let t = SampleTime::default().after(Duration::from_secs(second));
        adaptation.window(t, arr1(&TODAY).view(), 0.0);
        adaptation.learn(t, true);
        adaptation.is_learnt()
    });
    assert_eq!(learnt, Some(5 + LAG.as_secs()));
}

#[test]
fn windows_as_in_this_session_gain_and_a_strangers_lose() {
    let mut adaptation = proved();
    let owner = minute(&mut adaptation, 5, TODAY, 0.0, true).unwrap();
    assert!(owner > 1.0, "{owner}");
    let t = SampleTime::default().after(Duration::from_secs(66));
    let stranger = adaptation.window(t, arr1(&STRANGER).view(), 0.0).unwrap();
    assert!(stranger < -1.5, "{stranger}");
    assert!(stranger >= HAZARD.ln());
}

#[test]
fn what_is_not_believed_leaves_no_trace() {
    let mut adaptation = proved();
    minute(&mut adaptation, 5, TODAY, 0.0, true);
    let learnt = adaptation.term.clone();
    minute(&mut adaptation, 65, STRANGER, 0.0, false);
    let still = (adaptation.term.windows(), adaptation.term.activity());
    assert!(adaptation.is_learnt() || still.0 == 0.0);
    if adaptation.is_learnt() {
        assert_eq!(still, (learnt.windows(), learnt.activity()));
    }
    // A session in which nobody was ever believed has nothing learnt.
    let mut adaptation = proved();
    assert_eq!(minute(&mut adaptation, 5, STRANGER, 0.0, false), None);
}

#[test]
fn who_takes_over_is_scored_before_they_are_learnt() {
    let mut adaptation = proved();
    minute(&mut adaptation, 5, TODAY, 0.0, true);
    let windows = adaptation.term.windows();
    let learnt = (65..125).find(|&second| {
        let t = SampleTime::default().after(Duration::from_secs(second));
        adaptation.window(t, arr1(&STRANGER).view(), 0.0);
        adaptation.learn(t, true);
        // The owner's own last windows are learnt meanwhile.
        adaptation.term.windows() > windows + LAG.as_secs_f64() / WINDOW.as_secs_f64() + 0.01
    });
    assert!(learnt.is_none_or(|second| second >= 65 + LAG.as_secs()));
}

#[test]
fn the_owner_who_walks_off_is_soon_in_another_session_of_theirs() {
    let walking = [4.0, 1.0, 0.0];
    let lost = |activity: f64| {
        let mut adaptation = proved();
        minute(&mut adaptation, 5, TODAY, -2.0, true);
        let mut lost = 0.0;
        for second in 65..125 {
            let t = SampleTime::default().after(Duration::from_secs(second));
            lost += adaptation
                .window(t, arr1(&walking).view(), activity)
                .unwrap_or(0.0)
                .min(0.0);
            adaptation.learn(t, true);
        }
        // A new session has begun, and is learnt.
        assert!(adaptation.is_learnt());
        lost
    };
    // What looks like a change of context costs the owner less.
    assert!(lost(0.5) > lost(-2.0), "{} {}", lost(0.5), lost(-2.0));
    assert!(lost(0.5) > -30.0);
}

#[test]
fn a_proof_begins_as_if_there_had_been_nothing_before() {
    let mut adaptation = proved();
    minute(&mut adaptation, 5, STRANGER, 1.0, true);
    adaptation.prove();
    let mut fresh = proved();
    for start in [100, 160] {
        let now = minute(&mut adaptation, start, TODAY, 0.0, true);
        assert_eq!(
            now.map(f64::to_bits),
            minute(&mut fresh, start, TODAY, 0.0, true).map(f64::to_bits)
        );
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_a_number_the_same_each_time_and_never_costs_more_than_a_hazard(
        steps in prop::collection::vec(
            (-20_000i64..20_000, prop::array::uniform3(-1e6f32..1e6), any::<bool>(), 0u8..12),
            1..200,
        ),
    ) {
        let run = || {
            let mut adaptation = proved();
            let mut ms = 0;
            let mut gains = Vec::new();
            for &(step, mut x, believed, kind) in &steps {
                // The clock is set back now and then.
                ms += if kind == 0 { step } else { step.abs() % 2000 };
                match kind {
                    1 => x[0] = f32::NAN,
                    2 => adaptation.prove(),
                    3 => x = TODAY,
                    _ => (),
                }
                let t = SampleTime::from_nanos(ms * 1_000_000);
                let gain = adaptation.window(t, arr1(&x).view(), f64::from(x[1] % 5.0));
                adaptation.learn(t, believed);
                gains.push(gain);
            }
            gains
        };
        let gains = run();
        for gain in gains.iter().flatten() {
            prop_assert!(gain.is_finite() && *gain >= HAZARD.ln() - 1e-9);
        }
        let bits = |gains: Vec<Option<f64>>| -> Vec<_> {
            gains.into_iter().map(|gain| gain.map(f64::to_bits)).collect()
        };
        prop_assert_eq!(bits(run()), bits(gains));
    }
}
