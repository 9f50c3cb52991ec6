//! Finds the most redundant session: the one whose mean embedding is nearest to another's.

/// Means of the embeddings of sessions, and the scale of each number.
pub(super) struct SessionMeans {
    means: Vec<Vec<f64>>,
    /// Standard deviation of each number over all windows.
    scale: Vec<f64>,
}

impl SessionMeans {
    /// Of `sessions`, each embedding after embedding of `columns` numbers.
    pub(super) fn of<'a>(sessions: impl Iterator<Item = &'a [f32]>, columns: usize) -> Self {
        let mut means = Vec::new();
        let (mut count, mut sum, mut squares) = (0.0, vec![0.0; columns], vec![0.0; columns]);
        for session in sessions {
            let mut mean = vec![0.0; columns];
            let windows = (session.len() / columns.max(1)).max(1) as f64;
            for row in session.chunks_exact(columns.max(1)) {
                count += 1.0;
                for (at, &value) in row.iter().enumerate() {
                    let value = f64::from(value);
                    mean[at] += value / windows;
                    sum[at] += value;
                    squares[at] += value * value;
                }
            }
            means.push(mean);
        }
        let count = f64::max(count, 1.0);
        let deviation = |(sum, square): (&f64, &f64)| {
            let variance = square / count - (sum / count).powi(2);
            variance.max(1e-12).sqrt()
        };
        Self {
            means,
            scale: sum.iter().zip(&squares).map(deviation).collect(),
        }
    }

    /// The one of `candidates` whose mean is nearest to that of any other session; of equally
    /// near ones the first. `None` without candidates.
    pub(super) fn most_redundant(&self, candidates: impl Iterator<Item = usize>) -> Option<usize> {
        let nearest = |at: usize| {
            (0..self.means.len())
                .filter(|other| *other != at)
                .map(|other| self.distance(at, other))
                .fold(f64::INFINITY, f64::min)
        };
        candidates
            .map(|at| (nearest(at), at))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, at)| at)
    }

    fn distance(&self, a: usize, b: usize) -> f64 {
        let pairs = self.means[a].iter().zip(&self.means[b]).zip(&self.scale);
        pairs.map(|((a, b), s)| ((a - b) / s).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_that_repeats_another_goes_and_of_two_alike_the_older() {
        let sessions: [&[f32]; 4] = [&[0.0, 0.0], &[5.0, 5.0], &[9.0, 9.0], &[5.1, 5.1]];
        let means = SessionMeans::of(sessions.into_iter(), 2);
        assert_eq!(means.most_redundant(1..4), Some(1));
        assert_eq!(means.most_redundant(2..4), Some(3));
        assert_eq!(means.most_redundant(0..0), None);
    }
}
