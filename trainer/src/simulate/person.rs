//! Parameters of a simulated person.
//!
//! Each is drawn once from the person's seed, uniformly from a range. Ranges from the
//! literature are cited on the field; the others were chosen so that the whole motion has
//! the magnitudes of HMOG's sessions (Sitová et al. 2016, <https://doi.org/10.1109/TIFS.2015.2506542>).
//! No person of any data set was fitted.

use std::f64::consts::TAU;

use super::random::{Purpose, SeededRng};
use super::schedule::Activity;

/// Parameters that stay the same in all sessions of a person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) gait: Gait,
    pub(super) tremor: Tremor,
    /// Slow drift of the held orientation: standard deviation, rad.
    pub(super) drift_rad: f64,
    /// Sway of arm and trunk: frequency, and standard deviation in rad.
    pub(super) sway_hz: f64,
    pub(super) sway_rad: f64,
    pub(super) grip: Grip,
    pub(super) touch: Touch,
    hold: Hold,
}

/// Gait, as motion of the phone in the hand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gait {
    /// Steps a second. Adults average 1.8 to 2.0 Hz (Pachi & Ji 2005, *The
    /// Structural Engineer* 83(3)) and slow down over a phone (Schabrun et al.
    /// 2014, <https://doi.org/10.1371/journal.pone.0084312>): 1.5 to 2.2.
    pub(super) cadence_hz: f64,
    /// Standard deviation of the stride's rate over its mean: a few per cent, as
    /// stride times have (Hausdorff et al. 1995, *J. Appl. Physiol.* 78(1): 349).
    pub(super) variation: f64,
    /// Accelerations to the right, ahead and up, m/s². Up is largest and, like
    /// ahead, repeats every step; to the side repeats every stride (Menz, Lord
    /// & Fitzpatrick 2003, <https://doi.org/10.1016/S0966-6362(02)00159-5>).
    /// The arms take up part of what the pelvis does.
    pub(super) shake: [Vec<Harmonic>; 3],
    /// Turns of the phone about its own axes, rad.
    pub(super) rock: [Vec<Harmonic>; 3],
}

/// One sinusoid of the gait.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Harmonic {
    /// Frequency as a multiple of the stride frequency, which is half the cadence.
    pub(super) multiple: f64,
    pub(super) amplitude: f64,
    pub(super) phase: f64,
}

/// Physiological tremor: a peak at 7 to 12 Hz, most of which a mass in the hand
/// brings down (Elble & Randall 1978, *Electroencephalogr. Clin. Neurophysiol.*
/// 44: 72), so 7 to 11; 0.0015 to 0.035 g (Wade, Gresty & Findley 1982,
/// <https://doi.org/10.1001/archneur.1982.00510180036009>), which at the end of
/// a hand is 0.005 to 0.04 rad/s.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tremor {
    pub(super) hz: f64,
    /// Damping ratio of the peak: how broad it is.
    pub(super) damping: f64,
    /// Standard deviation of the rate about each axis, rad/s.
    pub(super) rate: [f64; 3],
}

/// Compliance of the hand under touches, and how often the grip shifts.
/// Resistance and stability of the grasp are what HMOG's own features measure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grip {
    pub(super) hz: f64,
    pub(super) damping: f64,
    /// Mean seconds between shifts of the grip, and their spread in rad.
    pub(super) shift_every_s: f64,
    pub(super) shift_rad: f64,
    /// From the wrist to the sensors, in device axes, m.
    pub(super) lever: [f64; 3],
}

/// Taps and scrolls on the screen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touch {
    /// Keys a second within a word: mobile typing averages 36 words a minute
    /// with a wide spread (Palin et al. 2019, <https://doi.org/10.1145/3338286.3340120>).
    pub(super) keys_hz: f64,
    /// Peak acceleration of the phone by a tap, m/s².
    pub(super) force: f64,
    /// Mean horizontal position of taps, −1 (left edge) to 1, and their spread.
    pub(super) side: f64,
    pub(super) spread: f64,
    /// Mean seconds between scrolls while reading.
    pub(super) scroll_every_s: f64,
}

/// Held orientation: pitch (0 flat, face up; 90° upright) and roll, rad, and changes of
/// pitch by activity.
#[derive(Debug, Clone, PartialEq)]
struct Hold {
    pitch: f64,
    roll: f64,
    typing: f64,
    standing: f64,
    walking: f64,
}

impl Person {
    /// Draws the person of `seed`.
    pub(super) fn from_seed(seed: u64) -> Self {
        let rng = &mut SeededRng::new(Purpose::Person, [seed, 0]);
        let degrees = f64::to_radians;
        Self {
            gait: Gait::draw(rng),
            tremor: Tremor {
                hz: rng.within(7.0..11.0),
                damping: rng.within(0.06..0.15),
                rate: {
                    let rate = rng.within(0.005..0.03);
                    [(); 3].map(|()| rate * rng.within(0.6..1.4))
                },
            },
            drift_rad: degrees(rng.within(0.8..2.5)),
            sway_hz: rng.within(0.4..1.1),
            sway_rad: degrees(rng.within(0.15..0.6)),
            grip: Grip {
                hz: rng.within(3.0..6.5),
                damping: rng.within(0.25..0.6),
                shift_every_s: rng.within(12.0..45.0),
                shift_rad: degrees(rng.within(1.0..3.5)),
                lever: [
                    rng.within(-0.03..0.03),
                    rng.within(0.06..0.14),
                    rng.within(0.0..0.03),
                ],
            },
            touch: Touch {
                keys_hz: rng.within(2.0..4.5),
                force: rng.within(0.3..1.2),
                side: rng.within(-0.6..0.6),
                spread: rng.within(0.2..0.6),
                scroll_every_s: rng.within(2.5..9.0),
            },
            hold: Hold {
                pitch: degrees(rng.within(20.0..55.0)),
                roll: degrees(rng.within(-9.0..9.0)),
                typing: degrees(rng.within(-8.0..2.0)),
                standing: degrees(rng.within(-4.0..10.0)),
                walking: degrees(rng.within(-8.0..8.0)),
            },
        }
    }

    /// Held pitch and roll for `activity`, rad.
    pub(super) fn hold(&self, activity: Activity) -> [f64; 2] {
        let hold = &self.hold;
        let change = match activity {
            Activity::TypeSeated => hold.typing,
            Activity::ReadStanding => hold.standing,
            Activity::ReadWalking => hold.walking,
            Activity::TypeWalking => hold.walking + hold.typing,
            Activity::ReadSeated | Activity::OnTable | Activity::HandedOver => 0.0,
        };
        [hold.pitch + change, hold.roll]
    }
}

impl Gait {
    fn draw(rng: &mut SeededRng) -> Self {
        let up = rng.within(0.5..1.5);
        let ahead = up * rng.within(0.3..0.7);
        let side = up * rng.within(0.25..0.6);
        let rock = f64::to_radians(rng.within(0.5..1.3));
        let limp = rng.within(0.03..0.15);
        Self {
            cadence_hz: rng.within(1.5..2.2),
            variation: rng.within(0.01..0.035),
            shake: [
                harmonics(rng, &[(1.0, side), (3.0, 0.6 * side), (5.0, 0.25 * side)]),
                harmonics(
                    rng,
                    &[
                        (1.0, limp * ahead),
                        (2.0, ahead),
                        (4.0, 0.5 * ahead),
                        (6.0, 0.2 * ahead),
                    ],
                ),
                harmonics(
                    rng,
                    &[
                        (1.0, limp * up),
                        (2.0, up),
                        (4.0, 0.45 * up),
                        (6.0, 0.2 * up),
                    ],
                ),
            ],
            rock: [
                harmonics(rng, &[(1.0, 0.3 * rock), (2.0, rock), (4.0, 0.2 * rock)]),
                harmonics(
                    rng,
                    &[(1.0, 1.2 * rock), (2.0, 0.3 * rock), (3.0, 0.2 * rock)],
                ),
                harmonics(
                    rng,
                    &[(1.0, 1.0 * rock), (2.0, 0.2 * rock), (3.0, 0.2 * rock)],
                ),
            ],
        }
    }
}

/// Sinusoids at (multiple, amplitude), amplitudes varied by ±40 %, with random phases.
fn harmonics(rng: &mut SeededRng, parts: &[(f64, f64)]) -> Vec<Harmonic> {
    parts
        .iter()
        .map(|&(multiple, amplitude)| Harmonic {
            multiple,
            amplitude: amplitude * rng.within(0.6..1.4),
            phase: rng.within(0.0..TAU),
        })
        .collect()
}
