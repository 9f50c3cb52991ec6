//! Tables.

/// A table. The first column names what the row is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table shows, for screen readers.
    pub caption: String,
    /// The headings of the columns.
    pub header: Vec<String>,
    /// The cells of each row; missing cells are empty.
    pub rows: Vec<Vec<String>>,
    /// Number of text columns, from the first on. The others hold numbers, which are
    /// right-aligned and not wrapped.
    pub text_columns: usize,
}

impl Table {
    /// A table without rows.
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

    /// The same with `columns` text columns.
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
