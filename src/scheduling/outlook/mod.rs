//! What will become of today's work: the forecast of the scope, and what-ifs beside it.

pub(crate) mod api;
mod asked;
mod gather;
mod history;
mod page;
mod plots;
mod view;

pub(crate) use api::forecast;
pub use asked::Asked;
pub(crate) use page::page;
pub use view::{ForecastAnswer, Outlook};

use crate::work::Names;
use base::Services;
use base::db::VendorScope;
use base::error::{Error, Result};
use rules::forecast::{self, Forecast, Settings, World};

/// Foretells, and foretells again with what is asked to be different.
///
/// Everybody's work counts, whoever asks: coders are shared, so one facility's deadlines hang on the
/// others'. What is answered is only of the facilities that the scope shows.
///
/// # Errors
/// [`Error::Invalid`] when what is asked makes no sense; when the database fails.
pub async fn outlook(
    services: &Services,
    scope: &VendorScope,
    asked: &Asked,
) -> Result<ForecastAnswer> {
    let (days, change) = asked.checked()?;
    let names = services.db.ops(scope, async |tx| Names::of(tx).await).await?;
    let system = services.authority.system();
    let (now, world) = services
        .db
        .ops(&system, async |tx| {
            let world = Box::pin(gather::gather(tx, days * view::DAY_SECONDS)).await?;
            Ok((tx.now(), world))
        })
        .await?;
    let changed = match &change {
        Some(change) => Some(world.with(change).map_err(|error| asked::refused(&error))?),
        None => None,
    };
    let countries = view::countries(&world);
    let (base, changed) = think(world, changed).await?;
    let seen = |forecast| view::outlook(&only(forecast, &names), now, &names);
    Ok(ForecastAnswer {
        as_of: now,
        until: now.plus_seconds(days * view::DAY_SECONDS),
        countries,
        base: seen(base),
        changed: changed.map(seen),
    })
}

/// Many runs take longer than other tasks should wait.
async fn think(world: World, changed: Option<World>) -> Result<(Forecast, Option<Forecast>)> {
    let settings = Settings::default();
    let thinking = move || {
        let base = forecast::forecast(&world, &settings);
        (base, changed.map(|changed| forecast::forecast(&changed, &settings)))
    };
    tokio::task::spawn_blocking(thinking).await.map_err(Error::internal)
}

fn only(mut forecast: Forecast, names: &Names) -> Forecast {
    forecast.facilities.retain(|it| names.shows(it.facility));
    forecast.queues.retain(|it| names.shows(it.facility));
    forecast.at_risk.retain(|it| names.shows(it.facility));
    forecast
}
