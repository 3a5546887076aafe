//! The place in a chart that supports a line: words of a text, or a box on a page image.

use crate::line::CodedLine;
use base::error::FieldError;
use rules::ids::DocumentId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A page's sides are divided into so many parts.
pub const PAGE_PARTS: i32 = 1_000;

/// The place in a document that supports a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Evidence {
    /// Words of a text.
    Words(WordsEvidence),
    /// A box on a page image.
    Box(BoxEvidence),
}

/// Words of a text. Offsets count the Unicode scalar values of the document's text from 0; `end` is
/// the first one after the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsEvidence {
    /// The document.
    pub document_id: DocumentId,
    /// Where the place begins.
    pub start: i32,
    /// Where it ends.
    pub end: i32,
}

/// A box on a page, in thousandths of the page as it stands upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoxEvidence {
    /// The document.
    pub document_id: DocumentId,
    /// The page, counted from 1.
    pub page: i32,
    /// From the page's left side to the box's.
    pub left: i32,
    /// From the page's upper side to the box's.
    pub top: i32,
    /// Across, at least 1.
    pub width: i32,
    /// Down, at least 1.
    pub height: i32,
}

/// How large a document is, as far as evidence must lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Of what is stored; a text has no more characters than bytes.
    pub bytes: i64,
    /// None: a text.
    pub pages: Option<i32>,
}

impl Evidence {
    /// The document.
    #[must_use]
    pub const fn document_id(&self) -> DocumentId {
        match self {
            Self::Words(words) => words.document_id,
            Self::Box(place) => place.document_id,
        }
    }

    /// Whether it is a place at all, in whatever document.
    #[must_use]
    pub fn is_place(&self) -> bool {
        match self {
            Self::Words(words) => 0 <= words.start && words.start < words.end,
            Self::Box(place) => {
                let fits = |from: i32, length: i32| {
                    from >= 0 && length >= 1 && from.saturating_add(length) <= PAGE_PARTS
                };
                place.page >= 1 && fits(place.left, place.width) && fits(place.top, place.height)
            }
        }
    }

    /// Whether it lies in a document of that extent.
    #[must_use]
    pub fn lies_in(&self, extent: Extent) -> bool {
        self.is_place()
            && match (self, extent.pages) {
                (Self::Words(words), None) => i64::from(words.end) <= extent.bytes,
                (Self::Box(place), Some(pages)) => place.page <= pages,
                _ => false,
            }
    }
}

/// What is wrong with lines whose evidence lies outside the chart's documents.
pub(crate) fn misplaced(
    extents: &HashMap<DocumentId, Extent>,
    lines: &[CodedLine],
) -> Vec<FieldError> {
    let is_here = |place: Evidence| {
        extents.get(&place.document_id()).is_some_and(|extent| place.lies_in(*extent))
    };
    let outside = lines.iter().enumerate().filter(|(_, coded)| !coded.evidence.is_none_or(is_here));
    outside
        .map(|(at, _)| FieldError {
            name: format!("lines.{at}.evidence"),
            message: "The evidence lies outside this chart's documents: mark it again.".into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{BoxEvidence, Evidence, Extent, WordsEvidence};
    use rules::ids::DocumentId;
    use serde_json::json;

    const TEXT: Extent = Extent { bytes: 100, pages: None };
    const SCAN: Extent = Extent { bytes: 9_000, pages: Some(3) };

    fn words(start: i32, end: i32) -> Evidence {
        Evidence::Words(WordsEvidence { document_id: DocumentId::new(), start, end })
    }

    fn on(page: i32, [left, top, width, height]: [i32; 4]) -> Evidence {
        let document_id = DocumentId::new();
        Evidence::Box(BoxEvidence { document_id, page, left, top, width, height })
    }

    #[test]
    fn words_lie_in_a_text_and_a_box_on_a_page() {
        assert!(words(0, 100).lies_in(TEXT) && words(99, 100).lies_in(TEXT));
        for wrong in [words(0, 101), words(5, 5), words(-1, 4), on(1, [0, 0, 10, 10])] {
            assert!(!wrong.lies_in(TEXT), "{wrong:?}");
        }
        assert!(on(3, [0, 0, 1_000, 1_000]).lies_in(SCAN) && on(1, [999, 999, 1, 1]).lies_in(SCAN));
        for wrong in [
            words(0, 10),
            on(0, [0, 0, 10, 10]),
            on(4, [0, 0, 10, 10]),
            on(1, [0, 0, 0, 10]),
            on(1, [0, 0, 10, -1]),
            on(1, [-1, 0, 10, 10]),
            on(1, [991, 0, 10, 10]),
            on(1, [0, 991, 10, 10]),
            on(1, [i32::MAX, 0, i32::MAX, 10]),
        ] {
            assert!(!wrong.lies_in(SCAN), "{wrong:?}");
        }
    }

    #[test]
    fn each_kind_is_known_by_its_fields_and_a_mixture_is_neither() {
        let document_id = DocumentId::new();
        let text = json!({ "document_id": document_id, "start": 4, "end": 9 });
        let page = json!({ "document_id": document_id, "page": 2, "left": 100, "top": 250,
            "width": 300, "height": 40 });
        for value in [&text, &page] {
            let place: Evidence = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(&serde_json::to_value(place).unwrap(), value);
        }
        let mut both = page;
        both["start"] = json!(4);
        assert!(serde_json::from_value::<Evidence>(both).is_err());
    }
}
