//! No allocation per sample.

use graspd::motion::Sample;
use graspd::motion::framing::Framer;

use crate::streams::clean;

#[test]
fn no_sample_allocates() {
    let samples: Vec<Sample> = clean(120).collect();
    let mut framer = Framer::new(500, 96);
    let mut windows = 0;
    let allocated = allocation_counter::measure(|| {
        for sample in &samples {
            framer.push(sample, |_, window| windows += usize::from(window.is_some()));
        }
    });
    assert!(windows > 100);
    assert_eq!(allocated.count_total, 0, "{} samples", samples.len());
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
