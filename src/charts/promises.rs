//! What an earlier stage promises and a later one does: the stages know these words, not each other.

use base::jobs::Job;
use rules::ids::{ChartId, DocumentId, FacilityId, HoldId};
use serde::{Deserialize, Serialize};

/// Something waits for a person: planning is due.
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkWaiting {}

impl Job for WorkWaiting {
    const KIND: &'static str = "work.waiting";
    fn facility(&self) -> Option<FacilityId> {
        None
    }
    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

/// A coder handed in codes: is it to be reviewed?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodingSubmitted {
    /// The tenant.
    pub facility: FacilityId,
    /// The chart.
    pub chart: ChartId,
    /// Which of its codings.
    pub coding_version: i32,
}

impl Job for CodingSubmitted {
    const KIND: &'static str = "coding.submitted";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}:{}", Self::KIND, self.chart, self.coding_version))
    }
}

/// The codes are final: the package is due.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodesSettled {
    /// The tenant.
    pub facility: FacilityId,
    /// The chart.
    pub chart: ChartId,
}

impl Job for CodesSettled {
    const KIND: &'static str = "codes.settled";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.chart))
    }
}

/// A hold's day has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseHold {
    /// The tenant.
    pub facility: FacilityId,
    /// The chart.
    pub chart: ChartId,
    /// Which of its holds.
    pub hold: HoldId,
}

impl Job for ReleaseHold {
    const KIND: &'static str = "charts.release_hold";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.hold))
    }
}

/// A coder marked a document as another patient's: the facility's administrators must know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisclosureSuspected {
    /// The tenant.
    pub facility: FacilityId,
    /// The chart that it came with.
    pub chart: ChartId,
    /// The document.
    pub document: DocumentId,
}

impl Job for DisclosureSuspected {
    const KIND: &'static str = "charts.disclosure_suspected";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.document))
    }
}
