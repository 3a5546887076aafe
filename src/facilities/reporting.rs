//! How a facility reports what was present on admission: not every hospital does, and not all alike.

use crate::schema::facilities;
use base::Services;
use base::audit::{self, Entry};
use base::db::{VendorScope, WorkTx};
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::edits::{PoaExempt, PoaTerms};
use rules::ids::FacilityId;

/// What the edits ask of its stays.
///
/// # Errors
/// `NotFound` for a facility outside the scope.
pub async fn poa_terms(tx: &mut WorkTx, facility: FacilityId) -> Result<PoaTerms> {
    let (asked, exempt): (bool, PoaExempt) = facilities::table
        .find(facility)
        .select((facilities::poa_asked, facilities::poa_exempt))
        .first(tx.conn())
        .await?;
    Ok(PoaTerms { asked, exempt })
}

/// Sets what the edits ask of its stays, from the next check on.
///
/// # Errors
/// `NotFound` for a facility outside the scope.
pub async fn set_poa_terms(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    terms: PoaTerms,
) -> Result<()> {
    services
        .db
        .ops(scope, async |tx| {
            let set = diesel::update(facilities::table.find(facility))
                .set((
                    facilities::poa_asked.eq(terms.asked),
                    facilities::poa_exempt.eq(terms.exempt),
                    facilities::version.eq(facilities::version + 1),
                ))
                .execute(tx.conn())
                .await?;
            if set == 0 {
                return Err(Error::NotFound);
            }
            let asked = if terms.asked { "asked" } else { "not asked" };
            let entry = Entry::of(facility, "facility.reporting", "facility", facility.uuid());
            audit::append(tx, entry.with(format!("{asked}, exempt as {}", terms.exempt))).await?;
            Ok(())
        })
        .await
}
