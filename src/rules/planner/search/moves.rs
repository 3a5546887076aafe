//! The moves: one chart to another coder, two that change places, or one that pushes others on.

use super::leniency::Leniency;
use super::lists::{Insertion, Lists, NOBODY, NONE};
use super::table::{Slot, at};
use crate::dice::Dice;

/// How often which move is proposed: chances in 65,536ths.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// That a move begins with a chart that costs something: there is most to win.
    costly: u64,
    /// That a chart stays with its coder and changes its place.
    reorder: u64,
    /// That a chart takes another's place, and that one goes to a third coder.
    push: u64,
    /// That the pushed one takes a place in its turn.
    push_on: u64,
    /// That two charts change places, when none was pushed.
    exchange: u64,
}

impl Habits {
    /// From percentages.
    pub const fn of_percent(
        costly: u64,
        reorder: u64,
        push: u64,
        push_on: u64,
        exchange: u64,
    ) -> Self {
        const PERCENT: u64 = (1 << 16) / 100;
        Self {
            costly: costly * PERCENT,
            reorder: reorder * PERCENT,
            push: push * PERCENT,
            push_on: push_on * PERCENT,
            exchange: exchange * PERCENT,
        }
    }
}

/// What proposes and judges moves.
pub struct Mover {
    pub dice: Dice,
    pub leniency: Leniency,
    pub habits: Habits,
}

/// A chart where it is now.
#[derive(Clone, Copy)]
struct Found {
    chart: u32,
    /// [`NOBODY`] when it is left over.
    coder: u32,
    position: usize,
    /// What its going would save there.
    saving: i64,
}

/// A chart on its way into another list, where it may take another's place.
#[derive(Clone, Copy)]
struct Hop {
    to: u32,
    new: Slot,
    /// The chart that has to go.
    pushed: u32,
    position: usize,
}

/// A chain of moves that is not complete yet.
#[derive(Clone, Copy)]
struct Begun {
    /// What the departures save, one after the other.
    saving: i64,
    /// The arrivals must cost less than this.
    limit: i64,
    /// Where the first one arrives.
    first: Insertion,
}

impl Mover {
    /// Proposes one move and makes it when it is worth it at this temperature.
    #[inline]
    pub fn step(&mut self, lists: &mut Lists<'_, '_>, temperature: f64) {
        let Some(chart) = self.pick(lists) else { return };
        let leniency = self.leniency.draw(&mut self.dice, temperature);
        let found = Found::of(lists, chart);
        if found.coder != NOBODY && self.dice.happens(self.habits.reorder) {
            return self.reorder(lists, found, leniency);
        }
        let to = self.pick_coder(lists, chart);
        if to == found.coder {
            return self.reorder(lists, found, leniency);
        }
        if lists.table.is_barred(to, chart) {
            return;
        }
        let new = lists.table.slot(chart, to);
        if lists.list(to).is_empty() {
            relocate(lists, found, (to, new), leniency);
        } else if self.dice.happens(self.habits.push) {
            let hop = self.hop(lists, to, new);
            self.push(lists, found, hop, leniency);
        } else if found.coder != NOBODY && self.dice.happens(self.habits.exchange) {
            let hop = self.hop(lists, to, new);
            exchange(lists, found, hop, leniency);
        } else {
            relocate(lists, found, (to, new), leniency);
        }
    }

    #[inline]
    fn pick(&mut self, lists: &Lists<'_, '_>) -> Option<u32> {
        let costly = lists.costly.all();
        let from = if !costly.is_empty() && self.dice.happens(self.habits.costly) {
            costly
        } else {
            &lists.table.movable
        };
        from.get(self.dice.below(from.len())).copied()
    }

    /// Any coder of the chart's class.
    #[inline]
    fn pick_coder(&mut self, lists: &Lists<'_, '_>, chart: u32) -> u32 {
        let class = lists.table.class(chart);
        class[self.dice.below(class.len())]
    }

    /// Into a list that is not empty, where any one chart has to go.
    #[inline]
    fn hop(&mut self, lists: &Lists<'_, '_>, to: u32, new: Slot) -> Hop {
        let position = self.dice.below(lists.list(to).len());
        Hop { to, new, pushed: lists.list(to)[position].chart, position }
    }

    /// To another place in the same list: the best one, or any.
    fn reorder(&mut self, lists: &mut Lists<'_, '_>, found: Found, leniency: i64) {
        const HALF: u64 = 1 << 15;
        let Found { chart, coder, position, saving } = found;
        let slot = lists.table.slot(chart, coder);
        let place = if self.dice.happens(HALF) {
            let anywhere = self.dice.below(lists.list(coder).len());
            let cost = lists.cost_at(coder, position, &slot, anywhere);
            (cost - saving <= leniency).then_some(Insertion { cost, position: anywhere })
        } else if saving > 0 {
            lists.best_place(coder, position, &slot, saving + leniency + 1)
        } else {
            None
        };
        let Some(place) = place.filter(|place| place.position != position) else { return };
        lists.take(coder, position);
        lists.put(coder, place.position, slot);
        lists.cost += place.cost - saving;
        lists.settle(coder);
    }

    /// Takes another's place; that one goes to a third coder, or where the first came from.
    fn push(&mut self, lists: &mut Lists<'_, '_>, found: Found, hop: Hop, leniency: i64) {
        let on = self.pick_coder(lists, hop.pushed);
        if on == hop.to || lists.table.is_barred(on, hop.pushed) {
            return;
        }
        if on == found.coder {
            return exchange(lists, found, hop, leniency);
        }
        let saving = found.saving + lists.saving(hop.to, hop.position);
        let limit = saving + leniency + 1;
        let Some(first) = lists.best_place(hop.to, hop.position, &hop.new, limit) else { return };
        let begun = Begun { saving, limit: limit - first.cost, first };
        let next = lists.table.slot(hop.pushed, on);
        if !lists.list(on).is_empty() && self.dice.happens(self.habits.push_on) {
            let second = self.hop(lists, on, next);
            return self.push_on(lists, found, [hop, second], begun);
        }
        let Some(second) = lists.best_place(on, NONE, &next, begun.limit) else { return };
        found.leave(lists);
        lists.take(hop.to, hop.position);
        lists.put(hop.to, first.position, hop.new);
        lists.put(on, second.position, next);
        lists.cost += first.cost + second.cost - saving;
        found.settle(lists);
        lists.settle(hop.to);
        lists.settle(on);
    }

    /// The pushed chart takes a third one's place, which goes to a fourth coder, or where the first
    /// came from.
    fn push_on(
        &mut self,
        lists: &mut Lists<'_, '_>,
        found: Found,
        [hop, second]: [Hop; 2],
        begun: Begun,
    ) {
        let last = self.pick_coder(lists, second.pushed);
        let known = last == hop.to || last == second.to;
        if known || lists.table.is_barred(last, second.pushed) {
            return;
        }
        let saved = lists.saving(second.to, second.position);
        let limit = begun.limit + saved;
        let arrival = lists.best_place(second.to, second.position, &second.new, limit);
        let Some(arrival) = arrival else { return };
        let end = lists.table.slot(second.pushed, last);
        let without = if last == found.coder { found.position } else { NONE };
        let Some(place) = lists.best_place(last, without, &end, limit - arrival.cost) else {
            return;
        };
        found.leave(lists);
        lists.take(hop.to, hop.position);
        lists.take(second.to, second.position);
        lists.put(hop.to, begun.first.position, hop.new);
        lists.put(second.to, arrival.position, second.new);
        lists.put(last, place.position, end);
        lists.cost += begun.first.cost + arrival.cost + place.cost - begun.saving - saved;
        found.settle(lists);
        for coder in [hop.to, second.to, last] {
            lists.settle(coder);
        }
    }
}

impl Found {
    #[inline]
    fn of(lists: &Lists<'_, '_>, chart: u32) -> Self {
        let coder = lists.coder_of(chart);
        if coder == NOBODY {
            return Self {
                chart,
                coder,
                position: NONE,
                saving: lists.table.works[at(chart)].leave,
            };
        }
        let position = lists.position(coder, chart);
        Self { chart, coder, position, saving: lists.saving(coder, position) }
    }

    fn leave(&self, lists: &mut Lists<'_, '_>) {
        if self.coder != NOBODY {
            lists.take(self.coder, self.position);
        }
    }

    fn settle(&self, lists: &mut Lists<'_, '_>) {
        if self.coder != NOBODY {
            lists.settle(self.coder);
        }
    }
}

fn relocate(lists: &mut Lists<'_, '_>, found: Found, (to, new): (u32, Slot), leniency: i64) {
    let limit = found.saving + leniency + 1;
    let Some(place) = lists.best_place(to, NONE, &new, limit) else { return };
    found.leave(lists);
    lists.put(to, place.position, new);
    lists.cost += place.cost - found.saving;
    found.settle(lists);
    lists.settle(to);
}

/// Both go where they are best in the other's list.
fn exchange(lists: &mut Lists<'_, '_>, found: Found, hop: Hop, leniency: i64) {
    if !lists.table.may(found.coder, hop.pushed) {
        return;
    }
    let saving = found.saving + lists.saving(hop.to, hop.position);
    let limit = saving + leniency + 1;
    let Some(first) = lists.best_place(hop.to, hop.position, &hop.new, limit) else { return };
    let back = lists.table.slot(hop.pushed, found.coder);
    let rest = limit - first.cost;
    let Some(second) = lists.best_place(found.coder, found.position, &back, rest) else { return };
    lists.take(found.coder, found.position);
    lists.take(hop.to, hop.position);
    lists.put(hop.to, first.position, hop.new);
    lists.put(found.coder, second.position, back);
    lists.cost += first.cost + second.cost - saving;
    lists.settle(found.coder);
    lists.settle(hop.to);
}
