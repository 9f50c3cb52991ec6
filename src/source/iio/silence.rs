//! When buffers that stay silent are given up for polling.

/// So many silences end in polling where the buffers had worked before. With
/// the default hop that is some 18 s, later than the default `sensor_grace_s`:
/// a sensor that is lost is told as lost before it is read in another way.
const AFTER_WORKING: u32 = 3;

/// The silences of enabled buffers, one after the other, since the sensors were
/// taken up.
#[derive(Debug, Default)]
pub(super) struct Silences {
    worked: bool,
    in_a_row: u32,
}

impl Silences {
    /// Samples came out of the buffers.
    pub(super) fn end(&mut self) {
        self.worked = true;
        self.in_a_row = 0;
    }

    /// The buffers are silent once more; whether that is reason to poll: at once
    /// where they have never worked, else after the third time.
    pub(super) fn again(&mut self) -> bool {
        self.in_a_row += 1;
        self.in_a_row >= if self.worked { AFTER_WORKING } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_that_worked_are_enabled_anew_before_they_are_given_up() {
        let mut never = Silences::default();
        assert!(never.again() && never.again());
        let mut worked = Silences::default();
        for _ in 0..2 {
            worked.end();
            let given_up: Vec<bool> = (0..4).map(|_| worked.again()).collect();
            assert_eq!(given_up, [false, false, true, true]);
        }
    }
}
