//! Splitting people into cross-validation folds.

/// Assigns people to `folds` folds in turn. Each person is tested in one fold, whose
/// bundle is trained on everyone else.
pub fn split_people(people: &[String], folds: usize) -> Vec<FoldSplit> {
    let of = |fold: usize| {
        let (tested, trained) = (0..people.len()).partition::<Vec<_>, _>(|at| at % folds == fold);
        let named = |places: Vec<usize>| places.into_iter().map(|at| people[at].clone()).collect();
        FoldSplit {
            trained: named(trained),
            tested: named(tested),
        }
    };
    (0..folds).map(of).collect()
}

/// Each two people in turn, tested in a fold of their own whose bundle is trained on
/// everyone else: leave-pair-out. Each is the other's only impostor.
pub fn split_pairs(people: &[String]) -> Vec<FoldSplit> {
    let mut folds = Vec::new();
    for (at, one) in people.iter().enumerate() {
        for other in &people[at + 1..] {
            let rest = people
                .iter()
                .filter(|person| ![one, other].contains(person));
            folds.push(FoldSplit {
                trained: rest.cloned().collect(),
                tested: vec![one.clone(), other.clone()],
            });
        }
    }
    folds
}

/// People of one fold, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldSplit {
    /// People whom the fold's bundle is trained on.
    pub trained: Vec<String>,
    /// People whom it is tested on.
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
            let folds = split_people(&people, k);
            let mut tested: Vec<_> = folds.iter().flat_map(|fold| fold.tested.clone()).collect();
            for fold in &folds {
                prop_assert!(fold.tested.iter().all(|person| !fold.trained.contains(person)));
                prop_assert_eq!(fold.tested.len() + fold.trained.len(), n);
                prop_assert!(fold.tested.len().abs_diff(n / k) <= 1);
            }
            tested.sort_by_key(|person| person.parse::<usize>().unwrap());
            prop_assert_eq!(tested, people);
        }
    }

    #[test]
    fn each_two_people_are_tested_once_by_a_bundle_that_never_saw_them() {
        let people = ["a", "b", "c", "d"].map(String::from);
        let folds = split_pairs(&people);
        let tested: Vec<String> = folds.iter().map(|fold| fold.tested.concat()).collect();
        assert_eq!(tested, ["ab", "ac", "ad", "bc", "bd", "cd"]);
        for fold in folds {
            assert_eq!(fold.trained.len(), 2);
            assert!(fold.trained.iter().all(|one| !fold.tested.contains(one)));
        }
    }
}
