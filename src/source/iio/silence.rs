//! Decides when silent buffers are replaced by polling.

/// Silences in a row after which buffers that had worked are replaced by polling. With
/// the default hop that is after some 18 s, later than the default `sensor_grace_s`, so
/// that the loss of a sensor is reported first.
const AFTER_WORKING: u32 = 3;

/// Counts the silences of enabled buffers since the last sample.
#[derive(Debug, Default)]
pub(super) struct Silences {
    worked: bool,
    in_a_row: u32,
}

impl Silences {
    /// Called when samples came from the buffers: they work, and the count starts anew.
    pub(super) fn end(&mut self) {
        self.worked = true;
        self.in_a_row = 0;
    }

    /// Counts one more silence, and says whether to poll: at once where the buffers
    /// have never given a sample, else from the third silence on.
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
