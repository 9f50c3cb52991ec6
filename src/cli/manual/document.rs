//! A document of docs/ as a man page: headings, paragraphs, lists, tables and code.

use super::roff::{line, literal, text};

/// The page `name` of `section`, which is about `what`.
pub(super) fn page(name: &str, section: u8, what: &str, markdown: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(
        ".TH {name} {section} \"\" \"graspd {version}\" graspd\n\
         .SH NAME\n{} \\- {what}\n.SH DESCRIPTION\n",
        name.replace('-', "\\-")
    );
    let mut lines = markdown.lines().peekable();
    while let Some(first) = lines.next() {
        if first.starts_with("```") {
            page += ".PP\n.nf\n.RS\n";
            for code in lines.by_ref().take_while(|code| !code.starts_with("```")) {
                page += &line(&literal(code));
            }
            page += ".RE\n.fi\n";
        } else if first.starts_with("# ") || first.trim().is_empty() {
        } else if let Some(heading) = first.strip_prefix("### ") {
            page += &format!(".SS \"{}\"\n", text(heading));
        } else if let Some(heading) = first.strip_prefix("## ") {
            page += &format!(".SH \"{}\"\n", text(&heading.to_uppercase()));
        } else if first.starts_with('|') {
            let mut rows = vec![cells(first)];
            while let Some(row) = lines.next_if(|next| next.starts_with('|')) {
                rows.push(cells(row));
            }
            page += &table(&rows);
        } else {
            let goes_on = |next: &&str| {
                !next.trim().is_empty()
                    && !["|", "#", "- ", "```"]
                        .iter()
                        .any(|mark| next.starts_with(mark))
            };
            let (mark, first) = match first.strip_prefix("- ") {
                Some(item) => (".IP \\(bu 2\n", item),
                None => (".PP\n", first),
            };
            let mut paragraph = first.to_owned();
            while let Some(next) = lines.next_if(goes_on) {
                paragraph += " ";
                paragraph += next.trim();
            }
            page += mark;
            page += &line(&text(&paragraph));
        }
    }
    page
}

fn cells(row: &str) -> Vec<&str> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|');
    row.split('|').map(str::trim).collect()
}

/// A paragraph for each row, under its first cell; of the cells after the second, what their
/// column is called.
fn table(rows: &[Vec<&str>]) -> String {
    let mut page = String::new();
    let head = rows.first().map_or(&[][..], Vec::as_slice);
    for row in rows.iter().skip(2) {
        let Some((first, others)) = row.split_first() else {
            continue;
        };
        page += ".TP\n";
        page += &line(&text(first));
        let told = others
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty());
        for (at, cell) in told {
            if at > 0 {
                page += ".br\n";
            }
            match head.get(at + 1).filter(|name| at > 0 && !name.is_empty()) {
                Some(name) => page += &line(&format!("{}: {}.", text(name), text(cell))),
                None => page += &line(&text(cell)),
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_consists_of_is_shown() {
        let document = "# Title\n\nOne\ntwo.\n\n## Part\n\n- a\n  b\n- c\n\n| word | when | more |\n|---|---|---|\n| `x` | now | y |\n\n```sh\n.run -x\n```\n";
        let page = page("a-b", 7, "this", document);
        let body = page.split_once(".SH DESCRIPTION\n").unwrap().1;
        assert_eq!(
            body,
            ".PP\nOne two.\n.SH \"PART\"\n.IP \\(bu 2\na b\n.IP \\(bu 2\nc\n\
             .TP\n\\fBx\\fR\nnow\n.br\nmore: y.\n\
             .PP\n.nf\n.RS\n\\&.run \\-x\n.RE\n.fi\n"
        );
        assert!(page.contains("a\\-b \\- this"));
    }
}
