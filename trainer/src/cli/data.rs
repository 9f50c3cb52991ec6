//! `--data`, for every subcommand that reads recordings.

use clap::Args;

use crate::data::DataSpec;

#[derive(Debug, Clone, Args)]
pub(super) struct DataArgs {
    /// Data set and its folder: SET=DIR[,people=ID+ID…]; may be given again
    ///
    /// SET is hmog, motionsense, hapt, sisfall or ubicomp13, in a folder laid out as
    /// the authors publish it, or graspd: DIR/<person>/<session>.csv or .csv.zst,
    /// sessions in the order of their names. docs/data.md has the layouts.
    #[arg(long, required = true, value_name = "SET=DIR[,people=…]")]
    data: Vec<DataSpec>,
}

impl DataArgs {
    /// The data sets. None comes twice: one person would count as two.
    pub(super) fn sets(&self) -> Result<&[DataSpec], String> {
        let sets = &self.data;
        let again = |at: &usize| sets[..*at].iter().any(|spec| spec.set == sets[*at].set);
        match (0..sets.len()).find(again) {
            None => Ok(sets),
            Some(at) => Err(format!(
                "{} is given twice; name its people in one --data, from one folder",
                sets[at].set
            )),
        }
    }
}
