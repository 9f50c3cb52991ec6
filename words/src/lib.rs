//! Texts in the language of the session, from files of [Fluent](https://projectfluent.org), one for
//! each language. What one lacks is in English.

pub use fluent_bundle::FluentArgs as Arguments;
use fluent_bundle::{FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

/// The language of what another lacks.
const FALLBACK: &str = "en";

/// A language's name as in a locale, and its file.
pub type Language = (&'static str, &'static str);

/// Texts of one language, and of English for what it lacks.
pub struct Words(Vec<FluentBundle<FluentResource>>);

impl Words {
    /// Texts of the language that LC_ALL, LC_MESSAGES or LANG names. locale(7)
    pub fn of_environment(languages: &[Language]) -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        Self::of(languages, &locale.unwrap_or_default())
    }

    /// Texts of a locale such as `de_AT.UTF-8`.
    pub fn of(languages: &[Language], locale: &str) -> Self {
        let wanted = locale.split(['_', '.', '@']).next().unwrap_or_default();
        let own = languages.iter().filter(|(name, _)| *name == wanted);
        let fallback = languages.iter().filter(|(name, _)| *name == FALLBACK);
        let chosen = own.chain(fallback.filter(|(name, _)| *name != wanted));
        Self(chosen.filter_map(bundle).collect())
    }

    /// Texts of this language alone: for tests of what a file lacks.
    pub fn only(language: Language) -> Option<Self> {
        Some(Self(vec![bundle(&language)?]))
    }

    /// The text of `key`, or of an attribute of it; `None` where no file has it, or an argument is
    /// missing.
    pub fn find(
        &self,
        key: &str,
        attribute: Option<&str>,
        arguments: &Arguments<'_>,
    ) -> Option<String> {
        self.0.iter().find_map(|bundle| {
            let message = bundle.get_message(key)?;
            let pattern = match attribute {
                Some(name) => message.get_attribute(name)?.value(),
                None => message.value()?,
            };
            let mut errors = Vec::new();
            let said = bundle.format_pattern(pattern, Some(arguments), &mut errors);
            errors.is_empty().then(|| said.into_owned())
        })
    }

    /// The same; the key itself rather than nothing.
    pub fn say(&self, key: &str, attribute: Option<&str>, arguments: &Arguments<'_>) -> String {
        let said = self.find(key, attribute, arguments);
        said.unwrap_or_else(|| key.to_owned())
    }
}

fn bundle((name, text): &Language) -> Option<FluentBundle<FluentResource>> {
    let language: LanguageIdentifier = name.parse().ok()?;
    let resource = FluentResource::try_new((*text).to_owned()).ok()?;
    let mut bundle = FluentBundle::new(vec![language]);
    // Marks that isolate arguments are not shown everywhere.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).ok()?;
    Some(bundle)
}

/// The keys of a file, in its order.
pub fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [
        ("de", "hour = Stunde\n"),
        (
            "en",
            "hour = hour\nminute = minute\n    .short = { $n } min\n",
        ),
    ];

    #[test]
    fn the_locale_chooses_and_english_is_for_everybody_else() {
        let said = |locale, key| Words::of(&LANGUAGES, locale).say(key, None, &Arguments::new());
        assert_eq!(said("de_AT.UTF-8", "hour"), "Stunde");
        assert_eq!(said("de", "minute"), "minute");
        for locale in ["en_GB", "C", "", "tlh"] {
            assert_eq!(said(locale, "hour"), "hour");
        }
        assert_eq!(said("en", "day"), "day", "the key, rather than nothing");
    }

    #[test]
    fn what_lacks_an_argument_is_not_found() {
        let words = Words::of(&LANGUAGES, "en");
        let short = |arguments: &Arguments<'_>| words.find("minute", Some("short"), arguments);
        assert_eq!(short(&Arguments::new()), None);
        let mut arguments = Arguments::new();
        arguments.set("n", 3);
        assert_eq!(short(&arguments).as_deref(), Some("3 min"));
        let german = Words::only(LANGUAGES[0]).unwrap();
        assert_eq!(german.find("minute", None, &Arguments::new()), None);
    }

    #[test]
    fn a_file_tells_its_keys() {
        let found: Vec<_> = keys(LANGUAGES[1].1).collect();
        assert_eq!(found, ["hour", "minute"]);
    }
}
