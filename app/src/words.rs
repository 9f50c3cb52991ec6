//! The app's texts in the language of the session. app/words/ has a file for each language.

use graspd_words::{Arguments, Language};

/// The languages there are, English last.
const LANGUAGES: [Language; 2] = [
    ("de", include_str!("../words/de.ftl")),
    ("en", include_str!("../words/en.ftl")),
];

/// An argument of a sentence.
pub enum Value {
    /// A number, which may choose between singular and plural.
    Number(f64),
    /// Anything else.
    Text(String),
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The app's texts.
pub struct Words {
    words: graspd_words::Words,
    /// The decimal separator.
    point: &'static str,
}

impl Words {
    /// Texts of the session's language.
    pub fn of_environment() -> Self {
        Self::new(graspd_words::Words::of_environment(&LANGUAGES))
    }

    fn new(words: graspd_words::Words) -> Self {
        let german = words.find("yes", None, &Arguments::new()).as_deref() == Some("Ja");
        let point = if german { "," } else { "." };
        Self { words, point }
    }

    /// The text of this key.
    pub fn say(&self, key: &str) -> String {
        self.words.say(key, None, &Arguments::new())
    }

    /// The same, with arguments.
    pub fn with<const N: usize>(&self, key: &str, arguments: [(&str, Value); N]) -> String {
        self.words.say(key, None, &collect(arguments))
    }

    /// The title that belongs to this key.
    pub fn title(&self, key: &str) -> String {
        self.words.say(key, Some("title"), &Arguments::new())
    }

    /// A number with one place.
    pub fn tenths(&self, number: f64) -> String {
        format!("{number:.1}").replace('.', self.point)
    }
}

fn collect<const N: usize>(arguments: [(&str, Value); N]) -> Arguments<'_> {
    let mut collected = Arguments::new();
    for (name, value) in arguments {
        match value {
            Value::Number(number) => collected.set(name, number),
            Value::Text(text) => collected.set(name, text),
        }
    }
    collected
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::{history, status_text};

    fn keys(text: &str) -> BTreeSet<&str> {
        graspd_words::keys(text).collect()
    }

    #[test]
    fn every_language_says_the_same_things() {
        let [.., (_, english)] = LANGUAGES;
        for (name, text) in LANGUAGES {
            assert!(graspd_words::Words::only((name, text)).is_some(), "{name}");
            let (lacks, more) = (
                keys(english).difference(&keys(text)).count(),
                keys(text).difference(&keys(english)).count(),
            );
            assert_eq!((lacks, more), (0, 0), "{name}");
            let titles = |text: &str| text.matches("    .title = ").count();
            assert_eq!(titles(text), titles(english), "{name}");
        }
    }

    #[test]
    fn what_the_app_chooses_at_run_time_has_words() {
        for (name, text) in LANGUAGES {
            let words = Words::new(graspd_words::Words::only((name, text)).unwrap());
            for key in status_text::tests::keys() {
                let told = words.with(key, [("until", "12:00".into())]);
                assert_ne!(told, key, "{name}");
                let titled = !key.starts_with("status") || words.title(key) != key;
                assert!(titled, "{name}: {key} has no title");
            }
            for key in history::keys() {
                assert_ne!(words.say(key), key, "{name}");
            }
        }
    }

    #[test]
    fn every_key_of_the_source_is_in_the_files() {
        let [.., (_, english)] = LANGUAGES;
        let there = keys(english);
        // Keys that are chosen before they are said: literals that begin as those of the files do.
        let family = |key: &str| key.split_once('-').map(|(family, _)| family.to_owned());
        let families: BTreeSet<_> = there.iter().filter_map(|key| family(key)).collect();
        let source = source_without_tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        let mut said = BTreeSet::new();
        said.extend(
            literals(&source)
                .filter(|literal| family(literal).is_some_and(|family| families.contains(&family))),
        );
        for call in [".say(", ".with(", ".title("] {
            let arguments = source.split(call).skip(1).map(str::trim_start);
            let literals = arguments.filter_map(|argument| argument.strip_prefix('"'));
            said.extend(literals.filter_map(|literal| literal.split('"').next()));
        }
        let missing: Vec<_> = said.difference(&there).collect();
        let unused: Vec<_> = there.difference(&said).collect();
        assert_eq!((missing, unused), (vec![], vec![]));
    }

    /// All files below, each up to its tests.
    fn source_without_tests(folder: &Path) -> String {
        let mut source = String::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                source += &source_without_tests(&path);
            } else if !name.ends_with("_tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                source += text.split("#[cfg(test)]").next().unwrap();
            }
        }
        source
    }

    /// What stands between quotes in one line, and has only letters of keys.
    fn literals(source: &str) -> impl Iterator<Item = &str> {
        let of_key = |c: char| c.is_ascii_lowercase() || c == '-';
        source
            .lines()
            .flat_map(|line| line.split('"').skip(1).step_by(2))
            .filter(move |literal| literal.chars().all(of_key))
    }

    #[test]
    fn numbers_choose_their_words() {
        let of = |locale| Words::new(graspd_words::Words::of(&LANGUAGES, locale));
        let locks =
            |locale, count: u64| of(locale).with("performance-locks", [("count", count.into())]);
        assert_eq!(locks("en", 1), "One lock because of the motion");
        assert_eq!(locks("de", 0), "Keine Sperre wegen der Bewegung");
        assert_eq!(locks("de", 3), "3 Sperren wegen der Bewegung");
        assert_eq!(
            (of("en").tenths(1.25), of("de").tenths(0.5)),
            ("1.2".into(), "0,5".into())
        );
    }
}
