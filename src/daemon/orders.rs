//! Orders to the worker, which wake it.
//!
//! The one channel without a bound, because no order may be lost and nobody may wait to give one.
//! Without the order that a pause is over the worker would stay paused, without that of another
//! owner it would go on for the one before; and the thread that gives most of them serves the
//! clients and feeds the watchdog. They come as often as the session, the owner or the
//! configuration changes, and the worker takes them before any reading.

use crossbeam_channel::{Receiver, Sender, unbounded};
use crossbeam_utils::sync::Unparker;

use super::worker::Control;

/// Where orders are given.
#[derive(Debug, Clone)]
pub(super) struct Orders {
    orders: Sender<Control>,
    worker: Unparker,
}

impl Orders {
    /// To the worker that `worker` wakes.
    pub(super) fn to(worker: &Unparker) -> (Self, Receiver<Control>) {
        let (orders, taken) = unbounded();
        let worker = worker.clone();
        (Self { orders, worker }, taken)
    }

    /// Gives an order. Ignored once the worker has ended, which `run` notices by itself.
    pub(super) fn send(&self, order: Control) {
        if self.orders.send(order).is_ok() {
            self.worker.unpark();
        }
    }
}
