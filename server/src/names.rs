//! Names and codes that the server sees.

use beraad_protocol::limits::MAX_NAME;

use crate::refusal::{Outcome, Refusal};

/// A name as it is kept: without blanks around it.
pub(crate) fn name(text: &str, what: &str) -> Outcome<String> {
    let name = text.trim();
    let good =
        !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if good {
        Ok(name.to_owned())
    } else {
        Err(Refusal::invalid(&format!(
            "{what} has 1 to {MAX_NAME} characters"
        )))
    }
}

/// A case code: words and digits, so that nobody mistakes it for a sentence about a household.
pub(crate) fn case_code(text: &str) -> Outcome<String> {
    let good = (4..=64).contains(&text.chars().count())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == ' ')
        && text.trim() == text;
    if good {
        Ok(text.to_owned())
    } else {
        Err(Refusal::invalid(
            "A case code is 4 to 64 letters, digits, hyphens and single blanks",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_trimmed() {
        assert_eq!(name("  Veilig Thuis ", "A name").unwrap(), "Veilig Thuis");
        for bad in ["", "   ", "a\nb", &"x".repeat(MAX_NAME + 1)] {
            assert!(name(bad, "A name").is_err());
        }
    }

    #[test]
    fn case_codes_are_words() {
        assert!(case_code("blauwe-otter-42").is_ok());
        for bad in ["", "abc", " blauwe otter", "a_b_c_d", &"x".repeat(65)] {
            assert!(case_code(bad).is_err());
        }
    }
}
