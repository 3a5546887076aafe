//! Plain-text documents: what is taken, and in words why everything else is not.

/// Why a file is not taken as a plain-text document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotText {
    /// Nothing in it but white space.
    Empty,
    /// A recognised format that is no plain text.
    Format(&'static str),
    /// Text in another encoding than UTF-8; the byte offset of the first fault.
    Encoding(usize),
    /// Control characters that no note contains; the byte offset of the first.
    Binary(usize),
}

impl std::fmt::Display for NotText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::Format(name) => {
                write!(
                    f,
                    "this is {name}; documents are plain UTF-8 text, or PNG, JPEG or TIFF pages"
                )
            }
            Self::Encoding(at) => {
                write!(f, "not UTF-8 (first fault at byte {at}); save it as UTF-8 and try again")
            }
            Self::Binary(at) => {
                write!(f, "contains binary data (at byte {at}); documents are taken as plain text")
            }
        }
    }
}

impl std::error::Error for NotText {}

/// How files of other formats begin, and what they are called.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"MSH|", "an HL7 v2 message"),
    (b"\x0bMSH|", "an HL7 v2 message"),
    (b"ISA*", "an X12 interchange"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x1f\x8b", "a gzip archive"),
];

/// How far into a file markup is looked for.
const MARKUP_BYTES_MAX: usize = 512;

/// The text of a document: UTF-8 with or without a byte-order mark, line ends made `\n`.
///
/// # Errors
/// [`NotText`] with the reason in words for whoever uploaded it.
pub fn read(bytes: &[u8]) -> Result<String, NotText> {
    for (signature, name) in SIGNATURES {
        if bytes.starts_with(signature) {
            return Err(NotText::Format(name));
        }
    }
    let text =
        std::str::from_utf8(bytes).map_err(|fault| NotText::Encoding(fault.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(name) = markup(text) {
        return Err(NotText::Format(name));
    }
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    if let Some((at, _)) = text.char_indices().find(|(_, c)| strange(*c)) {
        return Err(NotText::Binary(at));
    }
    if text.trim().is_empty() {
        return Err(NotText::Empty);
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn markup(text: &str) -> Option<&'static str> {
    let start: String = text.trim_start().chars().take(MARKUP_BYTES_MAX).collect();
    let start = start.to_ascii_lowercase();
    if start.contains("<clinicaldocument") {
        Some("a C-CDA document")
    } else if start.starts_with("<?xml") {
        Some("an XML file")
    } else if start.starts_with("<!doctype html") || start.starts_with("<html") {
        Some("a web page")
    } else if start.starts_with('{') && start.contains("\"resourcetype\"") {
        Some("a FHIR resource")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{NotText, read};
    use proptest::prelude::*;

    #[test]
    fn plain_text_keeps_its_words_and_loses_its_mark_and_carriage_returns() {
        let text = read("\u{feff}Fieber seit 2 Tagen\r\nZ: naïve café\r".as_bytes());
        assert_eq!(text.unwrap(), "Fieber seit 2 Tagen\nZ: naïve café\n");
    }

    #[test]
    fn other_formats_are_named_in_the_refusal() {
        for (bytes, name) in [
            (&b"%PDF-1.7 ..."[..], "a PDF"),
            (b"II*\0....", "a TIFF image"),
            (b"{\\rtf1 note}", "an RTF document"),
            (b"MSH|^~\\&|", "an HL7 v2 message"),
            (b"<?xml version=\"1.0\"?>\n<ClinicalDocument>", "a C-CDA document"),
            (b"  {\"resourceType\": \"Bundle\"}", "a FHIR resource"),
        ] {
            assert_eq!(read(bytes), Err(NotText::Format(name)));
        }
    }

    #[test]
    fn a_wrong_encoding_is_told_with_its_place() {
        assert_eq!(read(b"caf\xe9"), Err(NotText::Encoding(3)));
        assert_eq!(read(b"a\0b"), Err(NotText::Binary(1)));
        assert_eq!(read(b" \n"), Err(NotText::Empty));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_or_refused_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..600)
        ) {
            if let Ok(text) = read(&bytes) {
                prop_assert!(!text.contains('\r') && !text.trim().is_empty());
                prop_assert_eq!(read(text.as_bytes()).unwrap(), text);
            }
        }
    }
}
