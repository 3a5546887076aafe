//! Instructions that name codes by a character within them: "T36-T50 with fifth or sixth character 5".

/// The place of the fifth character of a bare code.
const FIFTH: usize = 4;
const SEVENTH: usize = 6;

/// Whether a bare code has the characters that an instruction's words ask for; true when they ask for none.
pub(super) fn fit(text: &str, code: &str) -> bool {
    let text = text.to_lowercase();
    let Some((before, after)) = text.split_once("character") else { return true };
    let asked = after.trim_start_matches('s').trim_start_matches(|c: char| !c.is_alphanumeric());
    let asked = asked.split_once(')').map_or(asked, |(asked, _)| asked).trim();
    let (asked, before) = (asked.to_ascii_uppercase(), before.trim_end_matches([' ', '-']));
    if before.ends_with("final") {
        return code.ends_with(&asked);
    }
    if before.ends_with("7th") || before.ends_with("seventh") {
        let one = asked.as_bytes().first().filter(|_| asked.len() == 1);
        return one.is_some() && code.as_bytes().get(SEVENTH) == one;
    }
    if before.ends_with("fifth or sixth") || before.ends_with("fifth or six") {
        let there = code.as_bytes().get(FIFTH..SEVENTH).unwrap_or_default();
        return there.iter().any(|byte| byte.is_ascii_digit() && among(asked.as_bytes(), *byte));
    }
    let fifth = ["5th", "fifth", "fifth to sixth"].iter().any(|word| before.ends_with(word));
    !fifth || code.get(FIFTH..).is_some_and(|rest| rest.starts_with(&asked))
}

/// "1-4 or 6" is a range and a digit.
fn among(asked: &[u8], byte: u8) -> bool {
    match asked {
        [first, b'-', last, rest @ ..] => (*first..=*last).contains(&byte) || rest.contains(&byte),
        digits => digits.contains(&byte),
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn an_instruction_about_characters_means_only_codes_that_have_them() {
        let adverse = "adverse effect (T36-T50 with fifth or sixth character 5)";
        let poisoning = "poisoning, if applicable (T36-T65 with fifth or sixth character 1-4 or 6)";
        for (text, code, fits) in [
            (adverse, "T383X5A", true),
            (adverse, "T383X1A", false),
            (adverse, "T4275XA", true),
            (poisoning, "T383X1A", true),
            (poisoning, "T383X5A", false),
            (poisoning, "T383X6A", true),
            ("aphasia following stroke (I69. with final characters -20)", "I69320", true),
            ("aphasia following stroke (I69. with final characters -20)", "I69321", false),
            ("open fracture of ankle (S92.-with 7th character B)", "S92001B", true),
            ("open fracture of ankle (S92.-with 7th character B)", "S92001A", false),
            ("open fracture (S52.- with open fracture 7th character)", "S52501B", false),
            ("intervertebral disc NOS (M51.- with fifth character 4)", "M5124", true),
            ("intervertebral disc NOS (M51.- with fifth character 4)", "M5126", false),
            ("drug psychosis (F11-F19 with fifth to sixth characters 51)", "F11951", true),
            ("drug psychosis (F11-F19 with fifth to sixth characters 51)", "F11959", false),
            ("amnestic syndrome (F10-F19 with 5th character .6)", "F1096", true),
            ("anything (T36)", "T383X1A", true),
            ("é character", "é", true),
        ] {
            assert_eq!(fit(text, code), fits, "{text} {code}");
        }
    }
}
