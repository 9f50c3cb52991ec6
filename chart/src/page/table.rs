//! Rows of cells.

/// A table. Its first column says what a row is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows, for those who do not see it.
    pub caption: String,
    /// What the columns are.
    pub header: Vec<String>,
    /// The cells, row by row; what a row lacks is left empty.
    pub rows: Vec<Vec<String>>,
    /// How many columns hold text, from the first on; the others hold numbers,
    /// which stand to the right and are never broken.
    pub text_columns: usize,
}

impl Table {
    /// A table without rows yet.
    pub fn new<T: Into<String>>(
        caption: impl Into<String>,
        header: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            caption: caption.into(),
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            text_columns: 1,
        }
    }

    /// The same with text in the first `columns`.
    pub fn text_columns(mut self, columns: usize) -> Self {
        self.text_columns = columns;
        self
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(mut self, cells: impl IntoIterator<Item = T>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Adds rows.
    pub fn rows<T: Into<String>, R: IntoIterator<Item = T>>(
        self,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        rows.into_iter().fold(self, Self::row)
    }
}
