//! Renders a report as HTML.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Block, Fact, Report, Section, Table, Tone, Width};

/// Content security policy: nothing but the inline style.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The HTML document.
pub(super) fn page(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (report.title) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                a.skip href="#main" { "Skip to the findings" }
                header {
                    h1 { (report.title) }
                    @if !report.labels.is_empty() { (labels(&report.labels)) }
                    (facts("headline", &report.headline))
                }
                @if report.sections.len() > 1 { (contents(report)) }
                main #main {
                    @for (id, section) in numbered(report) { (self::section(&id, section)) }
                }
            }
        }
        "\n"
    }
}

fn labels(labels: &[(Tone, String)]) -> Markup {
    html! {
        p.labels {
            @for (tone, text) in labels { span class={ "label " (class(*tone)) } { (text) } "\n" }
        }
    }
}

fn contents(report: &Report) -> Markup {
    html! {
        nav aria-label="Contents" {
            ol {
                @for (id, section) in numbered(report) {
                    li { a href={ "#" (id) } { (section.heading) } }
                }
            }
        }
    }
}

/// The sections with their ids for links.
fn numbered(report: &Report) -> impl Iterator<Item = (String, &Section)> {
    let sections = report.sections.iter().enumerate();
    sections.map(|(k, section)| (format!("{}-{}", k + 1, slug(&section.heading)), section))
}

/// A heading in a form that can be part of an address.
fn slug(heading: &str) -> String {
    let words = heading.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

fn section(id: &str, section: &Section) -> Markup {
    let half = |block: &Block| {
        matches!(
            block,
            Block::Figure {
                width: Width::Half,
                ..
            }
        )
    };
    html! {
        section id=(id) {
            h2 { (section.heading) }
            @for paragraph in section.text.split("\n\n").filter(|text| !text.trim().is_empty()) {
                p { (prose(paragraph.trim())) }
            }
            @for run in section.blocks.chunk_by(|one, next| half(one) && half(next)) {
                @if run.iter().any(half) {
                    div.figures { @for block in run { (self::block(block)) } }
                } @else {
                    @for block in run { (self::block(block)) }
                }
            }
        }
        "\n"
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Figure {
            svg,
            caption,
            width,
        } => html! {
            figure.full[*width == Width::Full] { (svg) figcaption { (prose(caption)) } }
        },
        Block::Table(table) => self::table(table),
        Block::Notice(tone, text) => html! {
            p class={ "notice " (class(*tone)) } {
                @if let Some(sign) = sign(*tone) { b { (sign) } " " }
                (prose(text))
            }
        },
        Block::Facts(facts) => self::facts("facts", facts),
        // Focusable, because only then can it be scrolled with the keyboard.
        Block::Lines(lines) => html! { pre tabindex="0" { (lines.trim_end()) } },
    }
}

/// Text in which words between two backticks are marked up as code.
fn prose(text: &str) -> Markup {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len() % 2 == 0 {
        // An unpaired backtick is left as it is.
        return html! { (text) };
    }
    html! {
        @for (k, part) in parts.iter().enumerate() {
            @if k % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The sign that a tone has besides its colour; `None` for plain text.
fn sign(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Ok => Some("Passed."),
        Tone::Warn => Some("Note."),
        Tone::Fail => Some("Failed."),
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

fn facts(class: &str, facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl class=(class) {
                @for fact in facts {
                    div {
                        dt { (fact.name) }
                        dd {
                            (fact.value)
                            @if let Some(interval) = &fact.interval { small { (unbroken(interval)) } }
                        }
                    }
                }
            }
        }
    }
}

/// `text` with no-break spaces between numbers and per cent signs.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

fn table(table: &Table) -> Markup {
    let widest = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let columns = table.header.len().max(widest);
    let class = |k: usize| (k < table.text_columns).then_some("text");
    html! {
        div.wide role="region" tabindex="0" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead {
                    tr {
                        @for (k, name) in table.header.iter().enumerate() {
                            th scope="col" class=[class(k)] { (name) }
                        }
                    }
                }
                tbody {
                    @for cells in &table.rows {
                        tr {
                            @for k in 0..columns {
                                @let cell = cells.get(k).map_or("", String::as_str);
                                @if k == 0 {
                                    th scope="row" class=[class(k)] { (cell) }
                                } @else {
                                    td class=[class(k)] { (cell) }
                                }
                            }
                        }
                        "\n"
                    }
                }
            }
        }
    }
}
