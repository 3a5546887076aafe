//! How a code is written: with and without its point, and the form of a procedure code.

use rules::words::CodeSystem;

/// The bare upper-case form, for comparing: `" e11.9"` becomes `"E119"`.
#[must_use]
pub fn normalise(code: &str) -> String {
    code.chars()
        .filter(|c| *c != '.' && !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// A diagnosis code as people write it: `"E119"` becomes `"E11.9"`, `"I10"` stays.
#[must_use]
pub fn dotted(code: &str) -> String {
    CodeSystem::Icd10Cm.written(&normalise(code))
}

/// Whether a code has the form of its system, when no list of that system is loaded.
///
/// # Errors
/// What the form is, in words that finish "a code of this system …".
pub fn procedure_form(system: CodeSystem, code: &str) -> Result<(), &'static str> {
    rules::edits::code_form(system, code)
}

#[cfg(test)]
mod tests {
    use super::{dotted, normalise};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn the_point_comes_after_three_characters() {
        for (bare, written) in
            [("E119", "E11.9"), ("I10", "I10"), ("S52501A", "S52.501A"), ("C7A", "C7A")]
        {
            assert_eq!(dotted(bare), written);
            assert_eq!(normalise(written), bare);
        }
        assert_eq!(normalise(" e11.9 "), "E119");
        assert_eq!(dotted("é"), "é", "odd text is kept, not cut");
    }

    proptest! {
        #[test]
        fn writing_and_reading_a_code_never_panics_and_is_stable(text in ".{0,12}") {
            prop_assert_eq!(normalise(&dotted(&text)), normalise(&text));
        }
    }
}
