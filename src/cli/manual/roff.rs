//! Text as man(7) wants it.

/// Text of a paragraph: Markdown's code and emphasis become bold, links their text.
pub(super) fn text(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(mark) = rest.find(['`', '*', '[']) {
        out += &escaped(&rest[..mark]);
        rest = &rest[mark..];
        let (shown, after) = if let Some(inner) = rest.strip_prefix("**") {
            pair(inner, "**").map(|(bold, after)| (format!("\\fB{}\\fR", text(bold)), after))
        } else if let Some(inner) = rest.strip_prefix('`') {
            pair(inner, "`").map(|(code, after)| (format!("\\fB{}\\fR", literal(code)), after))
        } else if let Some(inner) = rest.strip_prefix('[') {
            link(inner)
        } else {
            None
        }
        .unwrap_or_else(|| (escaped(&rest[..1]), &rest[1..]));
        out += &shown;
        rest = after;
    }
    out += &escaped(rest);
    out
}

/// Text in which a hyphen is a minus, to be copied.
pub(super) fn literal(text: &str) -> String {
    escaped(text).replace('-', "\\-")
}

/// A line that begins with no request.
pub(super) fn line(text: &str) -> String {
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}\n"),
        false => format!("{text}\n"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e")
}

fn pair<'a>(inner: &'a str, end: &str) -> Option<(&'a str, &'a str)> {
    let at = inner.find(end)?;
    Some((&inner[..at], &inner[at + end.len()..]))
}

/// Text and rest of `text](target)…`; a target that is no page of this folder is shown.
fn link(inner: &str) -> Option<(String, &str)> {
    let (shown, after) = pair(inner, "](")?;
    let (target, after) = pair(after, ")")?;
    let shown = text(shown);
    Some(match target.starts_with("http") {
        true => (format!("{shown} <{}>", literal(target)), after),
        false => (shown, after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_fonts_and_what_is_none_stays() {
        assert_eq!(
            text("a `b-c` **d** [e](f.md)"),
            "a \\fBb\\-c\\fR \\fBd\\fR e"
        );
        assert_eq!(text("[x](https://y.z)"), "x <https://y.z>");
        assert_eq!(text("2 * 3 and [4] and `5"), "2 * 3 and [4] and `5");
        assert_eq!(text("\\"), "\\e");
        assert_eq!(line(".conf"), "\\&.conf\n");
    }
}
