//! Characters that are not shown, but change what a terminal or a log shows. Names come from
//! files, bundles, buses and sockets of others.

/// Whether `c` is one: a control character, or one that changes the direction of writing.
/// Unicode Standard Annex 9
pub fn is_hidden(c: char) -> bool {
    let directs = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || directs
}

/// `text` without hidden characters.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_taken_out_and_letters_of_all_scripts_stay() {
        assert_eq!(plain("a\u{1b}[2Jb\n\u{202e}c\u{2066}"), "a[2Jbc");
        assert_eq!(plain("Öğrenci שלום 手机"), "Öğrenci שלום 手机");
    }
}
