//! What waits in each queue, band by band.

use super::{Band, Seen};
use crate::board_store::BandCount;
use rules::Instant;
use rules::ids::{FacilityId, QueueId};
use serde::Serialize;
use std::collections::BTreeMap;

/// What waits in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueueRow {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The tenant, in words.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// The queue, in words.
    pub queue: String,
    /// What waits, from the most urgent on: all four bands, empty ones too.
    pub bands: Vec<BandCell>,
    /// All of them together.
    pub total: Waits,
    /// When the oldest of them came.
    pub oldest_received_at: Option<Instant>,
    /// The next deadline.
    pub next_due_at: Option<Instant>,
}

/// What waits and is about as urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BandCell {
    /// How urgent.
    pub band: Band,
    /// How much.
    #[serde(flatten)]
    pub waits: Waits,
}

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Waits {
    /// Charts that wait for a coder.
    pub coding: i64,
    /// Charts that wait for a reviewer.
    pub review: i64,
    /// Both, in minutes of work at the usual speed.
    pub minutes: i64,
}

impl Waits {
    /// Charts of either kind.
    pub(crate) const fn charts(&self) -> i64 {
        self.coding.saturating_add(self.review)
    }

    /// The work in words: in hours once it is much.
    pub(crate) fn work(&self) -> String {
        const MINUTES_PER_HOUR: i64 = 60;
        match self.minutes {
            ..120 => format!("{} min", self.minutes),
            much => format!("{} h", much.saturating_add(MINUTES_PER_HOUR / 2) / MINUTES_PER_HOUR),
        }
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            coding: self.coding.saturating_add(other.coding),
            review: self.review.saturating_add(other.review),
            minutes: self.minutes.saturating_add(other.minutes),
        }
    }
}

impl QueueRow {
    fn count(&mut self, count: &BandCount) {
        let band = Band::counted_as(count.band);
        let minutes = crate::minutes(count.expected_seconds);
        let waits = Waits { coding: count.coding, review: count.review, minutes };
        if let Some(cell) = self.bands.iter_mut().find(|cell| cell.band == band) {
            cell.waits = cell.waits.and(waits);
        }
        self.total = self.total.and(waits);
        let oldest = [self.oldest_received_at, count.oldest_received_at];
        self.oldest_received_at = oldest.into_iter().flatten().min();
        self.next_due_at = [self.next_due_at, count.next_due_at].into_iter().flatten().min();
    }

    /// How much waits in one band.
    pub(crate) fn waits(&self, band: Band) -> Waits {
        self.bands.iter().find(|cell| cell.band == band).map_or(Waits::default(), |cell| cell.waits)
    }

    /// The most pressing sort first.
    fn pressing(&self) -> [std::cmp::Reverse<i64>; 3] {
        [Band::Overdue, Band::Red, Band::Amber]
            .map(|band| std::cmp::Reverse(self.waits(band).charts()))
    }
}

impl Seen {
    pub(super) fn queues(&self, counts: &[BandCount]) -> Vec<QueueRow> {
        let mut rows: BTreeMap<(FacilityId, QueueId), QueueRow> = BTreeMap::new();
        for count in counts {
            let (facility_id, queue_id) = (count.facility_id, count.queue_id);
            let row = rows.entry((facility_id, queue_id)).or_insert_with(|| QueueRow {
                facility_id,
                facility: self.names.facility(facility_id),
                queue_id,
                queue: self.names.queue(facility_id, queue_id),
                bands: Band::ALL.map(|band| BandCell { band, waits: Waits::default() }).to_vec(),
                total: Waits::default(),
                oldest_received_at: None,
                next_due_at: None,
            });
            row.count(count);
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by(|a, b| {
            (a.pressing(), &a.facility, &a.queue).cmp(&(b.pressing(), &b.facility, &b.queue))
        });
        rows
    }
}
