//! No allocation per sample.

use std::time::Duration;

use graspd::motion::framing::Framer;
use graspd::motion::{Channels, Sample, SampleTime};
use graspd::owner::session_adaptation::{SessionAdaptation, SessionSpace};
use ndarray::Array1;

use crate::streams::clean;

#[test]
fn no_sample_allocates() {
    let samples: Vec<Sample> = clean(120).collect();
    for channels in Channels::ALL {
        let mut framer = Framer::new(channels, 500, 96);
        let mut windows = 0;
        let allocated = allocation_counter::measure(|| {
            for sample in &samples {
                framer.push(sample, |_, window| windows += usize::from(window.is_some()));
            }
        });
        assert!(windows > 100);
        assert_eq!(allocated.count_total, 0, "{} samples", samples.len());
    }
}

#[test]
fn nor_does_a_line_of_text() {
    use graspd::source::{CsvReader, Source, format_row};
    let text: String = clean(20).map(|s| format_row(&s) + "\n").collect();
    let mut reader = CsvReader::new(text.as_bytes(), "lines.csv".as_ref());
    let mut read = 0;
    let allocated = allocation_counter::measure(|| {
        while let Ok(Some(_)) = reader.next() {
            read += 1;
        }
    });
    assert_eq!(read, 4000);
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn nor_does_what_is_learnt_of_a_session() {
    const COLUMNS: usize = 24;
    let triangle =
        (0..COLUMNS).flat_map(|row| (0..=row).map(move |c| f32::from(u8::from(c == row))));
    let template = [1.0; COLUMNS];
    let space = SessionSpace::new(triangle.collect(), [&template[..]], 0.5).unwrap();
    let mut adaptation = SessionAdaptation::new(space);
    adaptation.prove();
    let window = |at: u64| Array1::from_shape_fn(COLUMNS, |c| ((at * 7 + c as u64) as f32).sin());
    let windows: Vec<_> = (0..300).map(window).collect();
    let mut scored = 0;
    let allocated = allocation_counter::measure(|| {
        for (at, window) in windows.iter().enumerate() {
            let t = SampleTime::default().after(Duration::from_millis(at as u64 * 960));
            scored += usize::from(adaptation.window(t, window.view(), 0.0).is_some());
            adaptation.learn(t, at % 50 < 40);
        }
    });
    assert!(scored > 200, "{scored}");
    assert_eq!(allocated.count_total, 0);
}
