//! An HTML page of results that needs no other file.

mod html;
mod table;

pub use table::Table;

use crate::svg::Svg;

/// A page of results.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The title.
    pub title: String,
    /// Statements to be read before any figure, such as the protocol and whether it is
    /// a fair one.
    pub labels: Vec<(Tone, String)>,
    /// The main figures.
    pub headline: Vec<Fact>,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A part of a [`Report`].
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// What was done and how to read it. An empty line begins a paragraph; words
    /// between backticks are code.
    pub text: String,
    /// Figures, tables and the like, in order.
    pub blocks: Vec<Block>,
}

/// One block of a [`Section`].
#[derive(Debug, Clone)]
pub enum Block {
    /// A chart with a caption.
    Figure {
        /// The chart.
        svg: Svg,
        /// What the chart shows.
        caption: String,
        /// Its width.
        width: Width,
    },
    /// A table.
    Table(Table),
    /// A notice that is set off from the text.
    Notice(Tone, String),
    /// Named figures.
    Facts(Vec<Fact>),
    /// Preformatted lines to copy, such as a command.
    Lines(String),
}

/// The width of a figure on a wide screen; on a narrow one all have the screen's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Half of the page: two figures stand side by side.
    Half,
    /// The full width of the text.
    Full,
}

/// The rating of a statement, which sets its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neutral.
    Plain,
    /// As required.
    Ok,
    /// To be kept in mind when reading the figures.
    Warn,
    /// A fault.
    Fail,
}

/// A named figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
    /// Its interval or another qualification; `None` if there is none.
    pub interval: Option<String>,
}

impl Fact {
    /// A figure without an interval.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            interval: None,
        }
    }

    /// The same with an interval.
    pub fn within(mut self, interval: impl Into<String>) -> Self {
        self.interval = Some(interval.into());
        self
    }
}

impl Report {
    /// A page without content.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a label.
    pub fn label(mut self, tone: Tone, label: impl Into<String>) -> Self {
        self.labels.push((tone, label.into()));
        self
    }

    /// Adds a figure to the headline.
    pub fn headline(mut self, fact: Fact) -> Self {
        self.headline.push(fact);
        self
    }

    /// Adds a section.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The HTML document.
    pub fn html(&self) -> String {
        html::page(self).into_string()
    }
}

impl Section {
    /// A section without content.
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            ..Self::default()
        }
    }

    /// Adds a paragraph.
    pub fn text(mut self, text: impl AsRef<str>) -> Self {
        if !self.text.is_empty() {
            self.text += "\n\n";
        }
        self.text += text.as_ref();
        self
    }

    /// Adds a chart.
    pub fn figure(self, svg: Svg, caption: impl Into<String>) -> Self {
        self.block(Block::Figure {
            svg,
            caption: caption.into(),
            width: Width::Half,
        })
    }

    /// Adds a chart as wide as the text.
    pub fn full_figure(self, svg: Svg, caption: impl Into<String>) -> Self {
        self.block(Block::Figure {
            svg,
            caption: caption.into(),
            width: Width::Full,
        })
    }

    /// Adds a table.
    pub fn table(self, table: Table) -> Self {
        self.block(Block::Table(table))
    }

    /// Adds a notice.
    pub fn notice(self, tone: Tone, text: impl Into<String>) -> Self {
        self.block(Block::Notice(tone, text.into()))
    }

    /// Adds figures by name.
    pub fn facts(self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.block(Block::Facts(facts.into_iter().collect()))
    }

    /// Adds lines to copy.
    pub fn lines(self, lines: impl Into<String>) -> Self {
        self.block(Block::Lines(lines.into()))
    }

    fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}

#[cfg(test)]
mod tests;
