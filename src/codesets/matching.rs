//! Which texts answer the words of a query, and what each leaves to be desired.

use std::ops::Range;

use crate::index::{Choice, Index, NONE, Placed, index_of};
use crate::tokens::{DENIED_COST, Stand};

/// Texts that one pass looks at for each word of the query; a short one reaches more than that, and
/// the likeliest are looked at then.
const TEXTS_MAX: usize = 6_000;
/// Words of a query that are told apart: a bit each.
pub(crate) const WORDS_MAX: usize = 16;

/// The cost of a word that says what the code is not, when it was asked for.
const DENIED_MATCH: i32 = 14;
/// What words that nobody asked for cost in full; a quarter of what is beyond.
const UNASKED_FULL: i32 = 50;
/// However long a text is, it doesn't cost more than that beyond.
const BEYOND_MAX: i32 = 40;
/// The cost of a word that only a heading above says.
const ABOVE_MATCH: i32 = 6;
/// The other side of the body than the one that was asked for.
const OTHER_SIDE: i32 = 25;
/// What an unanswered word costs at least and at most; a rare word says more than a common one.
const MISSING_MIN: u32 = 14;
const MISSING_MAX: u32 = 64;
/// What it costs for each halving of the number of texts that have it.
const MISSING_STEP: u32 = 5;

/// The words of a query, each with what it may stand for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// At most [`WORDS_MAX`]; none is empty.
    pub slots: Vec<Vec<Choice>>,
    /// Whether the query itself says "without" or "not".
    pub denies: bool,
}

/// A text that answers a query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub row: u32,
    pub entry: u32,
    /// What it leaves to be desired, the seventh character aside.
    pub cost: i32,
    /// The words that it leaves unanswered; the seventh character may still answer them.
    pub missing: u16,
}

/// A query over an index.
pub(crate) struct Matching<'a> {
    index: &'a Index,
    asked: &'a Asked,
    /// By word of the vocabulary: which words of the query it answers, and at what penalty.
    marks: Vec<(u16, u8)>,
    missing_costs: Vec<i32>,
    /// By set of seventh characters: the words of the query that one of them answers.
    by_group: Vec<u16>,
    /// Words that stand for the wrong side when they were not asked for.
    sides: Vec<u32>,
}

impl<'a> Matching<'a> {
    pub fn new(index: &'a Index, asked: &'a Asked) -> Self {
        let mut marks = vec![(0_u16, u8::MAX); index.words.len()];
        for (slot, choices) in asked.slots.iter().take(WORDS_MAX).enumerate() {
            for choice in choices {
                let range = index_of(choice.from)..index_of(choice.to);
                for (mask, penalty) in marks.get_mut(range).unwrap_or_default() {
                    *mask |= 1 << slot;
                    *penalty = (*penalty).min(choice.penalty);
                }
            }
        }
        let missing_costs = asked.slots.iter().map(|slot| missing_cost(index, slot)).collect();
        let mut made =
            Self { index, asked, marks, missing_costs, by_group: Vec::new(), sides: Vec::new() };
        made.by_group = index.groups.iter().map(|group| made.answered_by(group)).collect();
        made.sides = made.wrong_sides();
        made
    }

    /// The texts that leave at most so many words of the query unanswered.
    pub fn texts(&self, unanswered_max: u32) -> Vec<Found> {
        let mut by_reach: Vec<(u32, usize)> = self.reaches();
        by_reach.sort_unstable();
        let sources = usize::try_from(unanswered_max).unwrap_or(0).saturating_add(1);
        let mut seen = Bits::of(self.index.entries.len());
        let mut found = Vec::new();
        for (_, slot) in by_reach.into_iter().filter(|(reach, _)| *reach > 0).take(sources) {
            self.texts_of(slot, unanswered_max, &mut seen, &mut found);
        }
        found
    }

    fn reaches(&self) -> Vec<(u32, usize)> {
        let reach = |slot: &Vec<Choice>| {
            slot.iter().map(|choice| self.index.reach(*choice)).fold(0, u32::saturating_add)
        };
        self.asked.slots.iter().enumerate().map(|(place, slot)| (reach(slot), place)).collect()
    }

    fn texts_of(&self, slot: usize, unanswered: u32, seen: &mut Bits, found: &mut Vec<Found>) {
        let mut looked_at = 0;
        for choice in self.asked.slots.get(slot).into_iter().flatten() {
            for entry in self.index.entries_of(*choice, TEXTS_MAX) {
                if looked_at >= TEXTS_MAX {
                    return;
                }
                if !seen.first_time(entry) {
                    continue;
                }
                looked_at += 1;
                found.extend(self.text(entry).filter(|one| self.leaves(one) <= unanswered));
            }
        }
    }

    /// The same among a stretch of texts, all of which are looked at.
    pub fn texts_among(&self, entries: Range<usize>, unanswered: u32) -> Vec<Found> {
        let places = entries.filter_map(|entry| u32::try_from(entry).ok());
        let texts = places.filter_map(|entry| self.text(entry));
        texts.filter(|one| one.missing != self.all() && self.leaves(one) <= unanswered).collect()
    }

    /// The words that even a seventh character leaves unanswered.
    fn leaves(&self, one: &Found) -> u32 {
        (one.missing & !self.group_of(one.row)).count_ones()
    }

    fn text(&self, entry: u32) -> Option<Found> {
        let row = self.index.entries.get(index_of(entry))?.row;
        let (cost, covered) = self.cost(self.index.words_of(index_of(entry)));
        Some(Found { row, entry, cost, missing: self.all() & !covered })
    }

    /// What a text costs: for the words that nobody asked for and those that answer not quite.
    fn cost(&self, words: &[Placed]) -> (i32, u16) {
        let (mut cost, mut covered, mut unasked) = (0, 0_u16, 0);
        for placed in words {
            let place = index_of(placed.word());
            let (mask, penalty) = self.marks.get(place).copied().unwrap_or_default();
            if mask & !covered != 0 {
                covered |= mask;
                cost += i32::from(penalty);
                if placed.stand() == Stand::Denied && !self.asked.denies {
                    cost += DENIED_MATCH;
                }
                if placed.stand() == Stand::Above {
                    cost += ABOVE_MATCH;
                }
            } else if mask == 0 {
                unasked += self.unasked(*placed);
                if placed.stand() == Stand::Said && self.sides.contains(&placed.word()) {
                    cost += OTHER_SIDE;
                }
            }
        }
        (cost + damped(unasked), covered)
    }

    fn unasked(&self, placed: Placed) -> i32 {
        let own = self.index.costs.get(index_of(placed.word())).copied().unwrap_or_default();
        match placed.stand() {
            Stand::InBrackets | Stand::Above => 0,
            Stand::Denied => own.min(DENIED_COST),
            Stand::Said => own,
        }
    }

    const fn all(&self) -> u16 {
        let words = self.asked.slots.len();
        if words >= WORDS_MAX { u16::MAX } else { (1 << words) - 1 }
    }

    fn answered_by(&self, group: &[u32]) -> u16 {
        group.iter().fold(0, |mask, label| mask | self.label(*label).1)
    }

    fn group_of(&self, row: u32) -> u16 {
        let group = self.index.group.get(index_of(row)).copied().unwrap_or(NONE);
        self.by_group.get(index_of(group)).copied().unwrap_or_default()
    }

    /// What a seventh character costs, and the words that it answers.
    fn label(&self, label: u32) -> (i32, u16) {
        self.index.labels.get(index_of(label)).map_or((0, 0), |words| self.cost(words))
    }

    /// The cost of a text together with a seventh character, or without one.
    pub fn with_label(&self, found: &Found, label: u32) -> i32 {
        let (cost, answered) = if label == NONE { (0, 0) } else { self.label(label) };
        found.cost + cost + self.missing(found.missing & !answered)
    }

    /// The cost as far as a whole set of seventh characters can bring it down.
    pub fn at_best(&self, found: &Found) -> i32 {
        found.cost + self.missing(found.missing & !self.group_of(found.row))
    }

    fn missing(&self, words: u16) -> i32 {
        let costs = self.missing_costs.iter().enumerate();
        costs.filter(|(slot, _)| words >> slot & 1 == 1).map(|(_, cost)| *cost).sum()
    }

    /// Left, when right was asked for; one side, when both were.
    fn wrong_sides(&self) -> Vec<u32> {
        const SIDES: [&str; 3] = ["bilateral", "left", "right"];
        let place = |side: &str| self.index.choice_of(side, 0).map(|choice| choice.from);
        let asked = |place: &u32| self.marks.get(index_of(*place)).is_some_and(|mark| mark.0 != 0);
        let places: Vec<u32> = SIDES.into_iter().filter_map(place).collect();
        if !places.iter().any(asked) {
            return Vec::new();
        }
        let both = place("bilateral").is_some_and(|place| asked(&place));
        let one = place("unilateral").filter(|place| both && !asked(place));
        places.into_iter().filter(|place| !asked(place)).chain(one).collect()
    }
}

/// A long text is not so much farther away than one of half its length.
const fn damped(unasked: i32) -> i32 {
    if unasked <= UNASKED_FULL {
        return unasked;
    }
    let beyond = (unasked - UNASKED_FULL) / 4;
    if beyond < BEYOND_MAX { UNASKED_FULL + beyond } else { UNASKED_FULL + BEYOND_MAX }
}

fn missing_cost(index: &Index, slot: &[Choice]) -> i32 {
    let reach = slot.iter().map(|choice| index.reach(*choice)).fold(0, u32::saturating_add);
    let all = u32::try_from(index.entries.len()).unwrap_or(u32::MAX);
    let halvings = all.checked_div(reach.max(1)).unwrap_or(1).max(1).ilog2();
    let cost = (MISSING_MIN + MISSING_STEP * halvings).min(MISSING_MAX);
    i32::try_from(cost).unwrap_or(i32::MAX)
}

/// Which entries were seen.
struct Bits(Vec<u64>);

impl Bits {
    fn of(count: usize) -> Self {
        Self(vec![0; count / 64 + 1])
    }

    fn first_time(&mut self, place: u32) -> bool {
        let bit = 1 << (place % 64);
        let Some(word) = self.0.get_mut(index_of(place / 64)) else { return false };
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}
