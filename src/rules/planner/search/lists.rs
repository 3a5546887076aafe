//! A plan while it is being improved: every coder's list, and what it costs.

use super::table::{Slot, Table, at, place};
use std::cell::Cell;

/// In nobody's list.
pub const NOBODY: u32 = u32::MAX;
/// No position: none is passed over.
pub const NONE: usize = usize::MAX;

/// Every coder's list. What no longer fits into a shift falls off its end and is left over.
#[derive(Clone)]
pub struct Lists<'t, 'a> {
    pub table: &'t Table<'a>,
    of_coder: Vec<Vec<Slot>>,
    busy: Vec<i64>,
    coder_of: Vec<u32>,
    /// The charts that cost something: late, or left over.
    pub costly: Members,
    /// F1, of charts that cannot be placed as well.
    pub cost: i64,
    /// How many places in lists were looked at: a measure of time that is the same on every machine.
    looks: Cell<u64>,
}

/// Where a chart would go, and what that would cost the list.
#[derive(Debug, Clone, Copy)]
pub struct Insertion {
    pub cost: i64,
    /// The position once the passed-over chart is gone.
    pub position: usize,
}

impl<'t, 'a> Lists<'t, 'a> {
    /// Nobody does anything.
    pub fn empty(table: &'t Table<'a>) -> Self {
        let mut costly = Members::none(table.works.len());
        for chart in &table.movable {
            costly.insert(*chart);
        }
        Self {
            table,
            of_coder: vec![Vec::new(); table.desks.len()],
            busy: vec![0; table.desks.len()],
            coder_of: vec![NOBODY; table.works.len()],
            costly,
            cost: table.cost_of_nothing(),
            looks: Cell::new(0),
        }
    }

    /// Places looked at since the beginning.
    #[inline]
    pub fn looks(&self) -> u64 {
        self.looks.get()
    }

    /// Counts what else takes time, in looks.
    pub fn count_looks(&mut self, looks: u64) {
        *self.looks.get_mut() += looks;
    }

    #[inline]
    #[expect(clippy::as_conversions, reason = "a usize has at most 64 bits")]
    fn looked_at(&self, places: usize) {
        self.looks.set(self.looks.get() + places as u64);
    }

    #[inline]
    pub fn coder_of(&self, chart: u32) -> u32 {
        self.coder_of[at(chart)]
    }

    #[inline]
    pub fn list(&self, coder: u32) -> &[Slot] {
        &self.of_coder[at(coder)]
    }

    /// How long a coder works.
    #[inline]
    pub fn busy(&self, coder: u32) -> i64 {
        self.busy[at(coder)]
    }

    #[inline]
    pub fn position(&self, coder: u32, chart: u32) -> usize {
        self.of_coder[at(coder)].iter().position(|slot| slot.chart == chart).unwrap_or_default()
    }

    /// What a list saves when the chart at a position goes.
    #[inline]
    pub fn saving(&self, coder: u32, position: usize) -> i64 {
        let list = &self.of_coder[at(coder)];
        let desk = self.table.desks[at(coder)];
        let going = &list[position];
        let seconds = i64::from(going.seconds);
        let earlier =
            |slot: &Slot| slot.cost - self.table.cost(slot, slot.done - seconds, desk.end);
        self.looked_at(list.len());
        going.cost + list[position + 1..].iter().map(earlier).sum::<i64>()
    }

    /// The cheapest place for a chart in a list from which the chart at `without` has gone, when
    /// it costs less than `limit`. Of equally cheap places the one in the order of deadlines.
    #[inline]
    pub fn best_place(
        &self,
        coder: u32,
        without: usize,
        new: &Slot,
        limit: i64,
    ) -> Option<Insertion> {
        let list = &self.of_coder[at(coder)];
        let desk = self.table.desks[at(coder)];
        let (head, tail, gone) = match list.get(without) {
            Some(gone) => (&list[..without], &list[without + 1..], i64::from(gone.seconds)),
            None => (&list[..], &[][..], 0),
        };
        let seconds = i64::from(new.seconds);
        let ends = desk.from + self.busy[at(coder)] - gone;
        let mut best = Insertion {
            cost: self.table.cost(new, ends + seconds, desk.end),
            position: head.len() + tail.len(),
        };
        let mut found = best.cost < limit;
        if !found {
            best.cost = limit;
        }
        let mut shifted = 0;
        // Behind the gap everything is done earlier than it was; before it, as it was.
        for (slots, first, sooner) in [(tail, head.len(), gone), (head, 0, 0)] {
            for (index, slot) in slots.iter().enumerate().rev() {
                let done = slot.done - sooner;
                let now =
                    if sooner == 0 { slot.cost } else { self.table.cost(slot, done, desk.end) };
                shifted += self.table.cost(slot, done + seconds, desk.end) - now;
                if shifted > best.cost || (shifted == best.cost && !found) {
                    self.looked_at(head.len() + tail.len() - first - index);
                    return found.then_some(best);
                }
                let begins = done - i64::from(slot.seconds);
                let cost = shifted + self.table.cost(new, begins + seconds, desk.end);
                if cost < best.cost || (cost == best.cost && found && slot.due > new.due) {
                    best = Insertion { cost, position: first + index };
                    found = true;
                }
            }
        }
        self.looked_at(head.len() + tail.len() + 1);
        found.then_some(best)
    }

    /// What it costs to put a chart at one position, when that is less than `limit`.
    #[inline]
    pub fn cost_at(&self, coder: u32, without: usize, new: &Slot, position: usize) -> i64 {
        let list = &self.of_coder[at(coder)];
        let desk = self.table.desks[at(coder)];
        let seconds = i64::from(new.seconds);
        let mut done = desk.from + self.busy[at(coder)];
        let mut index = list.len();
        let mut left = list.len();
        if let Some(gone) = list.get(without) {
            done -= i64::from(gone.seconds);
            left -= 1;
        }
        let mut shifted = 0;
        while left > position {
            index -= 1;
            if index == without {
                continue;
            }
            let slot = &list[index];
            shifted += self.table.cost(slot, done + seconds, desk.end);
            shifted -= self.table.cost(slot, done, desk.end);
            done -= i64::from(slot.seconds);
            left -= 1;
        }
        shifted + self.table.cost(new, done + seconds, desk.end)
    }

    /// Takes a chart out; [`Self::settle`] the list when the move is complete.
    #[inline]
    pub fn take(&mut self, coder: u32, position: usize) {
        let slot = self.of_coder[at(coder)].remove(position);
        self.busy[at(coder)] -= i64::from(slot.seconds);
        self.coder_of[at(slot.chart)] = NOBODY;
    }

    /// Puts a chart in; [`Self::settle`] the list when the move is complete.
    #[inline]
    pub fn put(&mut self, coder: u32, position: usize, slot: Slot) {
        self.busy[at(coder)] += i64::from(slot.seconds);
        self.coder_of[at(slot.chart)] = coder;
        self.of_coder[at(coder)].insert(position, slot);
    }

    /// Drops what lies beyond the shift and notes which charts are late.
    pub fn settle(&mut self, coder: u32) {
        let desk = self.table.desks[at(coder)];
        while desk.from + self.busy[at(coder)] > desk.end {
            let Some(slot) = self.of_coder[at(coder)].pop() else { break };
            self.busy[at(coder)] -= i64::from(slot.seconds);
            self.coder_of[at(slot.chart)] = NOBODY;
            self.costly.insert(slot.chart);
        }
        self.looked_at(self.of_coder[at(coder)].len());
        let mut done = desk.from;
        for slot in &mut self.of_coder[at(coder)] {
            done += i64::from(slot.seconds);
            slot.done = done;
            slot.cost = self.table.cost(slot, done, desk.end);
            if done > slot.due {
                self.costly.insert(slot.chart);
            } else {
                self.costly.remove(slot.chart);
            }
        }
    }

    /// The plan as an assignment.
    pub fn assignment(&self) -> Vec<Vec<usize>> {
        let charts = |list: &Vec<Slot>| list.iter().map(|slot| at(slot.chart)).collect();
        self.of_coder.iter().map(charts).collect()
    }

    /// F1 from scratch.
    pub fn recount(&self) -> i64 {
        let mut cost = 0;
        for (list, desk) in self.of_coder.iter().zip(&self.table.desks) {
            let mut done = desk.from;
            for slot in list {
                done += i64::from(slot.seconds);
                cost += self.table.cost(slot, done, desk.end);
            }
        }
        let left =
            self.table.works.iter().zip(&self.coder_of).filter(|(_, coder)| **coder == NOBODY);
        cost + left.map(|(work, _)| work.leave).sum::<i64>()
    }
}

/// Some of the charts: quick to join, to leave and to pick from.
#[derive(Debug, Clone)]
pub struct Members {
    members: Vec<u32>,
    places: Vec<u32>,
}

impl Members {
    fn none(count: usize) -> Self {
        Self { members: Vec::new(), places: vec![u32::MAX; count] }
    }

    #[inline]
    pub fn all(&self) -> &[u32] {
        &self.members
    }

    #[inline]
    fn insert(&mut self, chart: u32) {
        let known = &mut self.places[at(chart)];
        if *known == u32::MAX {
            *known = place(self.members.len());
            self.members.push(chart);
        }
    }

    #[inline]
    fn remove(&mut self, chart: u32) {
        let known = std::mem::replace(&mut self.places[at(chart)], u32::MAX);
        if known != u32::MAX {
            self.members.swap_remove(at(known));
            if let Some(moved) = self.members.get(at(known)) {
                self.places[at(*moved)] = known;
            }
        }
    }
}
