//! A coding was handed in: is it reviewed? Decided once, from a secret seed, never rolled again.

use crate::blocks::{self, Draw};
use crate::store::{self, Because, Counted};
use base::audit::{self, Entry};
use base::db::{OpsTx, WorkTx};
use base::error::{Error, Result};
use base::jobs::JobError;
use base::{Services, jobs};
use charts::ChartRow;
use charts::promises::{CodesSettled, CodingSubmitted, WorkWaiting};
use charts::store::{Along, apply};
use rules::ids::PersonId;
use rules::lifecycle::{self, Action, Actor, ChartState};
use rules::sampling::{CoderRecord, PERCENT_MAX, RateReason, rate_in_force};
use rules::score::{Score, ScoreMethod};
use rules::words::ReviewOutcome;
use std::sync::Arc;
use web::live::{self, Topic};

/// What became of a coding that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// Drawn: it waits for a reviewer.
    Drawn,
    /// Not drawn: its codes are final.
    Passed,
    /// It answers an earlier review and waits for that reviewer.
    Revised,
    /// It was decided before, or the chart has moved on.
    Already,
}

/// Does [`CodingSubmitted`].
pub(crate) async fn coding_submitted(
    services: Arc<Services>,
    submitted: CodingSubmitted,
) -> Result<(), JobError> {
    Box::pin(draw(&services, &submitted)).await?;
    Ok(())
}

/// Decides whether a coding is reviewed, and sends the chart on its way. Doing it again is harmless.
///
/// # Errors
/// [`Error::NotFound`] when there is no such chart.
pub async fn draw(services: &Services, submitted: &CodingSubmitted) -> Result<Drawing> {
    let system = services.authority.system();
    services.db.ops(&system, async |tx| Box::pin(decide(services, tx, submitted)).await).await
}

async fn decide(
    services: &Services,
    tx: &mut OpsTx,
    submitted: &CodingSubmitted,
) -> Result<Drawing> {
    let chart = charts::store::lock(tx, submitted.chart).await?;
    if chart.coding_version != submitted.coding_version {
        return Ok(Drawing::Already);
    }
    match chart.state {
        ChartState::Coded => first_time(services, tx, &chart).await,
        ChartState::InReview => revised(tx, &chart).await,
        _ => Ok(Drawing::Already),
    }
}

async fn first_time(services: &Services, tx: &mut WorkTx, chart: &ChartRow) -> Result<Drawing> {
    let coder = store::coder_of(chart)?;
    let draw = match blocks::earlier(tx, chart).await? {
        Some(draw) => draw,
        None => roll(services, tx, chart, coder).await?,
    };
    if draw.drawn { to_review(tx, chart, draw.reason).await } else { pass(tx, chart, draw).await }
}

async fn roll(
    services: &Services,
    tx: &mut WorkTx,
    chart: &ChartRow,
    coder: PersonId,
) -> Result<Draw> {
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let percent = |stored: i32| u32::try_from(stored).map_err(Error::internal);
    let target = percent(terms.accuracy_target_percent)?;
    let reviews = store::record_of(tx, chart, coder).await?;
    let record = CoderRecord::of(reviews.iter().filter_map(|review| at_target(review, target)));
    let ramp_charts = services.config.review.ramp_charts;
    let rate = rate_in_force(percent(terms.sampling_percent)?, ramp_charts, &record);
    // A ramp, all and nothing need no chance, and use up no place.
    let by_chance = rate.reason == RateReason::Routine && (1..PERCENT_MAX).contains(&rate.percent);
    let place = if by_chance {
        Some(blocks::next_place(services, tx, chart, (coder, rate.percent)).await?)
    } else {
        None
    };
    blocks::keep(tx, chart, coder, (rate, place)).await
}

/// Whether a reviewed chart was at target. A chart that was sent back without the reviewer's own codes
/// has no score, but it was not right; one without any code to score says nothing.
fn at_target(review: &Counted, target_percent: u32) -> Option<bool> {
    let (Some(correct), Some(total)) = (review.correct_lines, review.reviewer_lines) else {
        return (review.outcome == Some(ReviewOutcome::SentBack)).then_some(false);
    };
    let (correct, total) = (u32::try_from(correct).ok()?, u32::try_from(total).ok()?);
    let errors = total.saturating_sub(correct);
    let score = Score { correct, total, errors, added: 0, method: ScoreMethod::CodeOverCode };
    score.meets(target_percent)
}

async fn to_review(tx: &mut WorkTx, chart: &ChartRow, reason: RateReason) -> Result<Drawing> {
    let change = lifecycle::decide(&chart.life(), Action::DrawForReview, Actor::SYSTEM, tx.now())?;
    store::open(tx, chart, Because::Drawn(reason), None).await?;
    apply(tx, &change.because(reason.as_str()), for_anybody()).await?;
    jobs::enqueue(tx, &WorkWaiting {})?;
    note_down(tx, chart, "review.drawn").await?;
    Ok(Drawing::Drawn)
}

async fn pass(tx: &mut WorkTx, chart: &ChartRow, draw: Draw) -> Result<Drawing> {
    let change = lifecycle::decide(&chart.life(), Action::PassUnreviewed, Actor::SYSTEM, tx.now())?;
    apply(tx, &change.because(draw.reason.as_str()), for_anybody()).await?;
    let settled = CodesSettled { facility: chart.facility_id, chart: chart.id };
    jobs::enqueue(tx, &settled)?;
    note_down(tx, chart, "review.passed").await?;
    Ok(Drawing::Passed)
}

/// The chart went back to the lane of reviews when it was handed in, kept for its former reviewer.
async fn revised(tx: &mut WorkTx, chart: &ChartRow) -> Result<Drawing> {
    if store::undecided(tx, chart).await?.is_some() {
        return Ok(Drawing::Already);
    }
    store::open(tx, chart, Because::Revised, chart.sticky_person_id).await?;
    jobs::enqueue(tx, &WorkWaiting {})?;
    note_down(tx, chart, "review.reopened").await?;
    Ok(Drawing::Revised)
}

fn for_anybody() -> Along {
    Along { sticky_person_id: Some(None), sticky_until: Some(None), ..Along::default() }
}

async fn note_down(tx: &mut WorkTx, chart: &ChartRow, action: &'static str) -> Result<()> {
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    let detail = format!("coding version {}", chart.coding_version);
    let entry = Entry::of(chart.facility_id, action, "chart", chart.id.uuid()).with(detail);
    audit::append(tx, entry).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::at_target;
    use crate::store::Counted;
    use rules::sampling::CoderRecord;
    use rules::words::ReviewOutcome;

    const fn scored(correct: i32, total: i32) -> Counted {
        Counted {
            outcome: Some(ReviewOutcome::FixedAndAccepted),
            correct_lines: Some(correct),
            reviewer_lines: Some(total),
        }
    }

    #[test]
    fn a_chart_sent_back_without_a_score_ends_a_run_and_an_empty_one_does_not() {
        let sent_back = Counted {
            outcome: Some(ReviewOutcome::SentBack),
            correct_lines: None,
            reviewer_lines: None,
        };
        let reviews = [scored(19, 20), sent_back, scored(20, 20), scored(0, 0), scored(95, 100)];
        let record = CoderRecord::of(reviews.iter().filter_map(|review| at_target(review, 95)));
        assert_eq!((record.run_at_target, record.longest_run_at_target), (2, 2));
        assert_eq!(at_target(&scored(18, 20), 95), Some(false));
    }
}
