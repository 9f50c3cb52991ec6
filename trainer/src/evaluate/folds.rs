//! Who is tested by which fold.

/// Deals people to `folds` folds in turn. Each is tested by one fold, whose
/// bundle is taught on everyone else.
pub fn deal(people: &[String], folds: usize) -> Vec<FoldOf> {
    let of = |fold: usize| {
        let (tested, taught) = (0..people.len()).partition::<Vec<_>, _>(|at| at % folds == fold);
        let named = |places: Vec<usize>| places.into_iter().map(|at| people[at].clone()).collect();
        FoldOf {
            taught: named(taught),
            tested: named(tested),
        }
    };
    (0..folds).map(of).collect()
}

/// One fold's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldOf {
    /// Its bundle is taught on them.
    pub taught: Vec<String>,
    /// Its bundle is tested on them.
    pub tested: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everybody_is_tested_once_by_a_bundle_that_never_saw_them(n in 2usize..30, k in 2usize..6) {
            let people: Vec<String> = (0..n).map(|person| person.to_string()).collect();
            let folds = deal(&people, k);
            let mut tested: Vec<_> = folds.iter().flat_map(|fold| fold.tested.clone()).collect();
            for fold in &folds {
                prop_assert!(fold.tested.iter().all(|person| !fold.taught.contains(person)));
                prop_assert_eq!(fold.tested.len() + fold.taught.len(), n);
                prop_assert!(fold.tested.len().abs_diff(n / k) <= 1);
            }
            tested.sort_by_key(|person| person.parse::<usize>().unwrap());
            prop_assert_eq!(tested, people);
        }
    }
}
