//! What notices say, in the language of the session. agent/words/ has a file for each; a word
//! that one lacks is said in English.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::notice::Notice;

/// The languages there are, English last.
const LANGUAGES: [(&str, &str); 2] = [
    ("de", include_str!("../words/de.ftl")),
    ("en", include_str!("../words/en.ftl")),
];

/// Words of one language, and English.
pub(crate) struct Words(Vec<FluentBundle<FluentResource>>);

impl Words {
    /// Words of the language that LC_ALL, LC_MESSAGES or LANG names. locale(7)
    pub(crate) fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        Self::of(&locale.unwrap_or_default())
    }

    /// Words of a locale such as `de_AT.UTF-8`.
    pub(crate) fn of(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
        let wanted = LANGUAGES
            .into_iter()
            .filter(|(name, _)| *name == language || *name == "en");
        Self(
            wanted
                .filter_map(|(name, text)| bundle(name, text))
                .collect(),
        )
    }

    /// Title and body of a notice.
    pub(crate) fn of_notice(&self, notice: &Notice) -> (String, String) {
        let mut arguments = FluentArgs::new();
        let mut key = notice.kind();
        match notice {
            Notice::LockIsNear { seconds } => match seconds {
                // A longer forecast is too uncertain to tell.
                Some(seconds) if *seconds < 600.0 => arguments.set("seconds", seconds.round()),
                _ => key = "lock-is-near-some-time",
            },
            Notice::Answer(text) => arguments.set("text", text.as_str()),
            Notice::NoMotion { fault: Some(fault) } => arguments.set("fault", fault.as_str()),
            Notice::NoMotion { fault: None } => key = "no-motion-at-all",
            _ => {}
        }
        let title = self.say(key, Some("title"), &arguments);
        (title, self.say(key, None, &arguments))
    }

    /// The label of a button.
    pub(crate) fn button(&self, key: &str) -> String {
        self.say(key, None, &FluentArgs::new())
    }

    fn say(&self, key: &str, attribute: Option<&str>, arguments: &FluentArgs<'_>) -> String {
        let said = self.0.iter().find_map(|bundle| {
            let message = bundle.get_message(key)?;
            let pattern = match attribute {
                Some(name) => message.get_attribute(name)?.value(),
                None => message.value()?,
            };
            let mut errors = Vec::new();
            let said = bundle.format_pattern(pattern, Some(arguments), &mut errors);
            errors.is_empty().then(|| said.into_owned())
        });
        said.unwrap_or_else(|| key.to_owned())
    }
}

fn bundle(name: &str, text: &str) -> Option<FluentBundle<FluentResource>> {
    let language: LanguageIdentifier = name.parse().ok()?;
    let resource = FluentResource::try_new(text.to_owned()).ok()?;
    let mut bundle = FluentBundle::new(vec![language]);
    // Marks that isolate arguments are not shown everywhere.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).ok()?;
    Some(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notices() -> Vec<Notice> {
        vec![
            Notice::LockIsNear {
                seconds: Some(11.6),
            },
            Notice::LockIsNear { seconds: None },
            Notice::WasItYou,
            Notice::Answer("counted".into()),
            Notice::ScreenIsOpen,
            Notice::NoMotion {
                fault: Some("NaN".into()),
            },
            Notice::NoMotion { fault: None },
            Notice::NobodyWatches,
            Notice::EnoughGathered,
        ]
    }

    #[test]
    fn every_language_says_everything_in_words_of_its_own() {
        for (name, text) in LANGUAGES {
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{name}");
            // Only this one, so that English does not stand in.
            let words = Words(vec![bundle(name, text).unwrap()]);
            for notice in notices() {
                let (title, body) = words.of_notice(&notice);
                for said in [&title, &body] {
                    assert!(!said.starts_with(notice.kind()), "{name} has no {notice:?}");
                }
            }
            for key in ["yes", "no"] {
                let label = words.button(key);
                assert!(name == "en" || label != key, "{name} has no {key}");
            }
        }
    }

    #[test]
    fn the_locale_chooses_and_english_is_for_everybody_else() {
        let near = Notice::LockIsNear {
            seconds: Some(11.6),
        };
        let said = |locale| Words::of(locale).of_notice(&near).1;
        assert!(
            said("de_AT.UTF-8").contains("12 Sekunden"),
            "{}",
            said("de_AT.UTF-8")
        );
        for locale in ["en_GB", "C", "", "tlh"] {
            assert!(said(locale).contains("12 seconds"), "{}", said(locale));
        }
        assert_eq!(Words::of("de").button("yes"), "Ja");
    }
}
