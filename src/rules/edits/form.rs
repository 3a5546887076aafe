//! The form of a code in each system, whether or not a list of codes is loaded.

use std::borrow::Cow;

use crate::words::CodeSystem;

/// Characters before the point of a diagnosis code.
const CATEGORY_CHARACTERS: usize = 3;

/// Whether a code has the form of its system. A diagnosis code may have its point.
///
/// # Errors
/// The form that is expected, in words that finish "a code of this system is …".
pub fn code_form(system: CodeSystem, code: &str) -> Result<(), &'static str> {
    let bare = bare(code);
    let bytes = bare.as_bytes();
    let digit = |byte: &u8| byte.is_ascii_digit();
    let letter = |byte: &u8| byte.is_ascii_uppercase();
    let either = |byte: &u8| digit(byte) || letter(byte);
    match (system, bytes) {
        // Letters stand where older descriptions want digits: C7A, and since October 2025 QA0.
        (CodeSystem::Icd10Cm, [first, rest @ ..])
            if letter(first) && (2..=6).contains(&rest.len()) && rest.iter().all(either) =>
        {
            Ok(())
        }
        (CodeSystem::Icd10Pcs, all)
            if all.len() == 7
                && all.iter().all(|byte| either(byte) && !matches!(byte, b'I' | b'O')) =>
        {
            Ok(())
        }
        (CodeSystem::Cpt, [number @ .., last])
            if number.len() == 4 && number.iter().all(digit) && either(last) =>
        {
            Ok(())
        }
        (CodeSystem::Hcpcs, [b'A'..=b'V', number @ ..])
            if number.len() == 4 && number.iter().all(digit) =>
        {
            Ok(())
        }
        (CodeSystem::Icd10Cm, _) => Err(
            "a letter, two letters or digits, and up to four more after the point, such as E11.9",
        ),
        (CodeSystem::Icd10Pcs, _) => {
            Err("seven letters or digits without I and O, such as 0DTJ4ZZ")
        }
        (CodeSystem::Cpt, _) => Err("four digits and a digit or letter, such as 99213"),
        (CodeSystem::Hcpcs, _) => Err("a letter from A to V and four digits, such as G0439"),
    }
}

/// A code without the point after its third character.
pub(super) fn bare(code: &str) -> Cow<'_, str> {
    match code.split_once('.') {
        Some((category, rest)) if category.len() == CATEGORY_CHARACTERS && !rest.is_empty() => {
            Cow::Owned(format!("{category}{rest}"))
        }
        _ => Cow::Borrowed(code),
    }
}

/// A code as people write it.
pub(crate) fn written(system: CodeSystem, code: &str) -> Cow<'_, str> {
    match (system, code.split_at_checked(CATEGORY_CHARACTERS)) {
        (CodeSystem::Icd10Cm, Some((category, rest)))
            if !rest.is_empty() && !rest.contains('.') =>
        {
            Cow::Owned(format!("{category}.{rest}"))
        }
        _ => Cow::Borrowed(code),
    }
}

/// The system's name.
pub(super) const fn name(system: CodeSystem) -> &'static str {
    match system {
        CodeSystem::Icd10Cm => "ICD-10-CM",
        CodeSystem::Icd10Pcs => "ICD-10-PCS",
        CodeSystem::Cpt => "CPT",
        CodeSystem::Hcpcs => "HCPCS",
    }
}
