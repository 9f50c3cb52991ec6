//! Pads an embedding with zeros to whole vector registers, so that sums have no remainder.

use ndarray::ArrayView1;

/// Numbers of a register that holds many.
pub(super) const LANES: usize = 16;
/// Registers on the stack for embeddings of the usual lengths, and for longer ones up to 4096: a
/// small array for most, because all of it is cleared before it is used.
const USUAL: usize = 16;
const MOST: usize = 4096 / LANES;

/// How many registers hold so many numbers.
pub(super) fn registers(numbers: usize) -> usize {
    numbers.div_ceil(LANES)
}

/// Gives `read` the numbers of an embedding in registers. Allocates nothing for one of up to
/// 4096.
pub(super) fn in_registers<T>(
    x: ArrayView1<'_, f32>,
    read: impl FnOnce(&[[f32; LANES]]) -> T,
) -> T {
    let needed = registers(x.len());
    if needed <= USUAL {
        filled(&mut [[0.0; LANES]; USUAL], x, read)
    } else if needed <= MOST {
        filled(&mut [[0.0; LANES]; MOST], x, read)
    } else {
        filled(&mut vec![[0.0; LANES]; needed], x, read)
    }
}

fn filled<T>(
    room: &mut [[f32; LANES]],
    x: ArrayView1<'_, f32>,
    read: impl FnOnce(&[[f32; LANES]]) -> T,
) -> T {
    for (place, &number) in room.as_flattened_mut().iter_mut().zip(x) {
        *place = number;
    }
    read(&room[..registers(x.len())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    #[test]
    fn what_is_left_of_the_last_register_is_zero() {
        for length in [0usize, 1, 16, 17, 183, 256, 257, 4096, 4097] {
            let x = Array1::from_iter((1..=length).map(|at| at as f32));
            in_registers(x.view(), |registers| {
                let numbers = registers.as_flattened();
                assert_eq!(numbers.len(), length.next_multiple_of(LANES));
                assert_eq!(numbers[..length], x.to_vec());
                assert!(numbers[length..].iter().all(|&number| number == 0.0));
            });
        }
    }
}
