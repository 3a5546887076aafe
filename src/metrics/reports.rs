//! Reports for one reader: the vendor's leads, a coder about themselves, a facility about its charts.

use crate::accuracy::{self, AccuracyReport, Naming};
use crate::asked::{Asked, Days, Definition, Period, Slice};
use crate::backlog::{self, BacklogReport};
use crate::estimates::{self, EstimatesReport};
use crate::productivity::{self, DayThroughput, ProductivityReport, Reviewing, Throughput};
use crate::turnaround::{self, TurnaroundReport};
use base::db::WorkTx;
use base::error::{Error, Result};
use rules::access::may;
use rules::ids::FacilityId;
use serde::Serialize;
use web::May;

/// A person's own numbers.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct OwnReport {
    /// Which days.
    pub days: Days,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// Coding, all together.
    pub total: Throughput,
    /// Coding, every day.
    pub by_day: Vec<DayThroughput>,
    /// How right the coding was, by queue.
    pub accuracy: AccuracyReport,
    /// Reviewing.
    pub reviewing: Reviewing,
}

/// A facility's own numbers.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FacilityReport {
    /// How soon its charts were back.
    pub turnaround: TurnaroundReport,
    /// How right the codings were at their first review, by queue.
    pub accuracy: AccuracyReport,
    /// What it waits for.
    pub backlog: BacklogReport,
}

/// Everything the vendor's leads see.
pub(crate) struct VendorReport {
    pub period: Period,
    /// Id and name of every facility in the scope, by name.
    pub facilities: Vec<(FacilityId, String)>,
    pub productivity: ProductivityReport,
    pub accuracy: AccuracyReport,
    pub turnaround: TurnaroundReport,
    pub backlog: BacklogReport,
    pub estimates: EstimatesReport,
}

/// One of the vendor's reports, over what whoever asks may see.
pub(crate) async fn of_vendor<T>(
    may: &May<may::ViewMetrics>,
    asked: &Asked,
    work: impl AsyncFnOnce(&mut WorkTx, &Slice<'_>) -> Result<T>,
) -> Result<T> {
    let facility = asked.facility()?;
    let period = Period::of(asked, &may.principal().time_zone, may.now())?;
    may.ops(async |tx| {
        if let Some(facility) = facility
            && !facilities::names(tx).await?.contains_key(&facility)
        {
            return Err(Error::NotFound);
        }
        work(tx, &Slice { period: &period, facility, person: None }).await
    })
    .await
}

/// All of them, for the page.
pub(crate) async fn whole(may: &May<may::ViewMetrics>, asked: &Asked) -> Result<VendorReport> {
    of_vendor(may, asked, async |tx, slice| {
        let names = facilities::names(tx).await?;
        let mut facilities: Vec<_> = names.into_iter().map(|(id, name)| (id, name.name)).collect();
        facilities.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        Ok(VendorReport {
            period: slice.period.clone(),
            facilities,
            productivity: productivity::report(tx, slice).await?,
            accuracy: accuracy::report(tx, slice, Naming::Coders).await?,
            turnaround: turnaround::report(tx, slice).await?,
            backlog: backlog::report(tx, slice.facility).await?,
            estimates: estimates::report(tx, slice).await?,
        })
    })
    .await
}

/// Whoever asks, about themselves.
pub(crate) async fn own(may: &May<may::ViewOwnMetrics>, asked: &Asked) -> Result<OwnReport> {
    let person = may.principal().id;
    let facility = asked.facility()?;
    let period = Period::of(asked, &may.principal().time_zone, may.now())?;
    may.ops(async |tx| {
        let slice = Slice { period: &period, facility, person: Some(person) };
        let (by_day, total) = productivity::own(tx, &slice).await?;
        Ok(OwnReport {
            days: period.days(),
            definitions: productivity::definitions(),
            total,
            by_day,
            accuracy: accuracy::report(tx, &slice, Naming::Nobody).await?,
            reviewing: productivity::reviewing(tx, &slice, person).await?,
        })
    })
    .await
}

/// A facility about its own charts; days are those of its wall clock.
pub(crate) async fn of_facility(
    may: &May<may::ViewFacilityMetrics>,
    asked: &Asked,
) -> Result<FacilityReport> {
    let home = may.home()?;
    if asked.facility()?.is_some_and(|facility| facility != home) {
        return Err(Error::NotFound);
    }
    may.facility(async |tx| {
        let names = facilities::names(tx).await?;
        let name = names.get(&home).ok_or(Error::NotFound)?;
        let period = Period::of(asked, &name.time_zone, may.now())?;
        let slice = Slice { period: &period, facility: Some(home), person: None };
        Ok(FacilityReport {
            turnaround: turnaround::report(tx, &slice).await?,
            accuracy: accuracy::report(tx, &slice, Naming::Nobody).await?,
            backlog: backlog::report(tx, slice.facility).await?,
        })
    })
    .await
}
