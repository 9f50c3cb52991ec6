//! What windows are given to: an enrolment, and adaptation.

use ndarray::ArrayView1;

use super::adaptation::Adaptation;
use super::enrolment::Enrolment;
use crate::pipeline::WindowSink;

/// Gives windows to whichever of the two is gathering.
pub(super) struct WindowSinks {
    pub enrolment: Enrolment,
    pub adaptation: Adaptation,
}

impl WindowSink for WindowSinks {
    fn is_gathering(&self) -> bool {
        self.enrolment.is_gathering() || self.adaptation.is_gathering()
    }

    fn window(&mut self, embedding: ArrayView1<'_, f32>) {
        if self.enrolment.is_gathering() {
            self.enrolment.window(embedding);
        }
        if self.adaptation.is_gathering() {
            self.adaptation.window(embedding);
        }
    }

    fn at_rest(&mut self) {
        if self.enrolment.is_gathering() {
            self.enrolment.at_rest();
        }
    }
}
