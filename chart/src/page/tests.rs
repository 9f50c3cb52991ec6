use super::*;
use crate::{Axis, Lines, Series};

const HOSTILE: &str = "<script>alert('\"&\")</script>";

fn page() -> String {
    let lines = Lines {
        title: HOSTILE.into(),
        x: Axis::new(HOSTILE),
        y: Axis::new(HOSTILE),
        series: vec![Series::new(HOSTILE, vec![(0.0, 1.0), (1.0, 2.0)])],
        diagonal: false,
    };
    let table = Table::new(HOSTILE, [HOSTILE, "b", "c"]).rows([vec![HOSTILE, "1"], vec!["x"]]);
    let full = Section::new(HOSTILE)
        .text("one")
        .text(HOSTILE)
        .figure(lines.svg(), HOSTILE)
        .figure(lines.svg(), HOSTILE)
        .table(table)
        .figure(lines.svg(), HOSTILE)
        .notice(Tone::Fail, HOSTILE)
        .facts([Fact::new(HOSTILE, HOSTILE).within(HOSTILE)])
        .lines(HOSTILE);
    Report::new(HOSTILE)
        .label(Tone::Warn, HOSTILE)
        .headline(Fact::new(HOSTILE, HOSTILE))
        .section(full)
        .section(Section::new(HOSTILE))
        .html()
}

/// An error unless every tag is closed, in order.
fn well_formed(page: &str) -> Result<(), String> {
    const VOID: [&str; 3] = ["!doctype", "meta", "br"];
    let mut open = Vec::new();
    let (_, body) = page.split_once("</style>").ok_or("no style")?;
    for tag in body.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or_else(|| format!("<{tag}"))?;
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            let last = open.pop();
            if last != Some(name) && name != "head" && name != "html" {
                return Err(format!("</{name}> after {last:?}"));
            }
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    open.is_empty().then_some(()).ok_or(format!("{open:?}"))
}

#[test]
fn no_text_can_break_the_page() {
    let page = page();
    assert!(!page.contains("<script") && !page.contains("'\"&"));
    assert_eq!(
        well_formed(&page.replace("</head>", "").replace("</html>", "")),
        Ok(())
    );
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let page = page();
    for from_elsewhere in ["http:", "https:", "src=", "@import", "<link", "url("] {
        assert!(!page.contains(from_elsewhere), "{from_elsewhere}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn contents_lead_to_every_section_even_to_namesakes() {
    let page = page();
    let links: Vec<_> = page
        .split("<li><a href=\"#")
        .skip(1)
        .filter_map(|link| link.split_once('"'))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(links.len(), 2);
    assert_ne!(links[0], links[1]);
    for id in links {
        assert_eq!(page.matches(&format!("<section id=\"{id}\">")).count(), 1);
    }
}

#[test]
fn every_row_has_a_cell_for_every_column() {
    let table = Table::new("t", ["a", "b", "c"])
        .row(["x"])
        .row(["x", "1", "2"]);
    let page = Report::new("r")
        .section(Section::new("s").table(table))
        .html();
    assert_eq!(page.matches("<td>").count(), 4);
    assert!(
        page.contains("tabindex=\"0\""),
        "not to be scrolled by keys"
    );
}

#[test]
fn figures_stand_together_until_something_else_comes() {
    assert_eq!(page().matches("<div class=\"figures\">").count(), 2);
}

#[test]
fn notices_say_in_words_what_they_say_in_colour() {
    assert!(page().contains("<b>Failed.</b>"));
}

#[test]
fn what_stands_between_backticks_is_code() {
    let page = |text: &str| {
        let section = Section::new("s").text(text);
        Report::new("r").section(section).html()
    };
    assert!(page("with `<b>` and on").contains("<p>with <code>&lt;b&gt;</code> and on</p>"));
    assert!(page("a lone ` stays").contains("<p>a lone ` stays</p>"));
}
