//! The source on trees laid out as real kernels do. Numbers at the tests are those of
//! the list in docs/iio.md.

mod buffers;
mod choice;
mod devices;
mod polling;
mod silence;
mod stamps;

fn s32(xyz: [i32; 3]) -> Vec<u8> {
    xyz.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn s16(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn near(found: [f32; 3], expected: [f64; 3]) {
    for (f, e) in found.iter().zip(expected) {
        assert!(
            (f64::from(*f) - e).abs() < 1e-6,
            "{found:?}, not {expected:?}"
        );
    }
}
