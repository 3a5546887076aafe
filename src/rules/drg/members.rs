//! Which lists a code is in, packed: one sorted array of codes and one of list numbers.

/// A bare code as a number that sorts as the code does; none for what is no code.
pub(super) fn key(code: &str) -> Option<u64> {
    let fits = (3..=7).contains(&code.len());
    let plain = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (fits && plain).then(|| {
        let padded = code.bytes().chain(std::iter::repeat(0)).take(7);
        padded.fold(0, |all, byte| (all << 8) | u64::from(byte))
    })
}

/// The lists of every code.
#[derive(Debug, Default)]
pub(super) struct Members {
    keys: Vec<u64>,
    ends: Vec<usize>,
    lists: Vec<u16>,
}

impl Members {
    /// Codes come in their order.
    pub(super) fn push(&mut self, code: u64, lists: impl IntoIterator<Item = u16>) {
        self.lists.extend(lists);
        self.keys.push(code);
        self.ends.push(self.lists.len());
    }

    /// The lists of a code; none when the code is unknown.
    pub(super) fn lists(&self, code: u64) -> Option<&[u16]> {
        let place = self.keys.binary_search(&code).ok()?;
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.lists.get(start.unwrap_or_default()..end)
    }
}

/// The lists in which a code is only together with others.
#[derive(Debug)]
pub(super) struct Together(Vec<(u64, u16, Vec<u64>)>);

impl Together {
    pub(super) fn new(mut all: Vec<(u64, u16, Vec<u64>)>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// List and companions of a code, once for each set of companions.
    pub(super) fn of(&self, code: u64) -> impl Iterator<Item = (u16, &[u64])> {
        let start = self.0.partition_point(|(first, _, _)| *first < code);
        let rest = self.0.get(start..).unwrap_or_default().iter();
        rest.take_while(move |(first, _, _)| *first == code)
            .map(|(_, list, others)| (*list, others.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Members, Together, key};

    #[test]
    fn a_code_sorts_as_its_number_does_and_words_are_no_codes() {
        let codes = ["A00", "A000", "A001", "B20", "S72001A"];
        let keys: Vec<_> = codes.iter().map(|code| key(code).unwrap()).collect();
        assert!(keys.is_sorted());
        assert_eq!(["One", "with", "A0", "A0000000", "É20"].map(key), [None; 5]);
    }

    #[test]
    fn lists_are_found_again() {
        let (one, two) = (key("A000").unwrap(), key("A001").unwrap());
        let mut members = Members::default();
        members.push(one, [4, 7]);
        members.push(two, []);
        assert_eq!(members.lists(one), Some([4, 7].as_slice()));
        assert_eq!(members.lists(two), Some([].as_slice()));
        assert_eq!(members.lists(key("A002").unwrap()), None);

        let together = Together::new(vec![(two, 5, vec![one]), (one, 3, vec![two])]);
        assert_eq!(together.of(one).collect::<Vec<_>>(), [(3, [two].as_slice())]);
        assert_eq!(together.of(key("A002").unwrap()).count(), 0);
    }
}
