//! Orders to the worker, which wake it.

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

    /// Gives an order. To a worker that has ended it is nothing; `run` notices that by itself.
    pub(super) fn send(&self, order: Control) {
        if self.orders.send(order).is_ok() {
            self.worker.unpark();
        }
    }
}
