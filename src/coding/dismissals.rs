//! Why a coder set findings aside: sealed with the coding, for its reviewer to read.

use crate::draft::Dismissal;
use crate::schema::codings;
use base::db::ClinicalTx;
use base::error::Result;
use base::keyring::Keyring;
use base::seal::FieldContext;
use charts::ChartRow;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

const fn context(chart: &ChartRow) -> FieldContext {
    let (facility, row) = (chart.facility_id, chart.id.uuid());
    FieldContext { facility, table: "codings.dismissals", row }
}

/// What goes into the coding's row; nothing when nothing was set aside.
pub(crate) async fn seal(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    dismissals: &[Dismissal],
) -> Result<Option<Vec<u8>>> {
    if dismissals.is_empty() {
        return Ok(None);
    }
    let key = keyring.key(tx, chart.facility_id).await?;
    Ok(Some(key.seal_field(context(chart), &serde_json::to_vec(dismissals)?)?))
}

/// The findings that were set aside in a version of a chart's codes. The caller writes down that
/// the chart was read.
///
/// # Errors
/// [`base::Error::NotFound`] when there is no such version within reach.
pub async fn dismissals_of(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    version: i32,
) -> Result<Vec<Dismissal>> {
    let sealed: Option<Vec<u8>> = codings::table
        .find((chart.facility_id, chart.id, version))
        .select(codings::dismissals_sealed)
        .first(tx.conn())
        .await?;
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let key = keyring.key(tx, chart.facility_id).await?;
    let plain = key.open_field(context(chart), &sealed)?;
    Ok(serde_json::from_slice(&plain)?)
}
