//! The one-class SVM against scikit-learn and against another implementation.

mod golden;
mod oracle;
mod recipe;
