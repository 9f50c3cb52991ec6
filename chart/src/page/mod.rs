//! Findings as one page that needs no other file.

mod html;
mod table;

pub use table::Table;

use crate::svg::Svg;

/// A page of findings.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// What has to be known before any figure is read, such as the protocol and
    /// whether it is a fair one.
    pub labels: Vec<(Tone, String)>,
    /// The figures that one would tell somebody else.
    pub headline: Vec<Fact>,
    /// In order.
    pub sections: Vec<Section>,
}

/// A part of a [`Report`].
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// What it shows.
    pub heading: String,
    /// What was done and how to read it; an empty line begins a paragraph, and
    /// what stands between backticks is code.
    pub text: String,
    /// What it shows it with.
    pub blocks: Vec<Block>,
}

/// One thing in a [`Section`].
#[derive(Debug, Clone)]
pub enum Block {
    /// A chart and what to see in it.
    Figure {
        /// The chart.
        svg: Svg,
        /// What to see in it.
        caption: String,
        /// How wide it is.
        width: Width,
    },
    /// Rows of cells.
    Table(Table),
    /// Something that must not be missed.
    Notice(Tone, String),
    /// Figures by name.
    Facts(Vec<Fact>),
    /// Lines that someone may want to copy, such as a command.
    Lines(String),
}

/// How wide a figure is on a wide screen; on a narrow one each is as wide as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Half the page: neighbours stand side by side.
    Half,
    /// The width of the text.
    Full,
}

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Plain,
    /// As it should be.
    Ok,
    /// To be kept in mind.
    Warn,
    /// As it must not be.
    Fail,
}

/// A figure with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
    /// Its interval, or whatever else qualifies it.
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
    /// A page without findings yet.
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

    /// The whole page.
    pub fn html(&self) -> String {
        html::page(self).into_string()
    }
}

impl Section {
    /// A section without content yet.
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
