//! The texts of notices in the language of the session. agent/words/ has a file for each language;
//! what one lacks is in English.

use graspd_words::{Arguments, Language};

use super::notice::Notice;

/// The languages there are, English last.
const LANGUAGES: [Language; 2] = [
    ("de", include_str!("../words/de.ftl")),
    ("en", include_str!("../words/en.ftl")),
];

/// The agent's texts.
pub(crate) struct Words(graspd_words::Words);

impl Words {
    /// Texts of the session's language.
    pub(crate) fn of_environment() -> Self {
        Self(graspd_words::Words::of_environment(&LANGUAGES))
    }

    /// Title and body of a notice.
    pub(crate) fn of_notice(&self, notice: &Notice) -> (String, String) {
        let mut arguments = Arguments::new();
        let mut key = notice.kind().key();
        match notice {
            Notice::LockIsNear { .. } => match notice.forecast_s() {
                Some(seconds) => arguments.set("seconds", seconds.round()),
                None => key = "lock-is-near-some-time",
            },
            Notice::Answer(text) | Notice::Refusal(text) => arguments.set("text", text.as_str()),
            Notice::NoMotion { fault: Some(fault) } => arguments.set("fault", fault.as_str()),
            Notice::NoMotion { fault: None } => key = "no-motion-at-all",
            _ => {}
        }
        let title = self.0.say(key, Some("title"), &arguments);
        (title, self.0.say(key, None, &arguments))
    }

    /// The label of a button.
    pub(crate) fn button(&self, key: &str) -> String {
        self.0.say(key, None, &Arguments::new())
    }
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
            Notice::Refusal("not now".into()),
            Notice::ScreenIsOpen,
            Notice::NoMotion {
                fault: Some("NaN".into()),
            },
            Notice::NoMotion { fault: None },
            Notice::DaemonGone,
            Notice::EnrolmentComplete,
        ]
    }

    #[test]
    fn every_language_says_everything_in_words_of_its_own() {
        for (name, text) in LANGUAGES {
            // Only this one, so that English does not stand in.
            let words = Words(graspd_words::Words::only((name, text)).unwrap());
            for notice in notices() {
                let (title, body) = words.of_notice(&notice);
                for said in [&title, &body] {
                    assert!(
                        !said.starts_with(notice.kind().key()),
                        "{name} has no {notice:?}"
                    );
                }
            }
            for key in ["yes", "no"] {
                let label = words.button(key);
                assert!(name == "en" || label != key, "{name} has no {key}");
            }
        }
    }

    #[test]
    fn german_is_said_in_german_and_a_moment_in_whole_seconds() {
        let near = Notice::LockIsNear {
            seconds: Some(11.6),
        };
        let of = |locale| Words(graspd_words::Words::of(&LANGUAGES, locale));
        let said = of("de_AT.UTF-8").of_notice(&near).1;
        assert!(said.contains("12 Sekunden"), "{said}");
        let said = of("C").of_notice(&near).1;
        assert!(said.contains("12 seconds"), "{said}");
        assert_eq!(of("de").button("yes"), "Ja");
    }
}
