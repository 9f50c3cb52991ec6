//! The arguments in a line of a PAM configuration.

use std::path::PathBuf;

/// Path of the daemon's socket by default. No variable of the environment is read, because
/// whoever is to be authenticated may have set it.
const SOCKET: &str = "/run/graspd/graspd.sock";

/// The arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// `socket=PATH`
    pub socket: PathBuf,
}

impl Arguments {
    /// `None` if there is one that is not known: a mistake must not pass for what was meant.
    pub(crate) fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut arguments = Self {
            socket: SOCKET.into(),
        };
        for word in words {
            arguments.socket = word
                .strip_prefix("socket=")
                .filter(|path| path.starts_with('/'))?
                .into();
        }
        Some(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_taken() {
        let socket = |words: &[&str]| Arguments::parse(words.iter().copied()).map(|all| all.socket);
        assert_eq!(socket(&[]), Some(SOCKET.into()));
        assert_eq!(socket(&["socket=/run/x"]), Some("/run/x".into()));
        for wrong in ["socket=", "socket=x", "sokcet=/run/x", "nullok"] {
            assert_eq!(socket(&[wrong]), None, "{wrong}");
        }
    }
}
