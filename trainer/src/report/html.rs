//! A report as HTML.

use super::{Block, Fact, Report, Section, Table, Tone};
use crate::plot::{self, escape};

/// The whole page. Its policy forbids it to load anything.
pub(super) fn page(report: &Report) -> String {
    let title = escape(&report.title);
    let label = |(tone, text): &(Tone, String)| {
        let text = escape(text);
        format!("<span class=\"label {}\">{text}</span>\n", class(*tone))
    };
    let labels: String = report.labels.iter().map(label).collect();
    let contents: String = numbered(report)
        .map(|(id, section)| {
            format!(
                "<li><a href=\"#{id}\">{}</a></li>\n",
                escape(&section.heading)
            )
        })
        .collect();
    let contents = if report.sections.len() > 1 {
        format!("<nav aria-label=\"Contents\">\n<ol>\n{contents}</ol>\n</nav>\n")
    } else {
        String::new()
    };
    let sections: String = numbered(report)
        .map(|(id, section)| self::section(&id, section))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the findings</a>\n\
         <header>\n<h1>{title}</h1>\n{}{}</header>\n{contents}<main id=\"main\">\n{sections}\
         </main>\n</body>\n</html>\n",
        plot::CSS,
        include_str!("page.css"),
        wrapped("<p class=\"labels\">\n", &labels, "</p>\n"),
        facts("headline", &report.headline),
    )
}

/// Sections with the ids by which they can be linked to.
fn numbered(report: &Report) -> impl Iterator<Item = (String, &Section)> {
    let sections = report.sections.iter().enumerate();
    sections.map(|(k, section)| (format!("{}-{}", k + 1, slug(&section.heading)), section))
}

/// A heading as part of an address.
fn slug(heading: &str) -> String {
    let words = heading.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

fn section(id: &str, section: &Section) -> String {
    let paragraphs: String = section
        .text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| format!("<p>{}</p>\n", escape(paragraph.trim())))
        .collect();
    let figure = |block: &Block| matches!(block, Block::Figure { .. });
    // Neighbouring figures share a grid.
    let blocks: String = section
        .blocks
        .chunk_by(|one, next| figure(one) && figure(next))
        .map(|run| {
            let drawn: String = run.iter().map(self::block).collect();
            let figures = run.iter().any(figure);
            let (open, close) = if figures {
                ("<div class=\"figures\">\n", "</div>\n")
            } else {
                ("", "")
            };
            wrapped(open, &drawn, close)
        })
        .collect();
    let heading = escape(&section.heading);
    format!("<section id=\"{id}\">\n<h2>{heading}</h2>\n{paragraphs}{blocks}</section>\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Figure { svg, caption } => {
            let caption = escape(caption);
            format!("<figure>\n{svg}<figcaption>{caption}</figcaption>\n</figure>\n")
        }
        Block::Table(table) => self::table(table),
        Block::Notice(tone, text) => {
            let (class, text) = (class(*tone), escape(text));
            format!("<p class=\"notice {class}\">{}{text}</p>\n", sign(*tone))
        }
        Block::Facts(facts) => self::facts("facts", facts),
        Block::Lines(lines) => {
            let lines = escape(lines.trim_end());
            format!("<pre tabindex=\"0\">{lines}</pre>\n")
        }
    }
}

/// What colours say, for those who do not see them.
fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Ok => "<b>Passed.</b> ",
        Tone::Warn => "<b>Note.</b> ",
        Tone::Fail => "<b>Failed.</b> ",
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Ok => "ok",
        Tone::Warn => "warn",
        Tone::Fail => "fail",
    }
}

fn facts(class: &str, facts: &[Fact]) -> String {
    let fact = |fact: &Fact| {
        let interval = fact.interval.as_deref().map(escape).unwrap_or_default();
        format!(
            "<div><dt>{}</dt><dd>{}{}</dd></div>\n",
            escape(&fact.name),
            escape(&fact.value),
            wrapped("<small>", &interval, "</small>")
        )
    };
    let list: String = facts.iter().map(fact).collect();
    wrapped(&format!("<dl class=\"{class}\">\n"), &list, "</dl>\n")
}

fn table(table: &Table) -> String {
    let caption = escape(&table.caption);
    let header: String = table
        .header
        .iter()
        .map(|name| format!("<th scope=\"col\">{}</th>", escape(name)))
        .collect();
    let row = |cells: &Vec<String>| {
        let cell = |k: usize| {
            let text = cells.get(k).map(|cell| escape(cell)).unwrap_or_default();
            match k {
                0 => format!("<th scope=\"row\">{text}</th>"),
                _ => format!("<td>{text}</td>"),
            }
        };
        let columns = table.header.len().max(cells.len());
        format!("<tr>{}</tr>\n", (0..columns).map(cell).collect::<String>())
    };
    let rows: String = table.rows.iter().map(row).collect();
    // It can be scrolled by keys only if it can be reached by them.
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n\
         <caption>{caption}</caption>\n<thead><tr>{header}</tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )
}

/// `inner` within `open` and `close`, or nothing.
fn wrapped(open: &str, inner: &str, close: &str) -> String {
    if inner.is_empty() {
        return String::new();
    }
    format!("{open}{inner}{close}")
}
