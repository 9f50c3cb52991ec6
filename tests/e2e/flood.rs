//! Clients that connect in a loop fill neither the log nor the daemon's places for others.

use graspd::publish::Client;

use crate::harness::{Device, status};

#[test]
fn connecting_in_a_loop_does_not_fill_the_log_and_is_counted() {
    const LOOPS: u64 = 3000;
    let device = Device::live("");
    device.reconfigure("queue_events", "max_clients = 4\nqueue_events");
    let daemon = device.start_ready();
    let mut seats: Vec<Client> = (0..4).map(|_| daemon.client()).collect();
    for _ in 0..LOOPS {
        let refused = Client::connect(&device.socket()).unwrap_err().to_string();
        assert!(refused.contains("too many clients"), "{refused}");
    }
    // The worker reports its counters once a second.
    let clients = daemon
        .patiently(|| {
            let counters = status(&mut seats[0]).counters?;
            Some(counters["clients"].clone())
        })
        .unwrap();
    assert_eq!(clients["connected"], 4);
    assert_eq!(clients["refused"], LOOPS);
    let log = daemon.log();
    let lines = log.lines().count();
    assert!(log.contains("refused a client: too many clients"), "{log}");
    assert!(lines < 100, "{lines} lines");
}
